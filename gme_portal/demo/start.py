"""The ground of the demonstration: world, notice, example plan, staff, clock. Everything is looked for before it is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO

from django.conf import settings
from django.core.management import call_command

from bases.models import TrainingBase
from gme_portal.accounts.models import User
from gme_portal.audit.models import AuditEvent
from gme_portal.audit.services import record
from gme_portal.clock import services as clock
from gme_portal.clock.models import RehearsalClock
from gme_portal.demo import staff
from gme_portal.demo.moments import start_of
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.notices.services import adopt
from gme_portal.policy import Policy, loads
from quotas.models import Quota

NOTICE = "yunnan-2025-residency"
PLAN = f"{NOTICE}.example.csv"
# A demonstration that was switched off for longer than this goes on where it stopped.
PAUSE = timedelta(hours=1)


def lay_ground() -> Notice:
    """Make what is missing and return the notice. The first time, the clock is put where the demonstration begins."""
    folder = settings.BASE_DIR / "fixtures"
    source = (folder / "policies" / f"{NOTICE}.toml").read_text(encoding="utf-8")
    before = _opening(loads(source, NOTICE)) - timedelta(days=5)
    if not TrainingBase.objects.exists():
        call_command("load_world", stdout=StringIO())
    staff.open_offices(before)
    notice = existing_notice() or _adopt(source, before)
    if not Quota.objects.filter(notice=notice).exists():
        clock.set_to(before)
        call_command("import_plan", NOTICE, folder / "plans" / PLAN, stdout=StringIO())
        clock.set_to(_begin(notice))
        record(actor=None, action="rehearsal.clock_set", subject=RehearsalClock(id=1), at=_begin(notice))
    staff.open_bases_and_schools(notice, before)
    return notice


def existing_notice() -> Notice | None:
    return Notice.objects.filter(slug=NOTICE).first()


def resume() -> None:
    """After a pause the rehearsal clock goes on from the last thing that happened, not from wherever the real days have led."""
    last = AuditEvent.objects.order_by("-at").values_list("at", flat=True).first()
    if RehearsalClock.objects.exists() and last is not None and clock.now() - last > PAUSE:
        notice = Notice.objects.get(slug=NOTICE)
        clock.set_to(max(last, _begin(notice)))


def _adopt(source: str, at: datetime) -> Notice:
    officer, lead = (User.objects.get(login_name=name) for name in ("province.officer", "province.lead"))
    return adopt(source=source, author=officer, approver=lead, reason="演练：按操作手册录入", at=at).notice


def _opening(policy: Policy) -> datetime:
    registration = policy.window("registration")
    assert registration is not None
    return registration.opens


def _begin(notice: Notice) -> datetime:
    registration = policy_of(version_in_force(notice)).window("registration")
    assert registration is not None
    return start_of(registration.closes)
