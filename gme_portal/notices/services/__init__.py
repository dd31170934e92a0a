"""Writing notices: adopted, amended, extended. `adopt` is the one way in without a proposal: commands, rehearsals, tests."""

from __future__ import annotations

from gme_portal.notices.services.adoption import adopt

__all__ = ["adopt"]
