"""How far a job of the demonstration is (进度), kept in the cache: one job at a time, and a job that dies is forgotten after a while."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

_KEY = "demo:job"
# A job says that it is alive at each step; one that has said nothing for so long is gone.
SILENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Progress:
    """What is going on: `label` in words, `done` of `total` steps (total 0 while unknown)."""

    label: str
    done: int = 0
    total: int = 0

    @property
    def text(self) -> str:
        return f"{self.done} / {self.total}" if self.total else "准备中"


def begin(label: str) -> bool:
    """Claim the place of the one job; False when another one holds it."""
    return bool(cache.add(_KEY, asdict(Progress(label)), SILENCE_SECONDS))


def report(label: str, done: int, total: int) -> None:
    cache.set(_KEY, asdict(Progress(label, done, total)), SILENCE_SECONDS)


def finish() -> None:
    with suppress(RedisError):  # then it is forgotten in time
        cache.delete(_KEY)


def current() -> Progress | None:
    """The job under way, if any; None too while the cache is away, when there can be none."""
    try:
        found = cache.get(_KEY)
    except RedisError:
        return None
    return Progress(**found) if found else None
