"""The second round (第二批次): who may file in it, on which seats, and from which second on (004 三(三), 三(四))."""

from __future__ import annotations

from datetime import datetime

import pytest

from admissions.models import Application, Offer
from admissions.queries import choosing, rounds
from admissions.queries.progress import what_next
from admissions.queries.results import result_of
from admissions.services import acceptances, applications, offers, runs
from admissions.services.deadlines import seal_closed_windows
from gme_portal.accounts.models import Role
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from quotas.models import Quota
from tests.admissions.ranked import make_base, quotas_of
from tests.admissions.two_rounds import (
    ANSWERED,
    CLOSES,
    FILED,
    IN_SECOND,
    RELEASED,
    SECOND,
    SECOND_CLOSES,
    SECOND_COMPUTED,
    SECOND_OPENS,
    SECOND_REVIEWED,
    admitted_list,
    begin_second,
    confirmed,
    mark_all,
    moment,
    newcomer,
    notice_of_two_rounds,
    offer_of,
    offered,
    rules,
)
from tests.factories import ApplicationFactory, NoticeFactory, ProfileFactory, file_again, reviewer_of

FIRST_CLOSES = moment("2024-04-23 24:00")


@pytest.fixture
def notice(db: None) -> Notice:
    return notice_of_two_rounds()


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return rules(notice)


def choose(application: Application, quota: Quota, at: datetime) -> Application:
    return applications.save_choices(
        application=application,
        quota_ids=[quota.pk],
        consents=(),
        actor=application.applicant.user,
        at=at,
        policy=rules(application.notice),
    )


def current(application: Application, at: datetime, round: str = "") -> Application:
    """What the person works with at a moment."""
    return applications.current(
        profile=application.applicant,
        notice=application.notice,
        policy=rules(application.notice),
        at=at,
        round=round,
    )


# Edges of the rounds


@pytest.mark.parametrize(
    ("at", "code"), [(FIRST_CLOSES - SECOND, ""), (FIRST_CLOSES, "WINDOW_CLOSED"), (SECOND_OPENS, "WINDOW_CLOSED")]
)
def test_the_first_round_closes_to_the_second(notice: Notice, at: datetime, code: str) -> None:
    application = ApplicationFactory(
        notice=notice, quotas=quotas_of(notice, make_base(notice, {"内科": 1}), "内科"), at=FILED
    )
    if not code:
        assert file_again(application, at=at).submitted_at == at
        return
    with pytest.raises(Refused) as caught:
        file_again(application, at=at)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (SECOND_OPENS - SECOND, "NOT_YET_OPEN"),
        (SECOND_OPENS, ""),
        (SECOND_CLOSES - SECOND, ""),
        (SECOND_CLOSES, "WINDOW_CLOSED"),
    ],
)
def test_the_second_round_opens_and_closes_to_the_second(notice: Notice, at: datetime, code: str) -> None:
    quota = quotas_of(notice, make_base(notice, {"内科": 1}), "内科")[0]
    application = newcomer(notice, at=SECOND_OPENS)
    if not code:
        choose(application, quota, at)
        assert file_again(application, at=at).submitted_at == at
        return
    with pytest.raises(Refused) as caught:
        choose(application, quota, at)
    assert caught.value.code == code


@pytest.mark.parametrize(("at", "key"), [(SECOND_OPENS - SECOND, "first"), (SECOND_OPENS, "second")])
def test_the_running_round_changes_at_midnight(notice: Notice, policy: Policy, at: datetime, key: str) -> None:
    base = make_base(notice, {"内科": 1})
    filed = ApplicationFactory(notice=notice, state="submitted", quotas=quotas_of(notice, base, "内科"), at=FILED)
    assert rounds.asked(policy, at, "").key == key
    assert current(filed, at).round == key


def test_a_round_that_bases_date_themselves_is_never_the_running_one(db: None) -> None:
    """003 (七)1: 根据各基地补录通知. It has no pages here, whatever the address asks for."""
    policy = rules(NoticeFactory())
    assert [one.key for one in policy.rounds] == ["first", "second"]
    assert not rounds.is_split(policy)
    assert rounds.asked(policy, moment("2025-12-31 24:00"), "second").key == "first"
    assert rounds.label(policy, "first") == ""


# Who may file again


