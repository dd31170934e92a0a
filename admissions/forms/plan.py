"""Forms about the plan (招收计划): distributing 其他, asking for more seats, releasing a reserve, saying why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms

from admissions.forms.office import SheetForm
from bases.models import Specialty
from gme_portal.widgets import FileDrop
from quotas.distributing import Portion
from quotas.models import Quota

MOST = 999


class DistributionForm(forms.Form):
    """Seats of 其他 per specialty: a field named by the specialty's code, and one for its capacity. Empty: not recruited for."""

    def __init__(
        self, *args: Any, specialties: Sequence[Specialty], given: Mapping[str, Portion], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._specialties = specialties
        for one in specialties:
            portion = given.get(one.code)
            self.fields[one.code] = _number(f"{one.name}招收人数", portion.seats if portion else None)
            self.fields[_capacity(one.code)] = _number(f"{one.name}培训容量", portion.capacity if portion else None)

    def lines(self) -> Iterator[tuple[Specialty, forms.BoundField, forms.BoundField]]:
        """Specialty, field of its seats, field of its capacity."""
        for one in self._specialties:
            yield one, self[one.code], self[_capacity(one.code)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for one in self._specialties:
            if cleaned.get(_capacity(one.code)) is not None and not cleaned.get(one.code):
                self.add_error(one.code, f"{one.name}写了培训容量，没有写招收人数。")
        return cleaned

    @property
    def portions(self) -> list[Portion]:
        """What was filled in, in the notice's order."""
        return [
            Portion(one.code, seats, self.cleaned_data.get(_capacity(one.code)))
            for one in self._specialties
            if (seats := self.cleaned_data.get(one.code))
        ]


def _capacity(code: str) -> str:
    return f"{code}-capacity"


def _number(label: str, initial: int | None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=MOST,
        initial=initial,
        error_messages={
            "invalid": f"{label}应为整数。",
            "min_value": f"{label}不能小于 0。",
            "max_value": f"{label}不能超过 {MOST}。",
        },
        # In a table: what the row and the column say, said to who cannot see them.
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "maxlength": 3, "size": 4, "autocomplete": "off", "aria-label": label}
        ),
    )


class DistributionSheetForm(SheetForm):
    """The distributions of many bases in one sheet."""

    sheet = forms.FileField(label="分配表", widget=FileDrop(rules="XLSX，不超过 5 MB"))


class IncreaseForm(forms.Form):
    """More seats for one specialty (申请增加招收计划)."""

    quota = forms.ChoiceField(label="专业", error_messages={"required": "请选择专业。"})
    seats = forms.IntegerField(
        label="增加名额",
        min_value=1,
        max_value=MOST,
        error_messages={"required": "请填写增加的名额。", "min_value": "增加的名额至少为 1。"},
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        help_text="写明报考和师资、床位情况；省级批准时能看到，台账长期保留。",
        widget=forms.TextInput(attrs={"class": "wide"}),
        error_messages={"required": "请写明增加招收计划的原因。"},
    )

    def __init__(self, *args: Any, quotas: Sequence[Quota], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._quotas = {str(quota.pk): quota for quota in quotas}
        field = self.fields["quota"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *((key, _room(quota)) for key, quota in self._quotas.items())]

    def clean_quota(self) -> Quota:
        return self._quotas[self.cleaned_data["quota"]]


def _room(quota: Quota) -> str:
    capacity = "容量未登记" if quota.capacity is None else f"容量 {quota.capacity}"
    return f"{quota.specialty.name}（现有 {quota.seats}，{capacity}）"


class AnswerForm(forms.Form):
    """Why a request is not granted."""

    reason = forms.CharField(label="不批准的原因", max_length=200, required=False)


class ReserveForm(forms.Form):
    """Opening seats that were kept for commissioned people (释放订单定向预留)."""

    quota = forms.ChoiceField(label="基地和专业", error_messages={"required": "请选择基地和专业。"})
    seats = forms.IntegerField(
        label="释放名额", min_value=1, max_value=MOST, error_messages={"required": "请填写释放的名额。"}
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "wide"}),
        error_messages={"required": "请写明释放预留名额的原因。"},
    )

    def __init__(self, *args: Any, quotas: Sequence[Quota], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._quotas = {str(quota.pk): quota for quota in quotas}
        field = self.fields["quota"]
        assert isinstance(field, forms.ChoiceField)
        labels = [
            (key, f"{one.base.name} {one.specialty.name}（还预留 {one.kept}）") for key, one in self._quotas.items()
        ]
        field.choices = [("", "请选择"), *labels]

    def clean_quota(self) -> Quota:
        return self._quotas[self.cleaned_data["quota"]]
