"""学历信息 (003 (三)3)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy

from applicants.forms.fields import SectionForm, YesNoField
from applicants.models import DegreeType, Education, EducationLevel
from applicants.services.educations import EducationData
from bases.models import Major, School
from bases.queries import fold_name, search_majors, search_schools
from gme_portal.widgets import Combobox, DateInput, RadioTiles, Tile

FULL_TIME, PART_TIME, ADULT = "full_time", "part_time", "adult"
STUDY = [
    (FULL_TIME, "全日制"),
    (PART_TIME, "非全日制"),
    (ADULT, Tile("成人教育", hint="函授、夜大、自考、网络教育等")),
]
FREE_TEXT = "输入汉字或拼音首字母查找；名单里没有的，直接输入证书上的全称。"


class EducationForm(SectionForm):
    level = forms.ChoiceField(
        label="学历", choices=EducationLevel.choices, widget=RadioTiles, error_messages={"required": "请选择学历。"}
    )
    enrolled = YesNoField(
        label="是否在读", yes="在读", no="已毕业", help_text="应届毕业生符合毕业条件的，按已毕业填写。"
    )
    study = forms.ChoiceField(
        label="学习形式", choices=STUDY, widget=RadioTiles, error_messages={"required": "请选择学习形式。"}
    )
    foreign = YesNoField(label="是否为境外学历")
    school = forms.CharField(
        label="毕业院校",
        max_length=60,
        required=False,
        help_text=FREE_TEXT,
        widget=Combobox(reverse_lazy("world:schools"), code_field="school_code", allow_other=True),
    )
    school_code = forms.CharField(required=False, widget=forms.HiddenInput)
    major = forms.CharField(
        label="所学专业",
        max_length=60,
        required=False,
        help_text=FREE_TEXT,
        widget=Combobox(reverse_lazy("world:majors"), code_field="major_code", allow_other=True),
    )
    major_code = forms.CharField(required=False, widget=forms.HiddenInput)
    graduated_on = forms.DateField(
        label="毕业日期", required=False, help_text="与毕业证书一致；在读的不填。", widget=DateInput()
    )
    diploma_pending = YesNoField(
        label="应届待取证",
        yes="是，证书还没有发",
        no="否，已有毕业证书",
        required=False,
        help_text="还没有发证的应届毕业生，先上传盖章的毕业证明，取得证书后重新上传替换。",
    )
    diploma_number = forms.CharField(
        label="毕业证书编号", max_length=40, required=False, help_text="照证书填写；待取证的不填。"
    )
    degree_awarded = YesNoField(label="是否已获学位", required=False)
    degree_type = forms.ChoiceField(
        label="学位类型",
        required=False,
        help_text="硕士、博士研究生填写，在读的也要填。",
        choices=[(value, label) for value, label in DegreeType.choices if value],
        widget=RadioTiles,
    )
    degree_number = forms.CharField(
        label="学位证书编号", max_length=40, required=False, help_text="照证书填写；没有学位或待取证的不填。"
    )

    def __init__(self, *args: Any, education: Education | None = None, **kwargs: Any) -> None:
        if education is not None:
            kwargs.setdefault("initial", _initial(education))
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["found_school"] = _school(data.get("school", ""), data.get("school_code", ""))
        data["found_major"] = _major(data.get("major", ""), data.get("major_code", ""), data.get("level", ""))
        if data.get("enrolled") is False:
            if data.get("diploma_pending") is None and "diploma_pending" not in self.errors:
                self.add_error("diploma_pending", "请选择是否待取证。")
            if data.get("degree_awarded") is None and data.get("level") != EducationLevel.COLLEGE:
                self.add_error("degree_awarded", "请选择是否已获学位；待取证的应届毕业生按将获得的学位选择。")
        return data

    def data_of(self) -> EducationData:
        data = self.cleaned_data
        return EducationData(
            level=data["level"],
            full_time=data["study"] == FULL_TIME,
            adult_education=data["study"] == ADULT,
            foreign=data["foreign"],
            enrolled=data["enrolled"],
            graduated_on=data["graduated_on"],
            school=data["found_school"],
            school_other="" if data["found_school"] else data["school"],
            major=data["found_major"],
            major_other="" if data["found_major"] else data["major"],
            diploma_number=data["diploma_number"],
            degree_awarded=bool(data["degree_awarded"]),
            degree_type=data["degree_type"],
            degree_number=data["degree_number"],
            diploma_pending=bool(data["diploma_pending"]),
        )


def _school(typed: str, code: str) -> School | None:
    """The picked school while its name still stands in the field; else the one whose name or former name was typed in full."""
    name = fold_name(typed)
    if not name:
        return None
    picked = School.objects.filter(pk=code).first() if code.isdecimal() else None
    if picked and fold_name(picked.name) == name:
        return picked
    found = (row for row in search_schools(typed) if name in map(fold_name, (row.name, *row.former_names)))
    return next(found, None)


def _major(typed: str, code: str, level: str) -> Major | None:
    """Likewise; of two majors with one name, the one at the level of this record."""
    name = fold_name(typed)
    if not name:
        return None
    picked = Major.objects.filter(pk=code).first() if code else None
    if picked and fold_name(picked.name) == name:
        return picked
    found = [row for row in search_majors(typed) if name in map(fold_name, (row.name, *row.aliases, row.code))]
    return next((row for row in found if row.level == level), found[0] if found else None)


def _initial(row: Education) -> dict[str, Any]:
    study = ADULT if row.adult_education else FULL_TIME if row.full_time else PART_TIME
    return {
        "level": row.level,
        "enrolled": row.enrolled,
        "study": study,
        "foreign": row.foreign,
        "school": row.school_name,
        "school_code": str(row.school_id or ""),
        "major": row.major_name,
        "major_code": row.major_id or "",
        "graduated_on": row.graduated_on,
        "diploma_pending": None if row.enrolled else row.diploma_pending,
        "diploma_number": row.diploma_number.open() if row.diploma_number is not None else "",
        "degree_awarded": None if row.enrolled else row.degree_awarded,
        "degree_type": row.degree_type,
        "degree_number": row.degree_number.open() if row.degree_number is not None else "",
    }
