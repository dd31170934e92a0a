"""One file with its rules in words."""

from __future__ import annotations

from typing import Any

from django import forms

from gme_portal.widgets import FileDrop
from gme_portal.wording import kilobytes

MEDIA_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


def spoken(accepts: tuple[str, ...]) -> str:
    """Accepted kinds in words: PDF、JPG、PNG."""
    return "、".join(dict.fromkeys("JPG" if kind == "jpeg" else kind.upper() for kind in accepts))


class UploadForm(forms.Form):
    """`accepts`: file endings of the notice; `max_bytes`: limit of the raw file. What the file really is, the service judges."""

    file = forms.FileField(
        label="文件", allow_empty_file=True, error_messages={"required": "请先选择文件，再点“上传”。"}
    )

    def __init__(
        self,
        *args: Any,
        label: str,
        accepts: tuple[str, ...],
        max_bytes: int,
        rules: str,
        preview: str,
        current_url: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.max_bytes = max_bytes
        accept = ",".join(dict.fromkeys(MEDIA_TYPES[kind] for kind in accepts))
        self.fields["file"].label = label
        self.fields["file"].widget = FileDrop(rules=rules, preview=preview, current_url=current_url, accept=accept)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.max_bytes:
            raise forms.ValidationError(
                f"文件为 {kilobytes(file.size)}，超过 {kilobytes(self.max_bytes)}。请压缩后上传。"
            )
        return file
