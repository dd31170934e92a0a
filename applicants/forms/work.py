"""执业医师信息 (003 (三)4), 工作单位 and 定向就业."""

from __future__ import annotations

from typing import Any

from django import forms

from applicants.forms.fields import SectionForm, YesNoField
from applicants.models import EmployerLevel, Employment, Licence, LicenceCategory, LicenceKind, PersonType
from applicants.services.profiles import EmploymentData, LicenceData
from bases.models import Prefecture, Specialty, TrainingBase
from bases.queries import prefectures_of
from gme_portal.policy import Policy
from gme_portal.widgets import DateInput, RadioTiles

ELSEWHERE = "省外"


class LicenceForm(SectionForm):
    holds = YesNoField(label="是否已取得医师资格", help_text="没有取得的选“否”即可。")
    kind = forms.ChoiceField(label="资格级别", choices=LicenceKind.choices, required=False, widget=RadioTiles)
    category = forms.ChoiceField(label="类别", choices=LicenceCategory.choices, required=False, widget=RadioTiles)
    number = forms.CharField(
        label="资格证书编码",
        max_length=40,
        required=False,
        help_text="照医师资格证书填写。",
        widget=forms.TextInput(attrs={"class": "mono"}),
    )
    obtained_on = forms.DateField(label="取得日期", required=False, widget=DateInput())

    def __init__(self, *args: Any, licence: Licence | None, saved: bool, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"holds": licence is not None if saved else None}
        if licence is not None:
            initial |= {"kind": licence.kind, "category": licence.category, "obtained_on": licence.obtained_on}
            initial["number"] = licence.number.open() if licence.number is not None else ""
        super().__init__(*args, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("holds"):
            for name in ("kind", "category", "number", "obtained_on"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, f"请填写{self.fields[name].label}；没有取得医师资格的，上面选“否”。")
        return data

    def data_of(self) -> LicenceData | None:
        data = self.cleaned_data
        if not data["holds"]:
            return None
        number = "".join(data["number"].split()).upper()
        return LicenceData(kind=data["kind"], category=data["category"], number=number, obtained_on=data["obtained_on"])


class OwnStaffForm(SectionForm):
    """本单位人: the employer is a training base of the notice."""

    own_base = forms.ModelChoiceField(label="所在培训基地", queryset=TrainingBase.objects.none(), empty_label="请选择")
    specialty = forms.ModelChoiceField(
        label="从事专业",
        queryset=Specialty.objects.none(),
        required=False,
        empty_label="尚未定科",
        help_text="在单位现在从事的专业。",
    )


class DelegatedForm(SectionForm):
    """外单位委培人员: the employer that sends the person."""

    name = forms.CharField(
        label="单位名称",
        max_length=80,
        help_text="与单位公章一致。",
        widget=forms.TextInput(attrs={"class": "wide", "autocomplete": "organization"}),
    )
    level = forms.ChoiceField(
        label="单位级别",
        choices=EmployerLevel.choices,
        widget=RadioTiles,
        error_messages={"required": "请选择单位级别。"},
    )
    prefecture = forms.ModelChoiceField(
        label="所在州市", queryset=Prefecture.objects.none(), required=False, empty_label=ELSEWHERE
    )
    specialty = forms.ModelChoiceField(label="从事专业", queryset=Specialty.objects.none(), empty_label="请选择")


class CommissionedForm(SectionForm):
    """订单定向医学生: where the person is bound to work, and when they graduated."""

    name = forms.CharField(
        label="定向就业单位",
        max_length=80,
        required=False,
        help_text="按定向就业协议填写县（市、区）和单位；协议没有写单位的不填。",
    )
    prefecture = forms.ModelChoiceField(label="定向就业州市", queryset=Prefecture.objects.none(), empty_label="请选择")
    commission_year = forms.IntegerField(
        label="毕业年份",
        min_value=2010,
        max_value=2100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 4}),
    )


_FORM_OF: dict[str, type[SectionForm]] = {
    PersonType.OWN_STAFF: OwnStaffForm,
    PersonType.DELEGATED: DelegatedForm,
    PersonType.COMMISSIONED: CommissionedForm,
}


def employment_form(
    person_type: str, employment: Employment | None, policy: Policy, *args: Any, **kwargs: Any
) -> SectionForm:
    """The form that fits the person type, with the places and specialties of the notice."""
    form_class = _FORM_OF[person_type]
    names = form_class.base_fields
    initial = {name: getattr(employment, name) for name in names} if employment else {}
    form = form_class(*args, initial=initial, **kwargs)
    bases = TrainingBase.objects.filter(prefecture__division_id=policy.province, tracks__contains=[policy.track])
    if policy.medicine != "both":
        bases = bases.filter(medicine=policy.medicine)
    choices = {
        "own_base": bases,
        "prefecture": prefectures_of(policy.province),
        "specialty": Specialty.objects.filter(code__in=policy.specialties.codes),
    }
    for name in names:
        if name in choices:
            form.fields[name].queryset = choices[name]  # type: ignore[attr-defined]
    return form


def employment_data(form: SectionForm) -> EmploymentData:
    return EmploymentData(**form.cleaned_data)
