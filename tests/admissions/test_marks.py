"""Marks: typed or imported whole or not at all, handed over by one, locked by another, opened again only with a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from admissions.models import Application, Mark, ScoreSheet
from admissions.queries import mark_book, mark_sheet
from admissions.services import marks, releases
from bases.models import BaseStaff, TrainingBase
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.admissions.ranked import APPROVED, ASSESSED, another_lead, applicant, computed, make_base, mark_all
from tests.factories import StaffFactory, reviewer_of

OPENS = datetime(2025, 7, 28, 9, 0, tzinfo=BEIJING)
CLOSES = datetime(2025, 8, 7, 0, 0, tzinfo=BEIJING)
SECOND = timedelta(seconds=1)


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def base(notice: Notice) -> TrainingBase:
    return make_base(notice, {"内科": 5})


@pytest.fixture
def people(notice: Notice, base: TrainingBase) -> list[Application]:
    return [applicant(notice, base, ["内科"]) for _ in range(3)]


@pytest.fixture
def enter(notice: Notice, base: TrainingBase, policy: Policy) -> Callable[..., int]:
    """`enter({application: {component: text}})` as the base's editor."""

    def write(entries: dict[Application, dict[str, str]], *, at: datetime = ASSESSED, actor: User | None = None) -> int:
        named = {row.pk: cells for row, cells in entries.items()}
        return marks.enter(
            notice=notice, base=base, entries=named, actor=actor or reviewer_of(base), at=at, policy=policy
        )

    return write


def complete(people: list[Application]) -> dict[Application, dict[str, str]]:
    return {row: {"written": f"{80 + place}.5", "skills": "70", "interview": "90"} for place, row in enumerate(people)}


def step(
    service: Callable[..., ScoreSheet],
    notice: Notice,
    base: TrainingBase,
    actor: User,
    at: datetime = ASSESSED,
    **given: str,
) -> ScoreSheet:
    return service(notice=notice, base=base, actor=actor, at=at, policy=policy_of(version_in_force(notice)), **given)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_marks_are_kept_in_hundredths_and_weighted(
    people: list[Application], policy: Policy, enter: Callable[..., int]
) -> None:
    assert enter({people[0]: {"written": "88.5", "skills": "９０", "interview": "75.25"}}) == 3
    row = mark_book.book([people[0]], policy)[0]
    assert {key: mark.value for key, mark in row.marks.items()} == {"written": 8850, "skills": 9000, "interview": 7525}
    assert row.total == 8350, "40% of 88.5 + 20% of 90 + 40% of 75.25"


def test_one_bad_cell_keeps_everything_out_and_is_named(people: list[Application], enter: Callable[..., int]) -> None:
    with pytest.raises(Refused) as refused:
        enter({people[0]: {"written": "88"}, people[1]: {"written": "100.5", "skills": "九十"}})
    fields = [one.field for one in refused.value.refusals]
    assert fields == [marks.cell(people[1].pk, "written"), marks.cell(people[1].pk, "skills")]
    assert "100.5 分超过满分 100 分" in refused.value.refusals[0].sentence
    assert not Mark.objects.exists()


@pytest.mark.parametrize(
    ("text", "value", "absent"), [("0", 0, False), ("100", 10000, False), ("缺考", None, True), ("缺", None, True)]
)
def test_the_edges_of_a_mark(
    people: list[Application], enter: Callable[..., int], text: str, value: int | None, absent: bool
) -> None:
    enter({people[0]: {"written": text}})
    mark = Mark.objects.get()
    assert (mark.value, mark.absent) == (value, absent)


def test_an_emptied_cell_is_removed_and_the_same_mark_is_no_change(
    people: list[Application], enter: Callable[..., int]
) -> None:
    assert enter({people[0]: {"written": "88"}}) == 1
    assert enter({people[0]: {"written": "88.00"}}) == 0
    assert enter({people[0]: {"written": " "}}) == 1
    assert not Mark.objects.exists()


def test_whoever_is_absent_has_no_total(people: list[Application], policy: Policy, enter: Callable[..., int]) -> None:
    enter({people[0]: {"written": "90", "skills": "缺考", "interview": "90"}})
    row = mark_book.book([people[0]], policy)[0]
    assert (row.total, row.absent) == (None, True)


