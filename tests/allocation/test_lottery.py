"""The lottery: fixed before anyone can know it, computed by anyone afterwards."""

from __future__ import annotations

import hashlib

import pytest

from admissions.allocation import lottery


def test_the_number_is_the_hash_anyone_can_compute() -> None:
    seed = lottery.seed("秘密", "2025-07-21 福彩 3D 第 2025191 期 4 0 7")
    expected = int(hashlib.sha256(f"{seed}|2025|A0001".encode()).hexdigest(), 16)
    assert lottery.number(seed, 2025, "A0001") == expected
    assert lottery.number(seed, 2026, "A0001") != expected


def test_the_commitment_opens_only_with_its_secret() -> None:
    committed = lottery.commitment("秘密")
    assert lottery.opens("秘密", committed.upper() + "\n")
    assert not lottery.opens("秘密2", committed)
    assert not lottery.opens("秘密", "不是摘要")


def test_places_do_not_depend_on_the_order_of_registration() -> None:
    everyone = [f"A{number:04d}" for number in range(50)]
    drawn = lottery.draw("seed", 2025, everyone)
    assert drawn == lottery.draw("seed", 2025, reversed(everyone))
    assert sorted(drawn.values()) == list(range(1, 51))
    assert min(everyone, key=lambda each: lottery.number("seed", 2025, each)) == min(drawn, key=drawn.__getitem__)
    with pytest.raises(ValueError, match="twice"):
        lottery.draw("seed", 2025, ["A1", "A1"])
