"""A base with seats and marked applicants for tests of allocations: filed, approved, confirmed and marked by the real services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from admissions.models import AllocationRun, Application, RunKind
from admissions.services import marks, runs
from bases.models import BaseStaff, Specialty, TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from quotas.models import EntryKind, Quota, SeatEntry
from tests.factories import ApplicationFactory, BaseFactory, QuotaFactory, SpecialtyFactory, StaffFactory, reviewer_of

CONFIRMED = datetime(2025, 7, 22, 9, 0, tzinfo=BEIJING)
ASSESSED = datetime(2025, 8, 1, 9, 0, tzinfo=BEIJING)
COMPUTED = datetime(2025, 8, 5, 9, 0, tzinfo=BEIJING)
APPROVED = datetime(2025, 8, 6, 9, 0, tzinfo=BEIJING)
RELEASED = datetime(2025, 8, 7, 0, 0, tzinfo=BEIJING)
OVER = datetime(2025, 8, 10, 0, 0, tzinfo=BEIJING)
REALLOCATING = datetime(2025, 8, 12, 9, 0, tzinfo=BEIJING)

# Code, name, 紧缺: as in the policy of Yunnan 2025.
SPECIALTIES = {"0100": "内科", "0200": "儿科", "0700": "全科", "1400": "骨科", "0900": "外科"}


def make_base(
    notice: Notice, seats: dict[str, int], *, capacity: dict[str, int] | None = None, **values: Any
) -> TrainingBase:
    """A base with these seats by specialty name; `capacity` by name."""
    base = BaseFactory(**values)
    for code, name in SPECIALTIES.items():
        if name in seats:
            specialty = Specialty.objects.filter(code=code).first() or SpecialtyFactory(code=code, name=name)
            QuotaFactory(
                notice=notice, base=base, specialty=specialty, seats=seats[name], capacity=(capacity or {}).get(name)
            )
    return base


def quotas_of(notice: Notice, base: TrainingBase, *names: str) -> list[Quota]:
    found = {
        quota.specialty.name: quota
        for quota in Quota.objects.filter(notice=notice, base=base).select_related("specialty", "base")
    }
    return [found[name] for name in names]


def applicant(
    notice: Notice, base: TrainingBase, choices: Sequence[str], *, confirmed: bool = True, **values: Any
) -> Application:
    """Approved and confirmed on site, with these choices by specialty name."""
    application = ApplicationFactory(
        state="approved", notice=notice, quotas=quotas_of(notice, base, *choices), **values
    )
    if confirmed:
        application.confirmed_at, application.confirmed_by = CONFIRMED, reviewer_of(base)
        application.confirmed_under = version_in_force(notice)
        application.save()
    return application


def mark_all(notice: Notice, base: TrainingBase, scores: dict[Application, str | None]) -> None:
    """Every component gets the same mark, so that the total is that mark; None is absent. Submitted and confirmed by two."""
    policy = policy_of(version_in_force(notice))
    keys = [component.key for component in policy.scoring.components]
    entries = {row.pk: dict.fromkeys(keys, "缺考" if mark is None else mark) for row, mark in scores.items()}
    maker, checker = reviewer_of(base), reviewer_of(base, Role.BASE_LEAD)
    marks.enter(notice=notice, base=base, entries=entries, actor=maker, at=ASSESSED, policy=policy)
    sheet = marks.submit(notice=notice, base=base, actor=maker, at=ASSESSED, policy=policy)
    marks.confirm(notice=notice, base=base, seen=sheet.digest, actor=checker, at=ASSESSED, policy=policy)


def another_lead(base: TrainingBase) -> User:
    user = StaffFactory(role=Role.BASE_LEAD)
    BaseStaff.objects.create(user=user, base=base)
    return user


def officer() -> User:
    return User.objects.filter(role=Role.PROVINCE_OFFICER).first() or StaffFactory(role=Role.PROVINCE_OFFICER)


def province_lead() -> User:
    return User.objects.filter(role=Role.PROVINCE_LEAD).first() or StaffFactory(role=Role.PROVINCE_LEAD)


def computed(notice: Notice, base: TrainingBase, at: datetime = COMPUTED, **values: Any) -> AllocationRun:
    """A base's run made by its lead."""
    return runs.compute(
        kind=RunKind.BASE_ADMISSION, notice=notice, base=base, actor=reviewer_of(base, Role.BASE_LEAD), at=at, **values
    )


def small_year(notice: Notice, **seats: int) -> tuple[TrainingBase, dict[str, Application]]:
    """内科 1, 儿科 1 (at most 2), 骨科 2; a 92 内, b 88 内>骨, c 80 内, d 70 儿, e 65 儿. Only c gets nothing; e sits on a seat moved from 骨科."""
    base = make_base(notice, seats or {"内科": 1, "儿科": 1, "骨科": 2}, capacity={"儿科": 2})
    people = {
        "a": applicant(notice, base, ["内科"]),
        "b": applicant(notice, base, ["内科", "骨科"]),
        "c": applicant(notice, base, ["内科"], consents=["province"]),
        "d": applicant(notice, base, ["儿科"]),
        "e": applicant(notice, base, ["儿科"], consents=[]),
    }
    mark_all(notice, base, dict(zip(people.values(), ["92", "88", "80", "70", "65"], strict=True)))
    return base, people


def reseat(notice: Notice, base: TrainingBase, name: str, seats: int) -> None:
    """A specialty of the base has this many seats from now on, with the ledger line that says so."""
    (quota,) = quotas_of(notice, base, name)
    under = notice.versions.first()
    SeatEntry.objects.create(
        quota=quota, kind=EntryKind.CORRECTION, delta=seats - quota.seats, at=ASSESSED, decided_under=under
    )
    Quota.objects.filter(pk=quota.pk).update(seats=seats)
