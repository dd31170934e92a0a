"""Importing a plan: the real figures of 2021, the example of 2025, and every way a sheet can be wrong."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import F, Sum

from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.refusals import Refused
from quotas.models import OthersPool, Quota
from quotas.queries import matrix, reserves_of, tally
from quotas.services.plan import import_plan
from tests.bases.people import make_user
from tests.factories import NoticeFactory
from tests.quotas.factories import make_notice, make_terms

PLANS = settings.BASE_DIR / "fixtures" / "plans"


@pytest.fixture
def adopted(world: dict[str, int]) -> Notice:
    """A notice with its policy, as the command needs it."""
    return NoticeFactory()


Sheet = Callable[[str], list[list[str]]]

GOOD = """
    培训基地 | 全科 | 全科容量 | 内科 | 合计
    云南省第一人民医院 | 3 | 5 | 4 | 7
    昆明市延安医院 | / | / | 2 | 2
    合计 | 3 | 5 | 6 | 9
"""


def seats(notice: Notice, **filters: object) -> int:
    return Quota.objects.filter(notice=notice, **filters).aggregate(sum=Sum("seats"))["sum"] or 0


def real_sheet(name: str) -> list[list[str]]:
    """A sheet of `fixtures/plans/` as the command reads it."""
    with (PLANS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [[] if row[0].startswith("#") else row for row in csv.reader(file)]


def refused(notice: Notice, rows: list[list[str]], at: datetime, **says: object) -> dict[str, str]:
    """Import a bad sheet; gives cell → code, and checks that nothing was stored. `says`: what the notice says of its plan."""
    before = Quota.objects.count()
    with pytest.raises(Refused) as caught:
        import_plan(notice=notice, rows=rows, terms=make_terms(**says), actor=None, at=at)
    assert Quota.objects.count() == before
    return {refusal.field: refusal.code for refusal in caught.value.refusals}


def test_the_tcm_plan_of_2021_keeps_295_of_300_seats_for_commissioned_people(
    world: dict[str, int], at: datetime
) -> None:
    notice = make_notice("yunnan-2021-residency")
    rows, terms = real_sheet("yunnan-2021-residency-tcm"), make_terms(reserve=True, total=2475)
    done = import_plan(notice=notice, rows=rows, terms=terms, actor=None, at=at)
    assert (done.seats, done.lacking) == (455, 2020)
    assert seats(notice, specialty_id="3600") == 300
    assert seats(notice, specialty_id="3500") == 155
    assert tally(notice).reserved == sum(quota.planned_reserve for quota in reserves_of(notice)) == 295
    provincial = Quota.objects.get(base__code="yn-tcm", specialty_id="3600")
    assert (provincial.seats, provincial.reserved, provincial.open_to_others) == (64, 59, 5)
    assert provincial.entries.get().note == "其中：订单定向 59"
    dai = Quota.objects.get(base__code="bn-dai")
    assert (dai.seats, dai.reserved, dai.entries.get().note) == (10, 0, "傣医学")


def test_both_plans_of_2021_together_are_what_the_notice_announces(world: dict[str, int], at: datetime) -> None:
    notice, terms = make_notice("yunnan-2021-residency"), make_terms(reserve=True, total=2475)
    for name, lacking in (("yunnan-2021-residency-tcm", 2020), ("yunnan-2021-residency-western.example", 0)):
        done = import_plan(notice=notice, rows=real_sheet(name), terms=terms, actor=None, at=at)
        assert done.lacking == lacking
    assert tally(notice).planned == 2475


def test_the_assistant_plans(world: dict[str, int], at: datetime) -> None:
    notice = make_notice("yunnan-2021-assistant-gp")
    rows = real_sheet("yunnan-2021-assistant-gp")
    import_plan(notice=notice, rows=rows, terms=make_terms(total=711), actor=None, at=at)
    assert seats(notice, base__medicine="western") == 520
    assert seats(notice, base__medicine="tcm") == 191
    assert seats(notice) == 711
    assert Quota.objects.filter(notice=notice).count() == 22 + 15
    for slug, code, planned in (
        ("yunnan-2025-assistant-gp", "km-second", 20),
        ("jilin-2024-assistant-gp", "jl-jlmu-affiliated", 10),
    ):
        other = make_notice(slug)
        import_plan(notice=other, rows=real_sheet(slug), terms=make_terms(), actor=None, at=at)
        assert Quota.objects.get(notice=other).base.code == code
        assert seats(other) == planned


def test_the_matrix_of_jilin_stands_in_the_fixture_as_it_was_printed(world: dict[str, int], at: datetime) -> None:
    """Specialties down, bases across, 其他 as one number: 9 rows × 12 bases, 577 in all."""
    notice = make_notice("jilin-2024-residency")
    rows = real_sheet("jilin-2024-residency")
    assert (len(rows), len(rows[2])) == (2 + 1 + 9 + 1, 1 + 12 + 1)
    done = import_plan(notice=notice, rows=rows, terms=make_terms(others_row=True, total=577), actor=None, at=at)
    assert (done.seats, done.lacking) == (577, 0)
    plan = matrix(notice)
    assert len(plan.rows) == 12
    assert [(one.name, total.planned) for one, total in zip(plan.specialties, plan.column_totals, strict=True)] == [
        ("儿科", 10),
        ("急诊科", 6),
        ("精神科", 1),
        ("全科", 240),
        ("妇产科", 19),
        ("麻醉科", 10),
        ("临床病理科", 8),
        ("重症医学科", 9),
    ]
    assert (plan.total.planned, plan.total.seats, plan.waiting) == (577, 303, 274)
    dental = next(row for row in plan.rows if row.base.code == "jl-jlu-stomatology")
    assert (dental.waiting, dental.total.planned, any(dental.cells)) == (30, 30, False)
    again = import_plan(notice=notice, rows=rows, terms=make_terms(others_row=True, total=577), actor=None, at=at)
    assert (again.created, again.unchanged) == (0, done.created)
    assert OthersPool.objects.filter(notice=notice).count() == 12


def test_a_fault_in_a_turned_sheet_names_the_cell_where_it_stands(world: dict[str, int], at: datetime) -> None:
    notice = make_notice("jilin-2024-residency")
    says = {"others_row": True, "total": 577}
    rows = real_sheet("jilin-2024-residency")
    assert rows[3][:4] == ["全科", "30", "25", "25"]
    rows[3][2] = "26"
    assert refused(notice, rows, at, **says) == {"C13": "PLAN_SUM_DIFFERS", "N4": "PLAN_SUM_DIFFERS"}
    rows[3][2] = "二十五"
    assert refused(notice, rows, at, **says) == {"C4": "PLAN_NOT_A_NUMBER"}
    rows[3][2], rows[2][5] = "25", "延边医院"
    assert refused(notice, rows, at, **says) == {"F3": "PLAN_UNKNOWN_BASE"}
    rows[2][5], rows[11][0] = "延边大学附属医院", "其余"
    assert refused(notice, rows, at, **says) == {"A12": "PLAN_UNKNOWN_COLUMN"}


def test_the_example_plan_of_hubei_has_every_base_and_a_capacity_for_every_seat(
    world: dict[str, int], at: datetime
) -> None:
    notice = make_notice("hubei-2024-residency")
    rows = real_sheet("hubei-2024-residency.example")
    import_plan(notice=notice, rows=rows, terms=make_terms(), actor=None, at=at)
    assert len(matrix(notice).rows) == 37
    assert not Quota.objects.filter(notice=notice, capacity=None).exists()
    assert not Quota.objects.filter(notice=notice, capacity__lte=F("seats")).exists()


def test_made_up_figures_are_marked_one_by_one(world: dict[str, int], at: datetime) -> None:
    notice = NoticeFactory("yunnan-2021-residency")
    for name in ("yunnan-2021-residency-tcm", "yunnan-2021-residency-western.example"):
        call_command("import_plan", notice.slug, PLANS / f"{name}.csv", stdout=StringIO())
    made_up = Quota.objects.filter(notice=notice, is_example=True)
    assert set(made_up.values_list("base__medicine", flat=True)) == {"western"}
    assert made_up.aggregate(sum=Sum("seats"))["sum"] == 2020
    assert matrix(notice).has_examples
    real = NoticeFactory("yunnan-2021-assistant-gp")
    call_command("import_plan", real.slug, PLANS / "yunnan-2021-assistant-gp.csv", stdout=StringIO())
    assert not matrix(real).has_examples


@pytest.mark.parametrize("sheet", sorted(PLANS.glob("*.example.csv")), ids=lambda sheet: sheet.name)
def test_what_no_source_says_is_marked_as_fictional(sheet: Path) -> None:
    remarks = [line for line in sheet.read_text().splitlines() if line.startswith("#")]
    assert remarks[0].startswith("# 示例")
    assert "虚构" in remarks[0]


def test_the_example_plan_of_2025_is_sized(adopted: Notice) -> None:
    notice, sheet = adopted, PLANS / "yunnan-2025-residency.example.csv"
    out = StringIO()
    call_command("import_plan", notice.slug, sheet, stdout=out)
    assert 600 <= seats(notice) <= 900
    assert not Quota.objects.filter(notice=notice, base__is_example=False).exists()
    call_command("import_plan", notice.slug, sheet, stdout=out)
    assert out.getvalue().splitlines() == ["新增 319 项，未变 0 项，共 608 人", "新增 0 项，未变 319 项，共 608 人"]


def test_a_workbook_says_the_same_as_a_csv(adopted: Notice, sheet: Sheet, tmp_path: Path) -> None:
    notice = adopted
    book = openpyxl.Workbook()
    for row in sheet(GOOD):
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(tmp_path / "plan.xlsx")
    call_command("import_plan", notice.slug, tmp_path / "plan.xlsx", stdout=StringIO())
    assert seats(notice) == 9


def test_slash_is_not_open_and_not_zero(notice: Notice, sheet: Sheet, at: datetime) -> None:
    done = import_plan(
        notice=notice,
        rows=sheet(GOOD.replace("| 4 | 7", "| 0 | 3").replace("6 | 9", "2 | 5")),
        terms=make_terms(),
        actor=None,
        at=at,
    )
    assert (done.created, done.seats) == (3, 5)
    assert Quota.objects.get(base__code="yn-first", specialty_id="0100").seats == 0
    assert not Quota.objects.filter(base__code="km-yanan", specialty_id="0700").exists()


def test_an_import_is_audited_once_and_a_repeat_is_silent(notice: Notice, sheet: Sheet, at: datetime) -> None:
    lead = make_user("province_lead")
    import_plan(notice=notice, rows=sheet(GOOD), terms=make_terms(), actor=lead, at=at)
    import_plan(notice=notice, rows=sheet(GOOD), terms=make_terms(), actor=lead, at=at)
    event = AuditEvent.objects.get(action="quota.plan_imported")
    assert (event.actor, event.at, event.detail["seats"]) == (lead, at, 9)


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        (("| 4 | 7", "| 4 | 8"), {"E2": "PLAN_SUM_DIFFERS", "E4": "PLAN_SUM_DIFFERS"}),
        (("5 | 6 | 9", "5 | 7 | 9"), {"D4": "PLAN_SUM_DIFFERS"}),
        (("| 2 | 2", "| 二 | 2"), {"D3": "PLAN_NOT_A_NUMBER"}),
        (("昆明市延安医院", "昆明市安宁医院"), {"A3": "PLAN_UNKNOWN_BASE"}),
        (("昆明市延安医院", "省一院"), {"A3": "PLAN_BASE_TWICE"}),
        (("内科 |", "心内科 |"), {"D1": "PLAN_UNKNOWN_COLUMN"}),
        (("内科 |", "全 科 |"), {"D1": "PLAN_COLUMN_TWICE"}),
        (("| 合计", "| 备注"), {"E1": "PLAN_NO_SUMS"}),
        (("3 | 5 | 4", "3 | 2 | 4"), {"C2": "PLAN_OVER_CAPACITY", "C4": "PLAN_SUM_DIFFERS"}),
        (("昆明市延安医院", "昆明市第二人民医院"), {"D3": "PLAN_WRONG_TRACK"}),
    ],
)
def test_a_bad_sheet_is_refused_whole_and_names_its_cells(
    notice: Notice, sheet: Sheet, at: datetime, change: tuple[str, str], faults: dict[str, str]
) -> None:
    assert refused(notice, sheet(GOOD.replace(*change)), at) == faults


def test_a_sheet_without_sums_or_headings_is_refused(notice: Notice, sheet: Sheet, at: datetime) -> None:
    assert refused(notice, sheet(GOOD)[:-1], at) == {"A3": "PLAN_NO_SUMS"}
    assert refused(notice, [["医院", "全科"]], at) == {"": "PLAN_NO_HEADINGS"}
    assert refused(notice, [], at) == {"": "PLAN_NO_HEADINGS"}


def test_a_part_is_never_more_than_the_whole(notice: Notice, sheet: Sheet, at: datetime) -> None:
    rows = sheet("培训基地|中医全科|其中：订单定向|合计\n云南省中医医院|5|6|5\n合计|5|6|5")
    assert refused(notice, rows, at, reserve=True) == {"C2": "PLAN_PART_TOO_BIG"}
    rows = sheet("培训基地|中医全科|其中：订单定向|合计\n云南省中医医院|5|5|5\n合计|5|5|5")
    assert refused(notice, rows, at) == {"B2": "PLAN_RESERVE_UNKNOWN"}
    import_plan(notice=notice, rows=rows, terms=make_terms(reserve=True), actor=None, at=at)
    assert Quota.objects.get(notice=notice).reserved == 5


OTHERS = """
    培训基地 | 全科 | 其它 | 合计
    云南省第一人民医院 | 3 | 4 | 7
    昆明市延安医院 | / | 0 | 0
    合计 | 3 | 4 | 7
