"""Drawn portraits: always the same face for a number, and a photo by every rule of the notice."""

from __future__ import annotations

from pathlib import Path

import pytest

from applicants import photo
from gme_portal.demo.portraits import draw_portrait
from gme_portal.policy import load

RULE = load(Path(__file__).parents[2] / "fixtures/policies/yunnan-2025-residency.toml").photo


@pytest.mark.parametrize("size", [(480, 640), (826, 1052)])
@pytest.mark.parametrize("number", range(6))
def test_a_drawn_portrait_meets_every_rule_with_its_advice(number: int, size: tuple[int, int]) -> None:
    findings = photo.check(draw_portrait(number, size), RULE)
    assert [finding.sentence for finding in findings if not finding.passed] == []


def test_a_number_is_a_face() -> None:
    assert draw_portrait(7) == draw_portrait(7)
    assert draw_portrait(7) != draw_portrait(8)


def test_a_grey_background_is_refused_and_can_be_mended() -> None:
    grey = draw_portrait(3, background="#E1E1E1")
    assert {finding.key for finding in photo.failures(photo.check(grey, RULE))} >= {"background"}
    mended = photo.repair(grey, RULE)
    assert mended is not None
    assert photo.failures(photo.check(mended, RULE)) == []
    blue = draw_portrait(3, background="#438EDB")
    assert photo.repair(blue, RULE) is None
