"""A year with two rounds, acceptance and invitations: the real notice of 2024 that has them (004), and people who filed in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from admissions.models import AllocationRun, Application, Offer, RunKind
from admissions.queries import mark_book
from admissions.services import applications, marks, releases, runs
from bases.models import TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services.working_days import seed
from gme_portal.policy import Policy
from tests.admissions.ranked import officer, quotas_of
from tests.factories import ApplicationFactory, NoticeFactory, ProfileFactory, reviewer_of

SECOND = timedelta(seconds=1)


def moment(text: str) -> datetime:
    """「2024-04-23 24:00」 in Beijing; 24:00 is the next day's midnight."""
    day, _, clock = text.partition(" ")
    begun = datetime.fromisoformat(day).replace(tzinfo=BEIJING)
    hours, minutes = (int(part) for part in clock.split(":"))
    return begun + timedelta(hours=hours, minutes=minutes)


FILED = moment("2024-04-10 09:00")
REVIEWED = moment("2024-05-06 09:00")
ASSESSED = moment("2024-05-20 09:00")
COMPUTED = moment("2024-05-24 09:00")
RELEASED = moment("2024-05-27 00:00")
ANSWERED = moment("2024-05-28 09:00")
CLOSES = moment("2024-06-04 24:00")
SECOND_OPENS = moment("2024-06-01 00:00")
IN_SECOND = moment("2024-06-06 09:00")
SECOND_CLOSES = moment("2024-06-15 24:00")
SECOND_REVIEWED = moment("2024-06-17 09:00")
SECOND_COMPUTED = moment("2024-06-24 09:00")
SECOND_RELEASED = moment("2024-06-26 00:00")


def notice_of_two_rounds(edit: Callable[[str], str] = lambda text: text) -> Notice:
    """The notice with the working calendar that its publicity is counted on; `edit` changes its text."""
    seed(at=FILED)
    return NoticeFactory("hubei-2024-residency", edit=edit)


def rules(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


def confirmed(
    notice: Notice,
    base: TrainingBase,
    choice: str,
    *,
    round: str = "first",
    at: datetime = FILED,
    reviewed_at: datetime = REVIEWED,
    **values: object,
) -> Application:
    """Filed, approved and confirmed in a round; without consent to any transfer unless it is given."""
    application = ApplicationFactory(
        state="approved",
        notice=notice,
        quotas=quotas_of(notice, base, choice),
        round=round,
        at=at,
        reviewed_at=reviewed_at,
        **({"consents": ()} | values),
    )
    application.confirmed_at, application.confirmed_by = reviewed_at, reviewer_of(base)
    application.confirmed_under = version_in_force(notice)
    application.save()
    return application


def mark_all(
    notice: Notice, base: TrainingBase, scores: dict[Application, str], *, round: str = "first", at: datetime = ASSESSED
) -> None:
    """Every component the same mark, every check passed; submitted and confirmed by two."""
    policy = rules(notice)
    checks = {check.key for check in policy.scoring.checks}
    entries = {
        row.pk: {item.key: "合格" if item.key in checks else mark for item in mark_book.items(policy)}
        for row, mark in scores.items()
    }
    given = {"notice": notice, "base": base, "at": at, "policy": policy, "round": round}
    marks.enter(entries=entries, actor=reviewer_of(base), **given)
    sheet = marks.submit(actor=reviewer_of(base), **given)
    marks.confirm(seen=sheet.digest, actor=reviewer_of(base, Role.BASE_LEAD), **given)


def admitted_list(
    notice: Notice, base: TrainingBase, *, round: str = "first", at: datetime = COMPUTED
) -> AllocationRun:
    """The base's run, published by the province; its list is on show when the publicity window opens."""
    lead = reviewer_of(base, Role.BASE_LEAD)
    run = runs.compute(kind=RunKind.BASE_ADMISSION, notice=notice, base=base, actor=lead, at=at, round=round)
    return releases.approve_and_publish(run, actor=officer(), at=at)


def offered(
    notice: Notice, base: TrainingBase, choices: Sequence[str], marks_of: Sequence[str]
) -> tuple[AllocationRun, list[Application]]:
    """People of the first round with these choices and marks, and the list that says who gets a place."""
    people = [confirmed(notice, base, choice) for choice in choices]
    mark_all(notice, base, dict(zip(people, marks_of, strict=True)))
    return admitted_list(notice, base), people


def offer_of(application: Application) -> Offer:
    return Offer.objects.get(application=application)


def begin_second(application: Application, *, at: datetime = IN_SECOND) -> Application:
    """The same person's application in the second round."""
    return applications.ensure(profile=application.applicant, notice=application.notice, round="second", at=at)


def newcomer(notice: Notice, *, at: datetime = IN_SECOND) -> Application:
    """Somebody who never filed before, begun in the second round."""
    return applications.ensure(profile=ProfileFactory(notice=notice), notice=notice, round="second", at=at)
