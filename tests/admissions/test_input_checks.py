"""V6 and V7: an input that its sources do not bear out is named and never published."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from admissions.models import AllocationRun, Application, LotteryDraw, RunKind
from admissions.queries import input_checks, problems
from admissions.queries.assumptions import Assumptions
from admissions.queries.input_checks import Scope
from admissions.queries.run_chain import links
from admissions.queries.run_report import report
from admissions.services import releases, runs, what_if
from admissions.services.runs import settle
from bases.models import TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from tests.admissions.ranked import (
    APPROVED,
    COMPUTED,
    REALLOCATING,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    reseat,
    small_year,
)
from tests.factories import reviewer_of

Problem = dict[str, Any]


def scope_of(notice: Notice, base: TrainingBase | None, at: Any = COMPUTED) -> Scope:
    kind = RunKind.BASE_ADMISSION if base else RunKind.REALLOCATION
    return Scope(notice, "first", kind.value, base, policy_of(version_in_force(notice)), at)


def built(scope: Scope) -> tuple[Problem, dict[str, Any]]:
    made = runs.build(scope.kind, scope.notice, scope.base, policy=scope.policy, at=scope.at, round=scope.round)
    return copy.deepcopy(made.problem), copy.deepcopy(made.beside)


def found(scope: Scope, problem: Problem, beside: dict[str, Any]) -> list[str]:
    return [str(breach) for breach in input_checks.check(scope, problem, beside)]


def person(problem: Problem, application: Application) -> dict[str, Any]:
    return next(row for row in problem["applicants"] if row["id"] == application.number)


def set_score(key: str, value: int) -> Callable[[dict[str, Any]], None]:
    def change(row: dict[str, Any]) -> None:
        for code in row["scores"]:
            row["scores"][code] = row["scores"][code] | {key: value}

    return change


def rewrite(table: str, change: str, *values: Any) -> None:
    """What only somebody with the keys of the database itself could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}", values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (set_score("total", 9999), "总成绩为 9999，由各科成绩算出的是 8800"),
        (set_score("written", 1), "written 的成绩与成绩册不符"),
        (lambda row: row["choices"].reverse(), "志愿与报名表不符"),
        (lambda row: row.update(accept_adjust=False), "是否服从调剂与报名表不符"),
        (lambda row: row.update(county=True), "是否县级及以下与报名表不符"),
        (lambda row: row["eligible"].pop(), "可报考的专业与通知规定不符"),
        (lambda row: row.update(lottery=999 if row["lottery"] == 1 else 0), "抽签号的先后与抽签种子算出的不符"),
    ],
)
def test_a_changed_person_is_named(notice: Notice, change: Callable[[dict[str, Any]], None], words: str) -> None:
    base, people = small_year(notice)
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    assert found(scope, problem, beside) == []
    change(person(problem, people["b"]))
    assert any(words in one for one in found(scope, problem, beside))


def test_somebody_who_was_never_approved_is_named(notice: Notice) -> None:
    base, people = small_year(notice)
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    person(problem, people["b"])["id"] = "2025999999"
    assert "V6 2025999999：没有这份审核通过的报名。" in found(scope, problem, beside)


def test_a_filing_that_lost_its_signature_is_named(notice: Notice) -> None:
    base, people = small_year(notice)
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    rewrite("admissions_submission", "signature = %s WHERE application_id = %s", "0" * 64, people["a"].pk)
    assert found(scope, problem, beside) == [f"V6 {people['a'].number}：报名内容与回执签名不符。"]


def test_seats_are_counted_from_the_ledger(notice: Notice) -> None:
    base, _ = small_year(notice)
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    problem["specialties"][0]["quota"] += 1
    assert "按台账和已录取人数应为 1" in found(scope, problem, beside)[0]
    problem, beside = built(scope)
    reseat(notice, base, "骨科", 1)
    assert "骨科：名额为 2，按台账和已录取人数应为 1" in found(scope, problem, beside)[0]


def test_assigned_people_and_the_reserve_are_no_fault(notice: Notice) -> None:
    base = make_base(notice, {"全科": 2, "内科": 1})
    bound = applicant(notice, base, ["全科"], person_type="commissioned")
    free = applicant(notice, base, ["全科"])
    mark_all(notice, base, {bound: "50", free: "90"})
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    assert beside["reserved"] == {"全科": 1}
    assert found(scope, problem, beside) == []


def test_a_rule_that_is_not_the_one_of_the_notice_is_named(notice: Notice) -> None:
    base, people = small_year(notice)
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    for change, words in (
        ({"transfer": "none"}, "未招满名额能否移入紧缺专业与通知不符"),
        ({"tie_chain": ["lottery"]}, "同分次序与通知不符"),
    ):
        changed = copy.deepcopy(problem)
        changed["policy"].update(change)
        assert f"V6 {words}。" in found(scope, changed, beside)
    for key, value in (("capacity", 3), ("capacity", None), ("shortage", False)):
        changed = copy.deepcopy(problem)
        next(row for row in changed["specialties"] if row["code"] == "儿科")[key] = value
        assert "儿科：是否紧缺、培训容量或所在州市与通知、基地资料不符" in found(scope, changed, beside)[0], key
    for flag, words in (("licence", "有无医师资格"), ("own_staff", "是否单位人")):
        changed = copy.deepcopy(problem)
        person(changed, people["b"])[flag] = True
        assert found(scope, changed, beside) == [f"V6 {people['b'].number}：{words}与报名表不符。"]