def test_who_was_not_admitted_files_again_and_both_rounds_stand(notice: Notice, policy: Policy) -> None:
    base = make_base(notice, {"内科": 1, "儿科": 1})
    _, (placed, left) = offered(notice, base, ["内科", "内科"], ["92", "80"])
    again = current(left, IN_SECOND)
    assert (again.round, again.state) == ("second", "draft")
    choose(again, quotas_of(notice, base, "儿科")[0], IN_SECOND)
    file_again(again, at=IN_SECOND)
    assert current(left, IN_SECOND, "first").pk == left.pk
    assert [(one.round, one.state) for one in rounds.applications_of(left.applicant, notice)] == [
        ("first", "approved"),
        ("second", "submitted"),
    ]
    assert not result_of(left, policy=policy, at=IN_SECOND).is_admitted
    assert result_of(left, policy=policy, at=IN_SECOND).is_published
    assert not result_of(again, policy=policy, at=IN_SECOND).is_published
    assert offer_of(placed).state == "published"


def test_who_never_filed_begins_in_the_second_round(notice: Notice) -> None:
    profile = ProfileFactory(notice=notice)
    found = applications.current(profile=profile, notice=notice, policy=rules(notice), at=IN_SECOND)
    assert found.round == "second"


def test_who_holds_a_place_stays_with_it_and_is_refused_with_the_sentence(notice: Notice) -> None:
    base = make_base(notice, {"内科": 1, "儿科": 1})
    _, (placed,) = offered(notice, base, ["内科"], ["92"])
    assert current(placed, SECOND_OPENS).pk == placed.pk
    again, quota = begin_second(placed, at=SECOND_OPENS), quotas_of(notice, base, "儿科")[0]
    with pytest.raises(Refused) as caught:
        choose(again, quota, SECOND_OPENS)
    assert caught.value.code == "ALREADY_ADMITTED"
    assert "您在第一批次的状态为“公示中”" in caught.value.refusal.sentence
    assert caught.value.refusal.sentence.endswith("不能再填报第二批次志愿。要改报的，须先在“接受录取”页放弃。")
    assert caught.value.refusal.clause == "004 三(四)"
    assert [one.code for one in applications.filing_problems(again, policy=rules(notice), at=SECOND_OPENS)] == [
        "ALREADY_ADMITTED"
    ]


def test_a_place_that_is_not_out_yet_is_not_given_away_by_a_refusal(notice: Notice) -> None:
    """R13: approved on 24 May, out on 27 May."""
    base = make_base(notice, {"内科": 1})
    _, (placed,) = offered(notice, base, ["内科"], ["92"])
    assert rounds.place_held(placed.applicant, notice, RELEASED - SECOND) is None
    assert rounds.place_held(placed.applicant, notice, RELEASED) == offer_of(placed)


def test_who_gave_the_place_up_may_file_again(notice: Notice, policy: Policy) -> None:
    base = make_base(notice, {"内科": 1, "儿科": 1})
    _, (placed,) = offered(notice, base, ["内科"], ["92"])
    acceptances.answer(offer_of(placed), "decline", actor=placed.applicant.user, at=ANSWERED, policy=policy)
    again = current(placed, SECOND_OPENS)
    assert again.round == "second"
    choose(again, quotas_of(notice, base, "儿科")[0], SECOND_OPENS)
    assert file_again(again, at=SECOND_OPENS).application_id == again.pk


def test_beginning_again_opens_the_sections_and_filing_closes_them(notice: Notice) -> None:
    base = make_base(notice, {"内科": 1, "儿科": 1})
    _, (_, left) = offered(notice, base, ["内科", "内科"], ["92", "80"])
    left.applicant.refresh_from_db()
    assert left.applicant.locked_at is not None
    again = begin_second(left)
    again.applicant.refresh_from_db()
    assert again.applicant.locked_at is None
    choose(again, quotas_of(notice, base, "儿科")[0], IN_SECOND)
    file_again(again, at=IN_SECOND)
    again.applicant.refresh_from_db()
    assert again.applicant.locked_at == IN_SECOND


