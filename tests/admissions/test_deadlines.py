"""What follows from the close: sealed exactly once, complete, and without anybody acknowledged left out (R2, R5, R6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic

import pytest
from django.db import connection, transaction

from admissions.models import Application, DeadlineMark, SealedSet, Submission
from admissions.services import applications, deadlines
from admissions.tasks import follow_deadlines
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refused
from tests.factories import ApplicationFactory, NoticeFactory, QuotaFactory, file_again

CLOSES = datetime(2025, 7, 20, 22, 0, tzinfo=BEIJING)
JUST_BEFORE = CLOSES - timedelta(milliseconds=1)
PATIENCE = 20.0


@pytest.fixture
def notice() -> Notice:
    return NoticeFactory()


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def window(policy: Policy) -> Window:
    found = policy.window("registration")
    assert found is not None
    return found


def seal(notice: Notice, window: Window, policy: Policy, at: datetime = CLOSES) -> SealedSet:
    return deadlines.seal_registration(notice=notice, window=window, policy=policy, at=at)


# Sealing


@pytest.mark.django_db
def test_sealed_is_what_stands_at_the_close(notice: Notice, policy: Policy, window: Window) -> None:
    quota = QuotaFactory(notice=notice)
    standing = [
        ApplicationFactory(state=state, notice=notice, quotas=[quota])
        for state in ("submitted", "returned", "approved", "rejected")
    ]
    for state in ("draft", "withdrawn"):
        ApplicationFactory(state=state, notice=notice, quotas=[quota])
    filed_again = file_again(standing[1], at=JUST_BEFORE)
    sealed = seal(notice, window, policy)
    listed = deadlines.filed_until(notice, window, policy=policy)
    assert sealed.submissions == 4
    assert sealed.digest == deadlines.set_digest(listed)
    assert (filed_again.receipt_number, filed_again.digest) in listed, "of a person with two versions, the newest"


@pytest.mark.django_db
def test_sealing_twice_is_sealing_once(notice: Notice, policy: Policy, window: Window) -> None:
    ApplicationFactory(state="submitted", notice=notice)
    first = seal(notice, window, policy)
    second = seal(notice, window, policy, at=CLOSES + timedelta(days=3))
    assert (first.pk, first.sealed_at) == (second.pk, second.sealed_at)
    assert AuditEvent.objects.filter(action="registration.sealed").count() == 1


@pytest.mark.django_db
def test_an_open_window_is_not_sealed(notice: Notice, policy: Policy, window: Window) -> None:
    with pytest.raises(ValueError, match="cannot be sealed"):
        seal(notice, window, policy, at=JUST_BEFORE)
    deadlines.seal_closed_windows(notice, policy=policy, at=CLOSES + deadlines.SEAL_AFTER - timedelta(seconds=1))
    assert not SealedSet.objects.exists()
    deadlines.seal_closed_windows(notice, policy=policy, at=CLOSES + deadlines.SEAL_AFTER)
    assert SealedSet.objects.count() == 1


@pytest.mark.django_db
def test_a_failed_effect_leaves_no_mark(notice: Notice) -> None:
    def fail() -> None:
        raise RuntimeError("killed in the middle")

    with pytest.raises(RuntimeError):
        deadlines.once(notice=notice, key="test", at=CLOSES, effect=fail)
    assert not DeadlineMark.objects.exists()
    assert deadlines.once(notice=notice, key="test", at=CLOSES, effect=lambda: None)
    assert not deadlines.once(notice=notice, key="test", at=CLOSES, effect=fail)


@pytest.mark.django_db
def test_no_worker_changes_who_is_in(notice: Notice, policy: Policy, window: Window) -> None:
    """Without any job the edge is the same; what was held up until after the sealing is refused, not lost."""
    in_time, late = (ApplicationFactory(notice=notice) for _ in range(2))
    assert file_again(in_time, at=JUST_BEFORE)
    seal(notice, window, policy)
    with pytest.raises(Refused) as caught:
        file_again(late, at=JUST_BEFORE)
    assert caught.value.code == "ALREADY_SEALED"
    assert not late.submissions.exists()


# Reminders


@pytest.mark.django_db
def test_a_day_before_the_close_those_who_have_not_filed_are_told_once(notice: Notice, policy: Policy) -> None:
    waiting = [ApplicationFactory(state=state, notice=notice) for state in ("draft", "returned", "withdrawn")]
    ApplicationFactory(state="submitted", notice=notice)
    before = Message.objects.count()
    deadlines.remind_before_close(notice, policy=policy, at=CLOSES - timedelta(hours=24, seconds=1))
    assert Message.objects.count() == before
    for at in (CLOSES - timedelta(hours=24), CLOSES - timedelta(hours=3)):
        deadlines.remind_before_close(notice, policy=policy, at=at)
    told = Message.objects.filter(title="报名即将截止", channel="inbox")
    assert {message.user for message in told} == {one.applicant.user for one in waiting}
    assert told.count() == 3
    assert any("还没有修改并重新提交" in message.body.open() for message in told)


@pytest.mark.django_db
def test_a_reminder_that_comes_too_late_is_not_sent(notice: Notice, policy: Policy) -> None:
    ApplicationFactory(notice=notice)
    deadlines.remind_before_close(notice, policy=policy, at=CLOSES)
    assert not Message.objects.filter(title="报名即将截止").exists()


@pytest.mark.django_db
def test_the_beat_does_it_all_and_again_does_nothing(notice: Notice, monkeypatch: pytest.MonkeyPatch) -> None:
    ApplicationFactory(state="submitted", notice=notice)
    monkeypatch.setattr("gme_portal.clock.services.wall_clock", lambda: CLOSES + timedelta(hours=1))
    for _ in range(3):
        follow_deadlines()
    assert SealedSet.objects.get().submissions == 1


# At once


def at_once(*doings: Callable[[], object]) -> list[object]:
    """Run each in its own thread and connection; results or the Refused each raised, in order."""
    outcomes: list[object] = [None] * len(doings)

    def run(index: int, doing: Callable[[], object]) -> None:
        try:
            outcomes[index] = doing()
        except Refused as refused:
            outcomes[index] = refused
        finally:
            connection.close()

    threads = [Thread(target=run, args=(index, doing)) for index, doing in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_filing(notice: Notice) -> None:
    application, key = ApplicationFactory(notice=notice), uuid.uuid4()
    receipts = at_once(*[lambda: file_again(application, key=key).receipt_number] * 6)
    assert receipts == [f"{application.number}-01"] * 6
    assert Submission.objects.count() == 1
    assert Message.objects.filter(channel="inbox").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_key_for_two_people_at_once_files_for_one_and_tells_the_other(notice: Notice) -> None:
    for _ in range(4):
        pair, key = [ApplicationFactory(notice=notice) for _ in range(2)], uuid.uuid4()
        outcomes = at_once(*[lambda one=one, key=key: file_again(one, key=key) for one in pair])
        assert sum(isinstance(one, Submission) for one in outcomes) == 1
        assert [one.code for one in outcomes if isinstance(one, Refused)] == ["KEY_OF_ANOTHER"]
        assert Submission.objects.filter(idempotency_key=key).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_tabs_one_files_and_the_other_is_told(notice: Notice) -> None:
    application = ApplicationFactory(notice=notice)
    outcomes = at_once(*[lambda: file_again(application)] * 2)
    refused = [one for one in outcomes if isinstance(one, Refused)]
    assert [one.code for one in refused] == ["NOT_NOW_STATE"]
    assert Submission.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_visits_make_one_application(notice: Notice) -> None:
    profile = ApplicationFactory(notice=notice).applicant
    Application.objects.filter(applicant=profile).delete()
    numbers = at_once(*[lambda: applications.ensure(profile=profile, notice=notice, at=CLOSES).number] * 5)
    assert len(set(numbers)) == 1


@pytest.mark.django_db(transaction=True)
def test_sealing_waits_for_a_filing_under_way_which_a_plain_look_would_miss(
    notice: Notice, policy: Policy, window: Window
) -> None:
    application = ApplicationFactory(notice=notice)
    written, may_commit = Event(), Event()

    def slow_filing() -> str:
        with transaction.atomic():
            submission = file_again(application, at=JUST_BEFORE)
            written.set()
            assert may_commit.wait(PATIENCE)
        return submission.receipt_number

    def sealing() -> int:
        assert written.wait(PATIENCE)
        return seal(notice, window, policy).submissions

    def watching() -> int:
        assert written.wait(PATIENCE)
        seen = len(deadlines.filed_until(notice, window, policy=policy))
        wait_until(sealing_waits)
        may_commit.set()
        return seen

    receipt, sealed, seen_without_lock = at_once(slow_filing, sealing, watching)
    assert receipt == f"{application.number}-01"
    assert seen_without_lock == 0, (
        "the negative control: a look without the lock misses what is acknowledged a moment later"
    )
    assert sealed == 1


@pytest.mark.django_db(transaction=True)
def test_whatever_the_order_everything_acknowledged_is_in_the_set_and_nothing_else(
    notice: Notice, policy: Policy, window: Window
) -> None:
    quota = QuotaFactory(notice=notice)
    people = [ApplicationFactory(notice=notice, quotas=[quota]) for _ in range(12)]
    filings = [lambda one=one: file_again(one, at=JUST_BEFORE) for one in people]
    outcomes = at_once(*filings[:6], lambda: seal(notice, window, policy), *filings[6:])
    acknowledged = sorted((one.receipt_number, one.digest) for one in outcomes if isinstance(one, Submission))
    refused = [one for one in outcomes if isinstance(one, Refused)]
    sealed = SealedSet.objects.get()
    assert sealed.submissions == len(acknowledged)
    assert sealed.digest == deadlines.set_digest(acknowledged)
    assert {one.code for one in refused} <= {"ALREADY_SEALED"}
    assert len(acknowledged) + len(refused) == len(people)


def sealing_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def wait_until(condition: Callable[[], bool]) -> None:
    """Ask the database again and again; no sleeping, a round trip is pause enough."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, "nobody waits for the lock"