"""


def test_others_is_for_notices_that_let_bases_distribute_it(notice: Notice, sheet: Sheet, at: datetime) -> None:
    assert refused(notice, sheet(OTHERS), at) == {"C2": "PLAN_OTHERS_UNKNOWN"}
    import_plan(notice=notice, rows=sheet(OTHERS), terms=make_terms(others_row=True), actor=None, at=at)
    pool = OthersPool.objects.get(notice=notice)
    assert (pool.base.code, pool.planned, pool.waiting) == ("yn-first", 4, 4)
    more = OTHERS.replace("| 4 | 7", "| 5 | 8")
    assert refused(notice, sheet(more), at, others_row=True) == {"C2": "PLAN_ALREADY_SET"}


def test_a_plan_is_never_larger_than_the_notice_announces(notice: Notice, sheet: Sheet, at: datetime) -> None:
    assert refused(notice, sheet(GOOD), at, total=8) == {"E4": "PLAN_TOTAL_EXCEEDED"}
    done = import_plan(notice=notice, rows=sheet(GOOD), terms=make_terms(total=9), actor=None, at=at)
    assert done.lacking == 0
    other = "培训基地|全科|合计\n昆明市儿童医院|1|1\n合计|1|1"
    assert refused(notice, sheet(other), at, total=9) == {"C3": "PLAN_TOTAL_EXCEEDED"}


def test_a_specialty_that_the_notice_does_not_recruit_for_is_named(notice: Notice, sheet: Sheet, at: datetime) -> None:
    assert refused(notice, sheet(GOOD), at, codes=frozenset({"0100"})) == {"B2": "PLAN_NOT_IN_NOTICE"}


def test_an_adopted_figure_is_not_overwritten(notice: Notice, sheet: Sheet, at: datetime) -> None:
    import_plan(notice=notice, rows=sheet(GOOD), terms=make_terms(), actor=None, at=at)
    assert refused(notice, sheet(GOOD.replace("| 4 | 7", "| 5 | 8").replace("6 | 9", "7 | 10")), at) == {
        "D2": "PLAN_ALREADY_SET"
    }


def test_the_command_says_which_cell(adopted: Notice, tmp_path: Path) -> None:
    bad = tmp_path / "plan.csv"
    bad.write_text("# 示例\n培训基地,内科,合计\n云南省第一人民医院,4,5\n合计,4,4\n")
    with pytest.raises(CommandError, match="C3 单元格：该基地的合计写的是 5，各专业相加是 4"):
        call_command("import_plan", adopted.slug, bad)
    with pytest.raises(CommandError, match="没有名为"):
        call_command("import_plan", "hubei-2024-residency", bad)
