"""What a sheet is expected to hold, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "id_number", "phone", "mark", "integer", "date", "choice"]
Value = Any  # str | Decimal | int | date | None, by kind


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet, found by its header and never by its position (a *rank* column once read as scores cost a national round).

    `key` names the value in a row; `header` is the Chinese heading; `aliases` are other headings that mean the same.
    `kind`: text → str · id_number, phone → str (must be text cells) · mark → Decimal with at most two decimals · integer → int ·
    date → date · choice → one of `choices`. For mark, `choices` are words allowed instead of a number (缺考).
    `required`: the heading must be there and no cell may be empty. `unique`: no value twice. `minimum`/`maximum` bound mark and integer, inclusive.
    `width`: of the written column, in Chinese characters; 0 chooses by content.
    """

    key: str
    header: str
    aliases: tuple[str, ...] = ()
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    unique: bool = False
    minimum: float | None = None
    maximum: float | None = None
    width: int = 0

    @property
    def is_text_cell(self) -> bool:
        """Whether the cells are formatted as text, so that Excel keeps 18 digits and leading zeros."""
        return self.kind in ("text", "id_number", "phone")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data: `number` as Excel shows it, `values` by column key (None where the cell is empty or bad)."""

    number: int
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad cell or heading. `row` as Excel shows it (0 for the whole sheet), `column` its letter ("" where none), `value` as it stands there,
    `sentence` complete: 「第 7 行 C 列「笔试成绩」：应为 0–100 的数字，现为“九十”。」"""

    row: int
    column: str
    header: str
    value: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading a sheet. `rows` holds every row, also those with faults; apply nothing while `faults` is not empty."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