def test_not_admitted_is_told_when_to_file_again(notice: Notice, policy: Policy) -> None:
    base = make_base(notice, {"内科": 1})
    _, (_, left) = offered(notice, base, ["内科", "内科"], ["92", "80"])
    sentence = "可以在2024年6月1日（星期六）00:00至2024年6月15日（星期六）24:00填报第二批次志愿。"
    assert what_next(left, policy, None, SECOND_CLOSES - SECOND) == sentence
    assert what_next(left, policy, None, SECOND_CLOSES) == "本次招录已结束。"
    assert what_next(begin_second(left), policy, None, IN_SECOND) == "本次招录已结束。"


# Seats, lists and runs


def test_the_second_round_fills_what_the_first_has_left(notice: Notice, policy: Policy) -> None:
    base = make_base(notice, {"内科": 2, "儿科": 1})
    _, (placed,) = offered(notice, base, ["内科"], ["92"])
    acceptances.answer(offer_of(placed), "accept", actor=placed.applicant.user, at=ANSWERED, policy=policy)
    offers.admit_after_publicity(notice, policy=policy, at=CLOSES)
    application = newcomer(notice)
    options = {
        one.quota.specialty.name: one
        for one in choosing.options_at(application, base, entry=None, policy=policy, at=IN_SECOND)
    }
    assert {name: one.room for name, one in options.items()} == {"内科": 1, "儿科": 1}
    Quota.objects.filter(base=base, specialty__name="内科").update(taken=2)
    options = {
        one.quota.specialty.name: one
        for one in choosing.options_at(application, base, entry=None, policy=policy, at=IN_SECOND)
    }
    assert options["内科"].closed == "本基地本专业没有剩余名额。"
    with pytest.raises(Refused) as caught:
        choose(application, quotas_of(notice, base, "内科")[0], IN_SECOND)
    assert caught.value.code == "SPECIALTY_CLOSED"
    assert "没有剩余名额" in caught.value.refusal.sentence


def test_marks_runs_and_lists_of_the_two_rounds_stand_beside_each_other(notice: Notice, policy: Policy) -> None:
    base = make_base(notice, {"内科": 2})
    first, (early,) = offered(notice, base, ["内科"], ["92"])
    acceptances.answer(offer_of(early), "accept", actor=early.applicant.user, at=ANSWERED, policy=policy)
    offers.admit_after_publicity(notice, policy=policy, at=CLOSES)
    late = [
        confirmed(notice, base, "内科", round="second", at=IN_SECOND, reviewed_at=SECOND_REVIEWED) for _ in range(2)
    ]
    mark_all(notice, base, dict(zip(late, ["70", "81"], strict=True)), round="second", at=SECOND_COMPUTED)
    second = admitted_list(notice, base, round="second", at=SECOND_COMPUTED)
    assert (first.round, second.round) == ("first", "second")
    assert {offer.application_id for offer in second.offers.all()} == {late[1].pk}
    assert Offer.objects.get(application=early).state == "admitted"
    assert Quota.objects.get(base=base).free == 0
    assert first.publicity.title.endswith("第一批次拟录取名单")
    assert second.publicity.title.endswith("第二批次拟录取名单")


@pytest.mark.parametrize(
    ("at", "round", "code"),
    [
        (moment("2024-05-26 24:00"), "first", "WINDOW_CLOSED"),
        (moment("2024-06-16 00:00") - SECOND, "second", "NOT_YET_OPEN"),
        (moment("2024-06-25 24:00"), "second", "WINDOW_CLOSED"),
    ],
)
def test_a_run_is_computed_in_the_window_of_its_own_round(notice: Notice, at: datetime, round: str, code: str) -> None:
    base = make_base(notice, {"内科": 1})
    with pytest.raises(Refused) as caught:
        runs.compute(
            kind="base-admission",
            notice=notice,
            base=base,
            actor=reviewer_of(base, Role.BASE_LEAD),
            at=at,
            round=round,
        )
    assert caught.value.code == code


def test_each_close_seals_its_own_round(notice: Notice, policy: Policy) -> None:
    base = make_base(notice, {"内科": 1})
    ApplicationFactory(notice=notice, state="submitted", quotas=quotas_of(notice, base, "内科"), at=FILED)
    late = newcomer(notice)
    choose(late, quotas_of(notice, base, "内科")[0], IN_SECOND)
    file_again(late, at=IN_SECOND)
    seal_closed_windows(notice, policy=policy, at=SECOND_REVIEWED)
    assert sorted(notice.sealed_sets.values_list("round", "submissions")) == [("first", 1), ("second", 1)]
