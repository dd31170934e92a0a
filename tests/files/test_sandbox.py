"""The bounded child: what it may cost, and what it says when a file asks for more."""

from __future__ import annotations

import os

import pytest

from gme_portal.files import sandbox
from gme_portal.refusals import Refused

TARGETS = "tests.files.targets"


def test_answer_comes_back_with_its_blobs_and_its_cost() -> None:
    answer = sandbox.run(f"{TARGETS}:echo", b"\x00\xff body", {"word": "䶮"})
    assert answer.data == {"length": 7, "word": "䶮"}
    assert answer.blobs == (b"\x00\xff body", b"")
    assert 0 < answer.peak_mb < 100


def test_refusal_of_the_target_crosses_the_boundary() -> None:
    with pytest.raises(Refused) as caught:
        sandbox.run(f"{TARGETS}:refuse", b"")
    assert (caught.value.code, caught.value.refusal.clause, caught.value.field) == ("TEST_REFUSED", "003 三", "photo")


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("swallow_memory", "FILE_TOO_HEAVY"),
        ("abort", "FILE_TOO_HEAVY"),
        ("sleep_long", "FILE_TOO_SLOW"),
        ("burn_cpu", "FILE_TOO_SLOW"),
        ("flood_output", "FILE_UNREADABLE"),
        ("crash", "FILE_UNREADABLE"),
    ],
)
def test_a_child_out_of_bounds_is_a_refusal_and_never_a_crash_of_the_server(target: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        sandbox.run(
            f"{TARGETS}:{target}",
            b"x",
            memory_mb=100,
            cpu_seconds=1,
            wall_seconds=1.5 if target == "sleep_long" else 15,
        )
    assert caught.value.code == code


def test_the_child_sees_no_secret_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "GME_SECRET_KEY", "do-not-leak")
    seen = sandbox.run(f"{TARGETS}:environment", b"").data
    assert "GME_SECRET_KEY" not in seen["names"]
    assert not seen["django"]
    assert not seen["celery"]
