"""Forms of the provincial office's notice pages: a draft's text, words for a decision, an extension."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms

from admissions.queries.notice_pages import window_key, window_words
from bases.models import TrainingBase
from gme_portal.clock.services import BEIJING
from gme_portal.policy import Policy
from gme_portal.policy.schema import Window
from gme_portal.widgets import FileDrop

MAX_FILE_BYTES = 3 * 1024 * 1024


class DraftForm(forms.Form):
    """The text of a notice, uploaded or typed; what is uploaded goes before what is typed."""

    file = forms.FileField(
        label="规则文件",
        required=False,
        widget=FileDrop(rules="TOML，UTF-8 编码，不超过 3 MB"),
        help_text="也可以直接在下面修改内容。",
    )
    source = forms.CharField(
        label="文件内容",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "wide mono code", "spellcheck": "false", "wrap": "off"}),
        help_text="每一项都须写明依据的条款。保存后会列出全部问题。",
    )
    reason = forms.CharField(
        label="原因",
        required=False,
        max_length=200,
        help_text="为什么采用或修订。批准人会看到，批准后公布。",
    )

    def clean(self) -> dict[str, Any]:
        """`source` and `file_name` as they go on record."""
        cleaned = super().clean() or {}
        upload = cleaned.get("file")
        cleaned["file_name"] = ""
        if upload is None:
            return cleaned
        if upload.size > MAX_FILE_BYTES:
            self.add_error("file", f"文件不能超过 3 MB，您上传的为 {upload.size / 1024 / 1024:.1f} MB。")
            return cleaned
        try:
            cleaned["source"] = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add_error("file", "文件不是 UTF-8 编码，请另存为 UTF-8 后重新上传。")
        cleaned["file_name"] = upload.name or ""
        return cleaned


class WordsForm(forms.Form):
    """Words for whoever made or asked for something that is not approved."""

    words = forms.CharField(
        label="原因", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 200})
    )


class ExtensionForm(forms.Form):
    """Which window closes when, for whom, and why (延长)."""

    window = forms.ChoiceField(label="时间段", error_messages={"required": "请选择时间段。"})
    base = forms.ChoiceField(label="范围", required=False)
    closes = forms.DateTimeField(
        label="新的截止时间",
        help_text="北京时间。当日末请填次日 00:00。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": "请填写日期和时间。", "invalid": "请按 2025-07-20 22:00 的样子填写。"},
    )
    reason = forms.CharField(
        label="原因", max_length=200, help_text="会随通知告知有关人员。", error_messages={"required": "请写明原因。"}
    )

    def __init__(
        self, *args: Any, windows: Sequence[Window], bases: Sequence[TrainingBase], policy: Policy, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._windows = {window_key(window): window for window in windows}
        self._bases = {base.code: base for base in bases}
        self.fields["window"].choices = [  # type: ignore[attr-defined]
            ("", "请选择"),
            *((key, window_words(window, policy)) for key, window in self._windows.items()),
        ]
        self.fields["base"].choices = [  # type: ignore[attr-defined]
            ("", "所有人"),
            *((base.code, f"只为{base.name}") for base in bases),
        ]

    def clean_window(self) -> Window:
        return self._windows[self.cleaned_data["window"]]

    def clean_closes(self) -> datetime:
        closes: datetime = self.cleaned_data["closes"]
        return closes.astimezone(BEIJING)

    def chosen_base(self) -> TrainingBase | None:
        return self._bases.get(self.cleaned_data.get("base", ""))
