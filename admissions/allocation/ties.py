"""What breaks a tie on the total (同分次序), in the order of the notice: marks, then or between them flags, and at last the lottery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

FLAGS = ("county", "licence", "own_staff")
LOTTERY = "lottery"
DEFAULT_CHAIN = ("written", "interview", "county", LOTTERY)


@dataclass(frozen=True, slots=True)
class TieChain:
    """`items`: keys of score components (higher first), of `FLAGS` (true first), and `lottery` (lower first) at the end.
    `labels`: Chinese names of components, where they are not 笔试 and 面试."""

    items: tuple[str, ...]
    labels: dict[str, str]

    @property
    def marks(self) -> tuple[str, ...]:
        """The score components of the chain, in its order."""
        return tuple(item for item in self.items if item not in FLAGS and item != LOTTERY)

    @property
    def is_default(self) -> bool:
        return self.items == DEFAULT_CHAIN


def chain_of(policy: dict[str, Any]) -> TieChain:
    """The tie chain of the `policy` object of a sound problem; without one, written, interview, county institution, lottery."""
    return TieChain(tuple(policy.get("tie_chain", DEFAULT_CHAIN)), dict(policy.get("labels", {})))
