"""A shorter training (培训年限减免): the person's page with what the rules say, and the steps' pages at base, association and province."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admissions.access import year_reductions_visible_to
from admissions.exports.year_reduction import reduction_pdf
from admissions.forms.year_reduction import RequestForm, StepForm
from admissions.models import Application, YearReduction
from admissions.queries import year_reductions as queries
from admissions.services import year_reductions as services
from admissions.states import YEAR_REDUCTION, YEAR_REDUCTION_LABELS
from admissions.views.applicant import application_of
from admissions.views.base_common import address, own_base, see_other, viewer
from admissions.views.oversight import WATCHERS
from admissions.views.refusals import add_refusals, in_words
from gme_portal.accounts.access import BASE, BASE_WRITERS, PROVINCE, allow
from gme_portal.accounts.models import Role
from gme_portal.audit.services import log_reveal
from gme_portal.files.responses import respond
from gme_portal.policy import Policy
from gme_portal.refusals import Refused

PURPOSE = "审核年限减免"
DECIDERS = (*PROVINCE, Role.ASSOCIATION)
DECISIONS = {"approve": "同意", "return": "退回修改", "refuse": "不予减免", "correct": "纠正年限"}
ROWS_A_PAGE = 25


@allow(Role.APPLICANT)
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """What the rules say for each specialty, the request as it stands, and the form while it can be filed."""
    application, policy = application_of(request), request.policy
    row = queries.standing(application)
    quotas = queries.specialties_for(application, request.at)
    form = RequestForm(request.POST or None, request.FILES or None, quotas=quotas, initial=_initial(row))
    if request.method == "POST" and form.is_valid() and _file(request, application, form, quotas):
        messages.success(request, "申请已提交，审核结果会发短信并显示在本页。")
        return see_other(request.get_full_path())
    chosen = row.quota if row is not None else quotas[0] if quotas else None
    closed = queries.filing_refusal(application, chosen, policy=policy, at=request.at)
    verdicts = _verdicts(request, application, quotas)
    may_ask = closed is None and any(one["verdict"].verdict != "ineligible" for one in verdicts)
    context = {
        "row": row,
        "state_words": queries.state_words(row, request.policy) if row else "",
        "tone": queries.TONES[row.state] if row else "",
        "decisions": _decisions(row, request.policy),
        "form": form,
        "may_file": may_ask and (row is None or row.state in ("returned", "refused", "withdrawn")),
        "may_withdraw": row is not None and (row.state, "withdraw") in YEAR_REDUCTION,
        "closed": in_words(closed, policy) if closed else "",
        "window": queries.window_of(application, policy, chosen),
        "verdicts": verdicts,
        "rule": policy.year_reduction,
        "clause": policy.cite(policy.year_reduction.clause) if policy.year_reduction else "",
        "file_url": address(request, "apply:year_reduction_file", row.pk) if row and row.file_id else "",
    }
    return render(request, "apply/year_reduction.html", context, status=422 if form.errors else 200)


def _initial(row: YearReduction | None) -> dict[str, Any]:
    if row is None or row.state != "returned":
        return {}
    return {"quota": str(row.quota_id), "months": row.months, "grounds": row.grounds.open()}


def _file(request: HttpRequest, application: Application, form: RequestForm, quotas: list[Any]) -> bool:
    given = form.cleaned_data
    try:
        services.file(
            application,
            quota=next(one for one in quotas if str(one.pk) == given["quota"]),
            months=given["months"],
            grounds=given["grounds"],
            proof=given["file"].read() if given["file"] else None,
            actor=viewer(request),
            at=request.at,
            policy=request.policy,
        )
    except Refused as refused:
        add_refusals(form, refused, request.policy)
        return False
    return True


def _verdicts(request: HttpRequest, application: Application, quotas: list[Any]) -> list[dict[str, Any]]:
    """What the notice's rules say, before anything is filed."""
    if request.policy.year_reduction is None or application.state not in ("submitted", "approved"):
        return []
    found = [(one, queries.verdict_of(application, one, request.policy, request.at)) for one in quotas]
    return [
        {
            "name": one.specialty.name,
            "verdict": verdict,
            "findings": [_finding(request, each.verdict, each.sentence, each.clause) for each in verdict.findings],
        }
        for one, verdict in found
    ]


def _finding(request: HttpRequest, verdict: str, sentence: str, clause: str) -> dict[str, str]:
    tone = {"pass": "ok", "fail": "bad"}.get(verdict, "warn")
    return {"tone": tone, "text": sentence, "cited": request.policy.cite(clause)}


@allow(Role.APPLICANT)
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the request back."""
    row = queries.standing(application_of(request))
    if row is None:
        raise Http404
    try:
        services.withdraw(row, actor=viewer(request), at=request.at)
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    else:
        messages.success(request, "申请已撤回。")
    return see_other(address(request, "apply:year_reduction"))


@allow(Role.APPLICANT)
@require_safe
def form_pdf(request: HttpRequest) -> HttpResponse:
    """The paper form of the notice, filled in from the request as it stands."""
    application = application_of(request)
    row, rule = queries.standing(application), request.policy.year_reduction
    if row is None or rule is None:
        raise Http404("还没有提交年限减免申请。")
    content = reduction_pdf(row, rule.form_title, policy=request.policy, at=request.at)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(rule.form_title, safe='')}.pdf"
    return response


@allow(Role.APPLICANT)
@require_safe
def own_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One's own proof."""
    return _respond(request, get_object_or_404(_rows(request), pk=pk))


@allow(*BASE)
@require_safe
def base_list(request: HttpRequest) -> HttpResponse:
    own_base(request)
    return _list(request, "base")


