"""Invitations (基地邀请, 004 三(四)2): who may still be invited, what a base learns of them, and why an invitation cannot be accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, F, OuterRef, Prefetch, QuerySet, Subquery

from admissions.access import FILED
from admissions.models import Application, Choice, Invitation, Offer, Outcome, RunKind
from admissions.queries import rounds
from admissions.states import ACTIVE_OFFER_STATES, INVITATION_LABELS
from applicants.models import Ban, Education, EducationLevel, PersonType, Profile
from bases.models import TrainingBase
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refusal
from gme_portal.wording import NOTHING, beijing, mark

# Whoever the first base has not refused by a clause: filed and waiting, or approved.
UNDECIDED = ("submitted", "approved")
TONES = {
    "invited": "warn",
    "accepted": "ok",
    "declined": "neutral",
    "withdrawn": "neutral",
    "expired": "neutral",
    "closed": "neutral",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a base may look for; unknown values fall back to everybody. Never a name or a number: people are found by what they can do."""

    specialty: str = ""
    level: str = ""
    person_type: str = ""
    total: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], policy: Policy) -> Filter:
        specialty, level = query.get("specialty", ""), query.get("level", "")
        kind, total = query.get("person_type", ""), query.get("total", "").strip()
        return cls(
            specialty=specialty if specialty in policy.specialties.codes else "",
            level=level if level in EducationLevel.values else "",
            person_type=kind if policy.person_type(kind) else "",
            total=total if total.isdigit() and len(total) <= 3 else "",
        )

    def query(self, **changes: str) -> str:
        """The address's query string with changes; starts with "?"."""
        kept = {key: value for key, value in (self.asked() | changes).items() if value}
        return f"?{urlencode(kept)}" if kept else "?"

    def asked(self) -> dict[str, str]:
        """What is set; for the address and for the record of the search."""
        values = {
            "specialty": self.specialty,
            "level": self.level,
            "person_type": self.person_type,
            "total": self.total,
        }
        return {key: value for key, value in values.items() if value}

    def chips(self, policy: Policy) -> list[dict[str, str]]:
        kind = policy.person_type(self.person_type)
        said = {
            "specialty": f"志愿专业：{policy.specialties.name(self.specialty)}" if self.specialty else "",
            "level": f"学历：{EducationLevel(self.level).label}" if self.level else "",
            "person_type": f"人员类型：{kind.label}" if kind else "",
            "total": f"总成绩不低于 {self.total}" if self.total else "",
        }
        return [{"label": label, "remove_url": self.query(**{key: ""})} for key, label in said.items() if label]


def window_of(policy: Policy, person: Profile, base: str) -> Window | None:
    """When bases may invite and people accept."""
    if policy.invitations is None:
        return None
    kind = person.person_type or None
    return policy.window("invitation", person_type=kind, round=policy.invitations.round, base=base)


def in_round(notice: Notice, policy: Policy) -> QuerySet[Invitation]:
    """The invitations of a notice, newest first, with everything a list shows. One query."""
    rows = Invitation.objects.select_related(
        "applicant__user", "notice", "base", "quota__specialty", "quota__base", "invited_by", "application"
    )
    key = policy.invitations.round if policy.invitations else ""
    return rows.filter(notice=notice, round=key).order_by("-invited_at", "pk")


def open_for(person: Profile, notice: Notice, policy: Policy, *, at: datetime) -> int:
    """How many invitations a person may still answer; no query where the notice has none."""
    if policy.invitations is None:
        return 0
    rows = Invitation.objects.filter(notice=notice, round=policy.invitations.round, applicant=person)
    return rows.filter(state="invited", expires_at__gt=at).count()


def earlier_filings(notice: Notice, policy: Policy) -> QuerySet[Application]:
    """What was filed in the rounds before, by people whose qualification nobody has refused."""
    key = policy.invitations.round if policy.invitations else ""
    keys = [one.key for one in policy.rounds]
    before = keys[: keys.index(key)] if key in keys else []
    return Application.objects.filter(
        notice=notice, round__in=before, state__in=UNDECIDED, applicant__user__is_active=True
    )


def candidates(notice: Notice, policy: Policy, wanted: Filter, *, at: datetime) -> QuerySet[Application]:
    """Who may be invited now (还未被录取的考生): an application of the first round each, best published total first. Three queries with what a page shows.

    Not who holds a place, who has filed in this round, who has accepted an invitation or who is banned."""
    key = policy.invitations.round if policy.invitations else ""
    person = OuterRef("applicant")
    on = at.astimezone(BEIJING).date()
    ruled_out = (
        Offer.objects.filter(notice=notice, applicant=person, state__in=ACTIVE_OFFER_STATES),
        Application.objects.filter(notice=notice, applicant=person, round=key, state__in=FILED),
        Invitation.objects.filter(notice=notice, applicant=person, round=key, state="accepted"),
        Ban.objects.filter(
            document_blind=OuterRef("applicant__user__document_blind"),
            track=policy.track,
            starts_on__lte=on,
            ends_on__gt=on,
        ),
    )
    rows = earlier_filings(notice, policy).filter(*(~Exists(one) for one in ruled_out))
    rows = rows.annotate(total=Subquery(_published(OuterRef("pk"), at).values("total")[:1]))
    if wanted.specialty:
        rows = rows.filter(choices__quota__specialty=wanted.specialty)
    if wanted.level:
        rows = rows.filter(Exists(Education.objects.filter(profile=person, level=wanted.level)))
    if wanted.person_type:
        rows = rows.filter(applicant__person_type=wanted.person_type)
    if wanted.total:
        rows = rows.filter(total__gte=int(wanted.total) * 100)
    return _with_what_is_shown(rows).order_by(F("total").desc(nulls_last=True), "pk")


