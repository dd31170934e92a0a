"""Every page in real Chromium, at a desk and on a phone: nothing broken, nothing sticking out, every picture there, nothing left in English.

What has an address and is no file must be visited here: a new page without a visit fails."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from gme_portal.accounts.models import User
from gme_portal.notices.models import Notice
from tests.admissions.listed import AT as AT_LISTS
from tests.admissions.on_site import AT as AT_COUNTER
from tests.admissions.ranked import ASSESSED, CONFIRMED
from tests.journey import august, desk, june, lists
from tests.journey.august import IN_AUGUST, IN_JULY, August
from tests.journey.desk import Desk
from tests.journey.june import IN_JUNE, IN_MAY, June
from tests.journey.lists import Lists
from tests.journey.pages import DESKTOP, PATIENCE, PHONE
from tests.journey.test_access_matrix import TABLE, address_of

World = August | June | Desk | Lists
pytestmark = pytest.mark.django_db(transaction=True)
NOBODY = ""
FILES = {
    "healthz",
    "world:schools",
    "world:majors",
    "profile:document_file",
    "apply:form_pdf",
    "apply:form_to_bring",
    "base:counter_form",
    "apply:calendar",
    "base:review_sheet",
    "base:certificate_file",
    "apply:year_reduction_pdf",
    "apply:year_reduction_file",
    "base:reduction_file",
    "province:reduction_file",
    "base:document",
    "base:scores_template",
    "base:roster",
    "base:ranking_file",
    "base:comparison_file",
    "public:lottery_file",
    "public:verification_file",
    "province:comparison_file",
    "apply:roster_file",
    "province:name_list_template",
    "province:name_list_sheet",
    "province:roster_request_file",
    "school:roster_request_file",
    "province:roster_masked",
    "province:roster_file",
    "province:notice_file",
    "province:notice_sheet",
    "office:proposal_file",
    "office:preview_progress",
    "public:rules_file",
    "public:paper",
    "public:base_paper",
    "province:others_template",
    "province:ledger",
    "base:ledger",
    "school:name_list_template",
    "public:publicity_pdf",
    "demo:progress",
    "platform:working_days_file",
}
ELSEWHERE = {"styleguide"}  # tests/face


@dataclass(frozen=True)
class Visit:
    """Who opens what, when. `takes` names the address part in place of what the route usually takes; `world`: a key of `worlds`."""

    who: str
    route: str
    at: datetime = IN_AUGUST
    takes: str = ""
    query: str = ""
    world: str = ""


APPLYING = (
    "profile:personal",
    "profile:education",
    "profile:education_add",
    "profile:licence",
    "profile:photo",
    "profile:documents",
)
VISITS = [
    *(Visit(NOBODY, f"accounts:{name}") for name in ("login", "register", "reset")),
    *(Visit(NOBODY, route, IN_JULY) for route in ("home", "public:plan")),
    *(Visit(NOBODY, f"public:{name}") for name in ("publicity", "publicity_list", "objection", "verify")),
    Visit(NOBODY, "public:plan", takes="", query="?base={base_code}"),
    *(Visit(NOBODY, f"demo:{name}") for name in ("home", "inbox", "accounts")),
    *(Visit("new", route, IN_JULY) for route in ("apply:home", "apply:choices", "apply:messages", "profile:personal", "profile:looks")),
    *(Visit("filling", route, IN_JULY) for route in (*APPLYING, "profile:education_edit", "apply:home", "apply:choices", "apply:check", "apply:messages")),
    Visit("filling", "apply:choices", IN_JULY, query="?change=1"),
    Visit("own_staff", "profile:employment", IN_JULY),
    *(Visit("admitted", f"apply:{name}") for name in ("home", "result", "receipt", "withdraw", "choices")),
    *(Visit("admitted", route) for route in ("profile:personal", "profile:looks", "accounts:password")),
    *(Visit("left", route) for route in ("apply:home", "apply:result")),
    Visit("rejected", "apply:result", IN_JULY),
    *(Visit("cancelled", route) for route in ("apply:home", "apply:result")),
    *(Visit("graduating", f"apply:{name}") for name in ("home", "certificates")),
    *(Visit("lead", f"base:{name}") for name in ("certificates", "certificate", "reductions", "reduction")),
    *(Visit(who, "apply:year_reduction") for who in ("graduating", "admitted")),
    *(Visit(who, f"province:{name}", takes=takes) for who in ("association", "officer") for name, takes in (("reductions", ""), ("reduction", "reduction"))),
    *(Visit("lead", f"base:{name}", IN_JULY) for name in ("home", "brochure", "review", "review_one", "decide", "confirmation")),
    Visit("lead", "base:review_one", IN_JULY, takes="again"),
    Visit("lead", "base:confirm_one", CONFIRMED, takes="approved"),
    *(Visit("lead", f"base:{name}") for name in ("scores", "scores_confirm", "report_in", "report_in_absent")),
    *(Visit("lead", f"base:{name}") for name in ("admission", "ranking", "moves", "others", "increases", "admission_run", "disqualifications")),
    *(Visit("marking", f"base:{name}", ASSESSED) for name in ("scores", "scores_import", "admission")),
    Visit("waiting", "base:admission_run", takes="waiting_run"),
    Visit("lead", "base:comparison"),
    Visit("officer", "province:comparison", takes="run"),
    Visit("officer", "province:comparison", takes="waiting_run"),
    Visit("officer", "province:lottery"),
    Visit(NOBODY, "public:verification"),
    Visit(NOBODY, "public:verification", query="?code=00000000000000000000"),
    Visit(NOBODY, "public:lottery"),
    Visit(NOBODY, "public:lottery", query="?number=2025100001"),
    Visit(NOBODY, "public:lottery", IN_JULY),
    Visit("officer", "province:what_if"),
    Visit("officer", "province:what_if", query="?base={base_code}"),
    Visit("officer", "province:what_if_result"),
    Visit("officer", "province:run", takes="what_if"),
    *(Visit("reader", f"base:{name}") for name in ("home", "review")),
    *(Visit("officer", f"province:{name}") for name in ("home", "applications", "plan", "roster", "approvals", "run", "reallocation", "publicity")),
    Visit("officer", "province:disqualifications", query="?number=2025100001"),
    Visit("province_lead", "province:disqualifications"),
    *(Visit("officer", f"province:{name}") for name in ("others", "increases", "reserve")),
    Visit("reader", "base:brochure"),
    Visit(NOBODY, "public:brochure"),
    *(Visit("officer", f"province:{name}") for name in ("brochures", "brochure")),
    Visit("officer", "province:run", takes="waiting_run"),
    Visit("officer", "province:home", IN_JULY, query="?show=demand"),
    *(Visit("province_lead", f"province:{name}") for name in ("roster", "approvals")),
    *(Visit("officer", f"province:{name}") for name in ("notices", "notice_version", "notice_amend", "extensions")),
    *(Visit("officer", f"office:{name}") for name in ("notices", "notice_new", "proposal", "proposal_edit", "preview")),
    Visit("officer", "office:notice_new", query="?notice={slug}"),
    Visit("officer", "office:proposal", takes="broken_proposal"),
    Visit("officer", "office:proposal", takes="new_proposal"),
    *(Visit("province_lead", route) for route in ("office:proposal", "province:extensions")),
    Visit(NOBODY, "public:rules"),
    Visit(NOBODY, "public:papers"),
    Visit("association", "province:home"),
    *(Visit("auditor", route) for route in ("platform:audit", "province:publicity")),
    *(Visit("admin", f"platform:{name}") for name in ("accounts", "health", "working_days", "working_days_edit")),
    Visit("officer", "platform:working_days", query="?year=2024"),
    Visit("school", "school:home"),
    *(Visit("answering", f"apply:{name}", IN_MAY, world="june") for name in ("home", "acceptance", "result")),
    *(Visit(who, "apply:acceptance", IN_MAY, world="june") for who in ("accepted", "gave_up")),
    *(Visit("invited", f"apply:{name}", IN_JUNE, world="june") for name in ("home", "invitations", "choices")),
    *(Visit("invited", f"apply:{name}", IN_JUNE, query="?round=first", world="june") for name in ("home", "result")),
    *(Visit("joining", f"apply:{name}", IN_JUNE, world="june") for name in ("home", "invitations")),
    *(Visit("first_lead", f"base:{name}", IN_MAY, world="june") for name in ("home", "acceptance", "admission", "report_in")),
    Visit("first_lead", "base:acceptance", IN_MAY, query="?state=accepted", world="june"),
    *(Visit("first_lead", f"base:{name}", IN_JUNE, query="?round=first", world="june") for name in ("review", "scores")),
    *(Visit("inviting", f"base:{name}", IN_JUNE, world="june") for name in ("home", "invitations", "candidates", "invite", "review")),
    *(Visit("officer", f"province:{name}", IN_JUNE, world="june") for name in ("home", "applications")),
    *(Visit("clerk", f"base:{name}", AT_COUNTER, world="counter") for name in ("home", "counter", "counter_account")),
    *(Visit("clerk", "base:counter_one", AT_COUNTER, takes=who, world="counter") for who in ("at_counter", "lacking", "recorded", "corrected")),
    Visit("clerk", "base:counter_receipt", AT_COUNTER, world="counter"),
    *(Visit("prepared", f"apply:{name}", AT_COUNTER, world="counter") for name in ("home", "check")),
    *(Visit(who, "apply:home", AT_COUNTER, world="counter") for who in ("recorded", "corrected")),
    *(Visit(who, "apply:roster", AT_LISTS, world="lists") for who in ("listed", "unlisted", "asking", "not_listed")),
    *(Visit("unlisted", f"apply:{name}", AT_LISTS, world="lists") for name in ("home", "choices")),
    *(Visit("dean", f"school:{name}", AT_LISTS, world="lists") for name in ("home", "name_list_import", "roster_requests", "roster_request")),
    *(Visit("lister", f"province:{name}", AT_LISTS, world="lists") for name in ("name_lists", "name_list_import", "roster_requests", "roster_request")),
    Visit("lister", "province:roster_request", AT_LISTS, takes="roster_request", world="lists"),
    Visit("lister", "province:roster_requests", AT_LISTS, query="?done=yes", world="lists"),
    Visit("coded", "accounts:second_factor"),
    Visit("uncoded", "accounts:enroll"),
]  # fmt: skip


def test_every_page_is_visited() -> None:
    pages = {route for route, line in TABLE.items() if "GET" in line.methods} - FILES - ELSEWHERE
    assert pages - {visit.route for visit in VISITS} == set()


# Names and abbreviations that are Chinese usage too; what a person, a process, a file or a digest is called.
NAMES = "XLSX xlsx TOML toml UTF true false PDF JPG JPEG PNG KB MB GB ID TOTP Excel Ctrl Enter PostgreSQL Valkey C.UTF-8 worker beat gme-allocation NFC"
ALLOWED = re.compile(
    rf"""\b(?:{"|".join(map(re.escape, NAMES.split()))}|manage\.py\ demo)\b  # names and abbreviations
    |\S+@\S+|https?://\S+|shili[-\d]*|[0-9a-f]{{8,}}(?:-[0-9a-f]+)*|\#FFFFFF  # addresses, example people, digests, a colour
    |\b[a-z]\b|\b[A-Z]\d*\b  # keys and cells""",
    re.VERBOSE,
)
# Read as the browser shows it: text that is displayed and no code, placeholders, and what is read aloud.
SPOKEN = """() => {
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const around = walker.currentNode.parentElement;
    if (!around.closest('.mono, code, kbd, script, style') && around.checkVisibility()) texts.push(walker.currentNode.data);
  }
  for (const one of document.querySelectorAll('[placeholder], [aria-label], [title], img[alt]'))
    if (one.checkVisibility()) for (const name of ['placeholder', 'aria-label', 'title', 'alt']) texts.push(one.getAttribute(name) ?? '');
  return texts.join('\\n');
}"""
BROKEN_IMAGES = "() => [...document.images].filter((one) => !one.complete || !one.naturalWidth).map((one) => one.src)"
STICKING_OUT = """(width) => document.documentElement.scrollWidth <= width ? [] :
  [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > width + 1)
    .slice(0, 4).map((one) => one.outerHTML.slice(0, 160))"""


