"""Importing a list (导入名册): looked at as a difference, applied as one batch, taken back whole while nobody has relied on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from admissions.models import Application
from admissions.services import applications, name_lists
from admissions.services import roster_requests as requests
from applicants.models import Profile, RosterBatch, RosterChange, RosterEntry
from applicants.services import rosters
from bases.models import School, TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.refusals import Refused
from gme_portal.sheets import Reading, Row
from tests.admissions.listed import AT, base_in, listed_notice, school_with_staff, unlisted, words
from tests.factories import ApplicationFactory, NoticeFactory, SchoolFactory, StaffFactory, resident_id

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def base(db: None) -> TrainingBase:
    SchoolFactory()
    return base_in(listed_notice(), "5301", specialties={"0700": "全科", "0100": "内科"})


@pytest.fixture
def notice(base: TrainingBase) -> Notice:
    return base.quotas.first().notice


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


def of(person: Profile, **changes: str) -> dict[str, str]:
    return line(0, name=person.user.name, document_number=person.user.document_number.open(), **changes)


def reading(*lines: dict[str, str]) -> Reading:
    return Reading([Row(number, values) for number, values in enumerate(lines, 2)])


def plan(notice: Notice, *lines: dict[str, str]) -> rosters.Plan:
    return rosters.plan_import(notice=notice, reading=reading(*lines), school=None, at=AT)


def bring(notice: Notice, actor: User, *lines: dict[str, str], school: School | None = None) -> RosterBatch:
    return rosters.import_roster(notice=notice, reading=reading(*lines), school=school, actor=actor, at=AT)


def undo(batch: RosterBatch, actor: User) -> RosterBatch:
    return name_lists.undo(batch=batch, actor=actor, at=AT)


def test_the_difference_names_what_is_new_what_changes_and_what_stays(notice: Notice, officer: User) -> None:
    bring(notice, officer, line(1), line(2), line(3))
    found = plan(notice, line(1), line(2, specialty="内科", name="示例乙"), line(4))
    assert [one.entry.document_number for one in found.added] == [resident_id(4)]
    assert [one.changes for one in found.changed] == [(("姓名", "示例甲", "示例乙"), ("指定专业", "全科", "内科"))]
    assert found.same == 1, "and who is not in the sheet stays as they are"


def test_what_changed_between_looking_and_importing_is_looked_at_again(notice: Notice, officer: User) -> None:
    seen = plan(notice, line(1))
    bring(notice, officer, line(1, specialty="内科"))
    with pytest.raises(Refused) as caught:
        rosters.import_roster(
            notice=notice, reading=reading(line(1)), school=None, actor=officer, at=AT, expected=seen.digest
        )
    assert caught.value.code == "CHANGED_SINCE_PREVIEW"
    assert RosterEntry.objects.get().specialty_id == "0100"


def test_a_sheet_that_changes_nothing_is_no_import(notice: Notice, officer: User) -> None:
    bring(notice, officer, line(1))
    with pytest.raises(Refused) as caught:
        bring(notice, officer, line(1))
    assert caught.value.code == "NOTHING_CHANGES"
    assert RosterBatch.objects.count() == 1


def test_taken_back_the_list_is_as_it_was(notice: Notice, officer: User) -> None:
    first = bring(notice, officer, line(1), line(2))
    before = RosterEntry.objects.get(batch=first, document_blind=_blind(1))
    second = bring(notice, officer, line(1, specialty="内科", name="示例改"), line(2), line(3))
    assert (second.lines, second.added, second.changed) == (3, 1, 1)
    assert (undo(second, officer).undone_by, RosterEntry.objects.count()) == (officer, 2)
    after = RosterEntry.objects.get(pk=before.pk)
    assert (after.name, after.specialty_id, after.batch_id, after.imported_at) == ("示例甲", "0700", first.pk, AT)
    assert after.document_number.open() == resident_id(1)
    assert AuditEvent.objects.filter(action="roster.undone", actor=officer).exists()
    with pytest.raises(Refused) as caught:
        undo(second, officer)
    assert caught.value.code == "UNDONE_ALREADY"
    undo(first, officer)
    assert not RosterEntry.objects.exists()


def _blind(number: int) -> str:
    return RosterChange.objects.order_by("pk")[number - 1].document_blind


def test_a_later_change_stands_in_the_way(notice: Notice, officer: User) -> None:
    first = bring(notice, officer, line(1), line(2))
    second = bring(notice, officer, line(1, specialty="内科"))
    with pytest.raises(Refused, match="先撤销后面的导入") as caught:
        undo(first, officer)
    assert caught.value.code == "CHANGED_SINCE_IMPORT"
    assert RosterEntry.objects.count() == 2, "all of it or nothing"
    undo(second, officer)
    undo(first, officer)


def test_what_the_office_decided_on_a_request_is_not_swept_away(
    notice: Notice, base: TrainingBase, officer: User
) -> None:
    policy, person = policy_of(version_in_force(notice)), unlisted(notice)
    batch = bring(notice, officer, of(person) | {"name": "示例错名"})
    asked = requests.file(
        profile=person, notice=notice, data=words(), content=None, actor=person.user, at=AT, policy=policy
    )
    requests.accept(request=asked, base=base, specialty="0700", actor=officer, at=AT, policy=policy)
    with pytest.raises(Refused) as caught:
        undo(batch, officer)
    assert caught.value.code == "CHANGED_SINCE_IMPORT"
    assert RosterEntry.objects.get().name == person.user.name


@pytest.mark.parametrize(
    ("state", "may"), [("draft", True), ("withdrawn", True), ("submitted", False), ("approved", False)]
)
def test_who_has_filed_by_it_keeps_it(notice: Notice, officer: User, state: str, may: bool) -> None:
    person = unlisted(notice)
    batch = bring(notice, officer, of(person), line(2))
    quota = notice.quotas.get(specialty="0700")
    ApplicationFactory(notice=notice, profile=person, quotas=[quota], state=state, consents=(), at=AT)
    if may:
        assert undo(batch, officer).undone_at == AT
        return
    with pytest.raises(Refused, match=person.user.name) as caught:
        undo(batch, officer)
    assert caught.value.code == "ROSTER_IN_USE"
    assert RosterEntry.objects.count() == 2


def test_only_whose_list_it_is_takes_it_back(notice: Notice, officer: User) -> None:
    school, staff = school_with_staff()
    _, stranger = school_with_staff("示例别的大学")
    batch = bring(notice, staff, line(1, person_type="专硕研究生"), school=school)
    for other in (stranger, officer, StaffFactory(role=Role.ASSOCIATION)):
        with pytest.raises(Refused) as caught:
            undo(batch, other)
        assert caught.value.code == "NOT_YOURS"
    assert undo(batch, staff).undone_by == staff


def test_over_the_page_an_import_is_seen_and_taken_back(
    notice: Notice, officer: User, sign_in: SignIn, clock_at: Callable[..., object]
) -> None:
    clock_at(AT)
    batch, client = bring(notice, officer, line(1)), sign_in(officer)
    url = reverse("province:name_list_import", args=[notice.slug])
    assert "撤销导入" in client.get(url).content.decode()
    done = client.post(reverse("province:name_list_undo", args=[notice.slug, batch.pk]), follow=True)
    assert "名册恢复到导入之前" in done.content.decode()
    assert "撤销导入</button>" not in done.content.decode()
    again = client.post(reverse("province:name_list_undo", args=[notice.slug, batch.pk]), follow=True)
    assert "已经撤销" in again.content.decode()


def test_where_no_list_is_the_provinces_its_page_leads_back(sign_in: SignIn, officer: User, db: None) -> None:
    staff = school_with_staff()[1]
    other = listless()
    for user, area, home in ((officer, "province", "name_lists"), (staff, "school", "home")):
        answer = sign_in(user).get(reverse(f"{area}:name_list_import", args=[other.slug]))
        assert answer["Location"] == reverse(f"{area}:{home}", args=[other.slug])


def listless() -> Notice:
    return NoticeFactory("jilin-2024-residency")


# ---- On real threads ----


def at_once(*doings: Callable[[], object]) -> list[str]:
    """Codes of what was refused when all are done at the same moment."""
    gate, refused = Barrier(len(doings)), []

    def run(doing: Callable[[], object]) -> None:
        gate.wait()
        try:
            doing()
        except Refused as found:
            refused.append(found.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[doing]) for doing in doings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
def test_two_officers_decide_the_same_request_and_one_is_told() -> None:
    notice = listed_notice()
    base, person, policy = base_in(notice, "5301"), unlisted(notice), policy_of(version_in_force(notice))
    near, officers = base_in(notice, "5303"), [StaffFactory(role=Role.PROVINCE_OFFICER) for _ in range(3)]
    asked = requests.file(
        profile=person, notice=notice, data=words(), content=None, actor=person.user, at=AT, policy=policy
    )
    told = at_once(
        lambda: requests.accept(request=asked, base=base, specialty="0700", actor=officers[0], at=AT, policy=policy),
        lambda: requests.accept(request=asked, base=near, specialty="0700", actor=officers[1], at=AT, policy=policy),
        lambda: requests.refuse(request=asked, reason="示例原因", actor=officers[2], at=AT, policy=policy),
    )
    assert told == ["NOT_NOW_STATE", "NOT_NOW_STATE"]
    asked.refresh_from_db()
    listed = RosterEntry.objects.filter(notice=notice)
    assert listed.count() == (1 if asked.state == "accepted" else 0)
    assert asked.entry == listed.first()
    assert AuditEvent.objects.filter(action__in=("roster_request.accepted", "roster_request.refused")).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_import_and_a_decision_about_one_person_meet_in_one_line() -> None:
    notice = listed_notice()
    SchoolFactory()
    base, person, policy = base_in(notice, "5301"), unlisted(notice), policy_of(version_in_force(notice))
    officers = [StaffFactory(role=Role.PROVINCE_OFFICER) for _ in range(2)]
    asked = requests.file(
        profile=person, notice=notice, data=words(), content=None, actor=person.user, at=AT, policy=policy
    )
    told = at_once(
        lambda: requests.accept(request=asked, base=base, specialty="0700", actor=officers[0], at=AT, policy=policy),
        lambda: bring(notice, officers[1], of(person)),
    )
    assert set(told) <= {"NOTHING_CHANGES"}
    assert RosterEntry.objects.filter(notice=notice).count() == 1


@pytest.mark.django_db(transaction=True)
def test_filing_and_taking_back_at_once_leave_nobody_filed_without_a_list() -> None:
    notice = listed_notice()
    SchoolFactory()
    base, officer = base_in(notice, "5301"), StaffFactory(role=Role.PROVINCE_OFFICER)
    person, version = unlisted(notice), version_in_force(notice)
    policy = policy_of(version)
    batch = bring(notice, officer, of(person))
    draft = ApplicationFactory(
        notice=notice, profile=person, quotas=[base.quotas.get()], state="draft", consents=(), at=AT
    )
    told = at_once(
        lambda: applications.submit(
            application=draft,
            actor=person.user,
            at=AT,
            policy=policy,
            notice_version=version,
            idempotency_key=uuid.uuid4(),
        ),
        lambda: undo(batch, officer),
    )
    filed = Application.objects.get(pk=draft.pk).state == "submitted"
    assert told == (["ROSTER_IN_USE"] if filed else ["NOT_ON_ROSTER"])
    assert RosterEntry.objects.filter(notice=notice).exists() == filed