def test_only_the_approved_and_confirmed_are_listed(
    notice: Notice, base: TrainingBase, people: list[Application], policy: Policy, enter: Callable[..., int]
) -> None:
    not_here = applicant(notice, base, ["内科"], confirmed=False)
    assert set(mark_book.candidates(notice, base, policy)) == set(people)
    assert code_of(lambda: enter({not_here: {"written": "80"}})) == "NOT_LISTED"
    assert code_of(lambda: enter({people[0]: {"handstand": "80"}})) == "NOT_LISTED"


def test_whom_the_notice_does_not_examine_is_not_listed(
    notice: Notice, base: TrainingBase, people: list[Application], policy: Policy
) -> None:
    """000 四: 订单定向 and 专硕 are assigned; an assessment for others only is no work with their marks."""

    def examining(*types: str) -> Policy:
        windows = [replace(one, person_types=types) if one.key == "assessment" else one for one in policy.windows]
        return replace(policy, windows=tuple(windows))

    assert not mark_book.candidates(notice, base, examining("delegated")).exists()
    assert set(mark_book.candidates(notice, base, examining("delegated", "social"))) == set(people)
    without = replace(policy, windows=tuple(one for one in policy.windows if one.key != "assessment"))
    assert set(mark_book.candidates(notice, base, without)) == set(people)


@pytest.mark.parametrize(
    ("at", "code"), [(OPENS - SECOND, "NOT_YET_OPEN"), (OPENS, ""), (CLOSES - SECOND, ""), (CLOSES, "WINDOW_CLOSED")]
)
def test_the_window_is_kept_to_the_second(
    people: list[Application], enter: Callable[..., int], at: datetime, code: str
) -> None:
    if code:
        assert code_of(lambda: enter({people[0]: {"written": "80"}}, at=at)) == code
    else:
        assert enter({people[0]: {"written": "80"}}, at=at) == 1


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        (Role.BASE_READER, "own", "NOT_YOURS"),
        (Role.BASE_LEAD, "foreign", "NOT_YOUR_BASE"),
        (Role.BASE_EDITOR, "none", "NOT_YOUR_BASE"),
        (Role.PROVINCE_LEAD, "none", "NOT_YOUR_BASE"),
    ],
)
def test_only_writers_of_the_own_base_enter(
    notice: Notice,
    base: TrainingBase,
    people: list[Application],
    enter: Callable[..., int],
    role: str,
    place: str,
    code: str,
) -> None:
    actor = StaffFactory(role=role)
    if place != "none":
        BaseStaff.objects.create(user=actor, base=base if place == "own" else make_base(notice, {"儿科": 1}))
    assert code_of(lambda: enter({people[0]: {"written": "80"}}, actor=actor)) == code


def test_one_hands_over_another_locks(
    notice: Notice, base: TrainingBase, people: list[Application], enter: Callable[..., int]
) -> None:
    maker, checker = reviewer_of(base), reviewer_of(base, Role.BASE_LEAD)
    enter(complete(people))
    sheet = step(marks.submit, notice, base, maker)
    assert code_of(lambda: enter({people[0]: {"written": "1"}})) == "MARKS_SUBMITTED"
    assert code_of(lambda: step(marks.confirm, notice, base, maker, seen=sheet.digest)) == "SAME_PERSON"
    assert code_of(lambda: step(marks.confirm, notice, base, checker, seen="0" * 64)) == "CHANGED_SINCE_SEEN"
    locked = step(marks.confirm, notice, base, checker, seen=sheet.digest)
    assert (locked.confirmed_by, locked.digest) == (checker, sheet.digest)
    assert code_of(lambda: enter({people[0]: {"written": "1"}})) == "MARKS_LOCKED"


def test_the_database_wants_two_people_as_well(base: TrainingBase, notice: Notice) -> None:
    maker = reviewer_of(base)
    with pytest.raises(IntegrityError, match="score_sheet_two_people"), transaction.atomic():
        ScoreSheet.objects.create(notice=notice, base=base, submitted_by=maker, confirmed_by=maker)


