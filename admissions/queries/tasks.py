"""The applicant's task list (报名步骤): sections with their states and the one obvious next step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from admissions.models import Application, Offer, Review
from admissions.queries.review_reasons import RETURN_REASONS
from applicants.models import Licence, Profile
from applicants.queries import Section, is_complete, papers_asked
from gme_portal.policy import Policy
from gme_portal.policy.schema import DocumentRule, Window
from gme_portal.wording import beijing

_TONES = {
    "submitted": "info",
    "returned": "bad",
    "approved": "ok",
    "rejected": "bad",
    "withdrawn": "warn",
    "cancelled": "bad",
}


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: a sentence and, where there is something to press, its address and label."""

    text: str
    url: str = ""
    label: str = ""


def state_tone(state: str) -> str:
    """The badge tone of an application's state."""
    return _TONES.get(state, "neutral")


def task_list(
    application: Application, sections: Sequence[Section], choices: Sequence[Any], *, slug: str, policy: Policy
) -> list[dict[str, str]]:
    """The sections, the choices and the filing, as components/task_list.html takes them."""
    listed = [
        {"title": one.title, "url": reverse(one.route, args=[slug]), "state": one.state, "note": one.note}
        for one in sections
    ]
    complete = is_complete(list(sections))
    listed.append(
        {
            "title": "志愿填报",
            "url": reverse("apply:choices", args=[slug]),
            "state": "locked" if not complete else "done" if choices else "empty",
            "note": _choice_note(choices) if complete else "以上各项填完后可以填报志愿。",
        }
    )
    ready = complete and bool(choices)
    last = "打印" if policy.registration.mode == "on_site" else "提交"
    listed.append(
        {
            "title": f"核对并{last}",
            "url": reverse("apply:check", args=[slug]),
            "state": "empty" if ready else "locked",
            "note": f"资料和志愿已填好，请核对后{last}。" if ready else f"填完资料和志愿后可以{last}。",
        }
    )
    return listed


def _choice_note(choices: Sequence[Any]) -> str:
    if not choices:
        return ""
    return f"{choices[0].quota.base.name}：" + "、".join(choice.quota.specialty.name for choice in choices)


def step_to_answer(offer: Offer, until: datetime, *, slug: str) -> Step:
    """A place was offered and the person has not said whether they take it."""
    place = f"{offer.quota.base.name}{offer.quota.specialty.name}"
    text = f"您被{place}拟录取。请在{beijing(until, 'until')}前确认是否接受。"
    return Step(text, reverse("apply:acceptance", args=[slug]), "去确认")


def step_after_filing(
    application: Application, *, has_result: bool, confirmation: Window | None, at: datetime, slug: str
) -> Step:
    """One sentence for somebody whose application is filed: what the base does, where to go, where the result is."""
    result = reverse("apply:result", args=[slug])
    if application.state == "cancelled":
        return Step("您的报名、录取资格已取消，原因和依据见进度页。", result, "查看原因")
    if application.state == "rejected":
        return Step("资格审核未通过，原因见进度页。", result, "查看原因")
    if has_result:
        return Step("录取结果已公布。", result, "查看结果")
    to_confirm = confirmation is not None and at < confirmation.closes and application.confirmed_at is None
    where = ""
    if confirmation is not None and to_confirm:
        where = f"请打印报名表，于{beijing(confirmation.opens)}至{beijing(confirmation.closes, 'until')}到志愿基地现场确认。"
    if application.state == "submitted":
        return Step(f"报名已提交，等待培训基地审核。{where}")
    return Step(f"资格审核已通过。{where or '请按志愿基地的安排参加考核，等待录取结果。'}", result, "查看进度")


def step_before_filing(
    application: Application,
    sections: Sequence[Section],
    choices: Sequence[Any],
    window: Window | None,
    *,
    at: datetime,
    slug: str,
    policy: Policy,
) -> Step:
    """One sentence for somebody who has not filed (again): the first thing that is missing, or that they go to the counter (现场报名)."""
    if window is not None and at >= window.closes:
        returned = "报名已截止，退回的报名没有重新提交，请联系志愿基地。"
        return Step(returned if application.state == "returned" else "报名已截止，本次没有提交报名。")
    todo = next((one for one in sections if one.state != "done"), None)
    if todo is not None:
        return Step(f"请填写“{todo.title}”。", reverse(todo.route, args=[slug]), f"填写{todo.title}")
    if not choices:
        return Step("资料已填完，请填报志愿。", reverse("apply:choices", args=[slug]), "填报志愿")
    if policy.registration.mode == "on_site":
        when = f"于{beijing(window.opens)}至{beijing(window.closes, 'until')}" if window is not None else ""
        text = f"资料和志愿已填好，还没有报名：请打印报名表，{when}携带材料原件到{choices[0].quota.base.name}现场报名。"
        return Step(text, reverse("apply:check", args=[slug]), "核对并打印")
    filed = application.state in ("returned", "withdrawn") or application.amending_since is not None
    again = "修改后请重新提交。" if filed else "请核对全部内容后提交。"
    return Step(f"资料和志愿已填好，{again}", reverse("apply:check", args=[slug]), "核对并提交")


def mending_url(returned: Review | None, *, slug: str) -> str:
    """The page where the reason of a return is mended; "" where there is none."""
    reason = RETURN_REASONS.get(returned.reason_code) if returned is not None else None
    return reverse(reason.route, args=[slug]) if reason is not None and reason.route else ""


def to_bring(profile: Profile, policy: Policy) -> list[DocumentRule]:
    """The documents for the paper bundle in binding order (装订顺序)."""
    licence = Licence.objects.filter(profile=profile).first()
    rules = papers_asked(profile, policy, licence=licence, employment=getattr(profile, "employment", None))
    return [rule for rule in rules if rule.required]