def test_somebody_left_out_without_a_reason_is_named(notice: Notice) -> None:
    base, people = small_year(notice)
    late = applicant(notice, base, ["内科"], confirmed=False)
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    assert (late.number in beside["excluded"], found(scope, problem, beside)) == (True, [])
    problem["applicants"].remove(person(problem, people["c"]))
    assert found(scope, problem, beside) == [f"V6 {people['c'].number}：审核通过，却没有参加排序，也没有写明原因。"]


def test_a_lottery_that_does_not_open_is_v7(notice: Notice) -> None:
    base, _ = small_year(notice)
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    beside["lottery"]["public_draw"] = "1"
    assert found(scope, problem, beside) == ["V7 公开抽签结果与两人录入的不符。"]
    draw = LotteryDraw.objects.get(notice=notice, round="first")
    draw.secret = "another secret"
    draw.save(update_fields=["secret"])
    _, beside = built(scope)
    assert found(scope, problem, beside) == ["V7 抽签的密钥与事先公布的承诺值不符。"]


def test_the_province_too(notice: Notice) -> None:
    base, people = small_year(notice)
    make_base(notice, {"全科": 1})
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    scope = scope_of(notice, None, REALLOCATING)
    problem, beside = built(scope)
    assert found(scope, problem, beside) == []
    for change, words in (
        ({"geo": "same"}, "可去的地域与报名表或通知不符"),
        ({"prefecture": "5399"}, "可去的地域与报名表或通知不符"),
        ({"consent": "wishes_only"}, "是否服从调剂与报名表不符"),
        ({"eligible": ["全科"]}, "可报考的专业与通知规定不符"),
        ({"wishes": []}, "志愿与报名表不符"),
        ({"score": {"total": 1, "written": 8000, "interview": 8000}}, "总成绩为 1"),
    ):
        changed = copy.deepcopy(problem)
        person(changed, people["c"]).update(change)
        assert any(words in one for one in found(scope, changed, beside)), change
    changed = copy.deepcopy(problem)
    changed["policy"]["county_first"] = False
    assert found(scope, changed, beside) == ["V6 县级及以下是否优先与通知不符。"]
    for key, value in (("shortage", False), ("prefecture", "5399"), ("specialty", "骨科")):
        changed = copy.deepcopy(problem)
        next(row for row in changed["programmes"] if row["specialty"] == "全科")[key] = value
        assert any("是否紧缺、培训容量或所在州市" in one for one in found(scope, changed, beside)), key
    problem["programmes"][0]["seats"] += 1
    assert "按台账和已录取人数应为" in found(scope, problem, beside)[0]


def test_what_its_sources_do_not_bear_out_is_stored_as_broken(notice: Notice) -> None:
    base, people = small_year(notice)
    scope = scope_of(notice, base)
    problem, beside = built(scope)
    set_score("total", 9999)(person(problem, people["b"]))
    faults = input_checks.check(scope, problem, beside)
    version = version_in_force(notice)
    run = settle(
        problems.Built(problem, beside),
        faults=faults,
        version=version,
        kind=scope.kind,
        notice=notice,
        base=base,
        actor=reviewer_of(base, Role.BASE_LEAD),
        at=COMPUTED,
        simulate=False,
        round="first",
    )
    assert (run.state, [line.code for line in report(run, intact=True) if not line.holds]) == ("broken", ["V6"])
    with pytest.raises(Refused) as caught:
        releases.approve_and_publish(run, actor=officer(), at=APPROVED)
    assert caught.value.code == "NOT_NOW_STATE"


def test_the_report_says_what_was_checked(notice: Notice) -> None:
    base, _ = small_year(notice)
    run = computed(notice, base)
    lines = report(run, intact=runs.is_intact(run))
    assert [(line.code, line.holds) for line in lines] == [(code, True) for code in ("V1", "V2", "V6", "V7")]
    broken = report(run, intact=False)
    assert [line.code for line in broken if not line.holds] == ["V7"]
    trial = what_if.try_out(run, assumed=Assumptions(seats={"内科": 2}), actor=officer(), at=COMPUTED)
    assert [line.code for line in report(trial, intact=True) if not line.checked] == ["V6"]
    province = AllocationRun(kind=RunKind.REALLOCATION, breaches=["V3 本可安排更多的人（现为 1）。"], beside={})
    assert [line.code for line in report(province, intact=True) if not line.holds] == ["V3"]


def test_a_link_that_was_rewritten_breaks_every_run_after_it(notice: Notice) -> None:
    base, _ = small_year(notice)
    first = computed(notice, base, simulate=True)
    second = computed(notice, base)
    assert [link.holds for link in links(second)] == [True, True]
    assert (links(second)[0].chain, links(second)[1].chain) == (first.chain, second.chain)
    rewrite("admissions_allocationrun", "output_sha256 = %s WHERE id = %s", "0" * 64, first.pk)
    assert [link.holds for link in links(second)] == [False, True]
    assert not runs.is_intact(second)


def test_checking_takes_as_many_queries_for_many_as_for_few(notice: Notice, django_assert_max_num_queries: Any) -> None:
    few, _ = small_year(notice)
    many = make_base(notice, {"内科": 9, "儿科": 2, "骨科": 2}, capacity={"儿科": 3})
    crowd = [applicant(notice, many, ["内科"]) for _ in range(12)]
    mark_all(notice, many, dict.fromkeys(crowd, "70"))
    counts = []
    for base in (few, many):
        scope = scope_of(notice, base)
        problem, beside = built(scope)
        with django_assert_max_num_queries(30) as captured:
            assert found(scope, problem, beside) == []
        counts.append(len(captured))
    assert counts[0] == counts[1]
