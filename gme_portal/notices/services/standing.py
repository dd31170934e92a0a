"""On which version a decision stands (依据的版本)."""

from __future__ import annotations

from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.notices.queries import version_in_force
from gme_portal.notices.services.locks import share_with_changes
from gme_portal.policy import Policy
from gme_portal.refusals import Refused


def decided_under(notice: Notice, policy: Policy) -> NoticeVersion:
    """The version in force, which stays in force to the end of the transaction; what a decision row stores. One query and a lock.

    Raises Refused NOTICE_CHANGED where `policy`, by which the caller judges, has another text: somebody amended the notice meanwhile."""
    return standing_version(notice, read_from=policy.digest)


def standing_version(notice: Notice, *, read_from: str = "") -> NoticeVersion:
    """As `decided_under`, for who has only some terms of the policy at hand: `read_from` is the digest of the text they come from, "" where
    nothing of the notice is judged by."""
    share_with_changes(notice.slug)
    version = version_in_force(notice)
    if read_from and version.digest != read_from:
        raise Refused(
            "NOTICE_CHANGED", f"通知刚刚修订（现行第 {version.number} 版），这一步没有生效。请刷新页面，按新规定办理。"
        )
    return version
