"""What a result says in words (进度与结果): review, confirmation, place, and what is still open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from admissions.models import Application, Offer, Review
from admissions.queries import rounds
from admissions.queries.answers import place_words
from admissions.queries.results import Result
from admissions.states import TURNED_AWAY
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.wording import NOTHING, beijing

_REVIEWS = {"approve": "通过", "return": "退回修改", "reject": "不通过"}


def progress_items(application: Application, found: Result, *, policy: Policy) -> list[dict[str, Any]]:
    """Filing, review and confirmation, as components/facts.html takes them."""
    items = [
        {"label": "报名号", "value": application.number},
        {"label": "志愿基地", "value": application.base.name if application.base else NOTHING},
        {
            "label": "提交时间",
            "value": beijing(application.submitted_at, "second") if application.submitted_at else "没有提交",
        },
        review_item(found.review, application.state, policy=policy),
    ]
    if application.state not in TURNED_AWAY:
        confirmed = f"{beijing(application.confirmed_at)}完成" if application.confirmed_at else "未确认"
        items.append({"label": "现场确认", "value": confirmed})
    return items


def review_item(review: Review | None, state: str, *, policy: Policy) -> dict[str, Any]:
    """The newest decision with its words; one on a version that was replaced since says so."""
    if review is None or state in ("draft", "withdrawn"):
        return {"label": "资格审核", "value": "未审核"}
    value = f"{_REVIEWS[review.decision]}（{beijing(review.at)}）"
    note = f"{review.words}（依据：{policy.cite(review.clause)}）" if review.clause else review.words
    if state == "submitted":
        value, note = (
            "待审核",
            f"第 {review.submission.number} 版{_REVIEWS[review.decision]}：{review.words}" if review.words else "",
        )
    return {"label": "资格审核", "value": value, "note": note}


def taken_away(application: Application, *, policy: Policy) -> dict[str, str] | None:
    """Why the registration or the place was taken away (取消资格), for its owner in every round; None for everybody else."""
    row = rounds.taken_away(application.applicant, application.notice)
    if row is None:
        return None
    rule = policy.ban(row.trigger)
    when = beijing(row.settled_at, "date") if row.settled_at else ""
    return {
        "title": "报名、录取资格已取消" if row.trigger == "fraud" else "已登记为退出培训",
        "words": f"{when}，{row.get_trigger_display()}：{row.grounds.open()}",
        "effect": rule.effect if rule else "",
        "clause": policy.cite(rule.clause) if rule else "",
    }


def place_label(offer: Offer) -> str:
    """Through which choice, or by adjustment (调剂)."""
    return f"{place_words(offer.choice_number)}录取" if offer.choice_number else "调剂录取"


def offer_items(offer: Offer) -> list[dict[str, Any]]:
    items = [
        {"label": "培训基地", "value": f"{offer.quota.base.name}（{offer.quota.base.prefecture.name}）"},
        {"label": "培训专业", "value": f"{offer.quota.specialty.name}（{offer.quota.specialty.years} 年）"},
    ]
    if offer.quota.base.address:
        items.append({"label": "地址", "value": offer.quota.base.address})
    if offer.reported_at:
        items.append({"label": "报到", "value": f"{beijing(offer.reported_at)}完成"})
    return items


def what_next(application: Application, policy: Policy, reallocation: Window | None, at: datetime) -> str:
    """What somebody who was not admitted can still hope for or do."""
    second = _next_round(application, policy, at)
    if reallocation is None or at >= reallocation.closes:
        return second or "本次招录已结束。"
    if not application.consents_province_transfer:
        return f"您没有选择服从省级统一调剂，不参加省级调剂。{second}"
    dates = f"{beijing(reallocation.opens, 'date')}至{beijing(reallocation.closes, 'until')}"
    return f"您已同意省级统一调剂，省级调剂在{dates}进行，不需要您操作，结果公布后在这里查看。{second}"


def _next_round(application: Application, policy: Policy, at: datetime) -> str:
    """The round after this one: when to file in it, or that a notice will say so; "" where there is none or it is over."""
    later = rounds.following(policy, application.round)
    if later is None:
        return ""
    if later.dates_by_base:
        return f"另有{later.label}，时间和办法以随后发布的通知为准。"
    window = policy.window("registration", person_type=application.applicant.person_type or None, round=later.key)
    if window is None or at >= window.closes:
        return ""
    return f"可以在{beijing(window.opens)}至{beijing(window.closes, 'until')}填报{later.label}志愿。"
