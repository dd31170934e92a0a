"""Blank forms and templates (表样) on offer: those of the notice, and those that bases add in their brochures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bases.models import Brochure, TrainingBase
from bases.queries import brochures_with_papers, supplement_of
from gme_portal.notices.models import Notice
from gme_portal.policy import Policy, PolicyError
from gme_portal.policy.schema import PAPER_KINDS, BlankPaper


@dataclass(frozen=True, slots=True)
class OnOffer:
    """One blank form: whose it is (a base's, else the notice's) and its clause for readers."""

    paper: BlankPaper
    base: TrainingBase | None
    cited: str


def on_offer(notice: Notice, policy: Policy) -> list[OnOffer]:
    """Every blank form of a notice, its own before those of the bases. At most one query."""
    own = [OnOffer(paper, None, policy.cite(paper.clause)) for paper in policy.papers]
    brochures = brochures_with_papers(notice) if policy.brochure is not None else ()
    return [*own, *(one for brochure in brochures for one in of_brochure(brochure, policy))]


def by_kind(found: list[OnOffer]) -> Iterator[tuple[str, list[OnOffer]]]:
    """(what they are for, the forms), in the order of `PAPER_KINDS`."""
    for kind, label in PAPER_KINDS.items():
        rows = [one for one in found if one.paper.kind == kind]
        if rows:
            yield label, rows


def of_brochure(brochure: Brochure, policy: Policy) -> list[OnOffer]:
    """The forms that a brochure adds; none of one that an amended notice no longer allows."""
    try:
        supplement = supplement_of(brochure, policy)
    except PolicyError:
        return []
    reader = replace(policy, sources=(*supplement.sources, *policy.sources))
    return [OnOffer(paper, brochure.base, reader.cite(paper.clause)) for paper in supplement.papers]
