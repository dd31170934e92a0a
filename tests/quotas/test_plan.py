"""Importing a plan: the real figures of 2021, the example of 2025, and every way a sheet can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import StringIO
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum

from bases.models import TrainingBase
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.refusals import Refused
from quotas.models import Quota, SeatEntry
from quotas.services.plan import import_plan, increase
from tests.bases.people import make_user
from tests.quotas.factories import make_notice, make_quota

PLANS = settings.BASE_DIR / "fixtures" / "plans"
Sheet = Callable[[str], list[list[str]]]

GOOD = """
    培训基地 | 全科 | 全科容量 | 内科 | 合计
    云南省第一人民医院 | 3 | 5 | 4 | 7
    昆明市延安医院 | / | / | 2 | 2
    合计 | 3 | 5 | 6 | 9
"""


def seats(notice: Notice, **filters: object) -> int:
    return Quota.objects.filter(notice=notice, **filters).aggregate(sum=Sum("seats"))["sum"] or 0


def refused(notice: Notice, rows: list[list[str]], at: datetime) -> dict[str, str]:
    """Import a bad sheet; gives cell → code, and checks that nothing was stored."""
    before = Quota.objects.count()
    with pytest.raises(Refused) as caught:
        import_plan(notice=notice, rows=rows, actor=None, at=at)
    assert Quota.objects.count() == before
    return {refusal.field: refusal.code for refusal in caught.value.refusals}


def test_the_tcm_plan_of_2021(world: dict[str, int]) -> None:
    notice = make_notice("yunnan-2021-residency")
    call_command("import_plan", notice.slug, PLANS / "yunnan-2021-residency-tcm.csv", stdout=StringIO())
    assert seats(notice, specialty_id="3600") == 300
    assert seats(notice, specialty_id="3500") == 155
    assert seats(notice) == 455
    commissioned = SeatEntry.objects.filter(quota__specialty_id="3600").values_list("note", flat=True)
    assert sum(int(note.removeprefix("其中：订单定向 ")) for note in commissioned) == 295
    dai = Quota.objects.get(base__code="bn-dai")
    assert dai.seats == 10
    assert dai.entries.get().note == "傣医学"


def test_the_assistant_plan_of_2021(world: dict[str, int]) -> None:
    notice = make_notice("yunnan-2021-assistant-gp")
    call_command("import_plan", notice.slug, PLANS / "yunnan-2021-assistant-gp.csv", stdout=StringIO())
    assert seats(notice, base__medicine="western") == 520
    assert seats(notice, base__medicine="tcm") == 191
    assert seats(notice) == 711
    assert Quota.objects.filter(notice=notice).count() == 22 + 15


def test_the_example_plan_of_2025_is_marked_and_sized(notice: Notice) -> None:
    sheet = PLANS / "yunnan-2025-residency.example.csv"
    assert sheet.read_text().startswith("# 示例")
    out = StringIO()
    call_command("import_plan", notice.slug, sheet, stdout=out)
    assert 600 <= seats(notice) <= 900
    assert not Quota.objects.filter(notice=notice, base__is_example=False).exists()
    call_command("import_plan", notice.slug, sheet, stdout=out)
    assert out.getvalue().splitlines() == ["新增 319 项，未变 0 项，共 608 人", "新增 0 项，未变 319 项，共 608 人"]


def test_a_workbook_says_the_same_as_a_csv(notice: Notice, sheet: Sheet, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in sheet(GOOD):
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row])
    book.save(tmp_path / "plan.xlsx")
    call_command("import_plan", notice.slug, tmp_path / "plan.xlsx", stdout=StringIO())
    assert seats(notice) == 9


def test_slash_is_not_open_and_not_zero(notice: Notice, sheet: Sheet, at: datetime) -> None:
    done = import_plan(
        notice=notice, rows=sheet(GOOD.replace("| 4 | 7", "| 0 | 3").replace("6 | 9", "2 | 5")), actor=None, at=at
    )
    assert (done.created, done.seats) == (3, 5)
    assert Quota.objects.get(base__code="yn-first", specialty_id="0100").seats == 0
    assert not Quota.objects.filter(base__code="km-yanan", specialty_id="0700").exists()


def test_an_import_is_audited_once_and_a_repeat_is_silent(notice: Notice, sheet: Sheet, at: datetime) -> None:
    lead = make_user("province_lead")
    import_plan(notice=notice, rows=sheet(GOOD), actor=lead, at=at)
    import_plan(notice=notice, rows=sheet(GOOD), actor=lead, at=at)
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
    assert refused(notice, rows, at) == {"C2": "PLAN_PART_TOO_BIG"}


def test_an_adopted_figure_is_not_overwritten(notice: Notice, sheet: Sheet, at: datetime) -> None:
    import_plan(notice=notice, rows=sheet(GOOD), actor=None, at=at)
    assert refused(notice, sheet(GOOD.replace("| 4 | 7", "| 5 | 8").replace("6 | 9", "7 | 10")), at) == {
        "D2": "PLAN_ALREADY_SET"
    }


def test_the_command_says_which_cell(notice: Notice, tmp_path: Path) -> None:
    bad = tmp_path / "plan.csv"
    bad.write_text("# 示例\n培训基地,内科,合计\n云南省第一人民医院,4,5\n合计,4,4\n")
    with pytest.raises(CommandError, match="C3 单元格：本行合计写的是 5，各专业相加是 4"):
        call_command("import_plan", notice.slug, bad)
    with pytest.raises(CommandError, match="没有名为"):
        call_command("import_plan", "hubei-2024-residency", bad)


def test_an_increase_stops_at_the_capacity(notice: Notice, at: datetime) -> None:
    lead = make_user("province_lead")
    quota = make_quota(notice, TrainingBase.objects.get(code="yn-first"), "全科", 3, capacity=5)
    increase(quota=quota, seats=2, reason="示例批复", actor=lead, at=at)
    quota.refresh_from_db()
    assert (quota.planned, quota.seats) == (3, 5)
    with pytest.raises(Refused, match="最多还能增加 0 人"):
        increase(quota=quota, seats=1, reason="示例批复", actor=lead, at=at)
    for wrong in ({"seats": 0, "reason": "示例"}, {"seats": 1, "reason": " "}):
        with pytest.raises(Refused):
            increase(quota=quota, actor=lead, at=at, **wrong)
    assert list(quota.entries.values_list("kind", "delta")) == [("plan", 3), ("increase", 2)]
