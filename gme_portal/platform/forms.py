"""The form in which an administrator enters a year's holidays."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gme_portal.policy.arrangement import ArrangedDay, ArrangementError, parse_arrangement


class YearForm(forms.Form):
    """A whole year as lines; `cleaned_data["lines"]` holds the days. `seen`: when what the editor has before them was last changed."""

    source = forms.CharField(label="依据", max_length=120, help_text="国务院办公厅通知的名称或文号。")
    lines = forms.CharField(
        label="放假和调休上班",
        widget=forms.Textarea(attrs={"rows": 16, "class": "wide"}),
        max_length=4000,
        help_text="每行一段，例如“10月1日至8日 放假 国庆节”“9月28日 上班 国庆节”。没有写到的日子照常：周一至周五上班。",
    )
    reason = forms.CharField(label="修改原因", max_length=200, help_text="写入操作记录。")
    seen = forms.DateTimeField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def clean_lines(self) -> tuple[ArrangedDay, ...]:
        try:
            return parse_arrangement(self.year, self.cleaned_data["lines"])
        except ArrangementError as error:
            raise ValidationError([str(problem) for problem in error.problems]) from error
