"""What stands before the first applicant of any notice: the catalogues, the adopted file, two bases of its province with a plan, and who works there."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from admissions.queries.settled import settled
from bases.models import Prefecture, School, Specialty, TrainingBase
from bases.services.catalogue import load_world
from bases.services.staff import appoint
from gme_portal.accounts.models import Role, User
from gme_portal.accounts.views.joining import BACKEND
from gme_portal.notices.models import Notice, NoticeProposal
from gme_portal.notices.services import proposals
from gme_portal.notices.services.working_days import seed
from gme_portal.policy import Policy, load
from gme_portal.policy.schema import Window
from quotas.services.plan import import_plan
from quotas.terms import PlanTerms
from tests.factories import BaseFactory, StaffFactory
from tests.journey.cast import Figure, cast, outsider
from tests.journey.reader import Reader

# Beside the seats that are wanted: what is left over at the last base, for whoever finds no place at the first.
SPARE, OTHERS = 4, 2
SPECIALTIES = 14


@dataclass
class Clock:
    """The moment requests arrive at; it only goes forward."""

    put: Callable[[datetime], datetime]
    now: datetime

    def to(self, moment: datetime) -> None:
        self.now = max(moment, self.now)
        self.put(self.now)

    def into(self, window: Window | None) -> None:
        """To a moment inside a window and its daily hours, some minutes after what was before. Without a window any time will do."""
        moment = self.now + timedelta(minutes=7)
        if window is not None:
            moment = max(moment, window.opens + timedelta(minutes=20))
            moment = _within_hours(window, moment)
            assert moment < window.closes, f"{window.label} is over: {moment:%F %R} is not before {window.closes:%F %R}"
        self.to(moment)


def _within_hours(window: Window, moment: datetime) -> datetime:
    """The first moment from here on in the daily hours, where a window has them."""
    if not window.hours:
        return moment
    for day in range(3):
        for begins, ends in window.hours:
            midnight = moment.replace(hour=0, minute=0) + timedelta(days=day)
            first = max(moment, midnight + timedelta(hours=begins.hour, minutes=begins.minute + 5))
            if first < midnight + timedelta(hours=ends.hour, minutes=ends.minute):
                return first
    raise AssertionError(f"{window.label}: no hour")


@dataclass
class Province:
    """One notice in force, its bases, its people."""

    path: Path
    policy: Policy
    notice: Notice
    clock: Clock
    bases: list[TrainingBase]
    people: list[Figure]
    outsider: Figure
    others: dict[str, list[str]]
    staff: dict[str, Reader] = field(default_factory=dict)

    @property
    def readers(self) -> list[Reader]:
        """Everybody who has looked at a page."""
        return [*(one.reader for one in self.people), self.outsider.reader, *self.staff.values()]

    @property
    def rounds(self) -> list[str]:
        """Rounds with dates of their own."""
        return [one.key for one in self.policy.rounds if not one.dates_by_base]

    @property
    def on_site(self) -> bool:
        """Whether people come to the base to sign up (现场报名)."""
        return self.policy.registration.mode == "on_site"

    def window(self, key: str, figure: Figure | None = None, round: str = "first") -> Window | None:
        return self.policy.window(key, person_type=figure.kind.code if figure else None, round=round)

    def windows(self, key: str, round: str) -> list[Window]:
        return [one for one in self.policy.windows if one.key == key and one.round == round]

    def at(self, login: str) -> Reader:
        """Somebody who works here, signed in."""
        if login not in self.staff:
            self.staff[login] = _sign_in(login)
        return self.staff[login]

    def crew(self, base: TrainingBase) -> tuple[Reader, Reader, Reader]:
        """Of a base: who edits, who leads, who leads as well."""
        here = f"base{self.bases.index(base) + 1}"
        return self.at(f"{here}.editor"), self.at(f"{here}.lead"), self.at(f"{here}.second")


def found(path: Path, put: Callable[[datetime], datetime]) -> Province:
    """Everything that one policy file needs, and nothing that any other would not."""
    policy = load(path)
    opens = min(window.opens for window in policy.windows)
    clock = Clock(put, opens - timedelta(days=10))
    clock.to(clock.now)
    load_world(folder=Path(settings.BASE_DIR) / "fixtures")
    seed(at=clock.now)
    officer, lead = _staff("officer", Role.PROVINCE_OFFICER), _staff("lead", Role.PROVINCE_LEAD)
    notice = _adopted(path, officer, lead, clock.now)
    bases = _bases(policy)
    codes = _codes(policy, bases)
    people = cast(policy, bases, codes)
    others = _plan(policy, notice, bases, codes, people, clock.now)
    for number, base in enumerate(bases, 1):
        for login, role in (("editor", Role.BASE_EDITOR), ("lead", Role.BASE_LEAD), ("second", Role.BASE_LEAD)):
            appoint(user=_staff(f"base{number}.{login}", role), place=base, actor=lead, at=clock.now)
    school = School.objects.filter(division=policy.province).first() or School.objects.first()
    appoint(user=_staff("school", Role.SCHOOL), place=school, actor=lead, at=clock.now)
    return Province(path, policy, notice, clock, bases, people, outsider(policy, bases[-1]), others)


def _adopted(path: Path, officer: User, lead: User, at: datetime) -> Notice:
    """The file as one of the office loads it and another approves it."""
    call_command(
        "policy", "load", str(path), by=officer.login_name, reason="采用本年度通知", verbosity=0, stdout=io.StringIO()
    )
    proposal = proposals.propose(NoticeProposal.objects.get(), actor=officer, at=at, settled=settled)
    return proposals.approve(proposal, actor=lead, at=at, settled=settled).notice


def _bases(policy: Policy) -> list[TrainingBase]:
    """The first and the last base of the province that train in this track; one, where there is only one; made up, where there is none."""
    medicine = "tcm" if policy.medicine == "tcm" else "western"
    rows = TrainingBase.objects.filter(prefecture__division_id=policy.province, tracks__contains=[policy.track])
    known = list(rows.filter(medicine=medicine).order_by("code"))
    if not known:
        places = Prefecture.objects.filter(division=policy.province).order_by("code")[:2]
        known = [
            BaseFactory(prefecture=place, medicine=medicine, tracks=[policy.track], office_phone="000-00000000")
            for place in places
        ]
    return list(dict.fromkeys([known[0], known[-1]]))


def _codes(policy: Policy, bases: Sequence[TrainingBase]) -> list[str]:
    """Specialties of the notice that such bases can have: the shortage ones and some others, in the notice's order."""
    fit = set(Specialty.objects.filter(medicine=bases[0].medicine, track=policy.track).values_list("pk", flat=True))
    short = [code for code in policy.specialties.codes if code in fit and policy.specialties.is_shortage(code)]
    other = [code for code in policy.specialties.codes if code in fit and code not in short]
    return [*other[:3], *short][:SPECIALTIES]


