"""What can be reached from where (可达集), asked many times of one graph."""

from __future__ import annotations

from admissions.allocation.bitset import lowest


class Closures:
    """`edges[i]`: the nodes (bit set) that node i leads to. What was found from one node serves every later search that comes by it."""

    def __init__(self, edges: list[int]) -> None:
        self._edges = edges
        self._from: dict[int, int] = {}
        self._familiar = 0

    def of(self, nodes: int) -> int:
        """The nodes of a set and all that can be reached from them (bit set)."""
        seen, rest = 0, nodes
        while rest:
            node = lowest(rest)
            if node not in self._from:
                self._from[node] = self._search(node)
                self._familiar |= 1 << node
            seen |= self._from[node]
            rest &= ~seen
        return seen

    def _search(self, start: int) -> int:
        seen, rest = 0, 1 << start
        while rest:
            known = rest & self._familiar
            if known:
                seen |= self._from[lowest(known)]
            else:
                node = lowest(rest)
                seen |= 1 << node
                rest |= self._edges[node]
            rest &= ~seen
        return seen
