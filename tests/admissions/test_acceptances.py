"""Accepting a place (接受录取): yes, no or nothing by the end of the window, to the second; a place given up is free at once (004 三(三)3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from admissions.models import DeadlineMark, Offer
from admissions.queries.acceptances import period_of
from admissions.services import acceptances, announcements, offers, releases, runs
from admissions.services.deadlines import SEAL_AFTER
from admissions.services.publicity import object_to
from admissions.tasks import FOLLOWERS
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.outbox.models import Message
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.admissions.ranked import make_base, officer, province_lead
from tests.admissions.two_rounds import (
    ANSWERED,
    CLOSES,
    RELEASED,
    SECOND,
    notice_of_two_rounds,
    offer_of,
    offered,
    rules,
)
from tests.factories import NoticeFactory, reviewer_of

LAPSED = CLOSES + SEAL_AFTER


@pytest.fixture
def notice(db: None) -> Notice:
    return notice_of_two_rounds()


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return rules(notice)


@pytest.fixture
def three(notice: Notice) -> list[Offer]:
    """Three people with a place each, on show."""
    base = make_base(notice, {"内科": 2, "儿科": 1})
    _, people = offered(notice, base, ["内科", "内科", "儿科"], ["92", "88", "70"])
    return [offer_of(one) for one in people]


def answer(offer: Offer, said: str, policy: Policy, at: datetime = ANSWERED) -> Offer:
    return acceptances.answer(offer, said, actor=offer.applicant.user, at=at, policy=policy)


def follow(notice: Notice, at: datetime) -> None:
    """What the beat does."""
    policy = rules(notice)
    for follower in FOLLOWERS:
        follower(notice, policy=policy, at=at)


def free(offer: Offer) -> int:
    return Quota.objects.get(pk=offer.quota_id).free


def inbox(offer: Offer) -> set[str]:
    return set(Message.objects.filter(user=offer.applicant.user, channel="inbox").values_list("title", flat=True))


def test_who_accepted_is_admitted_and_who_said_nothing_is_not(
    notice: Notice, policy: Policy, three: list[Offer]
) -> None:
    answer(three[0], "accept", policy)
    answer(three[1], "decline", policy)
    follow(notice, LAPSED)
    states = [Offer.objects.get(pk=one.pk).state for one in three]
    assert states == ["admitted", "declined", "lapsed"]
    assert [free(one) for one in three] == [1, 1, 1]
    assert inbox(three[0]) >= {"拟录取", "已接受录取", "录取通知"}
    assert inbox(three[1]) - inbox(three[0]) == {"已放弃录取"}
    assert inbox(three[2]) - inbox(three[0]) == {"逾期未确认，不予录取"}


def test_nobody_is_admitted_before_the_list_is_over_even_if_they_accepted(
    notice: Notice, policy: Policy, three: list[Offer]
) -> None:
    answer(three[0], "accept", policy)
    follow(notice, CLOSES - SECOND)
    assert Offer.objects.get(pk=three[0].pk).state == "accepted"
    follow(notice, CLOSES)
    assert Offer.objects.get(pk=three[0].pk).state == "admitted"


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (RELEASED - SECOND, "NOT_NOW_STATE"),
        (RELEASED, ""),
        (CLOSES - SECOND, ""),
        (CLOSES, "WINDOW_CLOSED"),
    ],
)
def test_an_answer_counts_from_the_release_to_the_last_second(
    policy: Policy, three: list[Offer], at: datetime, code: str
) -> None:
    """Before the instant of release there is nothing to answer to (R13)."""
    if not code:
        assert answer(three[0], "accept", policy, at).state == "accepted"
        return
    with pytest.raises(Refused) as caught:
        answer(three[0], "accept", policy, at)
    assert caught.value.code == code


def test_an_answer_that_arrived_in_time_is_waited_for(notice: Notice, policy: Policy, three: list[Offer]) -> None:
    """Held up behind a busy door: the job comes two minutes later, so it counts."""
    follow(notice, LAPSED - SECOND)
    assert Offer.objects.get(pk=three[0].pk).state == "published"
    answer(three[0], "accept", policy, CLOSES - SECOND)
    follow(notice, LAPSED)
    assert [Offer.objects.get(pk=one.pk).state for one in three] == ["admitted", "lapsed", "lapsed"]


def test_the_deadline_is_kept_once_however_often_the_beat_comes(notice: Notice, three: list[Offer]) -> None:
    for minutes in range(3):
        follow(notice, LAPSED + timedelta(minutes=minutes))
    assert DeadlineMark.objects.filter(key__startswith="lapsed:").count() == 1
    event = AuditEvent.objects.get(action="offers.lapsed")
    assert event.detail == {"offers": 3}
    assert [free(one) for one in three] == [2, 2, 1]
    assert Message.objects.filter(title="逾期未确认，不予录取", channel="inbox").count() == 3


def test_where_silence_means_yes_everybody_who_did_not_decline_is_admitted(db: None) -> None:
    notice = notice_of_two_rounds(lambda text: text.replace('silent = "not_admitted"', 'silent = "admitted"'))
    _, people = offered(notice, make_base(notice, {"内科": 2}), ["内科", "内科"], ["92", "88"])
    said_nothing, declined = (offer_of(one) for one in people)
    answer(declined, "decline", rules(notice))
    follow(notice, CLOSES - SECOND)
    assert Offer.objects.get(pk=said_nothing.pk).state == "published"
    follow(notice, CLOSES)
    assert Offer.objects.get(pk=said_nothing.pk).state == "admitted"
    assert Offer.objects.get(pk=declined.pk).state == "declined"


def test_to_decline_is_final_and_to_accept_may_be_taken_back(policy: Policy, three: list[Offer]) -> None:
    answer(three[0], "accept", policy)
    answer(three[0], "decline", policy, ANSWERED + SECOND)
    assert free(three[0]) == 1
    with pytest.raises(Refused) as caught:
        answer(three[0], "accept", policy, ANSWERED + 2 * SECOND)
    assert caught.value.code == "NOT_NOW_STATE"


def test_saying_the_same_again_changes_nothing(policy: Policy, three: list[Offer]) -> None:
    first = answer(three[0], "decline", policy)
    again = answer(three[0], "decline", policy, ANSWERED + SECOND)
    assert (again.answered_at, free(three[0])) == (first.answered_at, 1)
    assert AuditEvent.objects.filter(action="offer.declined").count() == 1


def test_the_base_records_what_the_person_said_and_the_person_is_told(policy: Policy, three: list[Offer]) -> None:
    staff = reviewer_of(three[0].quota.base)
    acceptances.record_answer(three[0], "accept", actor=staff, at=ANSWERED, policy=policy)
    now = Offer.objects.get(pk=three[0].pk)
    assert (now.state, now.answered_by) == ("accepted", staff)
    assert AuditEvent.objects.get(action="offer.accepted").detail["by_base"] is True
    body = Message.objects.filter(user=three[0].applicant.user, channel="inbox").latest("created_at").body.open()
    assert "按您本人的意思登记：接受录取" in body
    assert "与您的意思不符的，请立即联系基地" in body


@pytest.mark.parametrize("said", ["accept", "decline"])
def test_another_base_and_a_reader_record_nothing(
    notice: Notice, policy: Policy, three: list[Offer], said: str
) -> None:
    other, reader = make_base(notice, {"内科": 1}), reviewer_of(three[0].quota.base, Role.BASE_READER)
    for actor, code in ((reviewer_of(other), "NOT_YOUR_BASE"), (reader, "NOT_YOURS")):
        with pytest.raises(Refused) as caught:
            acceptances.record_answer(three[0], said, actor=actor, at=ANSWERED, policy=policy)
        assert caught.value.code == code
    assert Offer.objects.get(pk=three[0].pk).state == "published"


def test_nobody_answers_for_somebody_else(policy: Policy, three: list[Offer]) -> None:
    with pytest.raises(Refused) as caught:
        acceptances.answer(three[0], "accept", actor=officer(), at=ANSWERED, policy=policy)
    assert caught.value.code == "NOT_YOURS"


def test_a_notice_that_does_not_ask_has_no_answers(db: None) -> None:
    """003 says nothing of it: everybody on the list is admitted as before."""
    notice = NoticeFactory()
    policy = rules(notice)
    assert policy.acceptance is None
    acceptances.close_silent(notice, policy=policy, at=CLOSES + timedelta(days=900))
    assert not DeadlineMark.objects.exists()


def test_a_late_list_gives_as_long_as_it_is_on_show(notice: Notice, policy: Policy) -> None:
    """004 三(三)3: 公示期间由基地收集. Approved on 30 May it is on show to 11 June, past the notice's own days."""
    base = make_base(notice, {"内科": 1})
    run, _ = offered(notice, base, ["内科"], ["90"])
    releases.ask_undo(run, reason="示例更正", actor=officer(), at=RELEASED + SECOND)
    releases.confirm_undo(run, actor=province_lead(), at=RELEASED + 2 * SECOND)
    late = RELEASED + timedelta(days=3, hours=9)
    again = runs.compute(
        kind="base-admission", notice=notice, base=base, actor=reviewer_of(base, Role.BASE_LEAD), at=late
    )
    releases.approve_and_publish(again, actor=officer(), at=late)
    offer = Offer.objects.get(run=again)
    period = period_of(offer, policy)
    assert period.opens == late
    assert period.closes == again.publicity.closes_at > CLOSES
    assert answer(offer, "accept", policy, CLOSES).state == "accepted"


