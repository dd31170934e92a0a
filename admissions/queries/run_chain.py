"""The chain of the runs of one scope (记录链): each link binds the digests of its run to the link before, so that no record can be rewritten unseen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from admissions.allocation import canonical
from admissions.models import AllocationRun


@dataclass(frozen=True, slots=True)
class Link:
    """One run in its chain, by digests alone."""

    made_at: datetime
    is_simulation: bool
    input_sha256: str
    output_sha256: str
    beside_sha256: str
    chain: str
    holds: bool


def chain_of(previous: str, input_sha256: str, output_sha256: str, beside_sha256: str) -> str:
    """SHA-256 over the previous chain and the digests of input, result and what stands beside, line by line."""
    parts = (previous, input_sha256, output_sha256, beside_sha256)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def links(run: AllocationRun) -> list[Link]:
    """Every link from the first run of the scope up to this one. One query."""
    rows = AllocationRun.objects.filter(notice=run.notice_id, round=run.round, kind=run.kind, base=run.base_id)
    by_pk = {row.pk: row for row in rows.defer("problem", "result")}
    found: list[Link] = []
    here: AllocationRun | None = by_pk[run.pk]
    while here is not None:
        before = by_pk[here.previous_id] if here.previous_id else None
        beside = canonical.digest(here.beside)
        expected = chain_of(before.chain if before else "", here.input_sha256, here.output_sha256, beside)
        found.append(
            Link(
                made_at=here.made_at,
                is_simulation=here.is_simulation,
                input_sha256=here.input_sha256,
                output_sha256=here.output_sha256,
                beside_sha256=beside,
                chain=here.chain,
                holds=expected == here.chain,
            )
        )
        here = before
    return found[::-1]