def _published(application: Any, at: datetime) -> QuerySet[Outcome]:
    """What a base's own list said of an application, once it was out (R13)."""
    return Outcome.objects.filter(
        application=application, run__kind=RunKind.BASE_ADMISSION, run__state="published", run__published_at__lte=at
    )


def published_total(row: Application, *, at: datetime) -> int | None:
    """The total that the first base published, in hundredths."""
    return _published(row, at).values_list("total", flat=True).first()


def candidate(notice: Notice, policy: Policy, pk: Any) -> QuerySet[Application]:
    """One of them, whatever has happened since the search; `candidate_refusal` says it."""
    return _with_what_is_shown(earlier_filings(notice, policy).filter(pk=pk))


def _with_what_is_shown(rows: QuerySet[Application]) -> QuerySet[Application]:
    wishes = Choice.objects.select_related("quota__specialty", "quota__base").order_by("position")
    studies = Education.objects.select_related("school", "major").order_by("graduated_on")
    return rows.select_related("applicant__user").prefetch_related(
        Prefetch("choices", queryset=wishes), Prefetch("applicant__educations", queryset=studies)
    )


def facts(row: Application, policy: Policy, total: int | None = None) -> dict[str, str]:
    """What a base learns of a candidate: masked name, wishes, education and total; no number, no address, no phone."""
    kind = policy.person_type(row.applicant.person_type)
    wishes = [choice.quota for choice in row.choices.all()]
    place = wishes[0].base.short_name or wishes[0].base.name if wishes else ""
    name = row.applicant.user.name
    return {
        "name": name[:1] + "*" * (len(name) - 1),
        "person_type": kind.label if kind else PersonType(row.applicant.person_type).label,
        "wishes": f"{place}：{'、'.join(one.specialty.name for one in wishes)}" if wishes else NOTHING,
        "education": "；".join(_study(one) for one in row.applicant.educations.all()) or NOTHING,
        "total": mark(total),
    }


def _study(row: Education) -> str:
    year = f"{row.graduated_on:%Y} 年" if row.graduated_on else "在读"
    return f"{row.get_level_display()}，{row.school_name}{row.major_name}，{year}"


def invited_by(base: TrainingBase, rows: list[Application], policy: Policy) -> dict[Any, Invitation]:
    """The base's newest invitation to each of these people, by profile id. One query."""
    key = policy.invitations.round if policy.invitations else ""
    found = Invitation.objects.filter(base=base, round=key, applicant__in=[row.applicant_id for row in rows])
    return {one.applicant_id: one for one in found.order_by("invited_at")}


def candidate_refusal(person: Profile, notice: Notice, *, policy: Policy, at: datetime) -> Refusal | None:
    """Why this person cannot be invited now, or None."""
    rule = policy.invitations
    key, clause = (rule.round, rule.clause) if rule else ("", "")
    if Offer.objects.filter(notice=notice, applicant=person, state__in=ACTIVE_OFFER_STATES).exists():
        return Refusal("ALREADY_ADMITTED", "这位考生已被录取或拟录取，不能邀请。", clause)
    mine = Invitation.objects.filter(notice=notice, round=key, applicant=person, state="accepted")
    if mine.exists():
        return Refusal("ALREADY_ACCEPTED", "这位考生已接受一家基地的邀请，不能再邀请。", clause)
    label = rounds.label(policy, key)
    if Application.objects.filter(notice=notice, applicant=person, round=key, state__in=FILED).exists():
        return Refusal("ALREADY_FILED", f"这位考生已填报{label}志愿，不能邀请。", clause)
    if not earlier_filings(notice, policy).filter(applicant=person).exists():
        return Refusal("NOT_A_CANDIDATE", "只能邀请此前批次报名、还没有录取的考生。", clause)
    return None


def accept_refusal(row: Invitation, application: Application, *, policy: Policy, at: datetime) -> Refusal | None:
    """Why the person cannot accept now, or None; `application` is theirs in this round. The window itself is judged by the filing."""
    clause = policy.invitations.clause if policy.invitations else ""
    held = rounds.place_refusal(application, policy=policy, at=at)
    if held is not None:
        return held
    other = Invitation.objects.filter(
        notice=row.notice_id, round=row.round, applicant=row.applicant_id, state="accepted"
    ).exclude(pk=row.pk)
    if other.exists():
        return another_accepted(clause)
    if application.state in FILED:
        label = rounds.label(policy, row.round)
        return Refusal(
            "ALREADY_FILED", f"您已填报{label}志愿，不能再接受邀请。要接受邀请，须先在截止前取消报名。", clause
        )
    if row.state != "invited":
        return state_refusal(row)
    if at >= row.expires_at:
        return _over(row)
    return None


def another_accepted(clause: str = "") -> Refusal:
    return Refusal("ALREADY_ACCEPTED", "您已接受另一家基地的邀请，只可接受一家。", clause)


def state_refusal(row: Invitation) -> Refusal:
    """What became of an invitation that is not open."""
    if row.state == "expired":
        return _over(row)
    return Refusal("NOT_INVITED", f"这份邀请{INVITATION_LABELS[row.state]}，不能再答复。")


def _over(row: Invitation) -> Refusal:
    return Refusal("WINDOW_CLOSED", f"这份邀请的答复已于{beijing(row.expires_at)}（北京时间）截止。")