def english(text: str) -> list[str]:
    return sorted(set(re.findall(r"[A-Za-z]{2,}(?:[ '-][A-Za-z]+)*", ALLOWED.sub(" ", text))))


class Window:
    """A browser window of one person that remembers what went wrong on the page it shows."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.wrong: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(f"console: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.url}: {response.status}")

    def open(self, address: str, picture: str) -> list[str]:
        """Everything that is wrong with a page, at both widths."""
        self.wrong.clear()
        self.page.set_viewport_size(DESKTOP)
        answer = self.page.goto(address)
        if answer is None or answer.status != 200:
            return [f"status {answer.status if answer else None}"]
        if self.page.url != address:
            self.wrong.append(f"led on to {self.page.url}")
        self.wrong += [f"English: {words}" for words in english(self.page.evaluate(SPOKEN))]
        for size in (DESKTOP, PHONE):
            self.page.set_viewport_size(size)
            self.wrong += [f"{size['width']} px: {html}" for html in self.page.evaluate(STICKING_OUT, size["width"])]
            found = Axe().run(self.page).response["violations"]
            self.wrong += [
                f"{size['width']} px: {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"][:3]
            ]
            if os.environ.get("GME_PICTURES"):
                self.page.screenshot(path=f"{os.environ['GME_PICTURES']}/{picture}-{size['width']}.png", full_page=True)
        self.page.evaluate(
            "() => document.querySelectorAll('img[loading=lazy]').forEach((one) => one.scrollIntoView())"
        )
        self.wrong += [f"picture: {source}" for source in self.page.evaluate(BROKEN_IMAGES)]
        return list(self.wrong)


@pytest.fixture
def year(notice: Notice) -> August:
    return august.build(notice)


@pytest.fixture
def worlds(year: August) -> dict[str, World]:
    """The year in August under "", and others made after it, so that their people do not stand in for its own."""
    return {"": year, "june": june.build(), "counter": desk.build(), "lists": lists.build()}


def enter(user: User) -> Client:
    """Signed in by password alone."""
    client = Client()
    client.force_login(user, backend="gme_portal.accounts.backends.IdentityBackend")
    return client


@pytest.fixture
def window(
    live_server: Any,
    new_context: Callable[..., BrowserContext],
    sign_in: Callable[[User], Client],
    worlds: dict[str, World],
) -> Callable[[str], Window]:
    """`window("lead")`: a window in which this person is signed in, one for each."""
    windows: dict[str, Window] = {}
    people = {name: user for world in reversed(worlds.values()) for name, user in world.people.items()}

    def open_window(who: str) -> Window:
        if who not in windows:
            context = new_context(color_scheme="light")
            if who:
                client = enter(people[who]) if who in ("uncoded", "coded") else sign_in(people[who])
                session = client.cookies[configured.SESSION_COOKIE_NAME].value
                context.add_cookies(
                    [{"name": configured.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
                )
            windows[who] = Window(context)
        return windows[who]

    return open_window


def test_every_page(
    year: August,
    worlds: dict[str, World],
    window: Callable[[str], Window],
    live_server: Any,
    clock_at: Callable[[datetime], datetime],
    settings: Any,
) -> None:
    """With the bar of a rehearsal on top: it takes room that other pages have to spare."""
    settings.REHEARSAL_CLOCK = True
    wrong: dict[str, list[str]] = {}
    for number, visit in enumerate(VISITS):
        clock_at(visit.at)
        takes, world = visit.takes or TABLE[visit.route].takes, worlds[visit.world]
        address = live_server.url + address_of(visit.route, world.notice, world.parts.get(takes, []))
        address += visit.query.format(base_code=year.parts["base_code"][0], slug=year.notice.slug)
        name = f"{number:02d}-{visit.who or 'nobody'}-{visit.route.replace(':', '.')}"
        found = window(visit.who).open(address, name)
        if found:
            wrong[name] = found
    assert wrong == {}
