"""The movable holders of one programme (可移动的占用者), and where they would go. Sets of programmes are bit sets."""

from __future__ import annotations

from admissions.allocation.bitset import members

# Whoever would go to no more programmes than this is counted at each of them; the sets of the others are joined.
FEW = 32


class Holders:
    """`into[p]` (shared by all programmes): those with a holder of few programmes who would go to p. `me`: this programme as a set."""

    def __init__(self, me: int, into: list[int]) -> None:
        self._me, self._into = me, into
        self._few: dict[int, tuple[int, ...]] = {}
        self._counts: dict[int, int] = {}
        self._narrow = 0
        self._many: dict[int, dict[int, None]] = {}
        self._wide: int | None = 0

    def add(self, applicant: int, allowed: int) -> None:
        """Someone who may be moved to `allowed`; nothing for somebody who is pinned (0)."""
        if not allowed:
            return
        if allowed.bit_count() > FEW:
            self._many.setdefault(allowed, {})[applicant] = None
            if self._wide is not None:
                self._wide |= allowed
            return
        self._few[applicant] = programmes = tuple(members(allowed))
        for programme in programmes:
            count = self._counts.get(programme, 0)
            self._counts[programme] = count + 1
            if not count:
                self._narrow |= 1 << programme
                self._into[programme] |= self._me

    def remove(self, applicant: int, allowed: int) -> None:
        """The reverse of `add`, with the same set."""
        if not allowed:
            return
        if allowed.bit_count() > FEW:
            alike = self._many[allowed]
            del alike[applicant]
            if not alike:
                del self._many[allowed]
                self._wide = None
            return
        for programme in self._few.pop(applicant):
            count = self._counts[programme] - 1
            self._counts[programme] = count
            if not count:
                self._narrow ^= 1 << programme
                self._into[programme] ^= self._me

    def edges(self) -> int:
        """Where at least one of them would go."""
        if self._wide is None:
            self._wide = 0
            for allowed in self._many:
                self._wide |= allowed
        return self._wide | self._narrow

    def one_for(self, programme: int) -> int | None:
        """Someone who would go there; None when nobody would."""
        wanted = 1 << programme
        if self._narrow & wanted:
            return next(applicant for applicant, programmes in self._few.items() if programme in programmes)
        return next((next(iter(alike)) for allowed, alike in self._many.items() if allowed & wanted), None)
