"""Reading notices: the version in force and its policy."""

from __future__ import annotations

from functools import lru_cache

from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.policy import Policy, loads


@lru_cache(maxsize=32)
def _parsed(digest: str, source: str) -> Policy:
    return loads(source, digest)


def version_in_force(notice: Notice) -> NoticeVersion:
    """The newest adopted version. Raises NoticeVersion.DoesNotExist for a notice without one."""
    return notice.versions.latest("number")


def policy_of(version: NoticeVersion) -> Policy:
    """The policy that a version holds; parsed once per process and digest."""
    return _parsed(version.digest, version.source)


def open_notices() -> list[Notice]:
    """Notices that people may work with, newest first."""
    return list(Notice.objects.filter(is_open=True))