def test_an_incomplete_sheet_is_not_handed_over(
    notice: Notice, base: TrainingBase, people: list[Application], enter: Callable[..., int]
) -> None:
    entries = complete(people)
    del entries[people[2]]["interview"]
    enter(entries)
    with pytest.raises(Refused) as refused:
        step(marks.submit, notice, base, reviewer_of(base))
    assert refused.value.code == "MARKS_INCOMPLETE"
    assert people[2].applicant.user.name in str(refused.value)


def test_an_empty_sheet_is_not_handed_over(notice: Notice, base: TrainingBase) -> None:
    assert code_of(lambda: step(marks.submit, notice, base, reviewer_of(base))) == "NOBODY_LISTED"


def test_a_ranking_in_place_of_marks_is_refused(
    notice: Notice, base: TrainingBase, people: list[Application], enter: Callable[..., int]
) -> None:
    enter({row: {"written": str(place), "skills": "70", "interview": "90"} for place, row in enumerate(people, 1)})
    assert code_of(lambda: step(marks.submit, notice, base, reviewer_of(base))) == "LOOKS_LIKE_RANKS"


def test_a_submitted_sheet_is_sent_back_with_a_reason(
    notice: Notice, base: TrainingBase, people: list[Application], enter: Callable[..., int]
) -> None:
    enter(complete(people))
    step(marks.submit, notice, base, reviewer_of(base))
    checker = reviewer_of(base, Role.BASE_LEAD)
    assert code_of(lambda: step(marks.send_back, notice, base, checker, reason=" ")) == "REASON_MISSING"
    step(marks.send_back, notice, base, checker, reason="第一行录错")
    assert enter({people[0]: {"written": "81"}}) == 1


def test_the_lead_opens_a_locked_sheet_and_two_must_confirm_again(
    notice: Notice, base: TrainingBase, people: list[Application], enter: Callable[..., int]
) -> None:
    mark_all(notice, base, dict.fromkeys(people, "80"))
    editor, lead = reviewer_of(base), reviewer_of(base, Role.BASE_LEAD)
    assert code_of(lambda: step(marks.reopen, notice, base, editor, reason="漏加分")) == "NOT_YOURS"
    assert code_of(lambda: step(marks.reopen, notice, base, lead, reason="")) == "REASON_MISSING"
    digest = ScoreSheet.objects.get().digest
    sheet = step(marks.reopen, notice, base, lead, reason="漏加分")
    assert (sheet.submitted_by, sheet.confirmed_by, sheet.digest) == (None, None, "")
    assert AuditEvent.objects.get(action="marks.reopened").detail["digest"] == digest
    enter({people[0]: {"written": "85"}})
    again = step(marks.submit, notice, base, lead)
    assert again.digest != digest
    assert code_of(lambda: step(marks.confirm, notice, base, lead, seen=again.digest)) == "SAME_PERSON"
    step(marks.confirm, notice, base, editor, seen=again.digest)


def test_after_the_result_is_out_nothing_is_opened(
    notice: Notice, base: TrainingBase, people: list[Application]
) -> None:
    mark_all(notice, base, {row: str(80 + place) for place, row in enumerate(people)})
    run = computed(notice, base)
    releases.approve_and_publish(run, actor=another_lead(base), at=APPROVED)
    lead = reviewer_of(base, Role.BASE_LEAD)
    assert code_of(lambda: step(marks.reopen, notice, base, lead, at=APPROVED, reason="漏加分")) == "RUN_PUBLISHED"


# The sheet.


