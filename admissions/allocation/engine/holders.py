"""The movable holders of one programme (可移动的占用者), and where they would go. Sets of programmes are bit sets."""

from __future__ import annotations

from admissions.allocation.bitset import members

# Whoever would go to no more programmes than this is counted at each of them; the sets of the others are joined.
FEW = 32


def listed(allowed: int) -> tuple[int, ...] | None:
    """The programmes of a set one by one, None when they are many."""
    return tuple(members(allowed)) if allowed.bit_count() <= FEW else None


class Holders:
    """`me`: this programme as a set. Shared by all programmes: `into[p]`, those with a holder of few programmes who would go to p; `listed[a]`,
    the programmes of applicant `a` when they are few."""

    def __init__(self, me: int, into: list[int], listed: list[tuple[int, ...] | None]) -> None:
        self._me, self._into, self._listed = me, into, listed
        self._few: dict[int, tuple[int, ...]] = {}
        self._counts: dict[int, int] = {}
        self._narrow = 0
        self._many: dict[int, dict[int, None]] = {}
        self._wide: int | None = 0

    def add(self, applicant: int, allowed: int) -> None:
        """Someone who may be moved to `allowed`."""
        few = self._listed[applicant]
        if few is None:
            self._many.setdefault(allowed, {})[applicant] = None
            if self._wide is not None:
                self._wide |= allowed
            return
        if few:
            self._few[applicant] = few
        for programme in few:
            count = self._counts.get(programme, 0)
            self._counts[programme] = count + 1
            if not count:
                self._narrow |= 1 << programme
                self._into[programme] |= self._me

    def remove(self, applicant: int, allowed: int) -> None:
        """The reverse of `add`, with the same set."""
        if self._listed[applicant] is None:
            alike = self._many[allowed]
            del alike[applicant]
            if not alike:
                del self._many[allowed]
                self._wide = None
            return
        for programme in self._few.pop(applicant, ()):
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
