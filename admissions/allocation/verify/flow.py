"""Maximum flow by Dinic's method (最大流), plain Python, for checking only. A given flow may be taken as the start, which costs nothing in
exactness: the method ends only when no unit more can be pushed."""

from __future__ import annotations

from collections import deque


class Network:
    """Directed edges in pairs: edge e and its reverse e ^ 1; `room[e]` is what may still be pushed."""

    def __init__(self, nodes: int) -> None:
        self.leaving: list[list[int]] = [[] for _ in range(nodes)]
        self.head: list[int] = []
        self.room: list[int] = []

    def edge(self, tail: int, head: int, capacity: int, flow: int = 0) -> None:
        self.leaving[tail].append(len(self.head))
        self.head.append(head)
        self.room.append(capacity - flow)
        self.leaving[head].append(len(self.head))
        self.head.append(tail)
        self.room.append(flow)

    def push(self, source: int, sink: int) -> int:
        """Push until nothing more fits; returns how much was added."""
        added = 0
        while level := self._levels(source, sink):
            at = [0] * len(self.leaving)
            while self._one_path(source, sink, level, at):
                added += 1
        return added

    def _levels(self, source: int, sink: int) -> list[int]:
        level = [-1] * len(self.leaving)
        level[source] = 0
        queue = deque([source])
        while queue:
            node = queue.popleft()
            for edge in self.leaving[node]:
                head = self.head[edge]
                if self.room[edge] > 0 and level[head] < 0:
                    level[head] = level[node] + 1
                    queue.append(head)
        return level if level[sink] >= 0 else []

    def _one_path(self, source: int, sink: int, level: list[int], at: list[int]) -> bool:
        """One unit along one shortest path, depth first without recursion; dead ends are left behind for this phase."""
        path: list[int] = []
        node = source
        while node != sink:
            leaving = self.leaving[node]
            while at[node] < len(leaving):
                edge = leaving[at[node]]
                if self.room[edge] > 0 and level[self.head[edge]] == level[node] + 1:
                    break
                at[node] += 1
            else:
                if not path:
                    return False
                node = self.head[path.pop() ^ 1]
                at[node] += 1
                continue
            path.append(edge)
            node = self.head[edge]
        for edge in path:
            self.room[edge] -= 1
            self.room[edge ^ 1] += 1
        return True
