"""Not on the list (名册核实申请): the person asks, the school gives its word, the province assigns or refuses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.forms.listing import AssignForm, OpinionForm, RefusalForm, RosterRequestForm
from admissions.queries import listing, readiness
from admissions.services import roster_requests as services
from admissions.views.applicant import application_of
from admissions.views.refusals import add_refusals, in_words
from applicants.access import roster_requests_visible_to
from applicants.models import RosterRequest
from applicants.queries import entry_for
from applicants.states import OPEN_REQUESTS, REQUEST_LABELS, REQUEST_TONES
from gme_portal.accounts.access import PROVINCE, allow, viewer
from gme_portal.accounts.models import Role
from gme_portal.audit.services import log_reveal
from gme_portal.files.responses import respond
from gme_portal.refusals import Refused
from gme_portal.wording import beijing, day_text
from quotas.queries import open_bases

PURPOSE = "名册核实"
ROWS_A_PAGE = 50


# ---- The person ----


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """Whether one is on the list, and the request to be looked up."""
    application, policy = application_of(request), request.policy
    profile = application.applicant
    kind = policy.person_type(profile.person_type)
    if kind is None or kind.roster == "none":
        messages.info(request, "您的人员类型不凭名册报名。")
        return redirect("apply:home", request.notice.slug)
    asks = listing.asks_prefecture(policy, kind.code)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RosterRequestForm(*sent, policy=policy, asks_prefecture=asks)
    if request.method == "POST" and form.is_valid():
        try:
            services.file(
                profile=profile,
                notice=request.notice,
                data=form.data_of(),
                content=form.content(),
                actor=viewer(request),
                at=request.at,
                policy=policy,
            )
        except Refused as refused:
            add_refusals(form, refused, policy)
        else:
            messages.success(request, "申请已提交，核实后会通知您。")
            return redirect(request.path)
    rows = list(_visible(request).order_by("-filed_at"))
    missing = readiness.roster_problem(profile, request.notice, policy=policy)
    window = policy.window("registration", person_type=kind.code, round=application.round)
    context = {
        "form": form,
        "entry": entry_for(request.notice, viewer(request)) if missing is None else None,
        "missing": in_words(missing, policy) if missing else "",
        "requests": [(row, _items(row, words=row.words.open()), REQUEST_TONES[row.state]) for row in rows],
        "open": any(row.state in OPEN_REQUESTS for row in rows),
        "window": window,
        "over": window is not None and request.at >= window.closes,
    }
    return render(request, "apply/roster.html", context, status=422 if form.errors else 200)


@allow(Role.APPLICANT)
@require_POST
def roster_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one's request back."""
    row = get_object_or_404(_visible(request), pk=pk)
    try:
        services.withdraw(request=row, actor=viewer(request), at=request.at)
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    return redirect("apply:roster", request.notice.slug)


def _visible(request: HttpRequest) -> Any:
    return roster_requests_visible_to(request.user).filter(notice=request.notice)


def _items(row: RosterRequest, *, words: str = "") -> list[dict[str, Any]]:
    """A request in words; `words` when they were revealed."""
    items = [
        ("培养院校", row.school.name),
        ("所学专业", row.major),
        ("毕业时间", day_text(row.graduated_on)),
        *([("定向就业州市", row.prefecture.name)] if row.prefecture else []),
        *([("情况说明", words)] if words else []),
        ("提交时间", beijing(row.filed_at)),
    ]
    if row.confirmed_at:
        items.append(("院校意见", f"{row.opinion or '确认是本校学生'}（{beijing(row.confirmed_at)}）"))
    if row.entry is not None:
        items.append(("安排", f"{row.entry.base.name} · {row.entry.specialty.name}"))
    if row.reason:
        items.append(("原因", row.reason))
    return [{"label": label, "value": value} for label, value in items]


# ---- School and province ----


def _list(request: HttpRequest, area: str, waiting: str) -> HttpResponse:
    everybody = _visible(request)
    done = request.GET.get("done") == "yes"
    rows = everybody.exclude(state=waiting).order_by("-filed_at") if done else everybody.filter(state=waiting)
    tabs = [
        {"label": REQUEST_LABELS[waiting], "url": request.path, "current": not done, "count": everybody.filter(state=waiting).count()},
        {"label": "其他", "url": f"{request.path}?done=yes", "current": done, "count": everybody.exclude(state=waiting).count()},
    ]  # fmt: skip
    labels = {kind.code: kind.label for kind in request.policy.person_types}
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))

    def line(row: RosterRequest) -> dict[str, Any]:
        url = reverse(f"{area}:roster_request", args=[request.notice.slug, row.pk])
        kind = labels.get(row.person_type, row.person_type)
        return {"row": row, "kind": kind, "tone": REQUEST_TONES[row.state], "url": url}

    context = {
        "page": page,
        "rows": [line(row) for row in page],
        "tabs": tabs,
        "done": done,
        "back": reverse("province:name_lists" if area == "province" else "school:home", args=[request.notice.slug]),
    }
    return render(request, "office/roster_requests.html", context)


