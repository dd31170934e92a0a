"""Forms of the lottery (抽签) and of what anybody checks: naming the public draw, typing its result, looking up a number or a name."""

from __future__ import annotations

from typing import Any

from django import forms

MOST = 200


class CommitForm(forms.Form):
    """Which public draw will count; after the close also why it is named so late."""

    source = forms.CharField(
        label="以哪一次公开抽签为准",
        max_length=MOST,
        help_text="写明报名截止之后的哪一次、由谁公布，例如某日某期福利彩票的中奖号码，或某日在某处公证的现场抽签。公布后不能更改。",
        error_messages={"required": "请写明以哪一次公开抽签为准。", "max_length": f"最多 {MOST} 个字。"},
    )

    def __init__(self, *args: Any, late: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if late:
            self.fields["late_reason"] = forms.CharField(
                label="逾期公布的原因",
                max_length=MOST,
                help_text="报名已经截止。原因会在公开页面上显示。",
                error_messages={"required": "请写明逾期公布的原因。", "max_length": f"最多 {MOST} 个字。"},
            )


class DrawForm(forms.Form):
    """The result of the public draw, exactly as announced."""

    public_draw = forms.CharField(
        label="公开抽签结果",
        max_length=MOST,
        help_text="照公布的原文录入，数字之间留一个空格。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "请录入公开抽签的结果。", "max_length": f"最多 {MOST} 个字。"},
    )


class NameForm(forms.Form):
    """A name in a verification bundle (识别码)."""

    code = forms.RegexField(
        r"^\s*[0-9a-fA-F]{20}\s*$",
        label="识别码",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="在报名回执页查看，20 位。",
        error_messages={"required": "请填写识别码。", "invalid": "识别码是 20 位数字和字母 a 至 f。"},
    )

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).strip().lower()


class NumberForm(forms.Form):
    """An application number whose lottery number somebody wants to compute."""

    number = forms.RegexField(
        r"^\s*\d{6,20}\s*$",
        label="报名号",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请填写报名号。", "invalid": "报名号是 6 至 20 位数字。"},
    )
