"""The tables of states read as a whole: who may take which step, when, and how a refusal is worded."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from admissions import states
from admissions.models import Application
from admissions.services.transitions import actor_kind_of, application_refusal, window_refusal
from applicants.models import Profile
from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.policy import Policy, load
from gme_portal.policy.schema import RegistrationRule
from tests.factories import IN_WINDOW, POLICIES

KINDS = (states.APPLICANT, states.REVIEWER, states.LEAD, states.PROVINCE, states.PLATFORM, "")
ACTIONS = sorted({action for _, action in states.APPLICATION})


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(POLICIES / "yunnan-2025-residency.toml")


def application(state: str) -> Application:
    return Application(state=state, applicant=Profile(person_type="social"))


def test_every_step_ends_in_a_known_state() -> None:
    for table, labels in ((states.APPLICATION, states.APPLICATION_LABELS), (states.OFFER, states.OFFER_LABELS)):
        assert {state for state, _ in table} | {step.to for step in table.values()} <= set(labels)


@pytest.mark.parametrize(("state", "action"), list(product(states.APPLICATION_LABELS, ACTIONS)))
def test_a_step_is_open_to_its_actor_alone(policy: Policy, state: str, action: str) -> None:
    step = states.APPLICATION.get((state, action))
    mode = "on_site" if action in states.AT_THE_COUNTER else "online"
    policy = replace(policy, registration=RegistrationRule(mode=mode, changes="free"))  # type: ignore[arg-type]
    allowed = {
        kind
        for kind in KINDS
        if application_refusal(application(state), action, actor_kind=kind, at=IN_WINDOW, policy=policy) is None
    }
    if step is None:
        assert allowed == set()
    elif step.actor == states.REVIEWER:
        assert allowed == {states.REVIEWER, states.LEAD}, "a base's lead may do whatever its reviewers may"
    else:
        assert allowed == {step.actor}


def test_a_step_belongs_to_one_way_of_signing_up(policy: Policy) -> None:
    """Online nobody files for another; at the counter nobody files alone; taking back is everybody's right."""

    def code(mode: str, changes: str, state: str, action: str) -> str:
        changed = replace(policy, registration=RegistrationRule(mode=mode, changes=changes))  # type: ignore[arg-type]
        kind = states.REVIEWER if action in states.AT_THE_COUNTER else states.APPLICANT
        refusal = application_refusal(application(state), action, actor_kind=kind, at=IN_WINDOW, policy=changed)
        return refusal.code if refusal else ""

    assert code("online", "free", "draft", "submit") == ""
    assert code("on_site", "free", "draft", "submit") == "ON_SITE_ONLY"
    assert code("on_site", "free", "draft", "record") == ""
    assert code("online", "free", "draft", "record") == "ONLINE_ONLY"
    assert code("online", "free", "submitted", "amend") == ""
    assert code("online", "withdraw_first", "submitted", "amend") == "WITHDRAW_FIRST"
    assert code("on_site", "free", "submitted", "correct") == ""
    assert code("on_site", "withdraw_first", "submitted", "correct") == "WITHDRAW_FIRST"
    assert code("on_site", "free", "submitted", "withdraw") == code("online", "free", "submitted", "withdraw") == ""


def test_the_platform_is_nobody_and_readers_move_nothing() -> None:
    assert actor_kind_of(None) == states.PLATFORM
    for role in (Role.BASE_READER, Role.SCHOOL, Role.ASSOCIATION, Role.AUDITOR, Role.PLATFORM_ADMIN):
        assert actor_kind_of(User(role=role)) == ""


def test_edges_are_half_open_and_said_to_the_second(policy: Policy) -> None:
    window = policy.window("registration")
    assert window is not None
    early = window_refusal(window, doing="提交报名", at=window.opens - timedelta(microseconds=1))
    late = window_refusal(window, doing="提交报名", at=window.closes)
    assert early is not None
    assert late is not None
    assert (early.code, late.code) == ("NOT_YET_OPEN", "WINDOW_CLOSED")
    assert (
        str(early)
        == "网上报名将于2025年6月25日（星期三）10:00:00（北京时间）开始，届时才能提交报名。（依据：003 说明3）"
    )
    assert (
        str(late) == "网上报名已于2025年7月20日（星期日）22:00:00（北京时间）截止，不能再提交报名。（依据：003 说明3）"
    )
    assert window_refusal(window, doing="提交报名", at=window.opens) is None
    assert window_refusal(window, doing="提交报名", at=window.closes - timedelta(microseconds=1)) is None
    assert window_refusal(None, doing="提交报名", at=datetime(2030, 1, 1, tzinfo=BEIJING)) is None, (
        "the notice sets no time"
    )
