"""Lists on public show (公示): for everybody, without an account; an objection may be raised while a list is on show."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from admissions.exports.publicity import publicity_pdf
from admissions.forms.admission import ObjectionForm
from admissions.models import Publicity, RunKind
from admissions.queries.effects import effect_of
from admissions.queries.release import lists_on_view, rows_now
from admissions.queries.standings import Line, leftovers, lines
from admissions.services.publicity import object_to
from admissions.views.base_common import address, see_other
from admissions.views.refusals import add_refusals, in_words
from gme_portal.accounts.access import public
from gme_portal.accounts.lockout import client_ip
from gme_portal.notices.queries import policy_of
from gme_portal.refusals import Refusal, Refused

ROWS_A_PAGE = 50
OBJECTIONS_AN_HOUR = 5


@public
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Every list that may be read now."""
    rows = lists_on_view(request.notice, at=request.at).defer("run__problem", "run__result", "rows")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "public/publicity.html", {"page": page, "window": request.policy.window("publicity")})


@public
@require_safe
def one_list(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One list: searchable, with plan and line per specialty."""
    publicity = _readable(request, pk)
    policy = policy_of(publicity.run.notice_version)
    keys = [column.key for column in policy.publicity.columns]
    q = request.GET.get("q", "").strip()
    found = [row for row in rows_now(publicity) if not q or any(q in str(row.get(key, "")) for key in keys)]
    run, found_lines = publicity.run, _lines(publicity)
    context = {
        "publicity": publicity,
        "columns": policy.publicity.columns,
        "header": "name" if "name" in keys else keys[0],
        "page": Paginator([[row.get(key, "") for key in keys] for row in found], ROWS_A_PAGE).get_page(
            request.GET.get("page")
        ),
        "numeric": [key in ("total", "rank", "seq") for key in keys],
        "q": q,
        "chips": [{"label": f"含“{q}”", "remove_url": "?"}] if q else [],
        "on_show": request.at < publicity.closes_at,
        "lines": [line for line in found_lines if not line.is_idle],
        "idle": [line for line in found_lines if line.is_idle],
        "figures": effect_of(run) if run.kind == RunKind.REALLOCATION else None,
        "leftovers": [row for row in leftovers(run) if row.placed or row.wished]
        if run.kind == RunKind.REALLOCATION
        else [],
        "clause": policy.cite(policy.publicity.clause),
    }
    return render(request, "public/publicity_list.html", context)


def _lines(publicity: Publicity) -> list[Line]:
    run = publicity.run
    return lines(run) if run.base else []


@public
@require_safe
def list_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list for the notice board."""
    publicity = _readable(request, pk)
    response = HttpResponse(publicity_pdf(publicity, at=request.at), content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(publicity.title)}.pdf"
    return response


@public
@require_http_methods(["GET", "POST"])
def objection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Raise an objection to a list; lightly limited by network address."""
    publicity = _readable(request, pk)
    form = ObjectionForm(request.POST or None, initial={"number": request.GET.get("number", "")})
    if request.method == "POST" and form.is_valid():
        try:
            _refuse_flood(request, publicity)
            made = object_to(publicity, **form.cleaned_data, at=request.at)
        except Refused as refused:
            add_refusals(form, refused, request.policy)
        else:
            whose = "该考生" if made.application_id else "这份名单"
            messages.success(
                request, f"已收到，编号 {str(made.pk)[:8]}。核实后会按您留的电话答复，答复前{whose}的录取不生效。"
            )
            return see_other(address(request, "public:publicity_list", publicity.pk))
    on_show = request.at < publicity.closes_at
    over = Refusal("NOT_ON_SHOW", "公示已结束，不能再提出异议。", request.policy.publicity.clause)
    context = {
        "publicity": publicity,
        "form": form,
        "on_show": on_show,
        "over": "" if on_show else in_words(over, request.policy),
    }
    return render(request, "public/objection.html", context, status=422 if form.errors else 200)


def _readable(request: HttpRequest, pk: UUID) -> Publicity:
    """A list whose instant has come; before it, there is none."""
    return get_object_or_404(lists_on_view(request.notice, at=request.at), pk=pk)


def _refuse_flood(request: HttpRequest, publicity: Publicity) -> None:
    """A few an hour from one address. Without the cache nobody is refused: the service bounds what is open at once."""
    key = f"objection:{publicity.pk}:{client_ip(request)}"
    try:
        cache.add(key, 0, timeout=3600)
        many = cache.incr(key) > OBJECTIONS_AN_HOUR
    except Exception:
        return
    if many:
        raise Refused("TOO_MANY_FROM_HERE", "这个网络地址一小时内提交的异议过多，请稍后再试，或电话联系省级管理部门。")
