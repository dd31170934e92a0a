"""Places, specialties, majors, schools and training bases. Loaded from `fixtures/` by `manage.py load_world`; codes are always text.

What a notice decides (which specialties are short of people, who may cross a prefecture's border) is policy and never stands here.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from gme_portal.notices.models import Notice, NoticeVersion


class Medicine(models.TextChoices):
    WESTERN = "western", "西医类"
    TCM = "tcm", "中医类"


class Track(models.TextChoices):
    RESIDENCY = "residency", "住院医师规范化培训"
    ASSISTANT_GP = "assistant_gp", "助理全科医生培训"


def names_field(verbose_name: str) -> ArrayField:
    """A list of other names by which the same thing is known in sheets and on old papers."""
    return ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=verbose_name)


class Division(models.Model):
    """A province-level division (省级行政区划, GB/T 2260), two digits."""

    code = models.CharField("代码", max_length=2, primary_key=True)
    name = models.CharField("名称", max_length=30, unique=True)
    short_name = models.CharField("简称", max_length=10, unique=True)
    former_names = names_field("曾用名")

    class Meta:
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(code__regex=r"^[1-9]\d$"), name="division_code_form")]

    def __str__(self) -> str:
        return self.short_name


class Prefecture(models.Model):
    """A prefecture (州、市), four digits of GB/T 2260. A municipality is one row (1101); 省直辖 counties are one row (4290)."""

    code = models.CharField("代码", max_length=4, primary_key=True)
    name = models.CharField("名称", max_length=30)
    short_name = models.CharField("简称", max_length=12)
    former_names = names_field("曾用名")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="prefectures", verbose_name="省份")

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["division", "name"], name="prefecture_name_once"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[1-9]\d{3}$", code__startswith=F("division_id")),
                name="prefecture_code_in_division",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name


class PrefectureAdjacency(models.Model):
    """Two prefectures that share a border (相邻州市). A fact of geography, written once with the smaller code first."""

    prefecture = models.ForeignKey(Prefecture, on_delete=models.CASCADE, related_name="+")
    neighbour = models.ForeignKey(Prefecture, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "prefecture adjacencies"
        constraints = [
            models.UniqueConstraint(fields=["prefecture", "neighbour"], name="adjacency_once"),
            models.CheckConstraint(condition=Q(prefecture__lt=F("neighbour")), name="adjacency_smaller_code_first"),
        ]

    def __str__(self) -> str:
        return f"{self.prefecture_id}–{self.neighbour_id}"


class EthnicGroup(models.Model):
    """An ethnic group (民族, GB/T 3304-1991)."""

    code = models.CharField("代码", max_length=2, primary_key=True)
    name = models.CharField("名称", max_length=20, unique=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Specialty(models.Model):
    """A training specialty (培训专业, 000 二). 助培 specialties have own, non-numeric codes: no national code exists for them."""

    code = models.CharField("代码", max_length=8, primary_key=True)
    name = models.CharField("名称", max_length=30, unique=True)
    aliases = names_field("别名")
    track = models.CharField("培训类别", max_length=12, choices=Track.choices)
    medicine = models.CharField("医学类别", max_length=8, choices=Medicine.choices)
    years = models.PositiveSmallIntegerField("培训年限")
    position = models.PositiveSmallIntegerField("排序", unique=True)

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "specialties"
        constraints = [
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=5), name="specialty_years_range"),
            models.CheckConstraint(
                condition=Q(track__in=Track.values, medicine__in=Medicine.values), name="specialty_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MajorLevel(models.TextChoices):
    COLLEGE = "college", "专科"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士（专业学位）"


class MajorField(models.TextChoices):
    CLINICAL = "clinical", "临床医学类"
    STOMATOLOGY = "stomatology", "口腔医学类"
    TCM = "tcm", "中医学类"
    INTEGRATED = "integrated", "中西医结合类"
    TECHNOLOGY = "technology", "医学技术类"
    OTHER = "other", "其他"


class SearchableName(models.Model):
    """Something found by typing: characters, pinyin or initials of its names. `load_world` fills the two key columns.

    `pinyin` and `initials` hold the keys of the name and of every other name, separated and led by one space."""

    pinyin = models.CharField(max_length=400, blank=True, editable=False)
    initials = models.CharField(max_length=120, blank=True, editable=False)

    class Meta:
        abstract = True


class Major(SearchableName):
    """A field of study (所学专业) with its catalogue code; the same name may exist at two levels."""

    code = models.CharField("代码", max_length=10, primary_key=True)
    name = models.CharField("名称", max_length=40)
    aliases = names_field("别名")
    level = models.CharField("层次", max_length=10, choices=MajorLevel.choices)
    field = models.CharField("学科类别", max_length=12, choices=MajorField.choices)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["name", "level"], name="major_name_once_per_level"),
            models.CheckConstraint(
                condition=Q(level__in=MajorLevel.values, field__in=MajorField.values), name="major_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class School(SearchableName):
    """A university or college (毕业院校). The list need not be complete: an applicant may always choose 其他 and type."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField("校名", max_length=60, unique=True)
    former_names = names_field("曾用名")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="schools", verbose_name="省份")
    position = models.PositiveSmallIntegerField("排序", default=1000)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class TrainingBase(models.Model):
    """A training base (培训基地): a hospital that trains residents or assistant GPs. `code` is a stable slug of ours.

    `is_example` marks bases that no source notice lists; `is_county_level` means a hospital of a county, county-level city or district."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    short_name = models.CharField("简称", max_length=20, unique=True)
    aliases = names_field("别名")
    prefecture = models.ForeignKey(Prefecture, on_delete=models.PROTECT, related_name="bases", verbose_name="所在州市")
    medicine = models.CharField("医学类别", max_length=8, choices=Medicine.choices)
    tracks = ArrayField(models.CharField(max_length=12, choices=Track.choices), verbose_name="培训类别")
    is_county_level = models.BooleanField("县级医院", default=False)
    address = models.CharField("地址", max_length=120, blank=True)
    office_phone = models.CharField("办公电话", max_length=40, blank=True)
    website = models.URLField("网址", blank=True)
    # What the brochure (招生简章) tells applicants of this base; plain text.
    assessment_note = models.TextField("考核安排", blank=True)
    confirmation_place = models.CharField("现场确认地点", max_length=120, blank=True)
    what_to_bring = models.TextField("携带材料", blank=True)
    is_example = models.BooleanField("示例", default=False)

    class Meta:
        ordering = ["prefecture", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(medicine__in=Medicine.values), name="base_medicine_known"),
            models.CheckConstraint(
                condition=Q(tracks__len__gte=1, tracks__contained_by=Track.values), name="base_tracks_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BaseStaff(models.Model):
    """Who works for a base (基地工作人员). The user's role says what they may do; this row says where."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="base_staff")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="staff")

    class Meta:
        verbose_name_plural = "base staff"

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.base_id}"


