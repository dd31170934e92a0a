"""The form of a what-if (试算假设): seats, consent, priorities and geography of a copy; several changes at once."""

from __future__ import annotations

from typing import Any

from django import forms

from admissions.queries.assumptions import (
    CONSENTS,
    GEOGRAPHIES,
    MAX_SEATS,
    POOL,
    Assumptions,
    has_county_priority,
    seat_counts,
    seat_names,
    shortage_of,
    specialties_of,
)
from admissions.queries.ties import county_goes_first
from gme_portal.widgets import CheckTiles, RadioTiles

ROWS, ROWS_SHOWN = 6, 3
WHOLE = {
    "invalid": "名额须填整数。",
    "min_value": "名额不能小于 0。",
    "max_value": f"名额最多 {MAX_SEATS}。",
}


class WhatIfForm(forms.Form):
    """What is changed on a copy of `problem`. At a base every specialty has its field; in the province a few are named by their words."""

    consent = forms.ChoiceField(
        label="服从调剂", choices=list(CONSENTS.items()), required=False, widget=RadioTiles, initial=""
    )
    shortage = forms.MultipleChoiceField(
        label="按紧缺专业优先的专业",
        required=False,
        widget=CheckTiles,
        help_text="一个都不勾选，即不设紧缺专业优先。",
        error_messages={"invalid_choice": "没有“%(value)s”这个专业。"},
    )

    def __init__(self, *args: Any, problem: dict[str, Any], assumed: Assumptions | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problem, self.at_base = problem, "specialties" in problem
        self.names, self.counts = seat_names(problem), seat_counts(problem)
        shortage = self.fields["shortage"]
        assert isinstance(shortage, forms.MultipleChoiceField)
        shortage.choices = [(name, name) for name in specialties_of(problem)]
        before = assumed or Assumptions({})
        shortage.initial = sorted(shortage_of(problem) if before.shortage is None else before.shortage)
        self.fields["consent"].initial = before.consent
        if has_county_priority(problem):
            label = "县级及以下优先" if county_goes_first(problem) else "同分时县级及以下优先"
            self.fields["county_first"] = forms.BooleanField(label=label, required=False, initial=before.county_first)
        if self.at_base:
            self._add_base(before)
        else:
            self._add_province(before)

    def _add_base(self, before: Assumptions) -> None:
        pool = self.problem["policy"]["transfer"] == POOL if before.pool is None else before.pool
        self.fields["pool"] = forms.BooleanField(label="未招满的名额可以移入紧缺专业", required=False, initial=pool)
        for place, (key, name) in enumerate(self.names.items()):
            seats = before.seats.get(key, self.counts[key])
            self.fields[f"seats_{place}"] = _seats(name, seats, f"现为 {self.counts[key]}")

    def _add_province(self, before: Assumptions) -> None:
        self.fields["geography"] = forms.ChoiceField(
            label="可去的地域",
            choices=list(GEOGRAPHIES.items()),
            required=False,
            widget=RadioTiles,
            initial=before.geography,
        )
        named = list(before.seats.items())
        for place in range(ROWS):
            key, seats = named[place] if place < len(named) else ("", None)
            self.fields[f"programme_{place}"] = forms.CharField(
                label=f"专业基地 {place + 1}",
                required=False,
                max_length=120,
                initial=self.names.get(key, ""),
                widget=forms.TextInput(attrs={"list": "programmes", "autocomplete": "off"}),
            )
            self.fields[f"seats_{place}"] = _seats(f"名额 {place + 1}", seats)

    def seat_fields(self) -> list[list[Any]]:
        """The bound fields of seats, those of one row together."""
        if self.at_base:
            return [[self[f"seats_{place}"]] for place in range(len(self.names))]
        return [[self[f"programme_{place}"], self[f"seats_{place}"]] for place in range(ROWS)]

    def seat_rows(self) -> tuple[list[list[Any]], list[list[Any]]]:
        """The rows that are open at once, and those behind 更多; all of them where one behind is filled in or refused."""
        rows = self.seat_fields()
        used = any(field.errors or field.value() not in (None, "") for row in rows[ROWS_SHOWN:] for field in row)
        return (rows, []) if self.at_base or used else (rows[:ROWS_SHOWN], rows[ROWS_SHOWN:])

    def options(self) -> list[tuple[str, int]]:
        """Words and present seats of every programme that can be named."""
        return [(name, self.counts[key]) for key, name in self.names.items()]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["seats"] = self._base_seats(values) if self.at_base else self._province_seats(values)
        return values

    def _base_seats(self, values: dict[str, Any]) -> dict[str, int]:
        found = {}
        for place, key in enumerate(self.names):
            seats = values.get(f"seats_{place}")
            if seats is None and f"seats_{place}" not in self.errors:
                self.add_error(f"seats_{place}", f"请填写{self.names[key]}的名额，不招收填 0。")
            elif seats is not None and seats != self.counts[key]:
                found[key] = seats
        return found

    def _province_seats(self, values: dict[str, Any]) -> dict[str, int]:
        by_words = {"".join(name.split()): key for key, name in self.names.items()}
        found: dict[str, int] = {}
        for place in range(ROWS):
            words, seats = values.get(f"programme_{place}", ""), values.get(f"seats_{place}")
            if not words and seats is None:
                continue
            key = by_words.get("".join(words.split()))
            if not words:
                self.add_error(f"programme_{place}", "请选择要改名额的专业基地。")
            elif key is None:
                self.add_error(f"programme_{place}", f"没有“{words}”，请从列表中选择“基地 专业”。")
            elif seats is None and f"seats_{place}" not in self.errors:
                self.add_error(f"seats_{place}", "请填写改为多少个名额。")
            elif key in found:
                self.add_error(f"programme_{place}", f"{words}填了两次，请只保留一行。")
            elif seats is not None:
                found[key] = seats
        return found

    def assumed(self) -> Assumptions:
        """What was chosen; what is as it was stays unsaid."""
        data = self.cleaned_data
        chosen = frozenset(data["shortage"])
        pool = data.get("pool")
        same_pool = not self.at_base or pool == (self.problem["policy"]["transfer"] == POOL)
        return Assumptions(
            seats=data["seats"],
            consent=data["consent"],
            shortage=None if chosen == shortage_of(self.problem) else chosen,
            county_first=data.get("county_first", True),
            pool=None if same_pool else pool,
            geography=data.get("geography", ""),
        )


def _seats(label: str, initial: int | None, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MAX_SEATS,
        initial=initial,
        help_text=hint,
        error_messages=WHOLE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
