"""Publishing by a second person, all or nothing; readable from its instant on and not a moment earlier (R13); taken back by two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from admissions.models import AllocationRun, Mark, Offer, Outcome, Publicity, RunKind
from admissions.queries.results import result_of
from admissions.services import announcements, offers, publicity, releases, runs
from admissions.tasks import FOLLOWERS
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force, working_calendar
from gme_portal.notices.services.working_days import seed
from gme_portal.outbox.models import Message
from gme_portal.policy.schema import PublicityRule
from gme_portal.policy.working_days import WorkingCalendar
from gme_portal.refusals import Refused
from quotas.models import Quota, SeatEntry, SeatMove
from quotas.services import moves
from tests.admissions.ranked import (
    APPROVED,
    COMPUTED,
    OVER,
    REALLOCATING,
    RELEASED,
    another_lead,
    computed,
    make_base,
    officer,
    province_lead,
    quotas_of,
    small_year,
)
from tests.factories import NoticeFactory, reviewer_of

SECOND = timedelta(seconds=1)


def published(notice: Notice, at: datetime = APPROVED) -> tuple[AllocationRun, Any, Any]:
    base, people = small_year(notice)
    run = computed(notice, base)
    return releases.approve_and_publish(run, actor=officer(), at=at), base, people


def test_everything_is_written_at_once(notice: Notice) -> None:
    run, base, people = published(notice)
    assert (run.state, run.approved_by, run.approved_at, run.published_at) == (
        "published",
        officer(),
        APPROVED,
        RELEASED,
    )
    assert run.outcomes.count() == 5
    held = {
        offer.application.number: offer.quota.specialty.name
        for offer in run.offers.select_related("application", "quota__specialty")
    }
    assert held == {
        people[key].number: name for key, name in {"a": "内科", "b": "骨科", "d": "儿科", "e": "儿科"}.items()
    }
    seats = {q.specialty.name: (q.planned, q.seats, q.taken) for q in quotas_of(notice, base, "内科", "儿科", "骨科")}
    assert seats == {"内科": (1, 1, 1), "儿科": (1, 2, 2), "骨科": (2, 1, 1)}
    move = SeatMove.objects.get()
    assert (move.source.specialty.name, move.target.specialty.name, move.seats, move.actor) == (
        "骨科",
        "儿科",
        1,
        officer(),
    )
    detail = AuditEvent.objects.get(action="run.published").detail
    assert (detail["offers"], detail["input"]) == (4, run.input_sha256)


def test_an_outcome_says_rank_total_and_why(notice: Notice) -> None:
    run, _, people = published(notice)
    lost = Outcome.objects.get(run=run, application=people["c"])
    assert (lost.rank, lost.total, lost.quota, lost.choice_number) == (3, 8000, None, None)
    assert lost.explanation.startswith("未录取。第1志愿内科：第3名，共3人，录取1人；末位录取 92.00 分，您 80.00 分")
    second = Outcome.objects.get(run=run, application=people["b"])
    assert second.quota is not None
    assert (second.quota.specialty.name, second.choice_number) == ("骨科", 2)


@pytest.mark.parametrize(("edge", "readable"), [(RELEASED - SECOND, False), (RELEASED, True)])
def test_the_owner_reads_nothing_before_the_instant(notice: Notice, edge: datetime, readable: bool) -> None:
    _, _, people = published(notice)
    policy = policy_of(version_in_force(notice))
    assert result_of(people["a"], policy=policy, at=edge).is_admitted is readable
    assert result_of(people["c"], policy=policy, at=edge).is_published is readable


def test_nobody_is_told_before_the_instant_and_everybody_once_after(notice: Notice) -> None:
    run, _, people = published(notice)
    policy = policy_of(version_in_force(notice))
    about = Message.objects.filter(dedup_key__contains="outcome:")
    with pytest.raises(ValueError, match="not before"):
        announcements.announce(run, at=RELEASED - SECOND)
    announcements.announce_released(notice, policy=policy, at=RELEASED - SECOND)
    assert not about.exists()
    for _ in range(2):
        announcements.announce_released(notice, policy=policy, at=RELEASED)
    assert about.filter(channel="inbox").count() == 5
    body = about.get(user=people["a"].applicant.user, channel="inbox").body.open()
    assert body.startswith(f"您被{run.base}内科拟录取")
    assert "公示至2025年8月9日（星期六）24:00" in body


def test_approved_inside_the_publicity_window_it_is_out_at_once(notice: Notice) -> None:
    at = RELEASED + timedelta(hours=15)
    run, _, _ = published(notice, at)
    assert run.published_at == at
    assert run.publicity.closes_at == datetime(2025, 8, 11, tzinfo=BEIJING), (
        "three whole days after the day that had begun"
    )
    assert Message.objects.filter(dedup_key__contains="outcome:").exists()


def test_the_maker_cannot_approve_in_the_service_nor_in_the_database(notice: Notice) -> None:
    base, _ = small_year(notice)
    run = computed(notice, base)
    with pytest.raises(Refused) as caught:
        releases.approve_and_publish(run, actor=run.made_by, at=APPROVED)
    assert caught.value.code == "SAME_PERSON"
    with pytest.raises(DatabaseError, match="run_two_people"), transaction.atomic():
        AllocationRun.objects.filter(pk=run.pk).update(approved_by=run.made_by)
    assert not Offer.objects.exists()


def test_who_else_cannot_approve(notice: Notice) -> None:
    other_base, _ = small_year(notice)
    base, _ = small_year(notice)
    run = computed(notice, base)
    for actor in (reviewer_of(base, Role.BASE_EDITOR), another_lead(other_base), reviewer_of(base, Role.BASE_READER)):
        with pytest.raises(Refused) as caught:
            releases.approve_and_publish(run, actor=actor, at=APPROVED)
        assert caught.value.code == "NOT_YOURS"
    releases.approve_and_publish(run, actor=another_lead(base), at=APPROVED)


def _new_mark(people: Any, base: Any) -> None:
    Mark.objects.filter(application=people["c"], component="written").update(value=9900)


def _moved_seat(people: Any, base: Any) -> None:
    notice = people["a"].notice
    source, target = quotas_of(notice, base, "骨科", "儿科")
    rule = moves.MoveRule.of(policy_of(version_in_force(notice)))
    moves.move(quota_from=source, quota_to=target, seats=1, reason="测试", actor=officer(), at=COMPUTED, rule=rule)


@pytest.mark.parametrize("change", [_new_mark, _moved_seat])
def test_what_changed_after_the_computation_cannot_be_published(
    notice: Notice, change: Callable[[Any, Any], None]
) -> None:
    base, people = small_year(notice)
    run = computed(notice, base)
    change(people, base)
    with pytest.raises(Refused, match="数据已变化，请重新计算") as caught:
        releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    assert caught.value.code == "INPUT_CHANGED"
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)


class _Killed(Exception):
    pass


STATEMENTS = [
    "quotas_seatmove",
    "quotas_seatentry",
    'UPDATE "quotas_quota"',
    'UPDATE "admissions_allocationrun"',
    'INSERT INTO "admissions_outcome"',
    'INSERT INTO "admissions_offer"',
    'INSERT INTO "admissions_publicity"',
    'INSERT INTO "audit_auditevent"',
    'INSERT INTO "outbox_message"',
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_failure_at_any_statement_leaves_nothing(notice: Notice, statement: str) -> None:
    base, _ = small_year(notice)
    run = computed(notice, base)
    at = RELEASED + timedelta(hours=1)  # released at once, so that the messages are part of it
    before = _state()

    def kill(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if statement in sql and not sql.startswith("SELECT"):
            raise _Killed
        return result

    with pytest.raises(_Killed), connection.execute_wrapper(kill):
        releases.approve_and_publish(run, actor=officer(), at=at)
    assert _state() == before
    releases.approve_and_publish(run, actor=officer(), at=at)
    assert Offer.objects.count() == 4


def _state() -> tuple[Any, ...]:
    counted = [model.objects.count() for model in (Offer, Outcome, Publicity, SeatMove, SeatEntry, Message)]
    quotas = list(Quota.objects.order_by("pk").values_list("seats", "taken"))
    return (
        counted,
        quotas,
        list(AllocationRun.objects.values_list("state", "approved_by")),
        AuditEvent.objects.filter(action="run.published").count(),
    )


@pytest.mark.django_db(transaction=True)
def test_approved_twice_at_once_is_published_once(notice: Notice) -> None:
    base, _ = small_year(notice)
    run = computed(notice, base)
    people = [officer(), province_lead(), another_lead(base), another_lead(base)]
    barrier, done, refused, errors = Barrier(4), [], [], []

    def approve(actor: Any) -> None:
        try:
            barrier.wait()
            done.append(releases.approve_and_publish(run, actor=actor, at=APPROVED))
        except Refused as error:
            refused.append(error.code)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=approve, args=[actor]) for actor in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (len(done), refused) == (1, ["NOT_NOW_STATE"] * 3)
    assert (Publicity.objects.count(), Offer.objects.count()) == (1, 4)
    assert all(quota.taken <= quota.seats for quota in Quota.objects.all())


def test_admitted_when_the_publicity_is_over_to_the_second(notice: Notice) -> None:
    run, _, people = published(notice)
    policy = policy_of(version_in_force(notice))
    for at, expected in ((OVER - SECOND, {"published"}), (OVER, {"admitted"}), (OVER + SECOND, {"admitted"})):
        offers.admit_after_publicity(notice, policy=policy, at=at)
        assert set(run.offers.values_list("state", flat=True)) == expected
    assert set(run.offers.values_list("admitted_at", flat=True)) == {OVER}
    told = Message.objects.filter(dedup_key__startswith="inbox:admitted:")
    assert told.count() == 4
    assert "报到" in told.get(user=people["a"].applicant.user).body.open()
    assert AuditEvent.objects.filter(action="offers.admitted").count() == 1
    assert {announcements.announce_released, offers.admit_after_publicity} <= set(FOLLOWERS)


def test_the_public_list_holds_only_the_columns_of_the_notice(notice: Notice) -> None:
    run, _, people = published(notice)
    rows = run.publicity.rows
    assert {key for row in rows for key in row} == {"seq", "application_no", "name", "base", "specialty", "total"}
    assert [row["seq"] for row in rows] == ["1", "2", "3", "4"]
    text = str(rows)
    for row in people.values():
        number = row.applicant.user.document_number.open()
        assert not any(number[start : start + 6] in text for start in range(13))
    assert people["c"].number not in text, "who was not admitted is on no public list"


@pytest.mark.parametrize(
    ("opened", "days", "kind", "closes"),
    [
        ((8, 7, 0, 0), 3, "calendar", (8, 10)),
        ((8, 7, 0, 1), 3, "calendar", (8, 11)),
        ((8, 6, 23, 59), 3, "calendar", (8, 10)),
        ((8, 7, 0, 0), 5, "working", (8, 14)),
        ((8, 8, 12, 0), 3, "working", (8, 14)),
    ],
)
def test_whole_days_on_show(opened: tuple[int, ...], days: int, kind: Any, closes: tuple[int, int]) -> None:
    """2025-08-07 is a Thursday."""
    rule, calendar = PublicityRule(days, kind, (), "示例"), WorkingCalendar({2025: {}})
    assert publicity.closes_at(datetime(2025, *opened, tzinfo=BEIJING), rule, calendar) == datetime(
        2025, *closes, tzinfo=BEIJING
    )


@pytest.mark.parametrize(
    ("opened", "days", "closes"),
    [
        ((9, 26, 0, 0), 2, (9, 29)),  # 星期五，和调休上班的星期日 9 月 28 日
        ((9, 30, 9, 0), 1, (10, 10)),  # 10 月 1 日至 8 日放假
        ((9, 30, 9, 0), 3, (10, 12)),  # 10 月 11 日星期六上班
    ],
)
def test_working_days_are_those_that_were_announced(
    opened: tuple[int, ...], days: int, closes: tuple[int, int], db: None
) -> None:
    seed(at=RELEASED)
    found = publicity.closes_at(
        datetime(2025, *opened, tzinfo=BEIJING), PublicityRule(days, "working", (), "示例"), working_calendar()
    )
    assert found == datetime(2025, *closes, tzinfo=BEIJING)


@pytest.mark.parametrize(("kind", "known"), [("working", False), ("working", True), ("calendar", False)])
def test_working_days_of_a_year_nobody_entered_publish_nothing(kind: str, known: bool, db: None) -> None:
    notice = NoticeFactory(edit=lambda text: text.replace('days = 3\nkind = "calendar"', f'days = 3\nkind = "{kind}"'))
    base, _ = small_year(notice)
    run = computed(notice, base)
    if known:
        seed(at=RELEASED)
    if kind == "working" and not known:
        with pytest.raises(Refused) as caught:
            releases.approve_and_publish(run, actor=officer(), at=APPROVED)
        assert caught.value.code == "YEAR_UNKNOWN"
        assert "没有2025年的放假调休安排" in caught.value.refusal.sentence
        assert not Publicity.objects.exists()
        assert not Offer.objects.exists()
        assert not Quota.objects.filter(taken__gt=0).exists()
    else:
        releases.approve_and_publish(run, actor=officer(), at=APPROVED)
        expected = datetime(2025, 8, 12 if kind == "working" else 10, tzinfo=BEIJING)
        assert Publicity.objects.get().closes_at == expected


def test_taken_back_by_two_and_everything_is_as_it_was(notice: Notice) -> None:
    run, base, people = published(notice)
    lead = reviewer_of(base, Role.BASE_LEAD)
    releases.ask_undo(run, reason="示例：第二组面试成绩登记错误", actor=lead, at=RELEASED)
    for actor, code in ((lead, "SAME_PERSON"), (another_lead(base), "NOT_YOURS")):
        with pytest.raises(Refused) as caught:
            releases.confirm_undo(run, actor=actor, at=RELEASED)
        assert caught.value.code == code
    releases.confirm_undo(run, actor=officer(), at=RELEASED)
    run.refresh_from_db()
    assert (run.state, run.closed_by) == ("superseded", officer())
    assert set(run.offers.values_list("state", flat=True)) == {"revoked"}
    seats = {q.specialty.name: (q.seats, q.taken) for q in quotas_of(notice, base, "内科", "儿科", "骨科")}
    assert seats == {"内科": (1, 0), "儿科": (1, 0), "骨科": (2, 0)}
    policy = policy_of(version_in_force(notice))
    assert not result_of(people["a"], policy=policy, at=RELEASED).is_published
    again = computed(notice, base)
    assert (again.pk != run.pk, again.input_sha256) == (True, run.input_sha256), "the same input as before"
    assert runs.is_intact(again)
    releases.approve_and_publish(again, actor=officer(), at=APPROVED)


def test_what_was_taken_back_on_show_can_be_computed_anew_though_the_window_is_over(notice: Notice) -> None:
    run, base, _ = published(notice)
    lead = reviewer_of(base, Role.BASE_LEAD)
    releases.ask_undo(run, reason="示例：\x00名单排版有误", actor=lead, at=RELEASED + SECOND)
    releases.confirm_undo(run, actor=officer(), at=RELEASED + SECOND)
    again = computed(notice, base, at=RELEASED + SECOND)
    done = releases.approve_and_publish(again, actor=officer(), at=RELEASED + SECOND)
    assert (done.state, done.published_at) == ("published", RELEASED + SECOND)


def test_a_reallocation_is_made_by_an_officer_and_never_stuck_with_one_lead(notice: Notice) -> None:
    """One officer and one lead are enough for making, approving, and taking back, whoever of the two asks."""
    base, people = small_year(notice)
    make_base(notice, {"全科": 1})
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    with pytest.raises(Refused) as made_by_lead:
        runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=province_lead(), at=REALLOCATING)
    assert made_by_lead.value.code == "NOT_YOURS"
    for asks, confirms in ((province_lead(), officer()), (officer(), province_lead())):
        run = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING)
        releases.approve_and_publish(run, actor=province_lead(), at=REALLOCATING)
        releases.ask_undo(run, reason="示例", actor=asks, at=REALLOCATING)
        releases.confirm_undo(run, actor=confirms, at=REALLOCATING)
        assert not Offer.objects.filter(application=people["c"], state="published").exists()


def test_nothing_is_taken_back_once_people_are_admitted(notice: Notice) -> None:
    run, base, _ = published(notice)
    lead = reviewer_of(base, Role.BASE_LEAD)
    with pytest.raises(Refused) as late:
        releases.ask_undo(run, reason="示例", actor=lead, at=OVER)
    offers.admit_after_publicity(notice, policy=policy_of(version_in_force(notice)), at=OVER)
    with pytest.raises(Refused) as admitted:
        releases.ask_undo(run, reason="示例", actor=lead, at=OVER - SECOND)
    assert {late.value.code, admitted.value.code} == {"ALREADY_ADMITTED"}, "also when the job that admits is late"
    with pytest.raises(DatabaseError, match="run_undo_two_people"), transaction.atomic():
        AllocationRun.objects.filter(pk=run.pk).update(undo_asked_by=lead, closed_by=lead)


def test_a_run_is_discarded_with_a_reason(notice: Notice) -> None:
    base, _ = small_year(notice)
    run = computed(notice, base)
    with pytest.raises(Refused) as silent:
        runs.discard(run, reason=" ", actor=officer(), at=APPROVED)
    runs.discard(run, reason="示例：先调整名额", actor=officer(), at=APPROVED)
    with pytest.raises(Refused) as gone:
        releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    assert (silent.value.code, gone.value.code) == ("REASON_MISSING", "NOT_NOW_STATE")
    assert computed(notice, base).pk != run.pk


def test_a_base_is_not_taken_back_from_under_a_reallocation(notice: Notice) -> None:
    """Approved late, its list is still on show when the reallocation that rests on it is published."""
    base, people = small_year(notice)
    make_base(notice, {"全科": 1})
    late = REALLOCATING - timedelta(days=1)
    run = releases.approve_and_publish(computed(notice, base), actor=officer(), at=late)
    releases.ask_undo(run, reason="示例", actor=officer(), at=late)
    province = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING)
    province = releases.approve_and_publish(province, actor=province_lead(), at=REALLOCATING)
    assert province.offers.get().application_id == people["c"].pk
    with pytest.raises(Refused, match="须先撤销省级调剂") as confirmed:
        releases.confirm_undo(run, actor=province_lead(), at=REALLOCATING + SECOND)
    assert confirmed.value.code == "REALLOCATION_STANDS"
    releases.refuse_undo(run, actor=officer(), at=REALLOCATING + SECOND)
    with pytest.raises(Refused) as asked:
        releases.ask_undo(run, reason="示例", actor=officer(), at=REALLOCATING + SECOND)
    assert asked.value.code == "REALLOCATION_STANDS"
    releases.ask_undo(province, reason="示例", actor=officer(), at=REALLOCATING + SECOND)
    releases.confirm_undo(province, actor=province_lead(), at=REALLOCATING + SECOND)
    releases.ask_undo(run, reason="示例", actor=officer(), at=REALLOCATING + SECOND)
    assert releases.confirm_undo(run, actor=province_lead(), at=REALLOCATING + SECOND).state == "superseded"
