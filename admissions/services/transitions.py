"""The one writer of states: looks the step up in `admissions.states`, judges who and when, writes the next state under a row lock.

Call it inside the service's own transaction, where the audit row and the messages are written too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from admissions import states
from admissions.models import Application, Offer
from admissions.queries import choosing
from gme_portal.accounts.models import Role
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.refusals import Refusal, Refused
from gme_portal.wording import beijing

Row = TypeVar("Row", Application, Offer)

_KIND_OF_ROLE: Mapping[str, str] = {
    Role.APPLICANT: states.APPLICANT,
    Role.BASE_EDITOR: states.REVIEWER,
    Role.BASE_LEAD: states.LEAD,
    Role.PROVINCE_OFFICER: states.PROVINCE,
    Role.PROVINCE_LEAD: states.PROVINCE,
}


def actor_kind_of(actor: Any) -> str:
    """The kind of actor (`admissions.states`) that a user is; the platform itself is None. Roles that move nothing give ""."""
    return states.PLATFORM if actor is None else _KIND_OF_ROLE.get(actor.role, "")


def move_application(
    application: Application, action: str, *, actor: Any, actor_kind: str, at: datetime, policy: Policy, **changes: Any
) -> Application:
    """Take one step of an application (报名状态) and give back the row as it is now; `changes` are written with the state.
    Whatever the step, changes that were begun and not filed (修改报名) are over with it.

    Raises Refused: NOT_NOW_STATE, NOT_YOURS, NOT_YET_OPEN, WINDOW_CLOSED, ON_SITE_ONLY, ONLINE_ONLY, WITHDRAW_FIRST."""
    row = (
        Application.objects.select_for_update(of=("self",))
        .select_related("applicant", "notice", "base")
        .get(pk=application.pk)
    )
    refusal = _impostor(actor, actor_kind) or application_refusal(
        row, action, actor_kind=actor_kind, at=at, policy=policy
    )
    return _write(row, states.APPLICATION, action, refusal, {"amending_since": None, "amended": None} | changes)


def move_offer(
    offer: Offer, action: str, *, actor: Any, actor_kind: str, at: datetime, policy: Policy, **changes: Any
) -> Offer:
    """Take one step of an offer (录取状态); like `move_application`."""
    row = (
        Offer.objects.select_for_update(of=("self",))
        .select_related("applicant", "application", "notice", "quota__base")
        .get(pk=offer.pk)
    )
    refusal = _impostor(actor, actor_kind) or offer_refusal(row, action, actor_kind=actor_kind, at=at, policy=policy)
    return _write(row, states.OFFER, action, refusal, changes)


def application_refusal(
    application: Application, action: str, *, actor_kind: str, at: datetime, policy: Policy
) -> Refusal | None:
    """Why the step is not possible now, or None; for pages that show a button or its reason. Writes nothing."""
    kind = application.applicant.person_type
    base = choosing.base_code(application, policy, filing=action in states.FILING)
    return _other_way(action, policy) or _refusal(
        states.APPLICATION, states.APPLICATION_LABELS, application.state, action, actor_kind, at, policy, kind, application.round, base
    )  # fmt: skip


def _other_way(action: str, policy: Policy) -> Refusal | None:
    """Why a step does not belong to the notice's way of signing up (报名方式): online by the person, or at the counter by the base."""
    rule = policy.registration
    if rule.mode == "on_site" and action in states.BY_THE_PERSON:
        return Refusal(
            "ON_SITE_ONLY", "本次招收采取现场报名，不能网上提交：请打印报名表，到所报培训基地办理。", rule.clause
        )
    if rule.mode == "online" and action in states.AT_THE_COUNTER:
        return Refusal("ONLINE_ONLY", "本次招收由报名人员本人网上报名，培训基地不能代为提交。", rule.clause)
    if rule.changes == "withdraw_first" and action in ("amend", "correct"):
        return Refusal("WITHDRAW_FIRST", "已提交的报名不能直接修改：请先取消报名，改好后重新提交。", rule.clause)
    return None


def offer_refusal(offer: Offer, action: str, *, actor_kind: str, at: datetime, policy: Policy) -> Refusal | None:
    """Like `application_refusal`, for an offer."""
    base = offer.quota.base.code
    return _refusal(
        states.OFFER, states.OFFER_LABELS, offer.state, action, actor_kind, at, policy, offer.applicant.person_type, offer.application.round, base
    )  # fmt: skip


def window_refusal(window: Window | None, *, doing: str, at: datetime) -> Refusal | None:
    """Why `at` is outside a window, naming its exact edge in Beijing time; None inside it, or where the notice sets no time.

    Windows are half-open: at the closing instant itself it is over (law 2)."""
    if window is None or window.is_open(at):
        return None
    if at < window.opens:
        sentence = f"{window.label}将于{beijing(window.opens, 'second')}（北京时间）开始，届时才能{doing}。"
        return Refusal("NOT_YET_OPEN", sentence, window.clause)
    sentence = f"{window.label}已于{beijing(window.closes, 'second')}（北京时间）截止，不能再{doing}。"
    return Refusal("WINDOW_CLOSED", sentence, window.clause)


def _refusal(
    table: Mapping[tuple[str, str], states.Step],
    labels: Mapping[str, str],
    state: str,
    action: str,
    actor_kind: str,
    at: datetime,
    policy: Policy,
    person_type: str,
    round_key: str,
    base: str,
) -> Refusal | None:
    step = table.get((state, action))
    if step is None:
        doing = next((other.label for (_, name), other in table.items() if name == action), action)
        return Refusal("NOT_NOW_STATE", f"当前状态为“{labels[state]}”，不能{doing}。")
    if not _covers(actor_kind, step.actor):
        return Refusal("NOT_YOURS", f"您的账号不能办理“{step.label}”。")
    if not step.window:
        return None
    window = policy.window(step.window, person_type=person_type, round=round_key, base=base)
    return window_refusal(window, doing=step.label, at=at)


def _covers(actor_kind: str, wanted: str) -> bool:
    """A base's lead may do whatever its reviewers may."""
    return actor_kind == wanted or (wanted == states.REVIEWER and actor_kind == states.LEAD)


def _impostor(actor: Any, actor_kind: str) -> Refusal | None:
    """A user cannot act as a kind that their role is not, whatever the view says."""
    if _covers(actor_kind_of(actor), actor_kind):
        return None
    return Refusal("NOT_YOURS", "您的账号不能办理这一步。")


def _write(
    row: Row,
    table: Mapping[tuple[str, str], states.Step],
    action: str,
    refusal: Refusal | None,
    changes: dict[str, Any],
) -> Row:
    if refusal is not None:
        raise Refused.many([refusal])
    row.state = table[row.state, action].to
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *changes])
    return row
