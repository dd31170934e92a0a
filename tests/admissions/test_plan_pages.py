"""The pages of the plan under the notices that need them: 其他 in Jilin, increases in Hubei, the reserve of Yunnan's TCM plan; and the ledger as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bases.models import TrainingBase
from bases.services.catalogue import load_world
from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from quotas.models import Distribution, IncreaseRequest, OthersPool, Quota
from quotas.queries import tally
from tests.factories import NoticeFactory, StaffFactory, reviewer_of

SignIn = Callable[[User], Client]
ClockAt = Callable[[datetime], datetime]
PLANS = settings.BASE_DIR / "fixtures" / "plans"
BEFORE = datetime(2024, 6, 10, 9, 0, tzinfo=BEIJING)
OPENED = datetime(2024, 6, 14, 0, 0, tzinfo=BEIJING)


def planned(policy: str, *sheets: str) -> Notice:
    load_world(folder=settings.BASE_DIR / "fixtures")
    notice = NoticeFactory(policy)
    for sheet in sheets:
        call_command("import_plan", notice.slug, PLANS / f"{sheet}.csv", stdout=StringIO())
    return notice


@pytest.fixture
def jilin(db: None, clock_at: ClockAt) -> Notice:
    clock_at(BEFORE)
    return planned("jilin-2024-residency", "jilin-2024-residency")


@pytest.fixture
def hubei(db: None, clock_at: ClockAt) -> Notice:
    clock_at(datetime(2024, 5, 6, 9, 0, tzinfo=BEIJING))
    return planned("hubei-2024-residency", "hubei-2024-residency.example")


def shown(client: Client, notice: Notice, name: str, query: str = "") -> str:
    response = client.get(reverse(name, args=[notice.slug]) + query)
    assert response.status_code == 200
    return response.content.decode()


def posted(client: Client, notice: Notice, name: str, *args: Any, **data: Any) -> str:
    """What the person sees after posting, wherever it leads."""
    return client.post(reverse(name, args=[notice.slug, *args]), data, follow=True).content.decode()


def people_of(base: TrainingBase, sign_in: SignIn) -> tuple[Client, Client, Client]:
    """The base's lead, a provincial officer, a provincial lead."""
    users = (
        reviewer_of(base, Role.BASE_LEAD),
        *(StaffFactory(role=role) for role in (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD)),
    )
    lead, officer, chief = (sign_in(user) for user in users)
    return lead, officer, chief


def test_a_base_distributes_its_others_and_people_can_choose_them_once_the_province_approved(
    jilin: Notice, sign_in: SignIn, client: Client
) -> None:
    base = TrainingBase.objects.get(code="jl-jlu-stomatology")
    lead, officer, _ = people_of(base, sign_in)
    assert "另有非紧缺专业 30 个名额" in shown(client, jilin, "public:plan", f"?base={base.code}")
    assert "“其他”有 30 个名额还没有分到专业" in shown(lead, jilin, "base:home")
    form = shown(lead, jilin, "base:others")
    assert "口腔全科" in form
    assert "全科招收人数" not in form.replace("口腔全科招收人数", "")
    short = lead.post(reverse("base:others", args=[jilin.slug]), {"2800": "20", "2900": "9"})
    assert short.status_code == 422
    assert "还差 1 个" in short.content.decode()
    assert 'value="20"' in short.content.decode()
    lonely = lead.post(reverse("base:others", args=[jilin.slug]), {"2800": "30", "2900-capacity": "3"})
    assert "写了培训容量，没有写招收人数" in lonely.content.decode()
    assert "等待省级批准" in posted(lead, jilin, "base:others", **{"2800": "20", "2900": "10", "2900-capacity": "12"})
    listed = shown(officer, jilin, "province:others")
    assert "口腔全科 20、口腔内科 10" in listed
    row = Distribution.objects.get(pool__base=base)
    assert "请写明不批准的原因" in posted(officer, jilin, "province:others_decide", row.pk, "refuse", reason="")
    assert "2 个专业可以报考" in posted(officer, jilin, "province:others_decide", row.pk, "approve")
    public = shown(client, jilin, "public:plan", f"?base={base.code}")
    assert "口腔内科" in public
    assert "另有非紧缺专业" not in public
    assert "确定后不得调整" in shown(lead, jilin, "base:others")
    assert "还没有分到专业" not in shown(lead, jilin, "base:home")
    assert tally(jilin).planned == 577


def test_nobody_but_the_lead_fills_in_and_nobody_but_the_province_decides(jilin: Notice, sign_in: SignIn) -> None:
    base = TrainingBase.objects.get(code="jl-jlu-stomatology")
    editor = sign_in(reviewer_of(base))
    assert "由基地负责人填写" in shown(editor, jilin, "base:others")
    assert editor.post(reverse("base:others", args=[jilin.slug]), {"2800": "30"}).status_code == 403
    auditor = sign_in(StaffFactory(role=Role.AUDITOR))
    assert "批准</button>" not in shown(auditor, jilin, "province:others")
    assert auditor.post(reverse("province:others", args=[jilin.slug]), {}).status_code == 403


