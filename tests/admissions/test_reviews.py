"""A base decides on what was filed: by whom, until when, with which reason, and only once."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from admissions.models import Application, Review
from admissions.queries.review_reasons import RETURN_REASONS, rejection_clauses
from admissions.services import applications, reviews
from applicants.models import Profile
from bases.models import BaseStaff
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.factories import IN_WINDOW, ApplicationFactory, NoticeFactory, StaffFactory, file_again, reviewer_of

LATER = IN_WINDOW + timedelta(hours=1)
REGISTRATION_CLOSES = datetime(2025, 7, 20, 22, 0, tzinfo=BEIJING)
REVIEW_CLOSES = datetime(2025, 7, 25, 17, 0, tzinfo=BEIJING)
SECOND = timedelta(seconds=1)


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def filed(notice: Notice) -> Application:
    return ApplicationFactory(notice=notice, state="submitted")


def decided(
    application: Application, decision: str, policy: Policy, at: datetime = LATER, actor: User | None = None, **why: str
) -> Review:
    return reviews.decide(
        application, decision, actor=actor or reviewer_of(application.base), at=at, policy=policy, **why
    )


def messages_to(application: Application) -> list[str]:
    found = Message.objects.filter(user=application.applicant.user, channel="inbox").order_by("created_at")
    return [message.body.open() for message in found]


def test_approval_moves_the_application_and_tells_the_person_when_to_come(filed: Application, policy: Policy) -> None:
    review = decided(filed, "approve", policy)
    filed.refresh_from_db()
    assert filed.state == "approved"
    assert review.submission == filed.submissions.get()
    assert AuditEvent.objects.filter(action="review.approve", subject_id=str(review.submission_id)).count() == 1
    assert "2025年7月21日（星期一）08:00至2025年7月25日（星期五）17:00" in messages_to(filed)[-1]


def test_a_return_says_why_and_until_when_and_opens_the_sections(filed: Application, policy: Policy) -> None:
    assert Profile.objects.get(pk=filed.applicant_id).locked_at is not None
    review = decided(filed, "return", policy, reason_code="photo", words="背景偏灰。")
    assert review.words == RETURN_REASONS["photo"].words + "背景偏灰。"
    assert Profile.objects.get(pk=filed.applicant_id).locked_at is None
    told = messages_to(filed)[-1]
    assert "背景偏灰。" in told
    assert "2025年7月20日（星期日）22:00:00前" in told


def test_a_returned_application_is_filed_again_and_keeps_both_versions(filed: Application, policy: Policy) -> None:
    decided(filed, "return", policy, reason_code="photo")
    file_again(filed, at=LATER + SECOND)
    filed.refresh_from_db()
    assert (filed.state, filed.submissions.count()) == ("submitted", 2)


@pytest.mark.parametrize(
    ("decision", "why", "code", "field"),
    [
        ("return", {}, "REASON_UNKNOWN", "reason_code"),
        ("return", {"reason_code": "ugly"}, "REASON_UNKNOWN", "reason_code"),
        ("return", {"reason_code": "other", "words": "　"}, "WORDS_MISSING", "words"),
        ("return", {"reason_code": "photo", "words": "字" * 301}, "WORDS_LONG", "words"),
        ("reject", {"words": "不符合"}, "CLAUSE_UNKNOWN", "clause"),
        ("reject", {"words": "不符合", "clause": "999 一"}, "CLAUSE_UNKNOWN", "clause"),
        ("reject", {"clause": "003 (三)3请注意"}, "WORDS_MISSING", "words"),
        ("burn", {}, "DECISION_UNKNOWN", "decision"),
    ],
)
def test_a_no_needs_its_reason(
    filed: Application, policy: Policy, decision: str, why: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        decided(filed, decision, policy, **why)
    assert (refused.value.code, refused.value.field) == (code, field)
    filed.refresh_from_db()
    assert filed.state == "submitted"
    assert not Review.objects.exists()


def test_a_rejection_names_the_clause_of_the_notice(filed: Application, policy: Policy) -> None:
    clause = next(iter(rejection_clauses(policy)))
    decided(filed, "reject", policy, clause=clause, words="所持证件不在本次受理范围。")
    filed.refresh_from_db()
    assert filed.state == "rejected"
    assert policy.cite(clause) in messages_to(filed)[-1]


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        (Role.BASE_EDITOR, "own", ""),
        (Role.BASE_LEAD, "own", ""),
        (Role.BASE_READER, "own", "NOT_YOURS"),
        (Role.BASE_EDITOR, "foreign", "NOT_YOUR_BASE"),
        (Role.BASE_LEAD, "foreign", "NOT_YOUR_BASE"),
        (Role.BASE_EDITOR, "none", "NOT_YOUR_BASE"),
        (Role.PROVINCE_LEAD, "none", "NOT_YOUR_BASE"),
        (Role.SCHOOL, "none", "NOT_YOUR_BASE"),
        (Role.PROVINCE_LEAD, "own", "NOT_YOUR_BASE"),
    ],
)
def test_only_writers_of_the_own_base_decide(
    notice: Notice, filed: Application, policy: Policy, role: str, place: str, code: str
) -> None:
    actor = StaffFactory(role=role)
    if place != "none":
        base = filed.base if place == "own" else ApplicationFactory(notice=notice, state="submitted").base
        BaseStaff.objects.create(user=actor, base=base)
    if not code:
        decided(filed, "approve", policy, actor=actor)
        return
    with pytest.raises(Refused) as refused:
        decided(filed, "approve", policy, actor=actor)
    assert refused.value.code == code


def test_the_applicant_does_not_approve_themselves(filed: Application, policy: Policy) -> None:
    with pytest.raises(Refused):
        decided(filed, "approve", policy, actor=filed.applicant.user)


def test_the_review_window_ends_to_the_second(notice: Notice, policy: Policy) -> None:
    first, second = (ApplicationFactory(notice=notice, state="submitted") for _ in range(2))
    decided(first, "approve", policy, at=REVIEW_CLOSES - SECOND)
    with pytest.raises(Refused) as refused:
        decided(second, "approve", policy, at=REVIEW_CLOSES)
    assert refused.value.code == "WINDOW_CLOSED"
    assert "2025年7月25日（星期五）17:00:00" in str(refused.value)


def test_after_registration_nobody_is_returned_into_nothing(notice: Notice, policy: Policy) -> None:
    first, second = (ApplicationFactory(notice=notice, state="submitted") for _ in range(2))
    decided(first, "return", policy, at=REGISTRATION_CLOSES - SECOND, reason_code="photo")
    with pytest.raises(Refused) as refused:
        decided(second, "return", policy, at=REGISTRATION_CLOSES, reason_code="photo")
    assert refused.value.code == "RETURN_TOO_LATE"
    decided(second, "approve", policy, at=REGISTRATION_CLOSES)


def test_a_version_that_was_replaced_while_reading_is_not_decided(filed: Application, policy: Policy) -> None:
    seen = filed.submissions.get().pk
    applications.withdraw(application=filed, actor=filed.applicant.user, at=LATER, policy=policy)
    with pytest.raises(Refused) as gone:
        reviews.decide(filed, "approve", actor=reviewer_of(filed.base), at=LATER, policy=policy, seen=seen)
    assert gone.value.code == "NOT_NOW_STATE"
    newer = file_again(filed, at=LATER + SECOND)
    with pytest.raises(Refused) as refused:
        reviews.decide(filed, "approve", actor=reviewer_of(filed.base), at=LATER + 2 * SECOND, policy=policy, seen=seen)
    assert refused.value.code == "NEWER_VERSION"
    reviews.decide(filed, "approve", actor=reviewer_of(filed.base), at=LATER + 2 * SECOND, policy=policy, seen=newer.pk)


def test_the_second_reviewer_is_told_who_was_first(filed: Application, policy: Policy) -> None:
    decided(filed, "approve", policy)
    with pytest.raises(Refused) as refused:
        decided(filed, "return", policy, reason_code="photo", actor=reviewer_of(filed.base, Role.BASE_LEAD))
    assert refused.value.code == "ALREADY_DECIDED"
    assert reviewer_of(filed.base).name in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_make_one_decision() -> None:
    notice = NoticeFactory()
    filed = ApplicationFactory(notice=notice, state="submitted")
    policy = policy_of(version_in_force(notice))
    people = [reviewer_of(filed.base), reviewer_of(filed.base, Role.BASE_LEAD)]
    start, outcomes = Barrier(2), []

    def decide(actor: User, decision: str) -> None:
        try:
            start.wait()
            decided(filed, decision, policy, actor=actor, reason_code="photo" if decision == "return" else "")
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connections.close_all()

    threads = [Thread(target=decide, args=pair) for pair in zip(people, ["approve", "return"], strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ALREADY_DECIDED", "done"]
    assert Review.objects.count() == 1


def test_the_lead_takes_a_decision_back_and_it_waits_again(notice: Notice, policy: Policy) -> None:
    approved = ApplicationFactory(notice=notice, state="approved")
    lead, at = reviewer_of(approved.base, Role.BASE_LEAD), REGISTRATION_CLOSES + timedelta(days=2)
    under = version_in_force(notice)
    Application.objects.filter(pk=approved.pk).update(confirmed_at=at, confirmed_by=lead, confirmed_under=under)
    row = reviews.take_back(approved, reason="误点", actor=lead, at=at, policy=policy)
    assert (row.state, row.confirmed_at, row.confirmed_by) == ("submitted", None, None)
    assert Profile.objects.get(pk=row.applicant_id).locked_at is not None, (
        "the person has nothing to do, so nothing opens"
    )
    assert "误点" in messages_to(row)[-1]
    decided(row, "approve", policy, at=at + SECOND)
    assert Review.objects.filter(submission__application=row).count() == 2


@pytest.mark.parametrize(
    ("role", "reason", "code"), [(Role.BASE_EDITOR, "误点", "NOT_YOURS"), (Role.BASE_LEAD, " ", "REASON_MISSING")]
)
def test_taking_back_is_the_leads_and_needs_a_reason(
    notice: Notice, policy: Policy, role: str, reason: str, code: str
) -> None:
    approved = ApplicationFactory(notice=notice, state="approved")
    with pytest.raises(Refused) as refused:
        reviews.take_back(approved, reason=reason, actor=reviewer_of(approved.base, role), at=LATER, policy=policy)
    assert refused.value.code == code


def test_a_refused_decision_leaves_nothing_behind(filed: Application, policy: Policy) -> None:
    before = (AuditEvent.objects.count(), Message.objects.count())
    with pytest.raises(Refused):
        decided(filed, "approve", policy, at=REVIEW_CLOSES)
    assert (AuditEvent.objects.count(), Message.objects.count()) == before
    assert connection.needs_rollback is False
