"""What a notice says about its plan (通知对计划的规定), as the services of this app ask it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gme_portal.policy import Policy
from quotas.models import RESERVED_FOR


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """`codes`: specialties of the notice, `shortage` those of them that are short of people; `total`: seats the notice announces (0: it does not
    say); `others_row`: bases distribute the rest (其他); `reserve`: commissioned people are assigned to seats of the plan, so that some may be
    kept for them; `opens`: when people begin to choose; `clause` of the plan, `increase` and `increase_clause` of asking for more;
    `digest` of the text they were read from."""

    codes: frozenset[str]
    shortage: frozenset[str]
    total: int = 0
    others_row: bool = False
    reserve: bool = False
    opens: datetime | None = None
    clause: str = ""
    increase: bool = False
    increase_clause: str = ""
    digest: str = ""

    @classmethod
    def of(cls, policy: Policy) -> PlanTerms:
        begins = [window.opens for window in policy.windows if window.key in ("registration", "confirmation")]
        kind = policy.person_type(RESERVED_FOR)
        return cls(
            codes=frozenset(policy.specialties.codes),
            shortage=policy.specialties.shortage,
            total=policy.plan.total if policy.plan else 0,
            others_row=policy.plan is not None and policy.plan.others_row,
            reserve=kind is not None and kind.in_plan and kind.assigned,
            opens=min(begins, default=None),
            clause=policy.plan.clause if policy.plan else policy.specialties.clause,
            increase=policy.quota_moves.increase == "province_within_capacity",
            increase_clause=policy.quota_moves.clause,
            digest=policy.digest,
        )
