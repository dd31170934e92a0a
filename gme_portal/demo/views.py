"""Demo pages. Every one says that it is a rehearsal; `gme_portal.demo.access` says where they exist."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from gme_portal.accounts.models import User
from gme_portal.audit.services import record
from gme_portal.demo import journey, progress, queries, tasks
from gme_portal.demo.access import demo_only, rehearsal_only
from gme_portal.demo.forms import MomentForm
from gme_portal.demo.staff import PASSWORD
from gme_portal.navigation import landing
from gme_portal.wording import beijing

BACKEND = "gme_portal.accounts.backends.IdentityBackend"
MESSAGES_A_PAGE = 20


@rehearsal_only
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The clock, the next milestone, the calendar, and how far a running job is."""
    return _home(request, MomentForm(initial={"moment": request.at}))


def _home(request: HttpRequest, form: MomentForm) -> HttpResponse:
    notice = journey.the_notice()
    policy = journey.policy_in_force(notice) if notice else None
    at: datetime = request.at
    context: dict[str, Any] = {"form": form, "job": progress.current(), "back": _back(request), "notice": notice}
    if policy is not None:
        context |= {
            "next": journey.next_jump(policy, at),
            "last_minute": journey.last_minute(policy, at),
            "events": queries.calendar(policy, at),
        }
    return render(request, "demo/home.html", context, status=422 if form.errors else 200)


@rehearsal_only
@require_POST
def advance(request: HttpRequest) -> HttpResponse:
    """Go on to the next milestone, to the minute before the next deadline (`to=last_minute`), or to any moment (`moment`)."""
    back = _back(request)
    if progress.current() is not None:
        messages.info(request, "演练人员正在办事，请等这一步办完。")
        return _to_home(back)
    form = MomentForm(request.POST) if "moment" in request.POST else None
    if form is not None and not form.is_valid():
        return _home(request, form)
    target = form.cleaned_data["moment"] if form is not None else _target(request)
    if target is None:
        messages.info(request, "本年的节点都已经过了。可以在下面把时钟拨到任意时刻。")
        return _to_home(back)
    if target <= request.at or journey.is_small():
        journey.go_to(target)
        messages.info(request, f"演练时钟已到{beijing(target)}。")
        return HttpResponseRedirect(back or reverse("demo:home"), status=303)
    _start(request, target)
    return _to_home(back)


def _target(request: HttpRequest) -> datetime | None:
    notice = journey.the_notice()
    if notice is None:
        return None
    policy = journey.policy_in_force(notice)
    if request.POST.get("to") == "last_minute":
        return journey.last_minute(policy, request.at)
    jump = journey.next_jump(policy, request.at)
    return jump.lands if jump else None


def _start(request: HttpRequest, target: datetime) -> None:
    """Hand the jump to a worker. The place is claimed here, so that the page shows at once that something is going on."""
    try:
        if not progress.begin("等待演练人员就位"):
            return
        tasks.go_to.delay(target.isoformat())
    except (OperationalError, RedisError):
        progress.finish()
        messages.error(request, "后台任务暂时不能启动，请稍后再试。")


@rehearsal_only
@never_cache
@require_safe
def progress_part(request: HttpRequest) -> HttpResponse:
    """The progress bar alone, polled; when the job is over the page goes on to where the click came from."""
    job, back = progress.current(), _back(request)
    if job is None:
        return HttpResponse(headers={"HX-Redirect": back or reverse("demo:home")})
    return render(request, "demo/_progress.html", {"job": job, "back": back})


@rehearsal_only
@never_cache
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What would have been sent, newest first, opened; found by the end of the phone number."""
    typed = "".join(sign for sign in request.GET.get("phone", "") if sign.isdigit())[-11:]
    page = Paginator(queries.messages(typed), MESSAGES_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "shown": [queries.opened(message) for message in page], "phone": typed}
    return render(request, "demo/inbox.html", context)


@demo_only
@never_cache
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Who can be played, role by role."""
    return render(
        request, "demo/accounts.html", {"groups": queries.account_groups(journey.the_notice()), "password": PASSWORD}
    )


@demo_only
@require_POST
def enter(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Become a demo account, without a password. Nobody else's account can be entered."""
    user = get_object_or_404(User, pk=user_id, is_demo=True, is_active=True)
    login(request, user, backend=BACKEND)
    record(actor=user, action="account.signed_in", subject=user, at=request.at, detail={"by": "demo"})
    return HttpResponseRedirect(landing(user.role, journey.the_notice()), status=303)


def _back(request: HttpRequest) -> str:
    """The page of ours that the click came from, as a path; "" for the demo pages themselves."""
    given = request.POST.get("back") or request.GET.get("back") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(given, {request.get_host()}):
        return ""
    parts = urlsplit(given)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return "" if path.startswith(reverse("demo:home")) else path


def _to_home(back: str) -> HttpResponse:
    query = f"?{urlencode({'back': back})}" if back else ""
    return HttpResponseRedirect(reverse("demo:home") + query, status=303)
