"""An extended window in the process: who gets in at both edges, what is sealed at each close, who is told, what each decision stands on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from admissions.models import Review, ScoreSheet, SealedSet, Submission
from admissions.queries.papers import checklist, content_of
from admissions.services import confirmation, deadlines, marks, reviews
from admissions.services.extension_news import announce_extensions
from admissions.services.transitions import window_refusal
from admissions.tasks import follow_deadlines
from bases.models import TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services import extensions
from gme_portal.outbox.models import Channel, Message
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refused
from tests.admissions.ranked import ASSESSED, applicant, make_base, officer, province_lead
from tests.factories import ApplicationFactory, QuotaFactory, UserFactory, file_again, reviewer_of

MOMENT = timedelta(microseconds=1)
CLOSES = datetime(2025, 7, 20, 22, 0, tzinfo=BEIJING)
LATER = CLOSES + timedelta(hours=24)
NIGHT = CLOSES - timedelta(minutes=10)


def policy_now(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


def window(notice: Notice, key: str = "registration", base: str = "") -> Window:
    found = policy_now(notice).window(key, base=base)
    assert found is not None
    return found


def extend(
    notice: Notice,
    key: str = "registration",
    closes: datetime = LATER,
    at: datetime = NIGHT,
    base: TrainingBase | None = None,
) -> NoticeVersion:
    row = extensions.ask(
        notice=notice, window=window(notice, key), closes=closes, reason="平台故障两小时", actor=officer(), at=at,
        base_code=base.code if base else "", base_name=base.name if base else "",
    )  # fmt: skip
    return extensions.approve(row, actor=province_lead(), at=at)


def refused(call: object) -> str:
    with pytest.raises(Refused) as caught:
        call()  # type: ignore[operator]
    return caught.value.code


# Registration


def test_filing_at_both_edges_before_and_after_an_extension(notice: Notice) -> None:
    early, edge, late, last = (ApplicationFactory(notice=notice) for _ in range(4))
    assert file_again(early, at=CLOSES - MOMENT).notice_version.number == 1
    assert refused(lambda: file_again(edge, at=CLOSES)) == "WINDOW_CLOSED"
    extend(notice, at=CLOSES + timedelta(hours=1))
    assert file_again(edge, at=CLOSES).notice_version.number == 2, "who knocked at the old edge is in too"
    assert file_again(late, at=LATER - MOMENT).notice_version.number == 2
    assert refused(lambda: file_again(last, at=LATER)) == "WINDOW_CLOSED"


def test_each_close_is_sealed_by_itself_and_whole(notice: Notice) -> None:
    """The set of the first close stays as it was; the set of the new close has everybody, also who filed anew."""
    quota = QuotaFactory(notice=notice)
    first, again, late = (ApplicationFactory(notice=notice, quotas=[quota]) for _ in range(3))
    for application in (first, again):
        file_again(application, at=NIGHT)
    deadlines.seal_closed_windows(notice, policy=policy_now(notice), at=CLOSES + deadlines.SEAL_AFTER)
    old = SealedSet.objects.get()
    assert (old.closes_at, old.submissions) == (CLOSES, 2)
    assert refused(lambda: file_again(late, at=CLOSES - MOMENT)) == "ALREADY_SEALED"
    extend(notice, at=CLOSES + timedelta(hours=1))
    file_again(late, at=LATER - MOMENT)
    again.refresh_from_db()
    reviews.decide(
        again,
        "return",
        reason_code="photo",
        actor=reviewer_of(quota.base),
        at=CLOSES + timedelta(hours=2),
        policy=policy_now(notice),
    )
    newest = file_again(again, at=LATER - 2 * MOMENT)
    deadlines.seal_closed_windows(notice, policy=policy_now(notice), at=LATER + deadlines.SEAL_AFTER - MOMENT)
    assert SealedSet.objects.count() == 1
    deadlines.seal_closed_windows(notice, policy=policy_now(notice), at=LATER + deadlines.SEAL_AFTER)
    new = SealedSet.objects.exclude(pk=old.pk).get()
    listed = deadlines.filed_until(notice, window(notice), policy=policy_now(notice))
    assert (new.closes_at, new.submissions) == (LATER, 3)
    assert (newest.receipt_number, newest.digest) in listed
    assert new.digest == deadlines.set_digest(listed)
    old.refresh_from_db()
    assert old.submissions == 2


def test_extended_before_the_close_nothing_is_sealed_at_the_old_one(notice: Notice) -> None:
    extend(notice)
    deadlines.seal_closed_windows(notice, policy=policy_now(notice), at=CLOSES + timedelta(hours=1))
    assert not SealedSet.objects.exists()


def test_a_job_that_still_knows_the_old_close_does_no_harm(notice: Notice) -> None:
    """A beat that began before the approval seals the old close while people file again: the new set is complete all the same."""
    stale = policy_now(notice)
    extend(notice, at=CLOSES + timedelta(minutes=1))
    late = ApplicationFactory(notice=notice)
    file_again(late, at=CLOSES + timedelta(minutes=2))
    deadlines.seal_closed_windows(notice, policy=stale, at=CLOSES + timedelta(minutes=3))
    assert SealedSet.objects.get(closes_at=CLOSES).submissions == 0
    deadlines.seal_closed_windows(notice, policy=policy_now(notice), at=LATER + deadlines.SEAL_AFTER)
    assert SealedSet.objects.get(closes_at=LATER).submissions == 1


def test_who_did_not_file_is_reminded_of_the_new_close_too(notice: Notice) -> None:
    waiting = ApplicationFactory(notice=notice)
    deadlines.remind_before_close(notice, policy=policy_now(notice), at=NIGHT)
    extend(notice, closes=LATER + timedelta(days=1))
    deadlines.remind_before_close(notice, policy=policy_now(notice), at=LATER + timedelta(hours=1))
    reminders = Message.objects.filter(user=waiting.applicant.user, channel=Channel.INBOX, title="报名即将截止")
    assert reminders.count() == 2


# One base


def test_a_base_that_is_late_works_on_while_the_others_are_closed(notice: Notice) -> None:
    late, punctual = make_base(notice, {"内科": 1}), make_base(notice, {"内科": 1})
    people = {base: applicant(notice, base, ["内科"]) for base in (late, punctual)}
    at = window(notice, "assessment").closes

    def enter(base: TrainingBase, at: datetime) -> None:
        policy = policy_now(notice)
        entries = {people[base].pk: dict.fromkeys([one.key for one in policy.scoring.components], "80")}
        marks.enter(notice=notice, base=base, entries=entries, actor=reviewer_of(base), at=at, policy=policy)

    assert refused(lambda: enter(late, at)) == "WINDOW_CLOSED"
    extend(notice, "assessment", at + timedelta(days=2), at, late)
    enter(late, at + timedelta(days=2) - MOMENT)
    assert refused(lambda: enter(late, at + timedelta(days=2))) == "WINDOW_CLOSED"
    assert refused(lambda: enter(punctual, at)) == "WINDOW_CLOSED"


def test_review_and_confirmation_of_one_base(notice: Notice) -> None:
    late, punctual = make_base(notice, {"内科": 5}), make_base(notice, {"内科": 5})
    waiting = {
        base: ApplicationFactory(notice=notice, state="submitted", quotas=list(base.quotas.all()))
        for base in (late, punctual)
    }
    approved = ApplicationFactory(notice=notice, state="approved", quotas=list(late.quotas.all()))
    at = window(notice, "review").closes
    extend(notice, "review", at + timedelta(days=1), at, late)
    extend(notice, "confirmation", at + timedelta(days=1), at, late)
    policy = policy_now(notice)
    assert (
        reviews.decide(waiting[late], "approve", actor=reviewer_of(late), at=at, policy=policy).notice_version.number
        == 3
    )
    assert (
        refused(lambda: reviews.decide(waiting[punctual], "approve", actor=reviewer_of(punctual), at=at, policy=policy))
        == "WINDOW_CLOSED"
    )
    papers = [paper.kind for paper in checklist(content_of(approved.submissions.get()), policy)]
    row = confirmation.confirm(approved, papers=papers, actor=reviewer_of(late), at=at, policy=policy)
    assert row.confirmed_under == version_in_force(notice)


# What decisions stand on


def test_every_decision_names_its_version(notice: Notice) -> None:
    base = make_base(notice, {"内科": 1})
    application = ApplicationFactory(notice=notice, state="submitted", quotas=list(base.quotas.all()))
    assert Submission.objects.get(application=application).notice_version.number == 1
    extend(notice)
    policy = policy_now(notice)
    reviews.decide(application, "approve", actor=reviewer_of(base), at=NIGHT, policy=policy)
    assert Review.objects.get().notice_version.number == 2
    application.refresh_from_db()
    at = window(notice, "confirmation").opens
    papers = [paper.kind for paper in checklist(content_of(application.submissions.get()), policy)]
    assert confirmation.confirm(
        application, papers=papers, actor=reviewer_of(base), at=at, policy=policy
    ).confirmed_under_id
    entries = {application.pk: dict.fromkeys([one.key for one in policy.scoring.components], "80")}
    marks.enter(notice=notice, base=base, entries=entries, actor=reviewer_of(base), at=ASSESSED, policy=policy)
    sheet = marks.submit(notice=notice, base=base, actor=reviewer_of(base), at=ASSESSED, policy=policy)
    lead = reviewer_of(base, Role.BASE_LEAD)
    marks.confirm(notice=notice, base=base, seen=sheet.digest, actor=lead, at=ASSESSED, policy=policy)
    confirmed = ScoreSheet.objects.get()
    assert confirmed.confirmed_under is not None
    assert confirmed.confirmed_under.number == 2


# Who is told


def told(user: User) -> list[str]:
    return [
        message.body.open()
        for message in Message.objects.filter(user=user, channel=Channel.INBOX, title__endswith="延长")
    ]


def test_those_concerned_are_told_once(notice: Notice) -> None:
    quota = QuotaFactory(notice=notice)
    concerned = [
        ApplicationFactory(notice=notice, state=state, quotas=[quota])
        for state in ("draft", "submitted", "returned", "withdrawn")
    ]
    done = ApplicationFactory(notice=notice, state="approved", quotas=[quota])
    nobody, editor = UserFactory(), reviewer_of(quota.base)
    extend(notice)
    for _ in range(2):
        announce_extensions(notice, policy=policy_now(notice), at=NIGHT)
    for application in concerned:
        (body,) = told(application.applicant.user)
        assert "延长至2025年7月21日（星期一）22:00" in body
        assert "原因：平台故障两小时。" in body
        assert "还没有提交的" in body
    assert len(told(editor)) == 1
    assert told(done.applicant.user) == told(nobody) == []
    texts = Message.objects.filter(channel=Channel.SMS, title__endswith="延长", user=concerned[0].applicant.user)
    assert texts.get().body.open().startswith("【住培招录】")


def test_only_the_base_concerned_is_told_of_its_own_extension(notice: Notice) -> None:
    late, other = make_base(notice, {"内科": 1}), make_base(notice, {"内科": 1})
    staff, others = reviewer_of(late), reviewer_of(other)
    at = window(notice, "assessment").closes
    extend(notice, "assessment", at + timedelta(days=2), at, late)
    announce_extensions(notice, policy=policy_now(notice), at=at)
    assert len(told(staff)) == 1
    assert late.name in told(staff)[0]
    assert told(others) == []


def test_the_beat_tells(notice: Notice, clock_at: object) -> None:
    clock_at(NIGHT)  # type: ignore[operator]
    waiting = ApplicationFactory(notice=notice)
    extend(notice)
    follow_deadlines()
    assert len(told(waiting.applicant.user)) == 1


def test_a_refusal_after_an_extension_names_the_new_close(notice: Notice) -> None:
    extend(notice)
    refusal = window_refusal(window(notice), doing="提交报名", at=LATER)
    assert refusal is not None
    assert "7月21日（星期一）22:00:00" in refusal.sentence
