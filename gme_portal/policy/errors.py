"""What is wrong with a document, said all at once: each problem with its path, its line where known, and a Chinese sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: `path` such as `windows.registration[0].closes`, `sentence` in Chinese, `line` (from 1) where known."""

    path: str
    sentence: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"第 {self.line} 行 " if self.line else ""
        return f"{where}{self.path}：{self.sentence}" if self.path else f"{where}{self.sentence}"


class DocumentError(Exception):
    """A strictly read document is wrong. `problems` holds every problem found, never only the first."""

    def __init__(self, source: str, problems: Iterable[Problem]) -> None:
        self.source = source
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(f"{source}：共 {len(self.problems)} 处问题")

    def __str__(self) -> str:
        return "\n".join(
            [f"{self.source}：共 {len(self.problems)} 处问题", *(f"  {problem}" for problem in self.problems)]
        )


class PolicyError(DocumentError):
    """A policy file (通知的规则文件) that must not be used; nothing of it is loaded."""
