"""What a lint says: one finding each, with what it is about, the words it rests on, and the clauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["错误", "矛盾", "提示"]
SEVERITIES: tuple[Severity, ...] = ("错误", "矛盾", "提示")
QUOTE = 60  # characters of a notice that a finding repeats


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` UPPER_SNAKE; `path` in the policy file, or the key of the source it was read in; `sentence` in Chinese, complete; `clauses` as in the
    file; `severity`: 错误 cannot work, 矛盾 contradicts itself, 提示 should be looked at; `quote`: the notice's own words."""

    code: str
    path: str
    sentence: str
    clauses: tuple[str, ...] = ()
    severity: Severity = "矛盾"
    quote: str = ""

    def __str__(self) -> str:
        cited = f"（{'；'.join(self.clauses)}）" if self.clauses else ""
        quoted = f"原文：“{self.quote}”" if self.quote else ""
        return f"【{self.severity}】{self.path}：{self.sentence}{cited}{quoted}"


def shorten(text: str) -> str:
    """A quotation without line breaks, cut to QUOTE characters."""
    plain = " ".join(text.split())
    return plain if len(plain) <= QUOTE else f"{plain[: QUOTE - 1]}…"
