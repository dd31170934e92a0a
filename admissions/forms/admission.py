"""Forms of the admission (录取): moving seats, objections and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from gme_portal.widgets import PhoneInput
from quotas.models import Quota


class MoveForm(forms.Form):
    """Seats from one specialty to another; whether that is legal, `quotas.shifting` judges."""

    source = forms.ChoiceField(label="调出专业", error_messages={"required": "请选择调出专业。"})
    target = forms.ChoiceField(label="调入专业（紧缺）", error_messages={"required": "请选择调入专业。"})
    seats = forms.IntegerField(
        label="名额",
        min_value=1,
        max_value=999,
        error_messages={"required": "请填写名额。", "min_value": "名额至少为 1。"},
    )
    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "请写明调整计划的原因。"})

    def __init__(self, *args: Any, sources: Sequence[Quota], targets: Sequence[Quota], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_sources = [(one.specialty_id, f"{one.specialty.name}（余 {one.open_to_others}）") for one in sources]
        for name, options in (
            ("source", open_sources),
            ("target", [(one.specialty_id, _room(one)) for one in targets]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "请选择"), *options]


def _room(quota: Quota) -> str:
    if quota.capacity is None:
        return f"{quota.specialty.name}（现有 {quota.seats}）"
    return f"{quota.specialty.name}（现有 {quota.seats}，容量 {quota.capacity}）"


class ObjectionForm(forms.Form):
    """An objection (异议) with a number to call back; only the office reads it."""

    number = forms.CharField(
        label="针对哪一名考生（报名号）",
        required=False,
        max_length=20,
        help_text="名单中的报名号。核实期间只暂缓这名考生的录取；对整份名单有异议的不填。",
    )
    words = forms.CharField(
        label="异议内容",
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 1000}),
        help_text="写明您认为不实之处和理由。",
        error_messages={"required": "请写明对名单中哪一项有异议和理由。"},
    )
    contact = forms.CharField(
        label="联系电话",
        max_length=20,
        widget=PhoneInput,
        help_text="只用于核实和答复，不公开。",
        error_messages={"required": "请填写能联系到您的电话号码。"},
    )


class AnswerForm(forms.Form):
    """The answer to an objection."""

    upheld = forms.TypedChoiceField(
        label="核实结果",
        choices=[("no", "异议不成立"), ("yes", "异议成立")],
        coerce=lambda value: value == "yes",
        error_messages={"required": "请选择异议是否成立。"},
    )
    answer = forms.CharField(
        label="核实情况和答复",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
        error_messages={"required": "请写明核实情况和答复。"},
    )
