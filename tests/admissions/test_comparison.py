"""Two runs beside each other: who changes, from where to where, and why; nobody compares what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admissions.models import AllocationRun, Application, Mark, RunKind
from admissions.queries.comparisons import compare, figure_rows
from admissions.queries.effects import effect_of
from admissions.queries.run_changes import Change, changes, rule_changes
from admissions.services import runs
from bases.models import TrainingBase
from gme_portal.accounts.models import Role
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.sheets import Column, read
from tests.admissions.ranked import (
    COMPUTED,
    REALLOCATING,
    another_lead,
    applicant,
    computed,
    make_base,
    mark_all,
    officer,
    reseat,
    small_year,
)
from tests.factories import reviewer_of

SignIn = Callable[[Any], Client]
LATER = COMPUTED + timedelta(hours=1)


def given(application: Application, hundredths: int) -> None:
    """Another mark in every component, so that the total is that mark too."""
    Mark.objects.filter(application=application).update(value=hundredths)


def of(found: list[Change], application: Application) -> Change:
    return next(change for change in found if change.number == application.number)


@pytest.fixture
def year(notice: Notice) -> tuple[TrainingBase, dict[str, Application], AllocationRun]:
    """内科 1, 儿科 1 (at most 2), 骨科 2; a 内科, b 骨科, d and e 儿科, c nothing."""
    base, people = small_year(notice)
    return base, people, computed(notice, base)


def test_a_new_mark_is_named_and_who_gives_way_is_told_to_whom(
    notice: Notice, year: tuple[TrainingBase, dict[str, Application], AllocationRun]
) -> None:
    base, people, first = year
    given(people["c"], 9900)
    found = changes(computed(notice, base, LATER), first)
    up, down = of(found, people["c"]), of(found, people["a"])
    assert (up.kind, up.before, up.after) == ("gained", "未录取", "内科")
    assert up.why.startswith("本人总成绩 80.00 → 99.00")
    assert (down.kind, down.before, down.after) == ("lost", "内科", "未录取")
    assert down.why == f"内科名额由{people['c'].number}取得"
    assert {change.number for change in found} == {people["a"].number, people["c"].number}, "nobody else moves"


def test_seats_are_the_reason_where_they_changed(
    notice: Notice, year: tuple[TrainingBase, dict[str, Application], AllocationRun]
) -> None:
    base, people, first = year
    reseat(notice, base, "内科", 2)
    second = computed(notice, base, LATER)
    moved = of(changes(second, first), people["b"])
    assert (moved.kind, moved.before, moved.after) == ("moved", "骨科", "内科")
    assert "内科名额 1→2" in moved.why
    assert rule_changes(second, first) == ["名额：内科 1→2"]


def test_who_comes_and_who_goes(
    notice: Notice, year: tuple[TrainingBase, dict[str, Application], AllocationRun]
) -> None:
    base, people, first = year
    late = applicant(notice, base, ["骨科"])
    for mark in Mark.objects.filter(application=people["a"]):
        Mark.objects.create(
            application=late, component=mark.component, value=9500, entered_by=mark.entered_by, entered_at=COMPUTED
        )
    Application.objects.filter(pk=people["d"].pk).update(confirmed_at=None, confirmed_by=None, confirmed_under=None)
    found = changes(computed(notice, base, LATER), first)
    assert (of(found, late).kind, of(found, late).why) == ("entered", "新参加排序")
    left = of(found, people["d"])
    assert (left.kind, left.after) == ("lost", "未录取")
    assert "现场确认" in left.why


def test_the_same_run_twice_changes_nobody(year: tuple[TrainingBase, dict[str, Application], AllocationRun]) -> None:
    run = year[2]
    assert changes(run, run) == []
    assert rule_changes(run, run) == []
    assert all(row["before"] == row["after"] for row in figure_rows(effect_of(run), effect_of(run)))


def test_the_figures_stand_beside_each_other(
    notice: Notice, year: tuple[TrainingBase, dict[str, Application], AllocationRun]
) -> None:
    base, _, first = year
    reseat(notice, base, "内科", 2)
    second = computed(notice, base, LATER)
    found = compare(second, first)
    assert (found.older.pk, found.newer.pk) == (first.pk, second.pk), (
        "the later one is the newer, however they are given"
    )
    before, after = found.before, found.after
    assert (before.seats, before.filled, before.shortage_filled, before.first_wish) == (4, 4, 2, 3)
    assert (after.seats, after.filled, after.left, after.first_wish) == (5, 4, 1, 4)
    assert after.first_wish_rate == 4 / 5


def test_in_the_province_a_programme_has_its_base_in_its_name(notice: Notice) -> None:
    base, people = small_year(notice)
    far = make_base(notice, {"全科": 1})
    trial = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING, simulate=True)
    assert trial.beside["waiting"] == [base.name]
    own = applicant(notice, far, ["全科"])
    mark_all(notice, far, {own: "75"})
    reseat(notice, far, "全科", 2)
    again = runs.compute(kind=RunKind.REALLOCATION, notice=notice, actor=officer(), at=REALLOCATING, simulate=True)
    assert changes(again, trial) == [], "whoever waits for their own base does not take part yet"
    assert people["c"].number not in again.result["assignment"]


def test_the_page_shows_both_and_is_exported(
    notice: Notice,
    sign_in: SignIn,
    clock_at: Callable[[datetime], datetime],
    year: tuple[TrainingBase, dict[str, Application], AllocationRun],
) -> None:
    base, people, first = year
    given(people["c"], 9900)
    second = computed(notice, base, LATER)
    clock_at(LATER)
    lead = sign_in(reviewer_of(base, Role.BASE_LEAD))
    where = reverse("base:comparison", args=[notice.slug, second.pk])
    page = lead.get(where).content.decode()
    assert "比较任意两次运算" in lead.get(reverse("base:admission_run", args=[notice.slug, second.pk])).content.decode()
    for words in (people["c"].number, people["c"].applicant.user.name, "本人总成绩 80.00 → 99.00", "第一志愿满足率"):
        assert words in page
    lost = lead.get(where, {"with": str(first.pk), "show": "lost"})
    assert [change.number for change, _ in lost.context["page"]] == [people["a"].number]
    assert lead.get(where, {"with": str(first.pk), "q": "没有这样的人"}).status_code == 200
    content = lead.get(reverse("base:comparison_file", args=[notice.slug, second.pk]), {"with": str(first.pk)}).content
    sheet = read(
        content,
        [Column("number", "报名号"), Column("kind", "变化"), Column("why", "原因")],
        max_rows=10,
        ignored=("姓名", "原结果", "现结果"),
    )
    assert {row.values["number"]: row.values["kind"] for row in sheet.rows} == {
        people["a"].number: "落选",
        people["c"].number: "新录取",
    }
    assert AuditEvent.objects.get(action="comparison.exported").detail["rows"] == 2


def test_only_runs_of_the_same_scope_and_only_ones_own(
    notice: Notice,
    sign_in: SignIn,
    clock_at: Callable[[datetime], datetime],
    year: tuple[TrainingBase, dict[str, Application], AllocationRun],
) -> None:
    _, _, first = year
    other = make_base(notice, {"内科": 1})
    mark_all(notice, other, {applicant(notice, other, ["内科"]): "60"})
    foreign = computed(notice, other)
    clock_at(LATER)
    stranger, province = sign_in(another_lead(other)), sign_in(officer())
    assert stranger.get(reverse("base:comparison", args=[notice.slug, first.pk])).status_code == 404
    where = reverse("province:comparison", args=[notice.slug, first.pk])
    alone = province.get(where)
    assert (alone.status_code, alone.context["found"]) == (200, None)
    assert "还没有可以比较的运算" in alone.content.decode()
    assert province.get(where, {"with": str(foreign.pk)}).status_code == 404, "another base is another question"
    assert province.get(where, {"with": "keine"}).status_code == 404
    assert province.get(reverse("province:comparison_file", args=[notice.slug, first.pk])).status_code == 404


def test_the_page_takes_as_many_queries_for_many_changes_as_for_few(
    notice: Notice, sign_in: SignIn, clock_at: Callable[[datetime], datetime], django_assert_num_queries: Any
) -> None:
    few, people = small_year(notice)
    computed(notice, few)
    given(people["c"], 9900)
    many = make_base(notice, {"内科": 9})
    crowd = [applicant(notice, many, ["内科"]) for _ in range(9)]
    mark_all(notice, many, dict.fromkeys(crowd, "70"))
    computed(notice, many)
    reseat(notice, many, "内科", 1)
    clock_at(LATER)
    client = sign_in(officer())
    pages = [
        reverse("province:comparison", args=[notice.slug, computed(notice, base, LATER).pk]) for base in (few, many)
    ]
    client.get(pages[0])
    with django_assert_num_queries(_count(client, pages[0])):
        assert len(client.get(pages[1]).context["found"].people) == 8


def _count(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)
