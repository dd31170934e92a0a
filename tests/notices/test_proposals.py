"""A notice changes by two people: written by one, adopted by another, and never by half."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.notices.models import Notice, NoticeProposal, NoticeVersion
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services import adopt, proposals
from gme_portal.policy import PolicyError
from gme_portal.policy.amending import Settled
from gme_portal.refusals import Refused
from tests.factories import ADOPTED_AT, IN_WINDOW, POLICIES, NoticeFactory, StaffFactory

TEXT = (POLICIES / "yunnan-2025-residency.toml").read_text(encoding="utf-8")
MORE = TEXT.replace("max_specialties = 3", "max_specialties = 4")
REASON = "测试：志愿数增加"
SECOND = timedelta(seconds=1)


def nothing(notice: Notice) -> list[Settled]:
    return []


@pytest.fixture
def officer(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_OFFICER)


@pytest.fixture
def lead(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_LEAD)


def proposed(notice: Notice | None, author: User, source: str = MORE, at: Any = IN_WINDOW) -> NoticeProposal:
    row = proposals.draft(notice=notice, source=source, reason=REASON, actor=author, at=at)
    return proposals.propose(row, actor=author, at=at, settled=nothing)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


# The way of a proposal


def test_one_writes_another_adopts_and_the_new_version_is_in_force(notice: Notice, officer: User, lead: User) -> None:
    row = proposed(notice, officer)
    assert policy_of(version_in_force(notice)).choices.max_specialties == 3, "a proposal changes nothing"
    version = proposals.approve(row, actor=lead, at=IN_WINDOW, settled=nothing)
    row.refresh_from_db()
    assert (version.number, version.kind, version.author, version.approver) == (2, "amendment", officer, lead)
    assert version.reason == REASON
    assert (row.state, row.version, row.decided_by, row.decided_at) == ("adopted", version, lead, IN_WINDOW)
    assert policy_of(version_in_force(notice)).choices.max_specialties == 4
    event = AuditEvent.objects.get(action="notice.adopted", subject_id=str(version.pk))
    assert (event.actor, event.detail["digest"], event.detail["kind"]) == (lead, version.digest, "amendment")


def test_what_it_changes_is_kept_in_sentences_as_the_approver_saw_it(notice: Notice, officer: User) -> None:
    row = proposed(notice, officer)
    assert row.changes
    assert all(change["sentence"] for change in row.changes)
    assert any("4 个专业" in change["after"] or "4" in change["sentence"] for change in row.changes)


@pytest.mark.parametrize("role", [Role.PROVINCE_LEAD, Role.PROVINCE_OFFICER])
def test_the_author_never_approves_their_own(notice: Notice, role: str) -> None:
    author = StaffFactory(role=role)
    row = proposed(notice, author)
    assert refused(lambda: proposals.approve(row, actor=author, at=IN_WINDOW, settled=nothing)) == "SAME_PERSON"
    assert refused(lambda: proposals.send_back(row, words="不妥", actor=author, at=IN_WINDOW)) == "SAME_PERSON"


def test_the_database_too_knows_two_people(notice: Notice, officer: User) -> None:
    version = version_in_force(notice)
    with pytest.raises(IntegrityError, match="notice_version_two_people"), transaction.atomic():
        NoticeVersion.objects.create(
            notice=notice, number=2, source=MORE, digest="x", reason="x", author=officer, approver=officer, adopted_at=IN_WINDOW
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="proposal_two_people"), transaction.atomic():
        NoticeProposal.objects.create(
            notice=notice, title="x", file_name="x", source="x", digest="x", reason="x", state="adopted", author=officer,
            decided_by=officer, version=version, created_at=IN_WINDOW, proposed_at=IN_WINDOW,
        )  # fmt: skip


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD)])
def test_nobody_else_writes_or_adopts(notice: Notice, officer: User, role: str) -> None:
    stranger = StaffFactory(role=role)
    row = proposed(notice, officer)
    calls: list[Callable[[], object]] = [
        lambda: proposals.draft(notice=notice, source=MORE, reason="", actor=stranger, at=IN_WINDOW),
        lambda: proposals.approve(row, actor=stranger, at=IN_WINDOW, settled=nothing),
        lambda: proposals.send_back(row, words="不妥", actor=stranger, at=IN_WINDOW),
        lambda: proposals.withdraw(row, actor=stranger, at=IN_WINDOW),
    ]
    assert [refused(call) for call in calls] == ["NOT_YOURS"] * 4


def test_another_officer_does_not_approve(notice: Notice, officer: User) -> None:
    row, other = proposed(notice, officer), StaffFactory(role=Role.PROVINCE_OFFICER)
    assert refused(lambda: proposals.approve(row, actor=other, at=IN_WINDOW, settled=nothing)) == "NOT_YOURS"


def test_a_proposal_is_sent_back_with_words_and_then_stands(notice: Notice, officer: User, lead: User) -> None:
    row = proposed(notice, officer)
    assert refused(lambda: proposals.send_back(row, words=" ", actor=lead, at=IN_WINDOW)) == "REASON_MISSING"
    row = proposals.send_back(row, words="请先征求意见", actor=lead, at=IN_WINDOW)
    assert (row.state, row.words) == ("returned", "请先征求意见")
    for call in (
        lambda: proposals.approve(row, actor=lead, at=IN_WINDOW, settled=nothing),
        lambda: proposals.withdraw(row, actor=officer, at=IN_WINDOW),
        lambda: proposals.edit(row, source=TEXT, reason=REASON, actor=officer, at=IN_WINDOW),
    ):
        assert refused(call) == "NOT_NOW_STATE"
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        NoticeProposal.objects.filter(pk=row.pk).update(words="改写")


def test_what_was_proposed_cannot_be_rewritten_behind_the_approvers_back(notice: Notice, officer: User) -> None:
    row = proposed(notice, officer)
    assert (
        refused(lambda: proposals.edit(row, source=TEXT, reason=REASON, actor=officer, at=IN_WINDOW)) == "NOT_NOW_STATE"
    )
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        NoticeProposal.objects.filter(pk=row.pk).update(source=TEXT)
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        row.delete()


def test_the_author_takes_it_back(notice: Notice, officer: User) -> None:
    assert proposals.withdraw(proposed(notice, officer), actor=officer, at=IN_WINDOW).state == "withdrawn"


def test_a_reason_is_needed(notice: Notice, officer: User) -> None:
    row = proposals.draft(notice=notice, source=MORE, reason=" 短 ", actor=officer, at=IN_WINDOW)
    assert refused(lambda: proposals.propose(row, actor=officer, at=IN_WINDOW, settled=nothing)) == "REASON_MISSING"


# Texts that cannot be adopted


def test_a_broken_text_stays_a_draft_and_names_file_line_and_key(notice: Notice, officer: User) -> None:
    broken = MORE.replace("ordered = true", "ordered = 1").replace("max_bases = 1", "max_base = 1")
    row = proposals.draft(
        notice=notice, source=broken, reason=REASON, actor=officer, at=IN_WINDOW, file_name="修订.toml"
    )
    with pytest.raises(Refused) as caught:
        proposals.propose(row, actor=officer, at=IN_WINDOW, settled=nothing)
    told = [one.sentence for one in caught.value.refusals]
    assert {one.code for one in caught.value.refusals} == {"TEXT_BROKEN"}
    assert len(told) == 3
    assert any("修订.toml 第 150 行 choices.ordered：应为“true”或“false”" in one for one in told), told
    assert any("choices.max_base：没有这个键" in one for one in told)
    assert version_in_force(notice).number == 1


def test_text_that_is_not_even_toml_is_kept_as_a_draft(notice: Notice, officer: User) -> None:
    row = proposals.draft(notice=notice, source="id = \n[[", reason="", actor=officer, at=IN_WINDOW)
    assert (row.digest, row.title, row.state) == ("", notice.title, "draft")
    assert (
        refused(lambda: proposals.draft(notice=notice, source=" \x00\n", reason="", actor=officer, at=IN_WINDOW))
        == "TEXT_MISSING"
    )


def test_adopting_a_broken_file_leaves_the_version_before_in_force(notice: Notice) -> None:
    with pytest.raises(PolicyError) as caught:
        adopt(
            source=TEXT.replace("weight = 40", "weight = 41", 1), author=None, approver=None, reason="x", at=ADOPTED_AT
        )
    assert caught.value.problems
    assert version_in_force(notice).number == 1


def test_the_same_content_is_no_amendment(notice: Notice, officer: User) -> None:
    row = proposals.draft(notice=notice, source=f"# 注释\n{TEXT}", reason=REASON, actor=officer, at=IN_WINDOW)
    assert refused(lambda: proposals.propose(row, actor=officer, at=IN_WINDOW, settled=nothing)) == "NOTHING_CHANGED"


def test_a_text_of_another_notice_is_not_adopted_here(notice: Notice, officer: User) -> None:
    source = TEXT.replace('id = "yunnan-2025-residency"', 'id = "yunnan-2026-residency"')
    row = proposals.draft(notice=notice, source=source, reason=REASON, actor=officer, at=IN_WINDOW)
    assert refused(lambda: proposals.propose(row, actor=officer, at=IN_WINDOW, settled=nothing)) == "OTHER_NOTICE"


def test_a_stale_proposal_is_refused_before_and_after_it_is_made(notice: Notice, officer: User, lead: User) -> None:
    late = proposals.draft(notice=notice, source=MORE, reason=REASON, actor=officer, at=IN_WINDOW)
    pending = proposed(notice, officer, TEXT.replace("max_specialties = 3", "max_specialties = 5"))
    proposals.approve(proposed(notice, officer, MORE + "\n"), actor=lead, at=IN_WINDOW, settled=nothing)
    assert refused(lambda: proposals.approve(pending, actor=lead, at=IN_WINDOW, settled=nothing)) == "STALE"
    assert refused(lambda: proposals.propose(late, actor=officer, at=IN_WINDOW, settled=nothing)) == "STALE"
    source = TEXT.replace("max_specialties = 3", "max_specialties = 6")
    late = proposals.edit(late, source=source, reason=REASON, actor=officer, at=IN_WINDOW)
    assert proposals.propose(late, actor=officer, at=IN_WINDOW, settled=nothing).state == "pending", "looked at again"


def test_what_people_settled_is_asked_at_the_approval_again(notice: Notice, officer: User, lead: User) -> None:
    source = TEXT.replace("weight = 40", "weight = 30", 1).replace("weight = 20", "weight = 30")
    row = proposed(notice, officer, source)
    with pytest.raises(Refused) as caught:
        proposals.approve(row, actor=lead, at=IN_WINDOW, settled=lambda notice: [Settled.MARKS])
    assert (caught.value.code, caught.value.refusal.field) == ("SETTLED", "scoring")
    assert "成绩规则不能再修订" in caught.value.refusal.sentence
    assert version_in_force(notice).number == 1


# Plain adoption


def test_a_plain_new_version_is_refused_once_the_first_window_is_open(notice: Notice) -> None:
    window = policy_of(version_in_force(notice)).window("registration")
    assert window is not None
    people: dict[str, Any] = {"author": None, "approver": None, "reason": "测试"}
    assert refused(lambda: adopt(source=MORE, at=window.opens, **people)) == "NEEDS_AMENDMENT"
    assert adopt(source=TEXT, at=window.opens, **people).number == 1, "the same text is no new version"
    assert adopt(source=MORE, at=window.opens - SECOND, **people).number == 2


def test_a_new_notice_is_proposed_and_adopted_like_any_other(notice: Notice, officer: User, lead: User) -> None:
    source = TEXT.replace('id = "yunnan-2025-residency"', 'id = "shili-2026-residency"').replace("2025", "2026")
    row = proposed(None, officer, source)
    version = proposals.approve(row, actor=lead, at=IN_WINDOW, settled=nothing)
    row.refresh_from_db()
    assert (version.notice.slug, version.number, version.kind) == ("shili-2026-residency", 1, "adoption")
    assert row.notice == version.notice
    again = proposals.draft(notice=None, source=source + "\n", reason=REASON, actor=officer, at=IN_WINDOW)
    assert refused(lambda: proposals.propose(again, actor=officer, at=IN_WINDOW, settled=nothing)) == "NOTICE_EXISTS"


def test_a_notice_is_called_what_its_newest_text_calls_it(notice: Notice) -> None:
    source = TEXT.replace("云南省2025年住院医师规范化培训招录（西医类）", "示例省2025年住院医师规范化培训招录")
    adopt(source=source, author=None, approver=None, reason="测试", at=ADOPTED_AT)
    notice.refresh_from_db()
    assert notice.title == "示例省2025年住院医师规范化培训招录"


# Two at once


def race(*calls: Callable[[], object]) -> tuple[list[str], list[BaseException]]:
    """The calls on threads that start together: what each came to, and anything that is no refusal."""
    barrier, outcomes, errors = Barrier(len(calls)), [], []

    def one(call: Callable[[], object]) -> None:
        try:
            barrier.wait()
            call()
            outcomes.append("done")
        except Refused as refusal:
            outcomes.append(refusal.code)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes), errors


@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_of_the_same_proposal_one_wins() -> None:
    notice, officer = NoticeFactory(), StaffFactory(role=Role.PROVINCE_OFFICER)
    leads = [StaffFactory(role=Role.PROVINCE_LEAD) for _ in range(2)]
    row = proposed(notice, officer)
    calls = [lambda who=who: proposals.approve(row, actor=who, at=IN_WINDOW, settled=nothing) for who in leads]
    assert race(*calls) == (["NOT_NOW_STATE", "done"], [])
    assert NoticeVersion.objects.filter(notice=notice).count() == 2


def two_proposals(notice: Notice, officer: User, lead: User) -> list[Callable[[], object]]:
    texts = [TEXT.replace("max_specialties = 3", f"max_specialties = {number}") for number in (4, 5)]
    rows = [proposed(notice, officer, text) for text in texts]
    return [lambda row=row: proposals.approve(row, actor=lead, at=IN_WINDOW, settled=nothing) for row in rows]


@pytest.mark.django_db(transaction=True)
def test_of_two_proposals_against_the_same_version_one_wins_and_the_other_is_stale() -> None:
    notice = NoticeFactory()
    calls = two_proposals(notice, StaffFactory(role=Role.PROVINCE_OFFICER), StaffFactory(role=Role.PROVINCE_LEAD))
    assert race(*calls) == (["STALE", "done"], [])


@pytest.mark.django_db(transaction=True)
def test_negative_control_without_the_lock_both_find_their_base_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same race without the lock must go wrong, or the test above proves nothing: both pass every check, and only a constraint stops one."""
    notice = NoticeFactory()
    calls = two_proposals(notice, StaffFactory(role=Role.PROVINCE_OFFICER), StaffFactory(role=Role.PROVINCE_LEAD))
    both_have_looked = Barrier(2)

    def put_in_force(*args: Any, **values: Any) -> NoticeVersion:
        both_have_looked.wait(timeout=20)
        return write(*args, **values)

    write = proposals.put_in_force
    monkeypatch.setattr(proposals, "change_alone", lambda slug: None)
    monkeypatch.setattr(proposals, "put_in_force", put_in_force)
    outcomes, errors = race(*calls)
    assert outcomes == ["done"]
    assert [type(error) for error in errors] == [IntegrityError]
    with suppress(AttributeError):
        both_have_looked.abort()
