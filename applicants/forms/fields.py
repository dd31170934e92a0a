"""Fields that several sections share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from applicants.services.drafts import Draft
from gme_portal.widgets import RadioTiles

YES, NO = "yes", "no"


class YesNoField(forms.TypedChoiceField):
    """是 / 否 as two tiles; the value is a bool, or None where it was not required and not answered."""

    def __init__(self, *, label: str, yes: str = "是", no: str = "否", **kwargs: Any) -> None:
        kwargs.setdefault("widget", RadioTiles)
        super().__init__(
            label=label, choices=[(NO, no), (YES, yes)], coerce=lambda value: value == YES, empty_value=None, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: YES, False: NO}.get(value, value) if isinstance(value, bool) else value


class SectionForm(forms.Form):
    """A section of the profile. `locked` shows it read-only, `frozen` only these fields; a draft puts back what was typed and not saved."""

    def __init__(
        self, *args: Any, locked: bool = False, frozen: Iterable[str] = (), draft: Draft | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields if locked else frozen:
            self.fields[name].disabled = True
        if draft is not None and not locked and not self.is_bound:
            self._take(draft)

    def _take(self, draft: Draft) -> None:
        typed = QueryDict(mutable=True)
        for name, values in draft.typed.items():
            typed.setlist(name, values)
        for name, field in self.fields.items():
            if not field.disabled:
                self.initial[name] = field.widget.value_from_datadict(typed, {}, name)
