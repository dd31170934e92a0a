"""Extensions of a window (延长): asked for by one of the provincial office, approved by its lead, effective at once."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from admissions.forms.notice import ExtensionForm
from admissions.queries import notice_pages
from admissions.views.base_common import address, see_other, viewer
from admissions.views.notice_pages import extension_row, notice_tabs
from admissions.views.oversight import WATCHERS
from admissions.views.refusals import add_refusals, in_words
from bases.models import TrainingBase
from gme_portal.accounts.access import PROVINCE, allow
from gme_portal.notices.access import may_approve, may_propose
from gme_portal.notices.models import WindowExtension
from gme_portal.notices.services import extensions as services
from gme_portal.refusals import Refused


@allow(*WATCHERS)
@require_http_methods(["GET", "HEAD", "POST"])
def extensions(request: HttpRequest) -> HttpResponse:
    """Every request with its state, and the form for a new one."""
    user = viewer(request)
    if request.method == "POST" and not may_propose(user):
        raise PermissionDenied("只有省级人员可以申请延长。")
    form = ExtensionForm(
        request.POST if request.method == "POST" else None,
        windows=notice_pages.extendable(request.policy, request.at),
        bases=list(TrainingBase.objects.filter(quotas__notice=request.notice).distinct().order_by("code")),
        policy=request.policy,
    )
    if request.method == "POST" and form.is_valid():
        base = form.chosen_base()
        try:
            services.ask(
                notice=request.notice,
                window=form.cleaned_data["window"],
                closes=form.cleaned_data["closes"],
                reason=form.cleaned_data["reason"],
                base_code=base.code if base else "",
                base_name=base.name if base else "",
                actor=user,
                at=request.at,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, "已提交，等待另一位省级负责人批准；批准后即刻生效。")
            return see_other(address(request, "province:extensions"))
    return _page(request, form)


def _page(request: HttpRequest, form: ExtensionForm, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    user = viewer(request)
    rows = [
        {
            **extension_row(one),
            "may_decide": one.state == "pending" and may_approve(user, one.asked_by_id),
            "may_withdraw": one.state == "pending" and one.asked_by_id == user.pk,
        }
        for one in notice_pages.extensions_of(request.notice)
    ]
    waiting = [row for row in rows if row["extension"].state == "pending"]
    context = {
        "form": form,
        "waiting": waiting,
        "decided": [row for row in rows if row not in waiting],
        "may_ask": may_propose(user),
        "windows": notice_pages.extendable(request.policy, request.at),
        "fixed": notice_pages.fixed_sentences(request.policy, request.at),
        "errors": errors or [],
        "tabs": notice_tabs(request, "extensions", len(waiting)),
    }
    failed = bool(errors) or bool(form.errors)
    return render(request, "province/extensions.html", context, status=422 if failed else 200)


@allow(*PROVINCE)
@require_POST
def extension_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Approve, refuse or withdraw."""
    row = get_object_or_404(WindowExtension, pk=pk, notice=request.notice)
    words, user, at = request.POST.get("words", ""), viewer(request), request.at
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "approve": (lambda: services.approve(row, actor=user, at=at), "已批准，即刻生效；有关人员随后收到通知。"),
        "refuse": (lambda: services.refuse(row, words=words, actor=user, at=at), "已答复不批准。"),
        "withdraw": (lambda: services.withdraw(row, actor=user, at=at), "已撤回。"),
    }
    if step not in steps:
        raise Http404("没有这一步。")
    act, done = steps[step]
    try:
        act()
    except Refused as refused:
        form = ExtensionForm(windows=notice_pages.extendable(request.policy, at), bases=[], policy=request.policy)
        return _page(request, form, [{"text": in_words(one, request.policy), "href": ""} for one in refused.refusals])
    messages.success(request, done)
    return see_other(address(request, "province:extensions"))