def test_after_the_opening_a_base_needs_leave(jilin: Notice, sign_in: SignIn, clock_at: ClockAt) -> None:
    base = TrainingBase.objects.get(code="jl-cc-children")
    lead, officer, _ = people_of(base, sign_in)
    clock_at(OPENED)
    assert "请联系省级管理部门准许逾期分配" in shown(lead, jilin, "base:others")
    refused = lead.post(reverse("base:others", args=[jilin.slug]), {"1500": "1"})
    assert (refused.status_code, Distribution.objects.count()) == (422, 0)
    pool = OthersPool.objects.get(base=base)
    assert "已准许长春市儿童医院逾期分配" in posted(officer, jilin, "province:others_late", pool.pk)
    assert "等待省级批准" in posted(lead, jilin, "base:others", **{"1500": "1"})


def test_a_sheet_proposes_for_every_base_and_another_person_approves(jilin: Notice, sign_in: SignIn) -> None:
    base = TrainingBase.objects.get(code="jl-jlu-first")
    _, officer, chief = people_of(base, sign_in)
    template = officer.get(reverse("province:others_template", args=[jilin.slug]))
    book = load_workbook(BytesIO(template.content))
    sheet = book.active
    heading = next(row[0].row for row in sheet.iter_rows() if row[0].value == "培训基地")
    headings = {cell.value: cell.column for cell in sheet[heading]}
    assert "全科" not in headings
    assert {sheet.cell(row, headings["合计"]).value for row in range(heading + 1, heading + 14)} >= {44, 30, 1, 274}
    for row in range(heading + 1, sheet.max_row + 1):
        sheet.cell(row, headings["内科"]).value = sheet.cell(row, headings["合计"]).value
    filled = BytesIO()
    book.save(filled)
    broken = BytesIO()
    broken.name = filled.name = "分配表.xlsx"
    sheet.cell(heading + 1, headings["内科"]).value = 1
    book.save(broken)
    broken.seek(0)
    url = reverse("province:others", args=[jilin.slug])
    wrong = officer.post(url, {"sheet": broken})
    assert wrong.status_code == 422
    assert "单元格：该基地的合计写的是 10，各专业相加是 1。" in wrong.content.decode()
    assert not Distribution.objects.exists()
    filled.seek(0)
    assert "已导入 12 家基地的分配方案" in officer.post(url, {"sheet": filled}, follow=True).content.decode()
    row = Distribution.objects.get(pool__base=base)
    assert "须由另一人批准" in posted(officer, jilin, "province:others_decide", row.pk, "approve")
    assert "1 个专业可以报考" in posted(chief, jilin, "province:others_decide", row.pk, "approve")
    assert Quota.objects.get(base=base, specialty_id="0100").seats == 44


def test_the_plan_of_the_office_shows_what_belongs_to_no_specialty_yet(jilin: Notice, sign_in: SignIn) -> None:
    office = sign_in(StaffFactory(role=Role.PROVINCE_OFFICER))
    page = shown(office, jilin, "province:plan")
    for words in ("其他（未分配）", "其他（未分到专业）", "577", "274", "其他专业分配"):
        assert words in page
    assert "通知公布" not in page
    book = load_workbook(BytesIO(office.get(reverse("province:plan", args=[jilin.slug]) + "?export=xlsx").content))
    assert "其他（未分配）" in [cell.value for row in book.active.iter_rows() for cell in row]


def test_a_base_asks_for_more_and_the_province_grants_or_says_why_not(hubei: Notice, sign_in: SignIn) -> None:
    base = TrainingBase.objects.get(code="hb-wh-children")
    lead, officer, _ = people_of(base, sign_in)
    quota = Quota.objects.get(base=base, specialty_id="0200")
    assert quota.capacity is not None
    room = quota.capacity - quota.seats
    ask = {"quota": str(quota.pk), "reason": "示例原因"}
    over = lead.post(reverse("base:increases", args=[hubei.slug]), {**ask, "seats": room + 1})
    assert over.status_code == 422
    assert f"最多还能增加 {room} 个" in over.content.decode()
    assert "申请已提交" in posted(lead, hubei, "base:increases", **ask, seats=room)
    row = IncreaseRequest.objects.get()
    assert "示例原因" in shown(officer, hubei, "province:increases")
    assert f"增加 {room} 个名额" in posted(officer, hubei, "province:increase_decide", row.pk, "approve")
    quota.refresh_from_db()
    assert quota.seats == quota.capacity
    row.refresh_from_db()
    assert row.decided_under == hubei.versions.get()
    for client, name in ((lead, "base:increases"), (officer, "province:increases")):
        assert "依据通知第 1 版" in shown(client, hubei, name)
    other = Quota.objects.get(base=base, specialty_id="1900")
    posted(lead, hubei, "base:increases", quota=str(other.pk), seats=1, reason="示例原因")
    second = IncreaseRequest.objects.get(state="asked")
    posted(officer, hubei, "province:increase_decide", second.pk, "refuse", reason="示例：名额已统筹到其他基地")
    assert "名额已统筹到其他基地" in shown(lead, hubei, "base:increases")
    posted(lead, hubei, "base:increases", quota=str(other.pk), seats=1, reason="示例原因")
    third = IncreaseRequest.objects.get(state="asked")
    assert "申请已撤回" in posted(lead, hubei, "base:increase_withdraw", third.pk)
    assert "不能再办理" in posted(officer, hubei, "province:increase_decide", third.pk, "approve")


