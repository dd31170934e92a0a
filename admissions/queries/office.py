"""The house as a whole (全部通知): its notices in force and past, what is being drafted, and what an empty installation still needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bases.models import Specialty, TrainingBase
from gme_portal.accounts.access import PROVINCE
from gme_portal.accounts.models import Role, User
from gme_portal.notices.models import NoticeProposal, NoticeVersion
from gme_portal.notices.queries import in_force, is_over, read_text, shipped
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from quotas.models import OthersPool, Quota


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice with its version in force: the windows that are open, the next one to open, and whether it has a plan."""

    version: NoticeVersion
    policy: Policy
    open: tuple[Window, ...]
    next: Window | None
    is_over: bool
    has_plan: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step from an empty installation to the first registration. `state`: done, now, later."""

    title: str
    text: str
    state: str
    command: str = ""


def standings(at: datetime) -> list[Standing]:
    """Every notice of the house, the newest year first. Four queries, however many notices."""
    planned = set(Quota.objects.values_list("notice", flat=True).distinct())
    planned |= set(OthersPool.objects.values_list("notice", flat=True).distinct())
    return [_standing(version, policy, at, version.notice_id in planned) for version, policy in in_force()]


def _standing(version: NoticeVersion, policy: Policy, at: datetime, has_plan: bool) -> Standing:
    windows = sorted(policy.windows, key=lambda window: (window.opens, window.closes))
    running = tuple(window for window in windows if window.is_open(at))
    coming = next((window for window in windows if window.opens > at), None)
    over = not version.notice.is_open or is_over(policy, at)
    return Standing(version, policy, running, coming, over, has_plan)


def starts() -> dict[str, list[tuple[str, str]]]:
    """What a new notice may begin with: texts in force, and the files that came with the platform: [(id, title)]."""
    own = [(version.notice.slug, version.notice.title) for version, _ in in_force()]
    taken = {slug for slug, _ in own}
    files = [(name, read_text(text)[0]) for name, text in shipped().items() if name not in taken]
    return {"notices": own, "files": files}


def first_steps() -> list[Step]:
    """What comes next where no notice has been adopted yet."""
    office = User.objects.filter(is_active=True, role__in=PROVINCE)
    has_world = Specialty.objects.exists() and TrainingBase.objects.exists()
    has_two = office.count() > 1 and office.filter(role=Role.PROVINCE_LEAD).exists()
    drafts = set(NoticeProposal.objects.filter(state__in=["draft", "pending"]).values_list("state", flat=True))
    waits = "pending" in drafts
    said = (
        ("基础数据", "省份、专业、院校和培训基地，由平台管理员在服务器上载入。", has_world, "manage.py load_world"),
        ("两个省级账号", "起草和批准须由两个人办理，批准人须为省级负责人。账号由平台管理员在服务器上开通。", has_two, "manage.py staff"),
        ("起草第一份通知", "上传规则文件，或以随平台附带的文件为底稿；保存后逐条检查。", waits, ""),
        ("另一人批准采用", "省级负责人在本页打开待批准的草案，核对后批准，即刻执行。", False, ""),
        ("导入招收计划", "采用后由平台管理员导入各基地各专业的名额，学员即可在报名时间内报名。", False, "manage.py import_plan"),
    )  # fmt: skip
    current = next(number for number, (_, _, done, _) in enumerate(said) if not done)
    return [
        Step(title, text, "done" if done else "now" if number == current else "later", command)
        for number, (title, text, done, command) in enumerate(said)
    ]
