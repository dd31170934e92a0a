"""What a proposed notice changes for people: by rule, by direction, exactly those, in a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from admissions.models import Application, NoticePreview, PreviewLine
from admissions.queries.entrants import offered_near
from admissions.queries.previews import groups, lines, people_of, persons
from admissions.services import previews
from admissions.tasks import preview_notice
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services import proposals
from gme_portal.refusals import Refused
from tests.factories import IN_WINDOW, ApplicationFactory, ProfileFactory, QuotaFactory, StaffFactory
from tests.notices.test_proposals import REASON, TEXT

LICENSED = TEXT.replace(
    'condition = { fact = "bachelor_completed", is = true }', 'condition = { fact = "holds_licence", is = true }'
)


@pytest.fixture
def officer(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_OFFICER)


def previewed(notice: Notice, officer: User, source: str) -> NoticePreview:
    row = proposals.draft(notice=notice, source=source, reason=REASON, actor=officer, at=IN_WINDOW)
    preview = previews.ask(row, actor=officer, at=IN_WINDOW)
    done = previews.judge_all(preview.pk, at=IN_WINDOW + timedelta(minutes=1))
    assert done is not None
    return done


def found(preview: NoticePreview) -> set[tuple[str, str, str]]:
    return set(preview.lines.values_list("application__number", "rule", "direction"))


def test_exactly_those_whose_verdict_changes(notice: Notice, officer: User) -> None:
    quota = QuotaFactory(notice=notice)
    filed, draft = (ApplicationFactory(notice=notice, state=state, quotas=[quota]) for state in ("submitted", "draft"))
    licensed = ApplicationFactory(notice=notice, state="submitted", quotas=[quota], licence=True)
    preview = previewed(notice, officer, LICENSED)
    assert found(preview) == {(one.number, "bachelor-record", "closed") for one in (filed, draft)}
    assert (preview.total, preview.done, preview.changed, preview.unread) == (3, 3, 2, 0)
    assert licensed.number not in {number for number, _, _ in found(preview)}
    (group,) = groups(preview)
    assert (group.people, group.label, group.clause) == (2, "变为不可报", "003 (三)3请注意")
    assert {line.application for line in lines(preview, {"direction": "closed"})} == {filed, draft}
    assert not lines(preview, {"direction": "opened"}).exists()


def test_a_change_of_words_changes_nobody(notice: Notice, officer: User) -> None:
    ApplicationFactory(notice=notice, state="submitted")
    preview = previewed(notice, officer, TEXT.replace("学历信息含已毕业的本科学历。", "学历信息中有已毕业的本科学历。"))
    assert (preview.changed, preview.lines.count()) == (0, 0)


def test_what_opens_and_what_must_be_looked_at(notice: Notice, officer: User) -> None:
    """One's own staff need consent, which only a person can see (needs a look); without the rule they need none."""
    own = ApplicationFactory(notice=notice, state="draft", person_type="own_staff")
    begins = TEXT.index('[[eligibility]]\nid = "unit-consent"')
    without = TEXT[:begins] + TEXT[TEXT.index("[[eligibility]]", begins + 10) :]
    preview = previewed(notice, officer, without)
    assert found(preview) == {(own.number, "unit-consent", "cleared")}
    line = PreviewLine.objects.get()
    assert (line.after, bool(line.before)) == ("", True)


def test_filed_is_judged_as_filed_and_not_as_edited_since(notice: Notice, officer: User) -> None:
    filed = ApplicationFactory(notice=notice, state="submitted", licence=True)
    filed.applicant.licence.delete()
    assert previewed(notice, officer, LICENSED).changed == 0


def test_who_has_not_filled_in_enough_is_counted_as_unread(notice: Notice, officer: User) -> None:
    profile = ProfileFactory(complete=False, person_type="")
    Application.objects.create(notice=notice, applicant=profile, number="2025999", created_at=IN_WINDOW)
    preview = previewed(notice, officer, LICENSED)
    assert (preview.done, preview.unread, preview.changed) == (1, 1, 0)


def test_a_number_of_people_needs_no_more_queries(notice: Notice, officer: User) -> None:
    quota, policy, near = QuotaFactory(notice=notice), policy_of(version_in_force(notice)), offered_near(notice)

    def queries() -> int:
        rows = list(people_of(notice))
        with CaptureQueriesContext(connection) as counted:
            persons(rows, notice, policy=policy, near=near, at=IN_WINDOW)
        return len(counted)

    for state in ("submitted", "draft"):
        ApplicationFactory(notice=notice, state=state, quotas=[quota])
    few = queries()
    for _ in range(6):
        for state in ("submitted", "draft"):
            ApplicationFactory(notice=notice, state=state, quotas=[quota])
    assert queries() == few <= 9


def test_in_chunks_it_is_the_same(notice: Notice, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "CHUNK", 2)
    quota = QuotaFactory(notice=notice)
    for _ in range(5):
        ApplicationFactory(notice=notice, state="submitted", quotas=[quota])
    preview = previewed(notice, officer, LICENSED)
    assert (preview.done, preview.changed, preview.lines.count()) == (5, 5, 5)


def test_delivered_twice_it_is_done_once_and_killed_it_begins_anew(notice: Notice, officer: User) -> None:
    filed = ApplicationFactory(notice=notice, state="submitted")
    preview = previewed(notice, officer, LICENSED)
    preview_notice(str(preview.pk))
    assert preview.lines.count() == 1
    NoticePreview.objects.filter(pk=preview.pk).update(finished_at=None, done=77)
    preview_notice(str(preview.pk))
    preview.refresh_from_db()
    assert (preview.done, preview.changed, found(preview)) == (1, 1, {(filed.number, "bachelor-record", "closed")})


def test_what_cannot_be_previewed(notice: Notice, officer: User) -> None:
    broken = proposals.draft(notice=notice, source="id = ", reason="", actor=officer, at=IN_WINDOW)
    new = proposals.draft(notice=None, source=TEXT, reason="", actor=officer, at=IN_WINDOW)
    stranger = StaffFactory(role=Role.AUDITOR)
    for row, actor, code in (
        (broken, officer, "TEXT_BROKEN"),
        (new, officer, "NOTHING_TO_COMPARE"),
        (new, stranger, "NOT_YOURS"),
    ):
        with pytest.raises(Refused) as caught:
            previews.ask(row, actor=actor, at=IN_WINDOW)
        assert caught.value.code == code