class SchoolStaff(models.Model):
    """Who works for a school (院校工作人员)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="school_staff")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="staff")

    class Meta:
        verbose_name_plural = "school staff"

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.school_id}"


class BrochureState(models.TextChoices):
    PROPOSED = "proposed", "待省级审核"
    APPROVED = "approved", "已发布"
    RETURNED = "returned", "已退回"
    SUPERSEDED = "superseded", "已被新版替代"


class Brochure(models.Model):
    """A base's own brochure under one notice (招生简章): what the notice leaves to the base, read by `gme_portal.policy.supplement`.

    Written by the base, approved by the province (004 三(一)); the newest approved one counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="brochures")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="brochures")
    number = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=12, choices=BrochureState.choices, default=BrochureState.PROPOSED)
    source = models.TextField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("意见", max_length=200, blank=True)

    class Meta:
        ordering = ["notice", "base", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "base", "number"], name="brochure_number_once"),
            models.UniqueConstraint(
                fields=["notice", "base"], condition=Q(state="approved"), name="brochure_one_in_force"
            ),
            models.UniqueConstraint(fields=["notice", "base"], condition=Q(state="proposed"), name="brochure_one_open"),
            models.CheckConstraint(condition=Q(state__in=BrochureState.values), name="brochure_state_known"),
            models.CheckConstraint(
                condition=Q(made_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(made_by=F("decided_by")),
                name="brochure_two_people",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(reason=""), name="brochure_return_says_why"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_under__isnull=False), name="brochure_version_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_id} v{self.number}"
