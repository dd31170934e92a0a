"""个人信息 (003 (三)2)."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms

from applicants.forms.fields import SectionForm, YesNoField
from applicants.models import Gender, Profile
from applicants.services.profiles import Personal, knows_birth
from bases.models import EthnicGroup
from gme_portal.policy import Policy
from gme_portal.policy.vocabulary import TITLES
from gme_portal.widgets import DateInput, RadioTiles, Tile

ADULT = 18
WIDE = {"class": "wide"}


class PersonalForm(SectionForm):
    person_type = forms.ChoiceField(
        label="人员类型", widget=RadioTiles, error_messages={"required": "请选择人员类型。"}
    )
    gender = forms.ChoiceField(
        label="性别", choices=Gender.choices, widget=RadioTiles, error_messages={"required": "请选择性别。"}
    )
    born_on = forms.DateField(label="出生日期", widget=DateInput())
    ethnic_group = forms.ModelChoiceField(label="民族", queryset=EthnicGroup.objects.all(), empty_label="请选择")
    married = YesNoField(label="婚姻状况", yes="已婚", no="未婚")
    title = forms.ChoiceField(label="职称", choices=list(TITLES.items()), initial="none")
    household_address = forms.CharField(
        label="户籍地址",
        max_length=120,
        help_text="与身份证或户口簿一致，写到门牌号。",
        widget=forms.TextInput(attrs=WIDE),
    )
    address = forms.CharField(
        label="联系地址",
        max_length=120,
        help_text="能收到书面通知的地址。",
        widget=forms.TextInput(attrs={**WIDE, "autocomplete": "street-address"}),
    )
    email = forms.EmailField(label="电子邮箱", max_length=120, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    is_military = YesNoField(label="是否为军队人员")
    holds_training_certificate = YesNoField(label="是否已有住院医师规范化培训合格证书")
    in_national_platform = YesNoField(label="是否已在国家住培管理平台登记在培")

    def __init__(self, *args: Any, profile: Profile, policy: Policy, today: date, **kwargs: Any) -> None:
        self.today = today
        known = knows_birth(profile.user)
        super().__init__(*args, initial=_initial(profile), frozen=("gender", "born_on") if known else (), **kwargs)
        tiles = cast(forms.ChoiceField, self.fields["person_type"])
        tiles.choices = [
            (
                kind.code,
                kind.label if kind.registers else Tile(kind.label, closed=f"{kind.refusal}（依据：{kind.clause}）"),
            )
            for kind in policy.person_types
        ]
        if known:
            self.fields["born_on"].help_text = "性别和出生日期取自证件号码，不能修改。"
        if self._is_minor(self._typed_birthday()):
            self.fields["age_confirmed"] = forms.BooleanField(
                label="出生日期无误，本人确实未满 18 周岁",
                disabled=bool(kwargs.get("locked")),
                initial=profile.personal_saved_at is not None,
                error_messages={
                    "required": "出生日期表明您未满 18 周岁。请核对证件号码和出生日期；确认无误请勾选此项。"
                },
            )

    def _typed_birthday(self) -> date | None:
        field = self.fields["born_on"]
        if field.disabled or not self.is_bound:
            return self.initial.get("born_on") or None
        try:
            return field.to_python(self.data.get(self.add_prefix("born_on")))
        except forms.ValidationError:
            return None

    def _is_minor(self, born_on: Any) -> bool:
        if not isinstance(born_on, date) or born_on > self.today:
            return False
        had_birthday = (self.today.month, self.today.day) >= (born_on.month, born_on.day)
        return self.today.year - born_on.year - (not had_birthday) < ADULT

    def clean_born_on(self) -> date:
        born_on = self.cleaned_data["born_on"]
        if born_on and not date(1900, 1, 1) <= born_on <= self.today:
            raise forms.ValidationError("出生日期应在 1900 年之后、今天之前，请核对。")
        return born_on

    def data_of(self) -> Personal:
        names = Personal.__dataclass_fields__
        return Personal(**{name: self.cleaned_data[name] for name in names})


def _initial(profile: Profile) -> dict[str, Any]:
    saved = profile.personal_saved_at is not None
    sealed = ("household_address", "address", "email")
    values: dict[str, Any] = {
        name: value.open() if (value := getattr(profile, name)) is not None else "" for name in sealed
    }
    values |= {
        name: getattr(profile, name)
        for name in ("person_type", "gender", "born_on", "ethnic_group", "married", "title")
    }
    for name in ("is_military", "holds_training_certificate", "in_national_platform"):
        values[name] = getattr(profile, name) if saved else None
    return values
