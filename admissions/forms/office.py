"""Forms of the provincial office and the schools."""

from __future__ import annotations

from django import forms

from gme_portal.widgets import FileDrop

MAX_SHEET_BYTES = 5 * 1024 * 1024


class PurposeForm(forms.Form):
    """What a full roster is for (用途)."""

    purpose = forms.CharField(label="用途", max_length=100, help_text="如“上报国家住培信息管理系统”；会印在名册上。")


class SheetForm(forms.Form):
    """A spreadsheet to import."""

    sheet = forms.FileField(label="名册表格", widget=FileDrop(rules="XLSX，不超过 5 MB"))

    def clean_sheet(self) -> bytes:
        upload = self.cleaned_data["sheet"]
        if upload.size > MAX_SHEET_BYTES:
            raise forms.ValidationError(f"表格不能超过 5 MB，您上传的为 {upload.size / 1024 / 1024:.1f} MB。")
        return upload.read()
