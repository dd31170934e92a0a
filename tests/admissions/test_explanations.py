"""What a person is told of their result, case by case, on their own page and word for word the same in the lists of base and province."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from admissions.models import AllocationRun, Application, Mark, RunKind
from admissions.queries.lots import lots
from admissions.services import releases, runs
from bases.models import TrainingBase
from gme_portal.notices.models import Notice
from tests.admissions.ranked import (
    APPROVED,
    REALLOCATING,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    province_lead,
    quotas_of,
    small_year,
)

SignIn = Callable[[Any], Client]
ClockAt = Callable[[datetime], datetime]


def give(application: Application, **marks: int) -> None:
    """Other marks in single components, in hundredths."""
    for component, value in marks.items():
        Mark.objects.filter(application=application, component=component).update(value=value)


def published(notice: Notice, base: TrainingBase) -> AllocationRun:
    return releases.approve_and_publish(computed(notice, base), actor=officer(), at=APPROVED)


def told(run: AllocationRun, application: Application) -> str:
    return str(run.outcomes.get(application=application).explanation)


def two_equals(notice: Notice, **values: Any) -> tuple[TrainingBase, Application, Application]:
    """One seat, two people with the same total."""
    base = make_base(notice, {"内科": 1})
    first, second = applicant(notice, base, ["内科"], **values), applicant(notice, base, ["内科"])
    mark_all(notice, base, {first: "80", second: "80"})
    return base, first, second


def test_rank_and_line(notice: Notice) -> None:
    base, people = small_year(notice)
    run = published(notice, base)
    assert told(run, people["a"]) == "录取到内科（第1志愿）：第1名，共3人，录取1人；末位录取 92.00 分。"
    assert told(run, people["c"]) == (
        "未录取。第1志愿内科：第3名，共3人，录取1人；末位录取 92.00 分，您 80.00 分。您未选择服从本基地其他专业调剂。"
    )


def test_second_choice_says_why_not_the_first(notice: Notice) -> None:
    base, people = small_year(notice)
    text = told(published(notice, base), people["b"])
    assert text.startswith("录取到骨科（第2志愿）：第1名，共1人，录取1人；末位录取 88.00 分。")
    assert "第1志愿内科：第2名，共3人，录取1人；末位录取 92.00 分，您 88.00 分" in text


def test_a_moved_seat_says_from_where(notice: Notice) -> None:
    base, people = small_year(notice)
    text = told(published(notice, base), people["e"])
    assert "您使用的是移入名额：儿科名额1个，另从未招满的骨科移入1个" in text


def test_full_to_capacity(notice: Notice) -> None:
    base = make_base(notice, {"儿科": 1, "骨科": 3}, capacity={"儿科": 2})
    people = [applicant(notice, base, ["儿科"], consents=[]) for _ in range(3)]
    mark_all(notice, base, dict(zip(people, ["90", "80", "70"], strict=True)))
    text = told(published(notice, base), people[2])
    assert (
        "第3名，共3人，录取2人；末位录取 80.00 分，您 70.00 分（儿科名额1个，另从未招满的骨科移入1个，已达培训容量2人）"
        in text
    )


@pytest.mark.parametrize(("component", "words"), [("written", "同分比理论笔试"), ("interview", "同分比面试")])
def test_a_tie_told_apart_by_a_mark(notice: Notice, component: str, words: str) -> None:
    base, first, second = two_equals(notice)
    # The weights are 40, 20 and 40: one point more here and two fewer in 技能操作 leave the total.
    give(first, **{component: 8100, "skills": 7800})
    run = published(notice, base)
    assert run.result["assignment"][first.number] == "内科"
    assert "末位录取 80.00 分" in told(run, second)
    assert words in told(run, second)


def test_a_tie_told_apart_by_county(notice: Notice) -> None:
    base, county, town = two_equals(notice, person_type="delegated")
    run = published(notice, base)
    assert run.result["assignment"][county.number] == "内科"
    assert "县级及以下医疗卫生机构人员优先" in told(run, town)


def test_a_tie_told_apart_by_lot(notice: Notice) -> None:
    base, first, second = two_equals(notice)
    places = lots(notice, "first").places
    winner, loser = sorted((first, second), key=lambda row: places[row.number])
    run = published(notice, base)
    assert run.result["assignment"][winner.number] == "内科"
    text = told(run, loser)
    assert "比抽签号，小者在前" in text
    assert f"{places[winner.number]} 对 {places[loser.number]}" in text


def test_adjusted_within_the_base_and_what_was_gone_before(notice: Notice) -> None:
    base = make_base(notice, {"内科": 1, "儿科": 1, "骨科": 1}, capacity={"儿科": 1})
    best, child, adjusted = (applicant(notice, base, ["内科"]) for _ in range(3))
    mark_all(notice, base, {best: "90", child: "85", adjusted: "80"})
    run = published(notice, base)
    assert told(run, child).startswith("按服从调剂录取到儿科：录取1人，末位录取 85.00 分。")
    text = told(run, adjusted)
    assert text.startswith("按服从调剂录取到骨科：录取1人，末位录取 80.00 分。")
    assert "调剂顺序在前的专业已无名额：儿科，名额由按志愿报考者或调剂中排序在您之前者取得" in text


def test_adjustment_that_found_nothing(notice: Notice) -> None:
    base = make_base(notice, {"内科": 1, "儿科": 1})
    best, child, left = (applicant(notice, base, ["内科"]) for _ in range(3))
    mark_all(notice, base, {best: "90", child: "85", left: "80"})
    assert "您服从调剂，可以调剂的专业均无名额：儿科" in told(published(notice, base), left)


def test_seats_of_assigned_people_are_no_missing_plan(notice: Notice) -> None:
    """The one seat of the plan goes to a commissioned person: there is a plan, and no seat to compete for."""
    base = make_base(notice, {"全科": 1})
    bound = applicant(notice, base, ["全科"], person_type="commissioned")
    free = applicant(notice, base, ["全科"], consents=[])
    mark_all(notice, base, {bound: "50", free: "90"})
    run = published(notice, base)
    assert "按名册指定的基地和专业参加培训" in told(run, bound)
    text = told(run, free)
    assert text.startswith("未录取。第1志愿全科：")
    assert "没有招收计划" not in text


def test_who_did_not_take_part(notice: Notice) -> None:
    base = make_base(notice, {"内科": 3})
    sat, absent = applicant(notice, base, ["内科"]), applicant(notice, base, ["内科"])
    stranger = applicant(notice, base, ["内科"], confirmed=False)
    mark_all(notice, base, {sat: "60", absent: None})
    run = published(notice, base)
    assert "缺考" in told(run, absent)
    assert "现场确认" in told(run, stranger)


@pytest.fixture
def left_over(notice: Notice) -> dict[str, Any]:
    """After the bases: c 80 and f 75 have nothing; far away 全科 1 and 骨科 1 are free."""
    base, people = small_year(notice)
    far = make_base(notice, {"全科": 1, "骨科": 1})
    second = make_base(notice, {"内科": 1})
    best, f = applicant(notice, second, ["内科"]), applicant(notice, second, ["内科"], consents=["province"])
    mark_all(notice, second, {best: "90", f: "75"})
    for one in (base, second):
        published(notice, one)
    seats = dict(zip(("全科", "骨科"), quotas_of(notice, far, "全科", "骨科"), strict=True))
    return {"c": people["c"], "f": f, "seats": seats, "far": far}


def reallocated(notice: Notice) -> AllocationRun:
    run = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING)
    return releases.approve_and_publish(run, actor=province_lead(), at=REALLOCATING)


def test_the_province_says_rank_and_place(notice: Notice, left_over: dict[str, Any]) -> None:
    run = reallocated(notice)
    text = told(run, left_over["c"])
    assert text.startswith("省级调剂排序第1名，共2人。安排到")
    assert "（按服从省级统一调剂）" in text
    assert "第1志愿" in text
    assert "未能安排：没有剩余名额" in text


def test_the_province_says_which_closed_set_is_full(notice: Notice, left_over: dict[str, Any]) -> None:
    third = make_base(notice, {"内科": 1})
    best, late = applicant(notice, third, ["内科"]), applicant(notice, third, ["内科"], consents=["province"])
    mark_all(notice, third, {best: "90", late: "61"})
    published(notice, third)
    run = reallocated(notice)
    text = told(run, late)
    assert text.startswith("省级调剂排序第3名，共3人。未安排。")
    assert "2个名额，均由排序在您之前者取得" in text


def test_the_same_words_everywhere(
    notice: Notice, left_over: dict[str, Any], sign_in: SignIn, clock_at: ClockAt
) -> None:
    run = reallocated(notice)
    clock_at(REALLOCATING)
    words = told(run, left_over["c"])
    own = sign_in(left_over["c"].applicant.user).get(reverse("apply:result", args=[notice.slug])).content.decode()
    province = sign_in(officer()).get(reverse("province:run", args=[notice.slug, run.pk])).content.decode()
    assert words in own
    assert words in province


def test_the_public_reads_plan_moved_seats_admitted_and_lines(
    notice: Notice, left_over: dict[str, Any], client: Client, clock_at: ClockAt
) -> None:
    run = reallocated(notice)
    clock_at(REALLOCATING)
    page = client.get(reverse("public:publicity_list", args=[notice.slug, run.publicity.pk]))
    rows = {(row.base, row.specialty): row for row in page.context["leftovers"]}
    full = rows[left_over["far"].name, "全科"]
    assert (full.before, full.placed, full.after, full.last_total) == (1, 1, 0, 8000)
    assert rows[left_over["far"].name, "骨科"].last_total == 7500
    wished = next(row for (_, name), row in rows.items() if name == "内科")
    assert (wished.before, wished.wished, wished.placed, wished.last_total) == (0, 1, 0, None)
