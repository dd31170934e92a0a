"""Brochures of bases (招生简章) in the demonstration: the real one where there is a file, invented ones at different stages elsewhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from bases.models import Brochure, TrainingBase
from bases.services.brochures import decide, propose
from gme_portal.accounts.models import Role, User
from gme_portal.clock.services import BEIJING
from gme_portal.notices.models import Notice
from gme_portal.notices.queries import policy_of, version_in_force
from gme_portal.policy import Policy

SUPPLEMENTS = settings.BASE_DIR / "fixtures" / "policies" / "supplements"
# How far the brochures of the second, third and fourth base have come: published, sent back, waiting for the province.
STAGES = ("approve", "return", "")
SENT_BACK = "演练：请写明现场确认的地点。"
DECIDED_AFTER = timedelta(hours=3)
DAYS = 2
TEXT = """\
schema = 1
policy = "{policy}"
base = "{base}"
base_name = "{name}"
title = "{name}{year}年招收简章（演练）"

[[sources]]
key = "简章"
name = "{name}{year}年招收简章（演练）"
own = true
issued_on = "{day}"

[contact]
phone = "000-00000000"
email = "peixun@example.com"
address = "示例区演练路1号教学楼（演练地址）"
clause = "简章 六"

[[facts]]
topic = "待遇"
note = "演练：按国家规定发放补助，单位学员另由原单位发放工资。"

[[facts]]
topic = "食宿"
note = "演练：提供宿舍，两人一间。"
"""
SLOT = """
[[slots]]
on = "{day}"
hours = ["08:30-11:30", "14:00-17:00"]
place = "教学楼一楼大厅（演练）"
clause = "简章 四"
"""


def hand_in_brochures(notice: Notice, bases: list[TrainingBase], at: datetime) -> None:
    """Every base with a real brochure has published it, and three others are on the way with invented ones; nothing where that is done, or
    where the notice leaves nothing to them."""
    policy = policy_of(version_in_force(notice))
    if policy.brochure is None or Brochure.objects.filter(notice=notice).exists():
        return
    for base in bases:
        real = SUPPLEMENTS / f"{notice.slug}.{base.code}.toml"
        if real.is_file():
            _bring(notice, base, real.read_text(encoding="utf-8"), "approve", at, policy)
    for base, stage in zip(bases[1:], STAGES, strict=False):
        if not Brochure.objects.filter(notice=notice, base=base).exists():
            _bring(notice, base, invented(base, policy, at), stage, at, policy)


def _bring(notice: Notice, base: TrainingBase, source: str, stage: str, at: datetime, policy: Policy) -> None:
    lead = User.objects.filter(role=Role.BASE_LEAD, base_staff__base=base).earliest("login_name")
    made = propose(notice=notice, base=base, source=source, actor=lead, at=at, policy=policy)
    if stage:
        officer, back = User.objects.get(login_name="province.officer"), stage == "return"
        after, reason = at + DECIDED_AFTER, SENT_BACK if back else ""
        decide(brochure=made, approve=not back, reason=reason, actor=officer, at=after, policy=policy)


def invented(base: TrainingBase, policy: Policy, at: datetime) -> str:
    """What a base might write, as far as the notice leaves it to the base."""
    day = at.astimezone(BEIJING).date()
    text = TEXT.format(policy=policy.id, base=base.code, name=base.name, year=policy.year, day=day.isoformat())
    window = policy.window("confirmation")
    if policy.brochure is None or "slots" not in policy.brochure.may_decide or window is None:
        return text
    first = window.opens.astimezone(BEIJING).date()
    return text + "".join(SLOT.format(day=(first + timedelta(days=number)).isoformat()) for number in range(DAYS))