def test_a_list_with_answers_can_still_be_taken_back_and_nothing_is_given_back_twice(
    policy: Policy, three: list[Offer]
) -> None:
    answer(three[0], "accept", policy)
    answer(three[1], "decline", policy)
    run = three[0].run
    releases.ask_undo(run, reason="示例更正", actor=officer(), at=ANSWERED)
    releases.confirm_undo(run, actor=province_lead(), at=ANSWERED)
    assert [Offer.objects.get(pk=one.pk).state for one in three] == ["revoked", "declined", "revoked"]
    assert [free(one) for one in three] == [2, 2, 1]


def test_the_message_of_the_list_says_until_when_to_answer(notice: Notice, policy: Policy, three: list[Offer]) -> None:
    announcements.announce_released(notice, policy=policy, at=RELEASED)
    body = Message.objects.get(user=three[0].applicant.user, channel="inbox", title="拟录取").body.open()
    assert "请在2024年6月4日（星期二）24:00前登录平台确认是否接受录取，到期没有确认的不予录取。" in body


def test_an_open_objection_holds_up_the_admission_and_not_the_answers(
    notice: Notice, policy: Policy, three: list[Offer]
) -> None:
    object_to(three[0].run.publicity, words="示例异议。", contact="13900000000", at=ANSWERED)
    answer(three[0], "accept", policy)
    follow(notice, LAPSED)
    assert [Offer.objects.get(pk=one.pk).state for one in three] == ["accepted", "lapsed", "lapsed"]
    assert offers.admit(three[0].run, policy=policy, at=LAPSED) == 0


@pytest.mark.django_db(transaction=True)
def test_declined_and_lapsed_at_once_frees_the_seat_once() -> None:
    """On real threads: the person declines in the last second while the job closes the list."""
    notice = notice_of_two_rounds()
    policy = rules(notice)
    _, people = offered(notice, make_base(notice, {"内科": 1}), ["内科"], ["90"])
    offer = offer_of(people[0])
    gate, raised = Barrier(2), []

    def at_once(doing: Callable[[], object]) -> None:
        gate.wait()
        try:
            doing()
        except Refused as refused:
            raised.append(refused.code)
        finally:
            connection.close()

    doings = (
        lambda: answer(offer, "decline", policy, CLOSES - SECOND),
        lambda: acceptances.close_silent(notice, policy=policy, at=LAPSED),
    )
    threads = [Thread(target=at_once, args=[doing]) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Offer.objects.get(pk=offer.pk).state in ("declined", "lapsed")
    assert raised in ([], ["NOT_NOW_STATE"])
    assert free(offer) == 1