def _plan(
    policy: Policy, notice: Notice, bases: list[TrainingBase], codes: list[str], people: list[Figure], at: datetime
) -> dict[str, list[str]]:
    """Import a sheet: a seat for each wish, one too few where two want the same, none in one more specialty, some to spare at the last base.

    Where the notice gives the other specialties of a base as one number, so does the sheet; what of each then is wanted is returned by base."""
    terms = PlanTerms.of(policy)
    names = dict(Specialty.objects.values_list("pk", "name"))
    pooled = [code for code in codes if terms.others_row and code not in terms.shortage]
    columns = [code for code in codes if code not in pooled]
    wanted = Counter((one.base.pk, one.specialty) for one in people if one.kind.in_plan)
    wanted[people[1].base.pk, people[1].specialty] -= 1
    rows, others = [], {}
    for base in bases:
        spare = SPARE if base == bases[-1] and len(bases) > 1 else 0
        seats = [wanted[base.pk, code] + spare for code in columns]
        pool = {code: wanted[base.pk, code] + (spare and 1) for code in pooled}
        others[base.code] = [code for code, number in pool.items() for _ in range(number)]
        rows.append(
            [
                base.name,
                *map(str, seats),
                *([str(sum(pool.values()))] if pooled else []),
                str(sum(seats) + sum(pool.values())),
            ]
        )
    heads = ["培训基地", *(names[code] for code in columns), *(["其他"] if pooled else []), "合计"]
    sums = [str(sum(int(row[place]) for row in rows)) for place in range(1, len(heads))]
    import_plan(notice=notice, rows=[heads, *rows, ["合计", *sums]], terms=terms, actor=None, at=at)
    return {code: listed for code, listed in others.items() if pooled and listed}


def _staff(login_name: str, role: str) -> User:
    user = StaffFactory(login_name=login_name, role=role, name=f"示例{Role(role).label}{login_name}")
    TOTPDevice.objects.create(user=user, name="验证器", confirmed=True)
    return user


def _sign_in(login_name: str) -> Reader:
    """At the front door, with password and one-time code behind them; how one enters them is walked through in `test_year`."""
    reader = Reader(login_name)
    user = User.objects.get(login_name=login_name)
    reader.client.force_login(user, backend=BACKEND)
    session = reader.client.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=user).persistent_id
    session.save()
    reader.open("/")
    return reader