def sheet(people: list[Application], policy: Policy, *, edit: Callable[[object], None] = lambda sheet: None) -> bytes:
    """The downloaded template, filled in by hand."""
    rows = mark_book.book(people, policy)
    book = load_workbook(io.BytesIO(mark_sheet.filled_template(rows, policy, title="示例成绩", watermark="示例")))
    edit(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def heading_row(active: object) -> int:
    return next(row for row in range(1, 13) if active.cell(row, 1).value == "报名号")


def filled(*marks_of_rows: tuple[object, object, object]) -> Callable[[object], None]:
    def edit(active: object) -> None:
        for place, values in enumerate(marks_of_rows, heading_row(active) + 1):
            for column, value in enumerate(values, 3):
                active.cell(place, column).value = value

    return edit


def test_the_template_names_everybody_and_comes_back_as_changes(
    notice: Notice, base: TrainingBase, people: list[Application], policy: Policy
) -> None:
    content = sheet(people, policy, edit=filled((88.5, "90", "缺考"), (70, 70, 70), (None, None, None)))
    plan = mark_sheet.plan_import(content, mark_book.book(people, policy), policy)
    assert plan.faults == []
    assert [change.after for change in plan.changes] == ["88.50", "90.00", "缺考", "70.00", "70.00", "70.00"]
    given = {"notice": notice, "base": base, "actor": reviewer_of(base), "at": ASSESSED, "policy": policy}
    assert marks.import_file(content, expected=plan.digest, **given) == 6
    again = mark_sheet.plan_import(content, mark_book.book(people, policy), policy)
    assert (again.changes, again.same) == ([], 6)


def test_one_bad_row_keeps_everything(
    notice: Notice, base: TrainingBase, people: list[Application], policy: Policy
) -> None:
    content = sheet(people, policy, edit=filled((88, 90, 90), (100.5, 70, 70), (60, "六十", 70)))
    plan = mark_sheet.plan_import(content, mark_book.book(people, policy), policy)
    row = heading_row(load_workbook(io.BytesIO(content)).active)
    assert [(fault.row, fault.column, fault.value) for fault in plan.faults] == [
        (row + 2, "C", "100.5"),
        (row + 3, "D", "六十"),
    ]
    assert "应为 0–100 的数字" in plan.faults[0].sentence
    with pytest.raises(Refused) as refused:
        marks.import_file(
            content, expected="", notice=notice, base=base, actor=reviewer_of(base), at=ASSESSED, policy=policy
        )
    assert refused.value.code == "SHEET_HAS_FAULTS"
    assert not Mark.objects.exists()


def test_shifted_rows_and_strangers_are_found_by_the_name(people: list[Application], policy: Policy) -> None:
    def shift(active: object) -> None:
        first = heading_row(active) + 1
        active.cell(first, 2).value = "示例错"
        active.cell(first + 1, 1).value = "2025999999"

    plan = mark_sheet.plan_import(sheet(people, policy, edit=shift), mark_book.book(people, policy), policy)
    assert [fault.column for fault in plan.faults] == ["B", "A"]
    assert "请核对是否错行" in plan.faults[0].sentence


def test_a_column_of_ranks_is_refused_with_the_reason(people: list[Application], policy: Policy) -> None:
    content = sheet(people, policy, edit=filled((2, 80, 80), (1, 70, 70), (3, 60, 60)))
    plan = mark_sheet.plan_import(content, mark_book.book(people, policy), policy)
    assert len(plan.faults) == 1
    assert "像是名次而不是分数" in plan.faults[0].sentence


def test_a_mark_changed_after_the_preview_stops_the_import(
    notice: Notice, base: TrainingBase, people: list[Application], policy: Policy, enter: Callable[..., int]
) -> None:
    content = sheet(people, policy, edit=filled((88, 90, 90), (70, 70, 70), (60, 60, 60)))
    plan = mark_sheet.plan_import(content, mark_book.book(people, policy), policy)
    enter({people[0]: {"written": "50"}})
    given = {"notice": notice, "base": base, "actor": reviewer_of(base), "at": ASSESSED, "policy": policy}
    assert code_of(lambda: marks.import_file(content, expected=plan.digest, **given)) == "PREVIEW_STALE"
    assert Mark.objects.get().value == 5000


def test_people_who_are_not_in_the_file_stay_as_they_are(people: list[Application], policy: Policy) -> None:
    content = sheet(people[:1], policy, edit=filled((88, 90, 90)))
    plan = mark_sheet.plan_import(content, mark_book.book(people, policy), policy)
    assert {row.application for row in plan.not_in_file} == set(people[1:])
