"""A window closes later by two people's word: at once, exactly to the second, for everybody or for one base, and never earlier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from admissions.queries import notice_pages
from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditEvent
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice, WindowExtension
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services import extensions, proposals
from gme_portal.notices.services.standing import decided_under
from gme_portal.policy.extensions import why_fixed
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refused
from tests.factories import StaffFactory
from tests.notices.test_proposals import MORE, REASON, nothing, race, refused

SECOND = timedelta(seconds=1)
CLOSES = datetime(2025, 7, 20, 22, 0, tzinfo=BEIJING)
LATER = CLOSES + timedelta(hours=24)
NIGHT = CLOSES - timedelta(minutes=10)

FAR = datetime(2030, 1, 1, tzinfo=BEIJING)


@pytest.fixture
def officer(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_OFFICER)


@pytest.fixture
def lead(db: None) -> User:
    return StaffFactory(role=Role.PROVINCE_LEAD)


def window(notice: Notice, key: str = "registration", base: str = "") -> Window:
    found = policy_of(version_in_force(notice)).window(key, base=base)
    assert found is not None
    return found


def asked(
    notice: Notice,
    officer: User,
    key: str = "registration",
    closes: datetime = LATER,
    at: datetime = NIGHT,
    **more: Any,
) -> WindowExtension:
    return extensions.ask(
        notice=notice, window=window(notice, key), closes=closes, reason="平台故障两小时", actor=officer, at=at, **more
    )


def test_two_clicks_by_two_people_and_it_is_open_longer(notice: Notice, officer: User, lead: User) -> None:
    row = asked(notice, officer)
    assert window(notice).closes == CLOSES, "asking changes nothing"
    version = extensions.approve(row, actor=lead, at=NIGHT)
    row.refresh_from_db()
    assert (row.state, row.version, row.closes_before) == ("approved", version, CLOSES)
    assert (version.number, version.kind, version.author, version.approver) == (2, "extension", officer, lead)
    assert version.digest == notice.versions.get(number=1).digest, "the text is the same"
    open_still = window(notice)
    assert (open_still.closes, open_still.extended_from) == (LATER, CLOSES)
    assert open_still.is_open(LATER - SECOND)
    assert not open_still.is_open(LATER)
    event = AuditEvent.objects.get(action="notice.extended")
    assert (event.actor, event.detail["closes"], event.detail["version"]) == (lead, LATER.isoformat(), 2)


def test_the_version_before_keeps_its_own_calendar(notice: Notice, officer: User, lead: User) -> None:
    first = version_in_force(notice)
    extensions.approve(asked(notice, officer), actor=lead, at=NIGHT)
    before = policy_of(first).window("registration")
    assert before is not None
    assert before.closes == CLOSES, "what was decided under version 1 was decided under this"


def test_nobody_extends_alone(notice: Notice, lead: User) -> None:
    row = asked(notice, lead)
    assert refused(lambda: extensions.approve(row, actor=lead, at=NIGHT)) == "SAME_PERSON"
    with pytest.raises(IntegrityError, match="extension_two_people"), transaction.atomic():
        WindowExtension.objects.filter(pk=row.pk).update(
            state="approved", decided_by=lead, version=version_in_force(notice)
        )


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PROVINCE_OFFICER, Role.PROVINCE_LEAD)])
def test_nobody_else_asks_or_approves(notice: Notice, officer: User, role: str) -> None:
    stranger, row = StaffFactory(role=role), asked(notice, officer)
    calls: list[Callable[[], object]] = [
        lambda: asked(notice, stranger),
        lambda: extensions.approve(row, actor=stranger, at=NIGHT),
        lambda: extensions.refuse(row, words="不必", actor=stranger, at=NIGHT),
        lambda: extensions.withdraw(row, actor=stranger, at=NIGHT),
    ]
    assert [refused(call) for call in calls] == ["NOT_YOURS"] * 4


def test_it_never_becomes_earlier(notice: Notice, officer: User, lead: User) -> None:
    assert refused(lambda: asked(notice, officer, closes=CLOSES)) == "NOT_LATER"
    assert refused(lambda: asked(notice, officer, closes=CLOSES - SECOND)) == "NOT_LATER"
    extensions.approve(asked(notice, officer), actor=lead, at=NIGHT)
    assert refused(lambda: asked(notice, officer, closes=LATER)) == "NOT_LATER"
    assert refused(lambda: asked(notice, officer, closes=LATER - SECOND)) == "NOT_LATER"
    with pytest.raises(IntegrityError, match="extension_later"), transaction.atomic():
        WindowExtension.objects.create(
            notice=notice, window_key="registration", round="first", label="x", closes_before=LATER, closes=LATER,
            reason="x", asked_by=officer, asked_at=NIGHT,
        )  # fmt: skip


def test_a_window_that_is_over_opens_again_only_so(notice: Notice, officer: User, lead: User) -> None:
    at = CLOSES + timedelta(hours=3)
    assert not window(notice).is_open(at)
    assert refused(lambda: asked(notice, officer, closes=at, at=at)) == "IN_THE_PAST"
    extensions.approve(asked(notice, officer, at=at), actor=lead, at=at)
    assert window(notice).is_open(at)


def test_before_it_begins_the_text_is_amended_instead(notice: Notice, officer: User) -> None:
    opens = window(notice, "assessment").opens
    closes = window(notice, "assessment").closes + SECOND
    assert refused(lambda: asked(notice, officer, "assessment", closes, opens - SECOND)) == "NOT_BEGUN"
    assert asked(notice, officer, "assessment", closes, opens).state == "pending"


@pytest.mark.parametrize(
    ("key", "why", "instead"),
    [
        ("publicity", "每张名单从自己公布之日起公示 3 日", "改公示天数"),
        ("training_start", "是一个日期", "申请延长报到"),
    ],
)
def test_some_windows_have_no_close_to_move_and_it_is_said_what_to_do_instead(
    notice: Notice, officer: User, key: str, why: str, instead: str
) -> None:
    later = window(notice, key)
    with pytest.raises(Refused) as caught:
        asked(notice, officer, key, later.closes + SECOND, later.opens)
    assert caught.value.code == "NOT_EXTENDABLE"
    sentence = caught.value.refusal.sentence
    assert why in sentence
    assert instead in sentence
    assert sentence in notice_pages.fixed_sentences(policy_of(version_in_force(notice)), later.opens), "also before"
    assert not WindowExtension.objects.exists()


def test_every_window_is_either_extendable_or_explained(notice: Notice) -> None:
    policy = policy_of(version_in_force(notice))
    offered = {one.key for one in notice_pages.extendable(policy, FAR)}
    explained = {one.key for one in policy.windows if why_fixed(policy, one)}
    assert offered | explained == {one.key for one in policy.windows}
    assert not offered & explained
    assert notice_pages.fixed_sentences(policy, policy.windows[0].opens) == [], "what has not begun is not spoken of"


def test_what_would_contradict_the_calendar_is_refused_for_all_and_not_for_one(
    notice: Notice, officer: User, lead: User
) -> None:
    admission = window(notice, "base_admission")
    beyond, at = admission.closes + timedelta(days=1), admission.opens
    assert refused(lambda: asked(notice, officer, "base_admission", beyond, at)) == "CALENDAR_CONFLICT"
    row = asked(notice, officer, "base_admission", beyond, at, base_code="shili-1", base_name="示例医院")
    extensions.approve(row, actor=lead, at=at)
    assert window(notice, "base_admission", "shili-1").closes == beyond
    assert (
        window(notice, "base_admission", "shili-2").closes
        == window(notice, "base_admission").closes
        == admission.closes
    )


def test_registration_is_the_same_everywhere(notice: Notice, officer: User) -> None:
    assert refused(lambda: asked(notice, officer, base_code="shili-1", base_name="示例医院")) == "FOR_ALL_ONLY"


def test_one_request_at_a_time_and_it_is_decided_once(notice: Notice, officer: User, lead: User) -> None:
    row = asked(notice, officer)
    assert refused(lambda: asked(notice, officer)) == "ALREADY_ASKED"
    extensions.refuse(row, words="已另行安排", actor=lead, at=NIGHT)
    assert refused(lambda: extensions.approve(row, actor=lead, at=NIGHT)) == "NOT_NOW_STATE"
    again = asked(notice, officer)
    assert extensions.withdraw(again, actor=officer, at=NIGHT).state == "withdrawn"
    assert window(notice).closes == CLOSES
    with pytest.raises(IntegrityError, match="only decided"), transaction.atomic():
        WindowExtension.objects.filter(pk=row.pk).update(closes=LATER + SECOND)


@pytest.mark.parametrize("edge", [-SECOND, timedelta(0)])
def test_a_request_that_nobody_got_round_to_is_of_no_use(
    notice: Notice, officer: User, lead: User, edge: timedelta
) -> None:
    """Approved a second before the new close it opens the window for that second; at the new close it is refused."""
    row = asked(notice, officer)
    if edge:
        assert extensions.approve(row, actor=lead, at=LATER + edge).number == 2
    else:
        assert refused(lambda: extensions.approve(row, actor=lead, at=LATER)) == "IN_THE_PAST"


def test_an_amendment_written_before_an_extension_is_stale_and_written_anew_keeps_it(
    notice: Notice, officer: User, lead: User
) -> None:
    draft = proposals.draft(notice=notice, source=MORE, reason=REASON, actor=officer, at=NIGHT)
    extensions.approve(asked(notice, officer), actor=lead, at=NIGHT)
    assert refused(lambda: proposals.propose(draft, actor=officer, at=NIGHT, settled=nothing)) == "STALE"
    draft = proposals.edit(draft, source=MORE, reason=REASON, actor=officer, at=NIGHT)
    row = proposals.propose(draft, actor=officer, at=NIGHT, settled=nothing)
    version = proposals.approve(row, actor=lead, at=NIGHT, settled=nothing)
    assert version.number == 3
    assert window(notice).closes == LATER
    assert policy_of(version).choices.max_specialties == 4


# What decisions stand on


def test_a_decision_stands_on_the_version_in_force_and_on_no_other_text(
    notice: Notice, officer: User, lead: User
) -> None:
    policy = policy_of(version_in_force(notice))
    with transaction.atomic():
        assert decided_under(notice, policy).number == 1
    extensions.approve(asked(notice, officer), actor=lead, at=NIGHT)
    with transaction.atomic():
        assert decided_under(notice, policy).number == 2, "an extension does not change what was judged by"
    row = proposals.draft(notice=notice, source=MORE, reason=REASON, actor=officer, at=NIGHT)
    row = proposals.propose(row, actor=officer, at=NIGHT, settled=nothing)
    proposals.approve(row, actor=lead, at=NIGHT, settled=nothing)
    with transaction.atomic(), pytest.raises(Refused) as caught:
        decided_under(notice, policy)
    assert caught.value.code == "NOTICE_CHANGED"


@pytest.mark.django_db(transaction=True)
def test_of_two_approvals_of_an_extension_one_wins(notice: Notice) -> None:
    officer = StaffFactory(role=Role.PROVINCE_OFFICER)
    leads = [StaffFactory(role=Role.PROVINCE_LEAD) for _ in range(2)]
    row = asked(notice, officer)
    calls = [lambda who=who: extensions.approve(row, actor=who, at=NIGHT) for who in leads]
    assert race(*calls) == (["NOT_NOW_STATE", "done"], [])
    assert notice.versions.count() == 2
