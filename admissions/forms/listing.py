"""Forms about lists of names (名册): the request of somebody who is not on one, and what school and province decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy

from admissions.forms.applicant import ClosableSelect
from admissions.services.roster_requests import ACCEPTS, MAX_MB, MAX_REASON, MAX_WORDS, RequestData
from applicants.forms.uploads import MEDIA_TYPES, spoken
from bases.models import Prefecture, School, TrainingBase
from bases.queries import school_index
from gme_portal.policy import Policy
from gme_portal.widgets import Combobox, DateInput, FileDrop, Tile

MEGABYTE = 1024 * 1024


class RosterRequestForm(forms.Form):
    """What the person says of themselves; name and number are those of the account."""

    school = forms.CharField(
        label="培养院校",
        max_length=60,
        help_text="输入汉字或拼音首字母查找，从名单中选。",
        widget=Combobox(reverse_lazy("world:schools"), code_field="school_code"),
    )
    school_code = forms.CharField(required=False, widget=forms.HiddenInput)
    major = forms.CharField(label="所学专业", max_length=60)
    graduated_on = forms.DateField(label="毕业时间", help_text="还没有毕业的，填预计毕业日期。", widget=DateInput())
    prefecture = forms.ModelChoiceField(
        Prefecture.objects.none(),
        label="定向就业州市",
        empty_label="请选择",
        help_text="定向就业协议书上的就业地。",
    )
    words = forms.CharField(
        label="为什么不在名册中",
        max_length=MAX_WORDS,
        help_text=f"例如延迟毕业、信息录入错误、补录；不超过 {MAX_WORDS} 字。",
        widget=forms.Textarea(attrs={"rows": 4, "class": "wide"}),
    )
    file = forms.FileField(label="证明材料（选填）", required=False)

    def __init__(self, *args: Any, policy: Policy, asks_prefecture: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: School | None = None
        if asks_prefecture:
            self.fields["prefecture"].queryset = Prefecture.objects.filter(division=policy.province).order_by("code")  # type: ignore[attr-defined]
        else:
            del self.fields["prefecture"]
        accept = ",".join(dict.fromkeys(MEDIA_TYPES[kind] for kind in ACCEPTS))
        rules = f"{spoken(ACCEPTS)}，不超过 {MAX_MB} MB；如定向就业协议书、学校证明"
        self.fields["file"].widget = FileDrop(rules=rules, preview="document", accept=accept)

    def clean_school(self) -> str:
        typed = self.cleaned_data["school"]
        self.found = next(iter(school_index([typed]).values()), None)
        if self.found is None:
            raise forms.ValidationError("没有找到这所院校，请从名单中选择全称。")
        return str(typed)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_MB * MEGABYTE:
            raise forms.ValidationError(f"文件超过 {MAX_MB} MB，请压缩后上传。")
        return file

    def data_of(self) -> RequestData:
        data = self.cleaned_data
        if self.found is None:
            raise ValueError("data_of is for a valid form")
        return RequestData(
            school=self.found,
            major=data["major"],
            graduated_on=data["graduated_on"],
            words=data["words"],
            prefecture=data.get("prefecture"),
        )

    def content(self) -> bytes | None:
        """The raw upload, if there is one."""
        file = self.cleaned_data.get("file")
        return file.read() if file else None


class OpinionForm(forms.Form):
    """The school's word on a student who is not on its list."""

    opinion = forms.CharField(
        label="院校意见（选填）",
        max_length=MAX_REASON,
        required=False,
        help_text="省级核实时可以看到，例如“今年补录”。",
    )


class RefusalForm(forms.Form):
    """Why somebody is not listed."""

    reason = forms.CharField(
        label="不予列入的原因",
        max_length=MAX_REASON,
        help_text="申请人会看到这段话。",
        error_messages={"required": "请写明原因，申请人会看到。"},
    )


class AssignForm(forms.Form):
    """Base and specialty for somebody who is put on the list. Bases that are too far stay visible with the reason and cannot be chosen."""

    base = forms.ChoiceField(label="培训基地", widget=ClosableSelect, error_messages={"required": "请选择培训基地。"})
    specialty = forms.ChoiceField(label="培训专业", error_messages={"required": "请选择培训专业。"})

    def __init__(
        self, *args: Any, bases: list[TrainingBase], allowed: set[str] | None, policy: Policy, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bases = {base.code: base for base in bases}
        inside = sorted(
            bases,
            key=lambda base: (allowed is not None and base.prefecture_id not in allowed, base.prefecture_id, base.code),
        )
        labels = [(base.code, _label(base, allowed)) for base in inside]
        self.fields["base"].choices = [("", "请选择"), *labels]  # type: ignore[attr-defined]
        names = [(code, policy.specialties.name(code)) for code in policy.specialties.codes]
        self.fields["specialty"].choices = [("", "请选择"), *names]  # type: ignore[attr-defined]

    def chosen(self) -> TrainingBase:
        return self.bases[self.cleaned_data["base"]]


def _label(base: TrainingBase, allowed: set[str] | None) -> Tile:
    words = f"{base.name}（{base.prefecture.name}）"
    return (
        Tile(words)
        if allowed is None or base.prefecture_id in allowed
        else Tile(f"{words} 不在范围内", closed="不在定向就业地范围内")
    )