def test_a_notice_that_knows_no_increase_says_so_and_refuses(jilin: Notice, sign_in: SignIn) -> None:
    base = TrainingBase.objects.get(code="jl-jlu-first")
    lead, officer, _ = people_of(base, sign_in)
    for client, name in ((lead, "base:increases"), (officer, "province:increases")):
        assert "没有规定基地可以申请增加招收计划" in shown(client, jilin, name)
    quota = Quota.objects.filter(base=base).first()
    assert quota is not None
    refused = lead.post(
        reverse("base:increases", args=[jilin.slug]), {"quota": str(quota.pk), "seats": 1, "reason": "示例"}
    )
    assert refused.status_code == 422
    assert "没有规定基地可以申请增加招收计划" in refused.content.decode()
    assert not IncreaseRequest.objects.exists()


def test_made_up_figures_say_so_where_they_are_shown(
    hubei: Notice, jilin: Notice, sign_in: SignIn, client: Client
) -> None:
    office = sign_in(StaffFactory(role=Role.PROVINCE_OFFICER))
    for notice, says in ((hubei, True), (jilin, False)):
        assert ("有的计划数为示例" in shown(client, notice, "public:plan")) is says
        assert ("有的计划数为示例" in shown(office, notice, "province:plan")) is says
        base = Quota.objects.filter(notice=notice).first()
        assert base is not None
        assert ("该基地的计划数为示例" in shown(client, notice, "public:plan", f"?base={base.base.code}")) is says


def test_the_ledger_leaves_the_house_with_every_signature(hubei: Notice, sign_in: SignIn) -> None:
    base = TrainingBase.objects.get(code="hb-wh-children")
    lead, officer, _ = people_of(base, sign_in)
    quota = Quota.objects.get(base=base, specialty_id="0200")
    posted(lead, hubei, "base:increases", quota=str(quota.pk), seats=2, reason="示例原因")
    posted(officer, hubei, "province:increase_decide", IncreaseRequest.objects.get().pk, "approve")
    for client, name, count in ((lead, "base:ledger", 6), (officer, "province:ledger", Quota.objects.count())):
        answer = client.get(reverse(name, args=[hubei.slug]))
        rows = [[cell.value for cell in row] for row in load_workbook(BytesIO(answer.content)).active.iter_rows()]
        heading = next(index for index, row in enumerate(rows) if row[0] == "培训基地")
        lines = [dict(zip(rows[heading], row, strict=True)) for row in rows[heading + 1 :]]
        assert len(lines) == count + 1
        (granted,) = [line for line in lines if line["类型"] == "增加"]
        assert (granted["增减"], granted["现有名额"]) == (2, quota.seats + 2)
        assert "示例职员" in granted["经办人"]
        assert {line["依据的通知版本"] for line in lines} == {"第 1 版"}, "every line, whatever it rests on"
        assert "申请：示例原因" in granted["说明"]


def test_the_reserve_is_shown_and_opened_by_the_province(
    db: None, clock_at: ClockAt, sign_in: SignIn, client: Client
) -> None:
    clock_at(datetime(2021, 6, 28, 9, 0, tzinfo=BEIJING))
    notice = planned("yunnan-2021-residency", "yunnan-2021-residency-tcm")
    office = sign_in(StaffFactory(role=Role.PROVINCE_OFFICER))
    page = shown(office, notice, "province:plan")
    assert "其中订单定向 0/59" in page
    assert "通知公布 2,475" in page
    assert "其中订单定向" in shown(client, notice, "public:plan", "?base=yn-tcm")
    assert "295" in page
    quota = Quota.objects.get(base__code="yn-tcm", specialty_id="3600")
    form = {"quota": str(quota.pk), "reason": "示例：9 人未履约"}
    too_many = office.post(reverse("province:reserve", args=[notice.slug]), {**form, "seats": 60})
    assert too_many.status_code == 422
    assert "最多释放 59 个" in too_many.content.decode()
    assert "已释放" in posted(office, notice, "province:reserve", **form, seats=9)
    quota.refresh_from_db()
    assert (quota.seats, quota.reserved) == (64, 50)
