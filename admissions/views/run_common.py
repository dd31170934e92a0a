"""What the base's and the province's pages about runs share: one run shown, and the steps two people take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from admissions.access import (
    may_approve_run,
    may_ask_undo,
    may_compute_run,
    may_confirm_undo,
    objections_visible_to,
    runs_visible_to,
)
from admissions.forms.admission import AnswerForm
from admissions.forms.base import ReasonForm
from admissions.models import AllocationRun, Objection, RunKind
from admissions.queries.release import can_be_undone
from admissions.queries.rounds import label as round_label
from admissions.queries.run_pages import RunView, decision_of, state_words, view_of
from admissions.queries.run_report import report
from admissions.queries.standings import Placed
from admissions.services import publicity, releases, runs
from admissions.services.releases import release_instant
from admissions.views.base_common import address, see_other, viewer
from admissions.views.refusals import in_words
from admissions.views.rounds import round_of
from gme_portal.refusals import Refused
from gme_portal.wording import beijing

PEOPLE_A_PAGE = 50
SHOWN = {"": "全部", "placed": "拟录取", "adjusted": "调剂", "left": "未录取"}


def run_of(request: HttpRequest, pk: UUID) -> AllocationRun:
    """A run of this notice that the viewer may see; 404 otherwise."""
    rows = runs_visible_to(request.user).select_related("previous", "publicity")
    return get_object_or_404(rows, pk=pk, notice=request.notice)


def show_run(
    request: HttpRequest, run: AllocationRun, *, back: tuple[str, str], errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """The page of one run; `back` is the address and label of the page above it."""
    view = view_of(run)
    user = viewer(request)
    show, q = request.GET.get("show", ""), request.GET.get("q", "").strip()
    people = [one for one in view.people if _matches(one, view, show, q)]
    page = Paginator(people, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    waiting = run.state == "verified" and not run.is_simulation
    label, tone = state_words(run)
    intact = runs.is_intact(run)
    context = {
        "run": run,
        "lead": round_label(request.policy, run.round),
        "view": view,
        "back_url": back[0],
        "back_label": back[1],
        "badge": {"text": label, "tone": tone},
        "decision": decision_of(view),
        "lines": [line for line in view.lines if not line.is_idle],
        "idle": [line for line in view.lines if line.is_idle],
        "leftovers": [row for row in view.leftovers if row.placed],
        "leftovers_more": sum(1 for row in view.leftovers if not row.placed and row.after),
        "people": [(one, view.names.get(one.number, "")) for one in page],
        "page": page,
        "show": show,
        "q": q,
        "tabs": [
            {"label": label, "url": f"?show={key}#people", "current": show == key} for key, label in SHOWN.items()
        ],
        "chips": [{"label": f"含“{q}”", "remove_url": f"?show={show}#people"}] if q else [],
        "may_approve": waiting and may_approve_run(user, run),
        "may_discard": run.state in ("verified", "broken")
        and (may_approve_run(user, run) or may_compute_run(user, run.kind, run.base, simulate=run.is_simulation)),
        "released_at": release_instant(run.kind, request.policy, at=request.at, round=run.round),
        "intact": intact,
        "report": report(run, intact=intact),
        "engine": run.engine.rpartition(" sha256:"),
        "errors": errors or [],
        **_routes(request),
        **_undo_of(request, run),
    }
    return render(request, "runs/run.html", context, status=422 if errors else 200)


def _undo_of(request: HttpRequest, run: AllocationRun) -> dict[str, Any]:
    """Whether the publication may still be taken back, and by whom."""
    user = viewer(request)
    open_still = run.state == "published" and can_be_undone(run, request.at)
    asked = run.undo_asked_by_id is not None and run.state == "published"
    return {
        "may_ask_undo": open_still and not asked and may_ask_undo(user, run),
        "undo_asked": asked,
        "may_confirm_undo": open_still and asked and may_confirm_undo(user, run),
        "may_refuse_undo": asked and (user.pk == run.undo_asked_by_id or may_confirm_undo(user, run)),
        "reason_form": ReasonForm(label="原因", help_text="记入操作记录，并随通知告知有关人员。"),
    }


def _matches(one: Placed, view: RunView, show: str, q: str) -> bool:
    if q and q not in one.number and q not in view.names.get(one.number, "") and q not in one.seat:
        return False
    if show == "placed":
        return bool(one.quota)
    if show == "adjusted":
        return one.how in ("服从调剂", "省级调剂")
    return not one.quota if show == "left" else True


def take_step(
    request: HttpRequest, run: AllocationRun, step: str, *, page: Callable[[list[dict[str, str]]], HttpResponse]
) -> HttpResponse:
    """One step of two-person work on a run; `page` shows the run again, with what was refused. Back to the run afterwards."""
    if step not in STEPS:
        raise Http404("没有这一步。")
    try:
        words = STEPS[step](request, run)
    except Refused as refused:
        return page([{"text": in_words(one, request.policy), "href": ""} for one in refused.refusals])
    messages.success(request, words)
    return see_other(address(request, _routes(request)["run_route"], run.pk))


def _approve(request: HttpRequest, run: AllocationRun) -> str:
    done = releases.approve_and_publish(run, actor=viewer(request), at=request.at)
    if done.published_at is None or done.published_at <= request.at:
        return "已批准并公布。"
    return f"已批准，将于{beijing(done.published_at, 'second')}公布；在此之前学员和公众查不到结果。"


def _discard(request: HttpRequest, run: AllocationRun) -> str:
    runs.discard(run, reason=request.POST.get("reason", ""), actor=viewer(request), at=request.at)
    return "已作废，可以重新运算。"


def _ask_undo(request: HttpRequest, run: AllocationRun) -> str:
    releases.ask_undo(run, reason=request.POST.get("reason", ""), actor=viewer(request), at=request.at)
    return "已申请撤销公布，等待省级另一人确认。"


def _refuse_undo(request: HttpRequest, run: AllocationRun) -> str:
    releases.refuse_undo(run, actor=viewer(request), at=request.at)
    return "撤销申请已取消，公布不变。"


def _confirm_undo(request: HttpRequest, run: AllocationRun) -> str:
    releases.confirm_undo(run, actor=viewer(request), at=request.at)
    return "已撤销公布，名额已退回，可以重新运算。"


STEPS: dict[str, Callable[[HttpRequest, AllocationRun], str]] = {
    "approve": _approve,
    "discard": _discard,
    "ask-undo": _ask_undo,
    "refuse-undo": _refuse_undo,
    "confirm-undo": _confirm_undo,
}


def _routes(request: HttpRequest) -> dict[str, str]:
    """A run has a page at the base and one at the province; each leads on within its own."""
    match = request.resolver_match
    if match is not None and match.namespace == "province":
        return {
            "run_route": "province:run",
            "step_route": "province:run_step",
            "compare_route": "province:comparison",
        }
    return {
        "run_route": "base:admission_run",
        "step_route": "base:admission_step",
        "compare_route": "base:comparison",
    }


def readable(
    request: HttpRequest, objections: Iterable[Objection], *, may_answer: bool
) -> list[tuple[Objection, str, str]]:
    """Objections with words and number for whoever answers them, each look on record; masks for everybody else."""
    if not may_answer:
        return [(one, str(one.words), str(one.contact)) for one in objections]
    look = {"actor": viewer(request), "purpose": "核实公示异议", "at": request.at}
    return [(one, one.words.reveal(**look), one.contact.reveal(**look)) for one in objections]


def answer_objection(request: HttpRequest, pk: UUID, *, then: str) -> HttpResponse:
    """Answer an objection (异议) and go back to `then`; what was typed survives a refusal as a message."""
    objection = get_object_or_404(objections_visible_to(request.user), pk=pk, publicity__run__notice=request.notice)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return see_other(then)
    try:
        publicity.answer(
            objection,
            upheld=form.cleaned_data["upheld"],
            words=form.cleaned_data["answer"],
            actor=viewer(request),
            at=request.at,
            policy=request.policy,
        )
    except Refused as refused:
        messages.error(request, in_words(refused.refusal, request.policy))
    else:
        messages.success(request, "已答复。公示结束后没有待答复的异议，录取自动生效。")
    return see_other(then)


def compute_and_go(
    request: HttpRequest,
    kind: str,
    *,
    route: str,
    back: Callable[[list[dict[str, str]]], HttpResponse],
    base: Any = None,
) -> HttpResponse:
    """Compute or try, then on to the run's page; what is refused is shown by `back`."""
    simulate = request.POST.get("simulate") == "1"
    try:
        run = runs.compute(
            kind=kind,
            notice=request.notice,
            base=base,
            actor=viewer(request),
            at=request.at,
            simulate=simulate,
            round=round_of(request),
        )
    except Refused as refused:
        return back([{"text": in_words(one, request.policy), "href": ""} for one in refused.refusals])
    if run.made_at != request.at:
        messages.info(request, f"数据没有变化，这是{run.made_by.name}先前的同一次运算。")
    return see_other(address(request, route, run.pk))


KIND_BASE, KIND_PROVINCE = RunKind.BASE_ADMISSION.value, RunKind.REALLOCATION.value