def _one(request: HttpRequest, pk: UUID, area: str, forms: dict[str, Form] | None = None) -> HttpResponse:
    """One request with what it is judged by. Opening it is on record."""
    row = get_object_or_404(_visible(request), pk=pk)
    user, policy = viewer(request), request.policy
    kind = policy.person_type(row.person_type)
    context = {
        "area": area,
        "row": row,
        "kind": kind.label if kind else row.person_type,
        "tone": REQUEST_TONES[row.state],
        "number": row.profile.user.document_number.reveal(actor=user, purpose=PURPOSE, at=request.at),
        "items": _items(row, words=row.words.reveal(actor=user, purpose=PURPOSE, at=request.at)),
        "same_name": list(listing.entries(request.notice).filter(name=row.profile.user.name)[:10]),
        "forms": forms if forms is not None else _forms(request, row, area),
        "failed": [form for form in (forms or {}).values() if form.errors],
        "back": reverse(f"{area}:roster_requests", args=[request.notice.slug]),
        "file_url": reverse(f"{area}:roster_request_file", args=[request.notice.slug, row.pk]) if row.file_id else "",
        "decide_url": reverse(f"{area}:roster_request_decide", args=[request.notice.slug, row.pk]),
        "clause": policy.cite(policy.reallocation.clause)
        if listing.near(policy, row.person_type, row.prefecture)
        else "",
    }
    response = render(request, "office/roster_request.html", context, status=422 if context["failed"] else 200)
    response["Cache-Control"] = "private, no-store"
    return response


def _forms(request: HttpRequest, row: RosterRequest, area: str, action: str = "") -> dict[str, Form]:
    """The forms of what can be decided now; the one that was sent is bound."""
    sent = lambda name: request.POST if action == name else None  # noqa: E731 - one line each
    if area == "school" and row.state == "at_school":
        return {"confirm": OpinionForm(sent("confirm")), "refuse": RefusalForm(sent("refuse"))}
    if area == "province" and row.state == "at_province":
        allowed = listing.near(request.policy, row.person_type, row.prefecture)
        bases = list(open_bases(request.notice))
        assign = AssignForm(sent("accept"), bases=bases, allowed=allowed, policy=request.policy)
        return {"accept": assign, "refuse": RefusalForm(sent("refuse"))}
    return {}


def _decide(request: HttpRequest, pk: UUID, area: str) -> HttpResponse:
    row = get_object_or_404(_visible(request), pk=pk)
    action = request.POST.get("action", "")
    forms = _forms(request, row, area, action)
    form = forms.get(action)
    if form is None:
        messages.error(request, f"申请当前为“{REQUEST_LABELS[row.state]}”，这一步没有生效。")
        return redirect(reverse(f"{area}:roster_request", args=[request.notice.slug, pk]))
    if form.is_valid():
        try:
            _act(request, row, action, form)
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(request, f"已办理：{row.profile.user.name}。")
            return redirect(reverse(f"{area}:roster_requests", args=[request.notice.slug]))
    return _one(request, pk, area, forms)


def _act(request: HttpRequest, row: RosterRequest, action: str, form: Form) -> None:
    who: dict[str, Any] = {"request": row, "actor": viewer(request), "at": request.at}
    if action == "confirm":
        services.confirm(opinion=form.cleaned_data["opinion"], **who)
    elif action == "refuse":
        services.refuse(reason=form.cleaned_data["reason"], policy=request.policy, **who)
    elif isinstance(form, AssignForm):
        services.accept(base=form.chosen(), specialty=form.cleaned_data["specialty"], policy=request.policy, **who)


def _file(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(_visible(request), pk=pk)
    if row.file is None:
        raise Http404("没有上传材料。")
    if viewer(request).pk != row.owner_user_id:
        log_reveal(row=row, column="file", actor=viewer(request), purpose=PURPOSE, at=request.at)
    return respond(row.preview if "preview" in request.GET and row.preview else row.file, name="证明材料")


@allow(*PROVINCE)
@require_safe
def province_requests(request: HttpRequest) -> HttpResponse:
    return _list(request, "province", "at_province")


@allow(*PROVINCE)
@require_safe
def province_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _one(request, pk, "province")


@allow(*PROVINCE)
@require_POST
def province_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _decide(request, pk, "province")


@allow(*PROVINCE)
@require_safe
def province_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _file(request, pk)


@allow(Role.SCHOOL)
@require_safe
def school_requests(request: HttpRequest) -> HttpResponse:
    return _list(request, "school", "at_school")


@allow(Role.SCHOOL)
@require_safe
def school_request(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _one(request, pk, "school")


@allow(Role.SCHOOL)
@require_POST
def school_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _decide(request, pk, "school")


@allow(Role.SCHOOL)
@require_safe
def school_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _file(request, pk)


@allow(Role.APPLICANT)
@require_safe
def roster_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _file(request, pk)
