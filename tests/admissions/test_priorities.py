"""What the notice says of priorities reaches the engine as a rule; who comes from county level stays a fact whatever the rule is."""

from __future__ import annotations

from typing import Any

import pytest

from admissions.allocation import engine, verify
from admissions.allocation.problem import parse
from admissions.forms.what_if import WhatIfForm
from admissions.models import AllocationRun, RunKind
from admissions.queries import problems
from admissions.queries.anonymous import anonymise
from admissions.queries.assumptions import Assumptions, Wider, assume, in_words
from admissions.queries.run_changes import changes, rule_changes
from admissions.services import releases, runs
from bases.models import Specialty
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from tests.admissions.ranked import APPROVED, REALLOCATING, applicant, computed, make_base, mark_all, officer
from tests.factories import NoticeFactory

PRIORITY = 'priority = ["fill_plan", "shortage_first", "county_first"]'


def without_county(policy: str) -> str:
    assert PRIORITY in policy
    return policy.replace(PRIORITY, 'priority = ["fill_plan", "shortage_first"]')


def waiting_year(notice: Notice) -> dict[str, Any]:
    """Two people without a place, 80 from a county and 90 from a city hospital, and one seat left elsewhere that both may take."""
    base = make_base(notice, {"内科": 1})
    make_base(notice, {"全科": 1}, prefecture=base.prefecture)
    county = applicant(notice, base, ["内科"], person_type="delegated", consents=["province"])
    city = applicant(notice, base, ["内科"], consents=["province"])
    mark_all(notice, base, {applicant(notice, base, ["内科"]): "95", county: "80", city: "90"})
    releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)
    return {"county": county, "city": city}


def trial(notice: Notice) -> AllocationRun:
    return runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING, simulate=True)


def row(run: AllocationRun, application: Any) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in run.problem["applicants"] if one["id"] == application.number)
    return found


def test_county_level_goes_first_where_the_notice_says_so(notice: Notice) -> None:
    people = waiting_year(notice)
    run = trial(notice)
    assert run.problem["policy"]["county_first"] is True
    assert (run.breaches, run.result["placed"], run.result["county_placed"]) == ([], [people["county"].number], 1)


def test_elsewhere_it_is_a_fact_that_breaks_ties_and_no_tier(db: None) -> None:
    notice = NoticeFactory(edit=without_county)
    people = waiting_year(notice)
    run = trial(notice)
    assert run.problem["policy"]["county_first"] is False
    assert "county" in run.problem["policy"]["tie_chain"]
    assert row(run, people["county"])["county"] is True, "a fact, and the tie chain of this notice names it"
    assert (run.breaches, run.result["placed"]) == ([], [people["city"].number])


def test_programmes_and_people_meet_by_code_whatever_the_notice_calls_a_specialty(notice: Notice) -> None:
    people = waiting_year(notice)
    Specialty.objects.filter(code="0700").update(name="全科医学")
    run = trial(notice)
    assert (run.breaches, run.result["placed"]) == ([], [people["county"].number])


def person(name: str, lottery: int, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "prefecture": "A",
        "geo": "any",
        "eligible": ["全科"],
        "county": False,
        "consent": "province",
        "wishes": [],
        "lottery": lottery,
        "score": {"total": 8000, "written": 1, "interview": 1},
    } | more


def province(chain: list[str], people: list[dict[str, Any]]) -> dict[str, Any]:
    seat = {"id": "q", "base": "示例", "specialty": "全科", "prefecture": "A", "shortage": False, "seats": 1}
    return {
        "kind": "provincial-reallocation",
        "adjacent": {},
        "policy": {"tie_chain": chain, "county_first": False},
        "programmes": [seat],
        "applicants": people,
    }


def test_the_public_input_keeps_equals_apart_also_where_county_level_is_no_tier() -> None:
    """Two equal totals, one of them county: the written mark decides before county does, and must not be forgotten."""
    strong = person("x", 2, score={"total": 8000, "written": 2, "interview": 1})
    for chain in (["written", "county", "lottery"], ["written", "lottery"], ["lottery"]):
        problem = province(chain, [person("y", 1, county=True), strong])
        result = engine.solve(parse(problem))
        public = anonymise(problem, result, str.upper)
        again = engine.solve(parse(public))
        assert again["assignment"] == {name.upper(): seat for name, seat in result["assignment"].items()}
        assert verify.check(public, again) == []
        assert [one["county"] for one in public["applicants"] if "county" not in chain] in ([], [False, False])


def test_a_priority_that_is_not_there_cannot_be_dropped_on_a_copy() -> None:
    problem = province(["lottery"], [person("x", 1, county=True)])
    assert "county_first" not in WhatIfForm(problem=problem).fields
    with pytest.raises(Refused, match="没有任何改动"):
        assume(problem, Assumptions({}, county_first=False), Wider({}))
    assert in_words(problem, Assumptions({}, county_first=False)) == []
    among_equals = province(["county", "lottery"], [person("x", 1, county=True)])
    assert WhatIfForm(problem=among_equals).fields["county_first"].label == "同分时县级及以下优先"
    first = among_equals | {"policy": {"tie_chain": ["lottery"], "county_first": True}}
    assert WhatIfForm(problem=first).fields["county_first"].label == "县级及以下优先"


def test_two_runs_under_different_rules_say_so(notice: Notice) -> None:
    people = waiting_year(notice)
    run = trial(notice)
    policy = policy_of(version_in_force(notice))
    other = problems.reallocation(notice, policy=policy, at=REALLOCATING).problem
    other["policy"] |= {"county_first": False, "tie_chain": ["lottery"], "labels": {}}
    later = AllocationRun(
        kind=run.kind, notice=notice, round=run.round, problem=other, result=engine.solve(parse(other))
    )
    later.beside = run.beside
    assert rule_changes(later, run) == [
        "同分次序：理论笔试、面试、县级及以下优先、抽签号 → 抽签号",
        "不再设县级及以下优先",
    ]
    why = {one.number: one.why for one in changes(later, run)}
    assert why[people["county"].number].startswith("不再按县级及以下优先")
    assert "不再按" not in why[people["city"].number]
