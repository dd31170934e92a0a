"""How the platform is doing, in figures."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count
from redis.exceptions import RedisError

from gme_portal.accounts.models import Role, User
from gme_portal.audit.models import AuditSeal
from gme_portal.outbox.models import Message, MessageState

STALE_SEAL_SECONDS = 300
LITTLE_DISK_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Reading:
    """One line of the health page: what was looked at, what was found, and whether that is well."""

    label: str
    value: str
    well: bool
    advice: str = ""


def health(*, at: datetime) -> list[Reading]:
    """Database, broker, jobs, messages and disk, each with what to do when it is not well."""
    return [_database(), _broker(), _jobs(at), _messages(at), _disk()]


def _database() -> Reading:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), pg_database_size(current_database())")
        version, size = cursor.fetchone()
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        ctype = cursor.fetchone()[0]
    name = " ".join(version.split()[:2])
    # With character type C the trigram search is blind to Chinese and finds nothing, silently.
    return Reading(
        "数据库",
        f"{name}，{size // 1024 // 1024} MB，字符类型 {ctype}",
        ctype not in ("C", "POSIX"),
        "请用 C.UTF-8 重建数据库，否则中文检索失效",
    )


def _broker() -> Reading:
    try:
        cache.set("health", "1", 10)
        return Reading("消息队列", "正常", cache.get("health") == "1", "")
    except RedisError as error:
        return Reading(
            "消息队列", type(error).__name__, False, "报名和审核不受影响；短信和定时任务会推迟，请检查 Redis 服务"
        )


def _jobs(at: datetime) -> Reading:
    last = AuditSeal.objects.last()
    if last is None:
        return Reading("定时任务", "尚未运行", False, "请检查 worker 与 beat 进程")
    # A rehearsal clock that was moved back makes the last seal lie in the future: that is no delay.
    behind = max((at - last.at).total_seconds(), 0)
    waiting = behind > STALE_SEAL_SECONDS
    return Reading(
        "定时任务",
        f"审计封存至第 {last.last_event_id} 条（{last.at:%m-%d %H:%M}）",
        not waiting,
        "若之后有新的操作而长时间未封存，请检查 worker 与 beat 进程",
    )


def _messages(at: datetime) -> Reading:
    counts = dict(Message.objects.values_list("state").annotate(Count("id")).order_by())
    overdue = Message.objects.filter(state=MessageState.PENDING, due_at__lt=at).count()
    failed = counts.get(MessageState.FAILED, 0)
    value = f"已发送 {counts.get(MessageState.SENT, 0)}，待发送 {counts.get(MessageState.PENDING, 0)}，失败 {failed}"
    return Reading("短信与消息", value, overdue < 100 and not failed, "请检查短信网关；失败的消息保留在发件箱")


def _disk() -> Reading:
    usage = shutil.disk_usage(settings.GME_VAR)
    return Reading(
        "磁盘",
        f"可用 {usage.free // 1024**3} GB / {usage.total // 1024**3} GB",
        usage.free > LITTLE_DISK_BYTES,
        "可用空间不足 2 GB，请清理或扩容",
    )


def staff_accounts() -> list[User]:
    """All accounts of staff, by role and name; applicants are people, not the administrator's business."""
    return list(User.objects.exclude(role=Role.APPLICANT).order_by("role", "name"))
