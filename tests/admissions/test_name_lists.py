"""Lists of names (名册) under a notice that wants them: whose, until when, with which name; what the province sees of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admissions.queries import listing, readiness
from applicants.models import RosterBatch, RosterEntry
from applicants.queries import kinds_of
from applicants.services.rosters import columns, import_roster
from bases.models import School
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from gme_portal.sheets import Reading, Row, read, write
from tests.admissions.listed import AT, LISTS_DUE, base_in, listed_notice, school_with_staff
from tests.factories import (
    ApplicationFactory,
    NoticeFactory,
    ProfileFactory,
    SchoolFactory,
    StaffFactory,
    UserFactory,
    resident_id,
)

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
SignIn = Callable[[User], Client]
ClockAt = Callable[[datetime], datetime]


@pytest.fixture
def notice(db: None) -> Notice:
    found = listed_notice()
    base_in(found, "5301", specialties={"0700": "全科", "0100": "内科"})
    SchoolFactory()
    return found


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def officer(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_OFFICER)


def line(number: int, **changes: str) -> dict[str, str]:
    values = {
        "name": "示例甲",
        "document_number": resident_id(number),
        "person_type": "订单定向（本科）",
        "school": "示例医科大学",
        "base": "示例昆明市医院",
        "specialty": "全科",
    }
    return values | changes


def bring(
    notice: Notice, *lines: dict[str, str], school: School | None = None, actor: User | None = None, at: datetime = AT
) -> RosterBatch:
    rows = [Row(number, words) for number, words in enumerate(lines, 2)]
    who = actor or StaffFactory(role=Role.PROVINCE_OFFICER)
    return import_roster(notice=notice, reading=Reading(rows), school=school, actor=who, at=at)


def test_whose_list_it_is_the_notice_says(policy: Policy) -> None:
    """000 四(二)1(3): 订单定向 on the province's; 000 四(三)1: 专硕 on the schools'."""
    assert [kind.code for kind in kinds_of(policy, "province")] == ["commissioned"]
    assert [kind.code for kind in kinds_of(policy, "school")] == ["professional_master"]
    free = policy_of(version_in_force(NoticeFactory()))
    assert {kind.code for kind in kinds_of(free, "school")} == {"commissioned", "professional_master"}, "003 说明5"
    assert kinds_of(free, "province") == []


def test_a_sheet_may_name_people_as_the_notice_or_as_everybody_does(policy: Policy) -> None:
    asked = columns(policy, "province")
    sheet = write("名册", asked, [line(1), line(2, person_type="订单定向医学生"), line(3, person_type="专硕研究生")])
    reading = read(sheet, asked, max_rows=10)
    assert len(reading.faults) == 1, "专硕 stand on their school's list"
    assert "专硕研究生" in reading.faults[0].sentence


def test_the_province_brings_its_list_and_corrects_it(notice: Notice) -> None:
    assert bring(notice, line(1), line(2)).added == 2
    entry = RosterEntry.objects.get(
        name="示例甲", document_blind=UserFactory(document_number=resident_id(1)).document_blind
    )
    assert (entry.source, entry.school.name, entry.base.name) == ("province", "示例医科大学", "示例昆明市医院")
    bring(notice, line(1, specialty="内科"))
    entry.refresh_from_db()
    assert (entry.specialty.name, RosterEntry.objects.count()) == ("内科", 2)
    assert AuditEvent.objects.filter(action="roster.imported").count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"school": "没有的大学"}, "没有名为“没有的大学”的院校"),
        ({"base": "没有的医院"}, "没有名为“没有的医院”的培训基地"),
        ({"specialty": "没有的科"}, "本次招收没有“没有的科”专业"),
    ],
)
def test_one_bad_line_stops_the_whole_list(notice: Notice, changes: dict[str, str], words: str) -> None:
    with pytest.raises(Refused) as caught:
        bring(notice, line(1), line(2, **changes))
    assert f"第 3 行：{words}" in str(caught.value)
    assert not RosterEntry.objects.exists()


@pytest.mark.parametrize(("at", "late"), [(LISTS_DUE - SECOND, False), (LISTS_DUE, True)])
def test_a_school_hands_in_until_the_deadline(notice: Notice, at: datetime, late: bool) -> None:
    """000 四(三)1: 7月15日前, that day included."""
    school, staff = school_with_staff()
    master = line(1, person_type="专硕研究生")
    if not late:
        assert bring(notice, master, school=school, actor=staff, at=at).added == 1
        return
    with pytest.raises(Refused, match="名册核实申请") as caught:
        bring(notice, master, school=school, actor=staff, at=at)
    assert (caught.value.code, caught.value.refusal.clause) == ("ROSTER_LATE", policy_clause(notice))
    assert bring(notice, line(2), at=at).added == 1, "the province's list has no deadline"


def policy_clause(notice: Notice) -> str:
    kind = policy_of(version_in_force(notice)).person_type("professional_master")
    assert kind is not None
    return kind.clause


def test_a_list_does_not_overwrite_another(notice: Notice) -> None:
    school, staff = school_with_staff()
    bring(notice, line(1, person_type="专硕研究生"), school=school, actor=staff)
    with pytest.raises(Refused) as caught:
        bring(notice, line(1))
    assert caught.value.code == "ROSTER_ELSEWHERE"
    bring(notice, line(2))
    with pytest.raises(Refused, match="省级列入"):
        bring(notice, line(2, person_type="专硕研究生"), school=school, actor=staff)


def test_a_person_is_let_in_by_name_and_number(notice: Notice, policy: Policy) -> None:
    """000 四(二)1(3): 输入姓名和身份证号码."""
    person = ProfileFactory(notice=notice, person_type="commissioned")
    number = person.user.document_number.open()
    missing = readiness.roster_problem(person, notice, policy=policy)
    assert missing is not None
    assert (missing.code, missing.clause) == ("NOT_ON_ROSTER", "000 四(二)；000 四(二)1(3)")
    bring(notice, line(1, document_number=number, name="示例别人"))
    other_name = readiness.roster_problem(person, notice, policy=policy)
    assert other_name is not None
    assert other_name.code == "ROSTER_NAME"
    assert "示例别人" not in other_name.sentence
    bring(notice, line(1, document_number=number, name=person.user.name))
    assert readiness.roster_problem(person, notice, policy=policy) is None
    assert readiness.roster_problem(ProfileFactory(notice=notice), notice, policy=policy) is None, "社会人 need no list"


def test_a_list_belongs_to_one_notice(notice: Notice, policy: Policy) -> None:
    person = ProfileFactory(notice=notice, person_type="commissioned")
    bring(notice, line(1, document_number=person.user.document_number.open(), name=person.user.name))
    assert readiness.roster_problem(person, NoticeFactory(), policy=policy) is not None


# ---- What the province sees ----


def page(client: Client, notice: Notice, query: str = "") -> str:
    answer = client.get(reverse("province:name_lists", args=[notice.slug]) + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_overview_counts_who_handed_in_and_who_signed_up(notice: Notice, policy: Policy) -> None:
    school, staff = school_with_staff("示例甲大学")
    school_with_staff("示例乙大学")
    bring(notice, line(1, person_type="专硕研究生"), line(2, person_type="专硕研究生"), school=school, actor=staff)
    person = ProfileFactory(notice=notice, person_type="commissioned")
    bring(notice, line(3, document_number=person.user.document_number.open(), name=person.user.name), line(4))
    UserFactory(document_number=resident_id(1))
    province, masters = listing.overview(notice, policy, LISTS_DUE)
    assert (province.kind.code, province.people, province.late) == ("commissioned", 2, False)
    assert [(one.whose, one.people, one.registered, one.filed) for one in province.lists] == [("省级名册", 2, 1, 0)]
    assert (masters.late, masters.missing) == (True, ["示例乙大学"])
    assert [(one.whose, one.people, one.registered) for one in masters.lists] == [("示例甲大学", 2, 1)]


def test_who_filed_counts_as_filed(notice: Notice, policy: Policy) -> None:
    quota = notice.quotas.get(specialty="0700")
    person = ProfileFactory(notice=notice, person_type="commissioned")
    bring(notice, line(1, document_number=person.user.document_number.open(), name=person.user.name))
    ApplicationFactory(notice=notice, profile=person, quotas=[quota], state="submitted", consents=(), at=AT)
    assert listing.overview(notice, policy, AT)[0].lists[0].filed == 1


def test_the_province_imports_on_its_page_and_exports_masked(
    notice: Notice, policy: Policy, officer: User, sign_in: SignIn, clock_at: ClockAt
) -> None:
    clock_at(AT)
    client, asked = sign_in(officer), columns(policy, "province")
    sheet = BytesIO(write("名册", asked, [line(1), line(2, name="示例乙")]))
    sheet.name = "名册.xlsx"
    url = reverse("province:name_list_import", args=[notice.slug])
    looked_at = client.post(url, {"sheet": sheet})
    assert "新增 <strong>2</strong> 人" in looked_at.content.decode()
    assert not RosterEntry.objects.exists()
    assert client.post(url, {"expected": "something else"}).status_code == 422
    assert client.post(url, {"expected": looked_at.context["plan"].digest}).status_code == 302
    assert client.post(url, {"expected": looked_at.context["plan"].digest}).status_code == 422, "the preview is spent"
    shown = page(client, notice)
    assert "示例乙" in shown
    assert resident_id(1) not in shown
    assert "示例乙" not in page(client, notice, "?progress=registered")
    assert "示例乙" in page(client, notice, "?q=示例乙&person=commissioned&source=province")
    sheet = client.get(reverse("province:name_list_sheet", args=[notice.slug]) + "?q=示例乙")
    assert sheet.content[:2] == b"PK"
    assert AuditEvent.objects.get(action="export.name_list").detail["rows"] == 1
    assert client.get(reverse("province:name_list_template", args=[notice.slug])).content[:2] == b"PK"


def test_the_list_costs_the_same_at_1_and_at_25_rows(
    notice: Notice, officer: User, sign_in: SignIn, clock_at: ClockAt
) -> None:
    clock_at(AT)
    client = sign_in(officer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, notice)
        return len(captured)

    bring(notice, line(1))
    one = queries()
    bring(notice, *(line(number) for number in range(2, 26)))
    assert queries() == one
