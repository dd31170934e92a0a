"""Does the person take their place (接受录取): their own page with two buttons, and the base's list with what people told it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.access import offers_visible_to
from admissions.forms.invitations import SaidForm
from admissions.models import Offer
from admissions.queries import acceptances, rounds
from admissions.queries.acceptances import SHOWN, WAITING
from admissions.queries.progress import offer_items, what_next
from admissions.services import acceptances as services
from admissions.states import OFFER_LABELS
from admissions.views.base_common import own_base, rights, see_other, viewer
from admissions.views.refusals import in_words
from admissions.views.rounds import in_round, round_of, switch
from gme_portal.accounts.access import BASE, BASE_WRITERS, allow
from gme_portal.accounts.models import Role
from gme_portal.refusals import Refused

ROWS_A_PAGE = 25
TONES = {"published": "warn", "accepted": "ok", "declined": "neutral", "lapsed": "bad"}


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def acceptance(request: HttpRequest) -> HttpResponse:
    """The place, until when to answer, and the two answers."""
    offer = _own_offer(request)
    if offer is None:
        return render(request, "apply/acceptance.html", {"offer": None, "asked": acceptances.is_asked(request.policy)})
    errors = []
    if request.method == "POST":
        try:
            done = services.answer(
                offer, request.POST.get("answer", ""), actor=viewer(request), at=request.at, policy=request.policy
            )
        except Refused as refused:
            errors = [{"text": in_words(one, request.policy), "href": ""} for one in refused.refusals]
        else:
            messages.success(request, "您已接受录取。" if done.state == "accepted" else "您已放弃录取。")
            return redirect("apply:acceptance", request.notice.slug)
    return _page(request, offer, errors)


def _own_offer(request: HttpRequest) -> Offer | None:
    """The person's newest place that is out and was not taken back."""
    if not acceptances.is_asked(request.policy):
        return None
    rows = acceptances.offers_to_answer(request.notice, at=request.at).select_related("quota__base__prefecture")
    mine = rows.filter(applicant__user=viewer(request)).exclude(state="revoked")
    return mine.order_by("-published_at").first()


def _page(request: HttpRequest, offer: Offer, errors: list[dict[str, str]]) -> HttpResponse:
    policy, at = request.policy, request.at
    period = acceptances.period_of(offer, policy)
    application = offer.application
    reallocation = policy.window("reallocation", round=application.round)
    context = {
        "offer": offer,
        "items": offer_items(offer),
        "period": period,
        "open": period.is_open(at),
        "silent_admits": acceptances.silence_admits(policy),
        "state_label": SHOWN.get(offer.state, OFFER_LABELS[offer.state]),
        "state_tone": TONES.get(offer.state, "ok"),
        "round_label": rounds.label(policy, application.round),
        "gave_up": offer.state in ("declined", "lapsed"),
        "what_next": what_next(application, policy, reallocation, at),
        "by_base": offer.answered_by is not None and offer.answered_by_id != offer.applicant.user_id,
        "clause": policy.cite(period.clause),
        "errors": errors,
    }
    return render(request, "apply/acceptance.html", context, status=422 if errors else 200)


@allow(*BASE)
@require_safe
def base_acceptance(request: HttpRequest) -> HttpResponse:
    """Who has answered and who has not, of this round."""
    return _list(request)


def _list(request: HttpRequest, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    base, policy, key = own_base(request), request.policy, round_of(request)
    everybody = acceptances.of_base(request.notice, base, key, at=request.at)
    state = request.GET.get("state", WAITING)
    state = state if state in SHOWN else WAITING
    counts = acceptances.counts(everybody)
    page = Paginator(acceptances.in_state(everybody, state), ROWS_A_PAGE).get_page(request.GET.get("page"))
    lines = [_line(request, offer) for offer in page]
    window = policy.window("acceptance", round=key, base=base.code)
    context: dict[str, Any] = {
        **rights(request),
        **switch(request),
        "asked": acceptances.is_asked(policy),
        "window": window,
        "page": page,
        "lines": lines,
        "state": state,
        "tabs": [
            {
                "label": label,
                "url": in_round(request, "base:acceptance", state=name),
                "current": name == state,
                "count": counts[name],
            }
            for name, label in SHOWN.items()
        ],
        "silent_admits": acceptances.silence_admits(policy),
        "clause": policy.cite(policy.acceptance.clause) if policy.acceptance else "",
        "errors": errors or [],
    }
    return render(request, "base/acceptance.html", context, status=422 if errors else 200)


def _line(request: HttpRequest, offer: Offer) -> dict[str, Any]:
    """One person with what may still be recorded for them."""
    period = acceptances.period_of(offer, request.policy)
    by_base = offer.answered_by is not None and offer.answered_by_id != offer.applicant.user_id
    return {
        "offer": offer,
        "label": SHOWN.get(offer.state, OFFER_LABELS[offer.state]),
        "tone": TONES.get(offer.state, "ok"),
        "how": f"{offer.answered_by.name}登记"
        if by_base and offer.answered_by
        else "本人"
        if offer.answered_by
        else "",
        "closes": period.closes,
        "open": period.is_open(request.at) and offer.state in ("published", "accepted"),
        "url": in_round(request, "base:acceptance_record", offer.pk, state=request.GET.get("state", WAITING)),
    }


@allow(*BASE_WRITERS)
@require_POST
def base_acceptance_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the person said on the phone or at the counter."""
    own_base(request)
    rows = offers_visible_to(viewer(request)).filter(notice=request.notice, published_at__lte=request.at)
    offer = get_object_or_404(rows, pk=pk)
    form = SaidForm(request.POST)
    if not form.is_valid():
        return _list(request, [{"text": str(text), "href": ""} for text in form.errors["answer"]])
    try:
        done = services.record_answer(
            offer, form.cleaned_data["answer"], actor=viewer(request), at=request.at, policy=request.policy
        )
    except Refused as refused:
        return _list(request, [{"text": in_words(one, request.policy), "href": ""} for one in refused.refusals])
    messages.success(request, f"已登记：{offer.applicant.user.name}，{OFFER_LABELS[done.state]}。已通知本人。")
    return see_other(in_round(request, "base:acceptance", state=request.GET.get("state", WAITING)))
