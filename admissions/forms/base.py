"""Forms of the base (培训基地): decisions with their reasons, papers seen, reasons for taking something back, the marks file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from admissions.models import ReviewDecision
from admissions.queries.papers import Paper
from admissions.queries.review_reasons import RETURN_REASONS, rejection_clauses
from gme_portal.policy import Policy
from gme_portal.widgets import CheckTiles, FileDrop, Tile

WORDS = {"rows": 3, "maxlength": 300}


class DecisionForm(forms.Form):
    """Which version was looked at (`seen`) and what is decided; which of the reasons is asked depends on the decision and is judged by the service."""

    decision = forms.ChoiceField(choices=ReviewDecision.choices, widget=forms.HiddenInput)
    seen = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, policy: Policy, decision: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].initial = decision
        if decision == ReviewDecision.RETURN:
            self.fields["reason_code"] = forms.ChoiceField(
                label="退回原因",
                choices=[("", "请选择"), *((code, reason.label) for code, reason in RETURN_REASONS.items())],
                error_messages={"required": "请选择退回原因。", "invalid_choice": "请选择退回原因。"},
            )
            self.fields["words"] = forms.CharField(
                label="补充说明",
                required=False,
                widget=forms.Textarea(attrs=WORDS),
                help_text="学员会看到原因和这段说明。",
            )
        if decision == ReviewDecision.REJECT:
            clauses = rejection_clauses(policy)
            self.fields["clause"] = forms.ChoiceField(
                label="依据条款",
                choices=[("", "请选择"), *((clause, f"{words[:60]}（{clause}）") for clause, words in clauses.items())],
                error_messages={
                    "required": "请选择不通过所依据的通知条款。",
                    "invalid_choice": "请选择不通过所依据的通知条款。",
                },
            )
            self.fields["words"] = forms.CharField(
                label="理由",
                widget=forms.Textarea(attrs=WORDS),
                help_text="学员会看到这段话。",
                error_messages={"required": "请写明不通过的理由，学员会看到这段话。"},
            )


class ReasonForm(forms.Form):
    """Why something is taken back, opened again or looked at."""

    reason = forms.CharField(label="原因", max_length=200, min_length=2, error_messages={"required": "请写明原因。"})

    def __init__(self, *args: Any, label: str = "原因", help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label, self.fields["reason"].help_text = label, help_text


class RevealForm(forms.Form):
    """The purpose of looking at a full number; it goes on record and the person sees it."""

    purpose = forms.CharField(
        label="查看原因",
        max_length=60,
        min_length=2,
        help_text="例如：与证件原件核对。本人可以看到谁在何时因何查看。",
        error_messages={"required": "请写明查看原因，例如“与证件原件核对”。"},
    )


class ScanForm(forms.Form):
    """A code scanned with a hand scanner or typed from the foot of the printed form."""

    code = forms.CharField(
        label="扫码或输入报名号",
        max_length=300,
        widget=forms.TextInput(
            attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false", "autofocus": True}
        ),
        error_messages={"required": "请扫描报名表上的二维码，或输入报名号、回执编号。"},
    )


class ConfirmForm(forms.Form):
    """The papers that were seen, in binding order; every one must be ticked."""

    def __init__(self, *args: Any, papers: Sequence[Paper], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["papers"] = forms.MultipleChoiceField(
            label="材料原件（按装订顺序）",
            choices=[
                (paper.kind, Tile(f"{place}. {paper.label}", hint=paper.note)) for place, paper in enumerate(papers, 1)
            ],
            widget=CheckTiles,
            required=False,
        )


class MarksFileForm(forms.Form):
    """The filled-in sheet."""

    file = forms.FileField(
        label="成绩表",
        widget=FileDrop(rules=".xlsx，不超过 5 MB；请用本页下载的模板填写", accept=".xlsx"),
        error_messages={"required": "请选择填好的 .xlsx 文件。", "empty": "文件是空的，请重新选择。"},
    )