@allow(*BASE)
@require_safe
def base_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    own_base(request)
    return _page(request, "base", pk)


@allow(*BASE_WRITERS)
@require_POST
def base_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    own_base(request)
    return _decide(request, "base", pk)


@allow(*BASE)
@require_safe
def base_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _looked_at(request, pk)


@allow(*WATCHERS)
@require_safe
def province_list(request: HttpRequest) -> HttpResponse:
    return _list(request, "province")


@allow(*WATCHERS)
@require_safe
def province_one(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, "province", pk)


@allow(*DECIDERS)
@require_POST
def province_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _decide(request, "province", pk)


@allow(*WATCHERS)
@require_safe
def province_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _looked_at(request, pk)


def _rows(request: HttpRequest) -> Any:
    return year_reductions_visible_to(viewer(request)).filter(notice=request.notice)


def _looked_at(request: HttpRequest, pk: UUID) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    log_reveal(row=row, column="file", actor=viewer(request), purpose=PURPOSE, at=request.at)
    return _respond(request, row)


def _respond(request: HttpRequest, row: YearReduction) -> HttpResponse:
    if row.file is None:
        raise Http404("没有上传证明材料。")
    file = row.preview if "preview" in request.GET and row.preview else row.file
    return respond(file, name=f"{row.application.number}-year-reduction")


def _list(request: HttpRequest, space: str) -> HttpResponse:
    """By the step they wait for, then those that are decided; the viewer's own step first."""
    rows, rule = _rows(request), request.policy.year_reduction
    steps = {key: rule.label(key) for key in rule.steps} if rule is not None else {}
    keys = {**steps, **{key: YEAR_REDUCTION_LABELS[key] for key in ("approved", "returned", "refused")}}
    mine = next((key for key in steps if viewer(request).role in services.ROLES[key]), "approved")
    key = request.GET.get("state", "")
    key = key if key in keys else mine
    page = Paginator(queries.listed(rows, key), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [
            {
                "row": row,
                "words": queries.state_words(row, request.policy),
                "tone": queries.TONES[row.state],
                "url": address(request, f"{space}:reduction", row.pk),
            }
            for row in page
        ],
        "tabs": [
            {"label": label, "url": f"?state={one}", "current": one == key, "count": queries.listed(rows, one).count()}
            for one, label in keys.items()
        ],
        "home_url": address(request, f"{space}:home"),
        "allowed": rule is not None,
        "clause": request.policy.cite(rule.clause) if rule is not None else "",
    }
    return render(request, "runs/year_reductions.html", context)


def _decide(request: HttpRequest, space: str, pk: UUID) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    form = StepForm(request.POST, choices=_choices(row), tests=queries.is_tested_at(request.policy, row.step))
    if form.is_valid():
        given = form.cleaned_data
        approves = given["decision"] in ("approve", "correct")
        try:
            services.decide(
                row,
                given["decision"],
                months=given["months"] if approves else None,
                words=given["words"],
                tested=form.passed(),
                actor=viewer(request),
                at=request.at,
                policy=request.policy,
            )
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            messages.success(
                request, f"{DECISIONS[given['decision']]}：{row.application.applicant.user.name}的年限减免申请。"
            )
            return see_other(address(request, f"{space}:reductions"))
    return _page(request, space, pk, form)


def _choices(row: YearReduction) -> list[tuple[str, str]]:
    return [(key, label) for key, label in DECISIONS.items() if (row.state, key) in YEAR_REDUCTION]


def _page(request: HttpRequest, space: str, pk: UUID, form: StepForm | None = None) -> HttpResponse:
    row = get_object_or_404(_rows(request), pk=pk)
    grounds = row.grounds.reveal(actor=viewer(request), purpose=PURPOSE, at=request.at)
    picture = row.file is not None and (row.preview_id is not None or row.file.media_type.startswith("image/"))
    url = address(request, f"{space}:reduction_file", row.pk)
    context = {
        "row": row,
        "grounds": grounds,
        "state_words": queries.state_words(row, request.policy),
        "tone": queries.TONES[row.state],
        "items": [
            {"label": "报名号", "value": row.application.number},
            {
                "label": "培训专业",
                "value": f"{row.quota.base.name} {row.quota.specialty.name}（{row.quota.specialty.years} 年）",
            },
            {"label": "申请减免", "value": f"{row.months} 个月"},
            {"label": "现为减免", "value": f"{row.granted} 个月" if row.granted is not None else "—"},
        ],
        "findings": [_finding(request, one["verdict"], one["sentence"], one["clause"]) for one in row.verdict],
        "decisions": _decisions(row, request.policy),
        "documents": [
            {
                "label": "证明材料",
                "url": f"{url}?preview" if row.preview_id else url,
                "kind": "image" if picture else "pdf",
            }
        ]
        if row.file_id
        else [],
        "may_decide": services.may_decide(row, viewer(request), request.policy),
        "form": form or StepForm(choices=_choices(row), tests=queries.is_tested_at(request.policy, row.step)),
        "decide_url": address(request, f"{space}:reduction_decide", row.pk),
        "back": address(request, f"{space}:reductions"),
    }
    return render(request, "runs/year_reduction.html", context, status=422 if form is not None and form.errors else 200)


def _decisions(row: YearReduction | None, policy: Policy) -> list[dict[str, Any]]:
    """What each step said, in order."""
    if row is None:
        return []
    rows = row.decisions.select_related("by")
    return [
        {"one": one, "step": queries.step_label(policy, one.step), "label": DECISIONS[one.decision]} for one in rows
    ]
