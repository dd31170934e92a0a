"""The ground of the demonstration: world, notice, example plan, staff, clock. Everything is looked for before it is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from admissions.queries.lots import draw_of, is_needed
from admissions.queries.rounds import label, worked_on
from admissions.services.lottery_draws import commit
from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.audit.services import record
from gme_portal.clock import services as clock
from gme_portal.clock.models import RehearsalClock
from gme_portal.demo import staff
from gme_portal.demo.brochures import hand_in_brochures
from gme_portal.demo.cast import demo_file
from gme_portal.demo.distributing import ask_for_more, distribute_others
from gme_portal.demo.moments import start_of
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import open_notices, policy_of, version_in_force
from gme_portal.notices.services import adopt
from gme_portal.policy import Policy, loads
from gme_portal.refusals import Refused
from quotas.models import Quota

POLICIES, PLANS = (settings.BASE_DIR / "fixtures" / name for name in ("policies", "plans"))
# A demonstration that was switched off for longer than this goes on where it stopped.
PAUSE = timedelta(hours=1)


def lay_ground(slug: str = "") -> Notice:
    """Make what is missing and return the notice: the one named, else the one there is, else that of `fixtures/demo.toml`. The first time, the
    clock is put where the demonstration begins.

    Raises Refused: DEMO_OTHER_NOTICE (the data belongs to another notice), DEMO_UNKNOWN_NOTICE, DEMO_WITHOUT_PLAN."""
    slug = _chosen(slug)
    source = (POLICIES / f"{slug}.toml").read_text(encoding="utf-8")
    policy = loads(source, slug)
    before = start_of(_opening(policy), days=5)
    if not TrainingBase.objects.exists():
        call_command("load_world", stdout=StringIO())
    staff.open_offices(before)
    notice = existing_notice() or _adopt(source, before)
    if not Quota.objects.filter(notice=notice).exists():
        clock.set_to(before)
        for sheet in _plans(slug):
            call_command("import_plan", slug, sheet, stdout=StringIO())
        clock.set_to(_begin(notice))
        record(actor=None, action="rehearsal.clock_set", subject=RehearsalClock(id=1), at=_begin(notice))
    staff.open_bases_and_schools(notice, before)
    distribute_others(notice, before)
    hand_in_brochures(notice, staff.ranked_bases(notice), before)
    ask_for_more(notice, staff.ranked_bases(notice)[1:4], _begin(notice) - timedelta(hours=1))
    _commit_lottery(notice, before)
    return notice


def existing_notice() -> Notice | None:
    """The notice that the demonstration is about, if there is one yet."""
    return next(iter(open_notices()), None)


def _chosen(slug: str) -> str:
    standing = existing_notice()
    if standing is not None and slug not in ("", standing.slug):
        sentence = f"这里的数据是“{standing.title}”的演练。演练另一份通知，请换一个数据目录（--var）。"
        raise Refused("DEMO_OTHER_NOTICE", sentence)
    slug = slug or (standing.slug if standing else demo_file()["notice"])
    known = sorted(path.stem for path in POLICIES.glob("*.toml"))
    if slug not in known:
        raise Refused("DEMO_UNKNOWN_NOTICE", f"没有名为 {slug} 的通知。可以演练：{'、'.join(known)}。")
    if standing is None and not _plans(slug):
        raise Refused("DEMO_WITHOUT_PLAN", f"fixtures/plans 中没有 {slug} 的招收计划，不能演练。")
    return slug


def _plans(slug: str) -> list[Path]:
    """The sheets of a notice's plan: real ones, and examples where no source has one."""
    return sorted(path for path in PLANS.glob(f"{slug}*.csv") if path.name[len(slug)] in ".-")


def resume() -> None:
    """After a pause the rehearsal clock goes on from the last thing that happened, not from wherever the real days have led."""
    last = AuditEvent.objects.order_by("-at").values_list("at", flat=True).first()
    if RehearsalClock.objects.exists() and last is not None and clock.now() - last > PAUSE:
        notice = existing_notice()
        if notice is not None:
            clock.set_to(max(last, _begin(notice)))


def _adopt(source: str, at: datetime) -> Notice:
    officer, lead = (User.objects.get(login_name=name) for name in ("province.officer", "province.lead"))
    return adopt(source=source, author=officer, approver=lead, reason="演练：按通知录入", at=at).notice


def _commit_lottery(notice: Notice, at: datetime) -> None:
    """Before anybody signs up the province says which public draw will count, in every round."""
    policy = policy_of(version_in_force(notice))
    for one in worked_on(policy):
        if draw_of(notice, one.key) is None and is_needed(policy):
            commit(
                notice=notice,
                round=one.key,
                source=f"演练：{label(policy, one.key)}报名截止后首期福利彩票双色球的中奖号码",
                actor=User.objects.get(login_name="province.officer"),
                at=at,
                policy=policy,
            )


def _opening(policy: Policy) -> datetime:
    registration = policy.window("registration")
    assert registration is not None
    return registration.opens


def _begin(notice: Notice) -> datetime:
    registration = policy_of(version_in_force(notice)).window("registration")
    assert registration is not None
    return start_of(registration.closes)
