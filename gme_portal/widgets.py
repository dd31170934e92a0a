"""Form widgets of the face. They hold no rule: forms and services judge, widgets only ask.

Markup lives in `templates/django/forms/`; behaviour in `static/js/`; each works as a plain input without JavaScript.
"""

from __future__ import annotations

from typing import Any

from django import forms


class Tile(str):
    """A choice label with a hint, or with the reason why it is closed (the notice's own sentence).

    A closed choice stays visible and cannot be picked in the browser; the server still has to refuse it.
    """

    hint: str
    closed: str

    def __new__(cls, label: str, *, hint: str = "", closed: str = "") -> Tile:
        tile = super().__new__(cls, label)
        tile.hint, tile.closed = hint, closed
        return tile


class _Tiles(forms.widgets.ChoiceWidget):
    def create_option(
        self,
        name: str,
        value: Any,
        label: Any,
        selected: bool,
        index: int,
        subindex: int | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        option = super().create_option(name, value, label, selected, index, subindex, attrs)
        if isinstance(label, Tile):
            option["hint"], option["closed"] = label.hint, label.closed
            # A closed option that is already chosen stays sendable, so that the refusal can say why.
            if label.closed and not selected:
                option["attrs"]["disabled"] = True
            if (label.hint or label.closed) and option["attrs"].get("id"):
                option["hint_id"] = f"{option['attrs']['id']}_hint"
                option["attrs"]["aria-describedby"] = option["hint_id"]
        return option


class RadioTiles(_Tiles, forms.RadioSelect):
    """One of a few, as large touch targets."""


class CheckTiles(_Tiles, forms.CheckboxSelectMultiple):
    """Several of a few, as large touch targets."""


class DateInput(forms.DateInput):
    """The browser's own date field; ISO on the wire."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class MonthInput(forms.TextInput):
    """Year and month (2025-07), typed: half of the browsers have no month field."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"placeholder": "如 2025-07", "inputmode": "numeric", "maxlength": 7, **(attrs or {})})


class FileDrop(forms.FileInput):
    """A file field with its rules in words, drag and drop and a preview; `preview`: photo or document."""

    template_name = "django/forms/widgets/file_drop.html"

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        *,
        rules: str = "",
        preview: str = "document",
        current_url: str = "",
        accept: str = "",
    ) -> None:
        super().__init__(attrs={**({"accept": accept} if accept else {}), **(attrs or {})})
        self.rules, self.preview, self.current_url = rules, preview, current_url

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"].update(rules=self.rules, preview=self.preview, current_url=self.current_url)
        return context


class Combobox(forms.TextInput):
    """Type characters or pinyin and pick; the picked value goes to the hidden field `code_field` of the same form.

    The text itself is always sent, so without JavaScript, or when `allow_other` lets people write freely, the server looks the name up.
    """

    template_name = "django/forms/widgets/combobox.html"

    def __init__(
        self, url: object = "", *, code_field: str = "", allow_other: bool = False, attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs={"autocomplete": "off", **(attrs or {})})
        self.url, self.code_field, self.allow_other = url, code_field, allow_other

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        prefix = name.rpartition("-")[0]
        code_name = f"{prefix}-{self.code_field}" if prefix and self.code_field else self.code_field
        extra = {"data-combobox-url": str(self.url)}
        if code_name:
            extra["data-combobox-code"] = code_name
        if self.allow_other:
            extra["data-allow-other"] = "1"
        return super().get_context(name, value, {**(attrs or {}), **extra})


class PhoneInput(forms.TextInput):
    """A mainland mobile number."""

    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"inputmode": "numeric", "autocomplete": "tel", "maxlength": 20, **(attrs or {})})


class CodeInput(forms.TextInput):
    """A code sent by SMS (短信验证码) or shown by an authenticator."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "maxlength": 8,
                "class": "code",
                **(attrs or {}),
            }
        )


class IdNumberInput(forms.TextInput):
    """An identity document number; letters are shown in capitals and spaces dropped while typing."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        base = {"autocomplete": "off", "spellcheck": "false", "maxlength": 32, "data-upper": "1", "class": "mono"}
        super().__init__(attrs={**base, **(attrs or {})})


class MarkInput(forms.TextInput):
    """A mark with up to two decimals."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 6, "class": "mark", **(attrs or {})}
        )
