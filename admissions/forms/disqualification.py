"""Asking that a registration or admission be taken away (取消资格)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms


class DisqualificationForm(forms.Form):
    """Whom, why, and what was found; `objection` is the one it came from."""

    number = forms.CharField(label="报名号", max_length=20, error_messages={"required": "请填写报名号。"})
    trigger = forms.ChoiceField(label="情形", error_messages={"required": "请选择情形。"})
    grounds = forms.CharField(
        label="查实的事实和证据",
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 500}),
        help_text="确认后会原文告知本人。最多 500 个字。",
        error_messages={"required": "请写明查实的事实和证据。"},
    )
    objection = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, triggers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trigger"].choices = triggers  # type: ignore[attr-defined]
        if len(triggers) == 1:
            self.fields["trigger"].initial = triggers[0][0]
