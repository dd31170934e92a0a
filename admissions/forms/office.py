"""Forms of the provincial office and the schools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from gme_portal.widgets import FileDrop
from quotas.models import Quota

MAX_SHEET_BYTES = 5 * 1024 * 1024


class IncreaseForm(forms.Form):
    """More seats for one specialty (增加计划)."""

    quota = forms.ChoiceField(label="专业")
    seats = forms.IntegerField(label="增加名额", min_value=1, max_value=500)
    reason = forms.CharField(label="原因", max_length=200, help_text="写明批准文号或会议，台账和审计都会保留。")

    def __init__(self, *args: Any, quotas: Sequence[Quota], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._quotas = {str(quota.pk): quota for quota in quotas}
        self.fields["quota"].choices = [  # type: ignore[attr-defined]
            (
                key,
                f"{quota.specialty.name}（现有 {quota.seats}，容量 {quota.capacity if quota.capacity is not None else '未设'}）",
            )
            for key, quota in self._quotas.items()
        ]

    def clean_quota(self) -> Quota:
        return self._quotas[self.cleaned_data["quota"]]


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
