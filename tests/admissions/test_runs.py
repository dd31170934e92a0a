"""Runs: the input is what was filed and confirmed, the record keeps itself, and the same input gives the same run (R7)."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from admissions.allocation import canonical, engine, verify
from admissions.allocation.problem import parse
from admissions.models import AllocationRun, Mark, RunKind
from admissions.queries import problems
from admissions.queries.standings import lines
from admissions.services import releases, runs
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from tests.admissions.ranked import (
    APPROVED,
    ASSESSED,
    COMPUTED,
    REALLOCATING,
    another_lead,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    province_lead,
    quotas_of,
    small_year,
)
from tests.factories import reviewer_of


def test_the_base_admits_by_deferred_acceptance_on_confirmed_marks(notice: Notice) -> None:
    base, people = small_year(notice)
    run = computed(notice, base)
    seats = {name: run.result["assignment"][row.number] for name, row in people.items()}
    assert seats == {"a": "内科", "b": "骨科", "c": None, "d": "儿科", "e": "儿科"}
    assert run.result["seats_moved_to"] == {"儿科": 1}, "nobody wants the second 骨科: it serves a shortage specialty"
    assert (run.state, run.breaches, run.made_at) == ("verified", [], COMPUTED)
    assert "内科" in run.result["explanations"][people["c"].number]


def test_the_problem_names_nobody(notice: Notice) -> None:
    base, people = small_year(notice)
    text = canonical.dumps(computed(notice, base).problem)
    for row in people.values():
        user = row.applicant.user
        assert user.name not in text
        assert user.document_number.open() not in text
        assert row.number in text


def test_who_was_absent_or_never_confirmed_is_told_and_not_ranked(notice: Notice) -> None:
    base = make_base(notice, {"内科": 2})
    present, absent = applicant(notice, base, ["内科"]), applicant(notice, base, ["内科"])
    stranger = applicant(notice, base, ["内科"], confirmed=False)
    mark_all(notice, base, {present: "60", absent: None})
    run = computed(notice, base)
    assert [person["id"] for person in run.problem["applicants"]] == [present.number]
    assert run.beside["excluded"].keys() == {absent.number, stranger.number}
    assert "缺考理论笔试、技能操作、面试" in run.beside["excluded"][absent.number]
    assert "现场确认" in run.beside["excluded"][stranger.number]


def test_people_assigned_by_their_school_come_before_the_ranking(notice: Notice) -> None:
    """定向 take a seat of the plan, 专硕 do not (000 三)."""
    base = make_base(notice, {"全科": 2, "内科": 1})
    bound = applicant(notice, base, ["全科"], person_type="commissioned")
    master = applicant(notice, base, ["内科"], person_type="professional_master")
    free = [applicant(notice, base, ["全科"], consents=[]) for _ in range(2)]
    mark_all(notice, base, {bound: "50", master: "50", free[0]: "90", free[1]: "80"})
    run = computed(notice, base)
    assert {number: row["counted"] for number, row in run.beside["assigned"].items()} == {
        bound.number: True,
        master.number: False,
    }
    quota = {row["code"]: row["quota"] for row in run.problem["specialties"]}
    assert quota == {"内科": 1, "全科": 1}
    releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    taken = {q.specialty.name: q.taken for q in quotas_of(notice, base, "全科", "内科")}
    # The 专硕 sits in 内科 without a seat of it; the free 内科 seat serves the second 全科 applicant.
    assert taken == {"全科": 3, "内科": 0}
    assert run.offers.count() == 4
    free = {line.name: line.free for line in lines(run)}
    assert free == {q.specialty.name: q.free for q in quotas_of(notice, base, "全科", "内科")}, "as the database counts"


def test_more_assigned_people_than_seats_is_said(notice: Notice) -> None:
    base = make_base(notice, {"全科": 1})
    people = [applicant(notice, base, ["全科"], person_type="commissioned") for _ in range(2)]
    mark_all(notice, base, dict.fromkeys(people, "50"))
    with pytest.raises(Refused, match="有 2 人，多于现有名额 1 个") as caught:
        computed(notice, base)
    assert caught.value.code == "ASSIGNED_OVER_PLAN"


def test_without_confirmed_marks_nothing_is_computed(notice: Notice) -> None:
    base = make_base(notice, {"内科": 1})
    with pytest.raises(Refused) as nobody:
        computed(notice, base)
    applicant(notice, base, ["内科"])
    with pytest.raises(Refused) as unconfirmed:
        computed(notice, base)
    assert (nobody.value.code, unconfirmed.value.code) == ("NOBODY_LISTED", "MARKS_NOT_CONFIRMED")


def test_the_window_counts_for_the_real_run_and_not_for_a_trial(notice: Notice) -> None:
    base, _ = small_year(notice)
    window = policy_of(version_in_force(notice)).window("base_admission")
    assert window is not None
    for at, code in ((window.opens.replace(year=2024), "NOT_YET_OPEN"), (window.closes, "WINDOW_CLOSED")):
        with pytest.raises(Refused) as caught:
            computed(notice, base, at)
        assert caught.value.code == code
        assert computed(notice, base, at, simulate=True).is_simulation


def test_a_simulation_can_never_be_published_not_even_by_hand(notice: Notice) -> None:
    base, _ = small_year(notice)
    run = computed(notice, base, simulate=True)
    with pytest.raises(Refused) as caught:
        releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    assert caught.value.code == "IS_SIMULATION"
    with pytest.raises(DatabaseError, match="run_simulation_unpublished"), transaction.atomic():
        AllocationRun.objects.filter(pk=run.pk).update(state="published", approved_by=officer(), published_at=APPROVED)


@pytest.mark.parametrize(
    ("role", "simulate"), [(Role.BASE_EDITOR, False), (Role.BASE_READER, True), (Role.PROVINCE_LEAD, False)]
)
def test_who_may_not_compute(notice: Notice, role: str, simulate: bool) -> None:
    base, _ = small_year(notice)
    with pytest.raises(Refused) as caught:
        runs.compute(
            kind=RunKind.BASE_ADMISSION,
            notice=notice,
            base=base,
            actor=reviewer_of(base, role),
            at=COMPUTED,
            simulate=simulate,
        )
    assert caught.value.code == "NOT_YOURS"


def test_the_same_input_is_the_same_run_and_a_new_mark_makes_a_new_one(notice: Notice) -> None:
    base, people = small_year(notice)
    first = computed(notice, base)
    assert computed(notice, base).pk == first.pk
    Mark.objects.filter(application=people["c"].pk, component="written").update(value=9900)
    second = computed(notice, base)
    first.refresh_from_db()
    assert (second.pk != first.pk, first.state, second.previous_id) == (True, "superseded", first.pk)
    assert runs.is_intact(second)
    assert AuditEvent.objects.filter(action="run.computed").count() == 2


def test_an_old_record_gives_the_same_bytes_and_passes_the_verifier(notice: Notice) -> None:
    base, _ = small_year(notice)
    stored = AllocationRun.objects.get(pk=computed(notice, base).pk)
    again = engine.solve(parse(stored.problem))
    assert canonical.dumps(again) == canonical.dumps(stored.result)
    assert verify.check(stored.problem, stored.result) == []


def test_the_database_refuses_to_rewrite_a_record(notice: Notice) -> None:
    base, _ = small_year(notice)
    run = computed(notice, base)
    for change in (
        {"result": {}},
        {"problem": {}},
        {"chain": "0" * 64},
        {"is_simulation": True},
        {"made_by": officer()},
    ):
        with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
            AllocationRun.objects.filter(pk=run.pk).update(**change)
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        AllocationRun.objects.filter(pk=run.pk).delete()


def test_building_the_input_takes_as_many_queries_for_many_as_for_one(
    notice: Notice, django_assert_max_num_queries: Any
) -> None:
    base = make_base(notice, {"内科": 5, "儿科": 1})
    policy = policy_of(version_in_force(notice))
    people = [applicant(notice, base, ["内科"])]
    mark_all(notice, base, {people[0]: "60"})
    with django_assert_max_num_queries(30) as one:
        problems.base_admission(notice, base, policy=policy, at=COMPUTED)
    for _ in range(6):
        row = applicant(notice, base, ["内科", "儿科"])
        people.append(row)
        for component in policy.scoring.components:
            Mark.objects.create(
                application=row, component=component.key, value=7000, entered_by=officer(), entered_at=ASSESSED
            )
    with django_assert_max_num_queries(30) as many:
        problems.base_admission(notice, base, policy=policy, at=COMPUTED)
    assert len(one) == len(many)


@pytest.mark.django_db(transaction=True)
def test_five_at_once_make_one_run(notice: Notice) -> None:
    base, _ = small_year(notice)
    lead = reviewer_of(base, Role.BASE_LEAD)
    barrier, found, errors = Barrier(5), [], []

    def one() -> None:
        try:
            barrier.wait()
            found.append(
                runs.compute(kind=RunKind.BASE_ADMISSION, notice=notice, base=base, actor=lead, at=COMPUTED).pk
            )
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(found) == 5
    assert len(set(found)) == AllocationRun.objects.count() == 1


def test_a_reallocation_waits_for_every_base_and_may_be_tried_before(notice: Notice) -> None:
    base, people = small_year(notice)
    other = make_base(notice, {"全科": 3})
    with pytest.raises(Refused, match=f"还有 1 个基地没有公布录取结果：{base.name}"):
        runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING)
    trial = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING, simulate=True)
    assert (trial.beside["waiting"], trial.problem["applicants"]) == ([base.name], [])
    releases.approve_and_publish(computed(notice, base), actor=another_lead(base), at=APPROVED)
    run = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING)
    assert [person["id"] for person in run.problem["applicants"]] == [people["c"].number], (
        "the only one without a place who agreed to it"
    )
    assert {row["seats"] for row in run.problem["programmes"] if row["base"] == other.name} == {3}
    assert run.result["assignment"][people["c"].number] == str(quotas_of(notice, other, "全科")[0].pk)
    assert run.result["choice_rank"][people["c"].number] == "adjust"
    releases.approve_and_publish(run, actor=province_lead(), at=REALLOCATING)
    assert quotas_of(notice, other, "全科")[0].taken == 1
