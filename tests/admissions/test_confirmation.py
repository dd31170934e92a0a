"""At the counter: paper against the record, every original seen, inside the window, undone only by the lead."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from admissions.models import Application
from admissions.queries import papers, receipts
from admissions.services import applications, confirmation, marks
from bases.models import BaseStaff
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy
from gme_portal.refusals import Refused
from tests.admissions.ranked import ASSESSED
from tests.factories import IN_WINDOW, ApplicationFactory, StaffFactory, file_again, reviewer_of

OPENS = datetime(2025, 7, 21, 8, 0, tzinfo=BEIJING)
CLOSES = datetime(2025, 7, 25, 17, 0, tzinfo=BEIJING)
SECOND = timedelta(seconds=1)


@pytest.fixture
def policy(notice: Notice) -> Policy:
    return policy_of(version_in_force(notice))


@pytest.fixture
def approved(notice: Notice) -> Application:
    return ApplicationFactory(notice=notice, state="approved")


def listed(application: Application, policy: Policy) -> list[papers.Paper]:
    return papers.checklist(papers.content_of(application.submissions.latest("number")), policy)


def confirmed(application: Application, policy: Policy, at: datetime = OPENS, actor: User | None = None) -> Application:
    seen = [paper.kind for paper in listed(application, policy)]
    return confirmation.confirm(
        application, papers=seen, actor=actor or reviewer_of(application.base), at=at, policy=policy
    )


def code_of(application: Application, version: int = 1) -> str:
    submission = application.submissions.get(number=version)
    return receipts.verify_code(submission.receipt_number, submission.digest)


def test_the_papers_come_in_binding_order(notice: Notice, policy: Policy) -> None:
    sent = ApplicationFactory(notice=notice, state="approved", person_type="delegated", licence=True)
    assert [paper.kind for paper in listed(sent, policy)] == [
        "form",
        "id_front",
        "id_back",
        "diploma",
        "degree",
        "licence",
        "unit_consent",
    ]
    alone = ApplicationFactory(notice=notice, state="approved")
    assert [paper.kind for paper in listed(alone, policy)] == ["form", "id_front", "id_back", "diploma", "degree"]


def test_confirming_is_written_with_who_and_when(approved: Application, policy: Policy) -> None:
    row = confirmed(approved, policy)
    assert (row.confirmed_at, row.confirmed_by) == (OPENS, reviewer_of(approved.base))
    detail = AuditEvent.objects.get(action="confirmation.confirmed").detail
    assert detail["papers"] == ["degree", "diploma", "form", "id_back", "id_front"]


def test_every_original_must_be_seen(approved: Application, policy: Policy) -> None:
    with pytest.raises(Refused) as refused:
        confirmation.confirm(
            approved,
            papers=["form", "id_front", "id_back", "diploma"],
            actor=reviewer_of(approved.base),
            at=OPENS,
            policy=policy,
        )
    assert (refused.value.code, refused.value.field) == ("PAPERS_MISSING", "papers")
    assert "学位证书" in str(refused.value)
    approved.refresh_from_db()
    assert approved.confirmed_at is None


@pytest.mark.parametrize(
    ("at", "code"), [(OPENS - SECOND, "NOT_YET_OPEN"), (OPENS, ""), (CLOSES - SECOND, ""), (CLOSES, "WINDOW_CLOSED")]
)
def test_the_window_is_kept_to_the_second(approved: Application, policy: Policy, at: datetime, code: str) -> None:
    if not code:
        assert confirmed(approved, policy, at=at).confirmed_at == at
        return
    with pytest.raises(Refused) as refused:
        confirmed(approved, policy, at=at)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("role", "place", "code"),
    [
        (Role.BASE_READER, "own", "NOT_YOURS"),
        (Role.BASE_EDITOR, "foreign", "NOT_YOUR_BASE"),
        (Role.BASE_LEAD, "none", "NOT_YOUR_BASE"),
        (Role.PROVINCE_OFFICER, "none", "NOT_YOUR_BASE"),
    ],
)
def test_only_writers_of_the_own_base_confirm(
    notice: Notice, approved: Application, policy: Policy, role: str, place: str, code: str
) -> None:
    actor = StaffFactory(role=role)
    if place != "none":
        base = approved.base if place == "own" else ApplicationFactory(notice=notice, state="submitted").base
        BaseStaff.objects.create(user=actor, base=base)
    with pytest.raises(Refused) as refused:
        confirmed(approved, policy, actor=actor)
    assert refused.value.code == code


@pytest.mark.parametrize("state", ["submitted", "returned", "rejected"])
def test_only_the_approved_are_confirmed_in_the_database_too(notice: Notice, policy: Policy, state: str) -> None:
    application = ApplicationFactory(notice=notice, state=state)
    with pytest.raises(Refused) as refused:
        confirmed(application, policy)
    assert refused.value.code == "NOT_NOW_STATE"
    with pytest.raises(IntegrityError, match="application_confirmed_approved"), transaction.atomic():
        Application.objects.filter(pk=application.pk).update(confirmed_at=OPENS)


def test_twice_is_once(approved: Application, policy: Policy) -> None:
    confirmed(approved, policy)
    with pytest.raises(Refused) as refused:
        confirmed(approved, policy, at=OPENS + SECOND)
    assert refused.value.code == "ALREADY_CONFIRMED"


def test_the_lead_undoes_with_a_reason_until_marks_are_there(
    approved: Application, policy: Policy, notice: Notice
) -> None:
    confirmed(approved, policy)
    editor, lead = reviewer_of(approved.base), reviewer_of(approved.base, Role.BASE_LEAD)
    for actor, reason, code in ((editor, "误确认", "NOT_YOURS"), (lead, " ", "REASON_MISSING")):
        with pytest.raises(Refused) as refused:
            confirmation.undo(approved, reason=reason, actor=actor, at=OPENS, policy=policy)
        assert refused.value.code == code
    assert confirmation.undo(approved, reason="误确认", actor=lead, at=OPENS, policy=policy).confirmed_at is None
    confirmed(approved, policy)
    marks.enter(
        notice=notice,
        base=approved.base,
        entries={approved.pk: {"written": "80"}},
        actor=editor,
        at=ASSESSED,
        policy=policy,
    )
    with pytest.raises(Refused) as refused:
        confirmation.undo(approved, reason="误确认", actor=lead, at=OPENS, policy=policy)
    assert refused.value.code == "HAS_MARKS"


@pytest.mark.parametrize("dress", [str, str.upper, "  {}  ".format, "https://example.com/verify/?code={}".format])
def test_a_scanned_code_finds_the_application(approved: Application, notice: Notice, dress: type[str]) -> None:
    found = papers.scan(dress(code_of(approved)), user=reviewer_of(approved.base), notice=notice)
    assert found is not None
    assert (found.application, found.state, found.version) == (approved, "current", 1)


@pytest.mark.parametrize("written", ["{number}", "{number}-01", "{wide}"])
def test_a_typed_number_finds_it_but_proves_no_paper(approved: Application, notice: Notice, written: str) -> None:
    wide = approved.number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    found = papers.scan(
        written.format(number=approved.number, wide=wide), user=reviewer_of(approved.base), notice=notice
    )
    assert found is not None
    assert (found.application, found.state) == (approved, "unproven")


def test_an_older_print_is_flagged_with_what_changed(notice: Notice, policy: Policy) -> None:
    application = ApplicationFactory(notice=notice, state="submitted")
    applications.withdraw(application=application, actor=application.applicant.user, at=IN_WINDOW, policy=policy)
    application.applicant.refresh_from_db()
    application.applicant.married = True
    application.applicant.save()
    file_again(application, at=IN_WINDOW + SECOND)
    reader = reviewer_of(application.base, Role.BASE_READER)
    old = papers.scan(code_of(application, 1), user=reader, notice=notice)
    assert old is not None
    assert (old.state, old.version, old.newest) == ("outdated", 1, 2)
    assert [(change["label"], change["old"], change["value"]) for change in old.changes] == [
        ("婚姻状况", "未婚", "已婚")
    ]
    new = papers.scan(code_of(application, 2), user=reader, notice=notice)
    assert new is not None
    assert new.state == "current"


def test_a_changed_digest_is_called_by_its_name(approved: Application, notice: Notice) -> None:
    number, _, short = code_of(approved).rpartition("-")
    other = ("0" if short[0] != "0" else "1") + short[1:]
    found = papers.scan(f"{number}-{other}", user=reviewer_of(approved.base), notice=notice)
    assert found is not None
    assert found.state == "forged"


@pytest.mark.parametrize("typed", ["", "示例", "2025999999", "2025999999-01-0123456789ab", "%", "'; --"])
def test_what_is_nobodys_finds_nobody(approved: Application, notice: Notice, typed: str) -> None:
    assert papers.scan(typed, user=reviewer_of(approved.base), notice=notice) is None


def test_another_bases_paper_is_not_found_here(approved: Application, notice: Notice) -> None:
    stranger = reviewer_of(ApplicationFactory(notice=notice, state="submitted").base)
    assert papers.scan(code_of(approved), user=stranger, notice=notice) is None
    assert papers.scan(approved.number, user=stranger, notice=notice) is None
