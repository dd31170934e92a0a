"""Who of the provincial office does what with a notice: an officer writes, a lead approves, and never the same person both."""

from __future__ import annotations

from gme_portal.accounts.access import PROVINCE
from gme_portal.accounts.models import Role, User


def may_propose(user: User) -> bool:
    """Whether the user may write drafts, propose them and ask for extensions (经办)."""
    return user.is_active and user.role in PROVINCE


def may_approve(user: User, author_id: object) -> bool:
    """Whether the user may adopt, send back, or approve an extension of somebody else (批准)."""
    return user.is_active and user.role == Role.PROVINCE_LEAD and user.pk != author_id
