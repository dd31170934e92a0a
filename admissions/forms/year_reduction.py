"""A request for a shorter training (年限减免申请), and what a step says to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from gme_portal.widgets import FileDrop
from quotas.models import Quota

MOST = 60  # months; the specialty's own limit is judged by the service


class RequestForm(forms.Form):
    """`quotas` are what the request can be about."""

    quota = forms.ChoiceField(label="培训专业", error_messages={"required": "请选择培训专业。"})
    months = forms.IntegerField(label="申请减免（月）", min_value=1, max_value=MOST, help_text="例如减免一年填 12。")
    grounds = forms.CharField(
        label="申请理由",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": 500}),
        help_text="写明学位或临床工作经历，最多 500 字。",
    )
    file = forms.FileField(
        label="证明材料",
        required=False,
        allow_empty_file=True,
        widget=FileDrop(
            rules="PDF、JPG、PNG，不超过 10 MB，多份请合并成一个 PDF", accept="application/pdf,image/jpeg,image/png"
        ),
    )

    def __init__(self, *args: Any, quotas: Sequence[Quota], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(str(one.pk), f"{one.base.name} {one.specialty.name}（{one.specialty.years} 年）") for one in quotas]
        self.fields["quota"].choices = names  # type: ignore[attr-defined]
        if len(names) == 1:
            self.fields["quota"].initial = names[0][0]


class StepForm(forms.Form):
    """What a step decides. Months are asked where it approves or corrects."""

    decision = forms.ChoiceField(label="决定", error_messages={"required": "请选择决定。"})
    months = forms.IntegerField(
        label="减免（月）",
        required=False,
        min_value=0,
        max_value=MOST,
        help_text="不填按现有月数；改动月数须写明原因。",
    )
    words = forms.CharField(
        label="意见",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
        help_text="退回、不予减免和改动月数时必须写明，申请人会看到。",
    )

    tested = forms.ChoiceField(
        label="能力测评", required=False, choices=[("", "未登记"), ("yes", "合格"), ("no", "不合格")]
    )

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], tests: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]
        if not tests:
            del self.fields["tested"]
        self.order_fields(["tested"])

    def passed(self) -> bool | None:
        """What the test said, None where there was none."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("tested", ""))
