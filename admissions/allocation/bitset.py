"""Sets of programmes as whole numbers (位集): bit i is programme i. Joining and cutting two sets costs one operation, however large they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

WORD = 64


def of(members: Iterable[int]) -> int:
    found = 0
    for member in members:
        found |= 1 << member
    return found


def members(bits: int) -> Iterator[int]:
    """The members in rising order. Large sets are walked word by word, so that a step does not cost the length of the whole."""
    words = (bits.bit_length() + WORD - 1) // WORD
    if words < 4 or bits.bit_count() < 8:
        while bits:
            lowest = bits & -bits
            yield lowest.bit_length() - 1
            bits ^= lowest
        return
    for number, word in enumerate(memoryview(bits.to_bytes(words * 8, "little")).cast("Q")):
        while word:
            lowest = word & -word
            yield number * WORD + lowest.bit_length() - 1
            word ^= lowest


def lowest(bits: int) -> int:
    """The smallest member of a set that is not empty."""
    return (bits & -bits).bit_length() - 1
