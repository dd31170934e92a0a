"""People (学员) and what they have shown: personal data, education, licence, employment, documents, bans, and drafts of what they type."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from bases.models import EthnicGroup, Major, Prefecture, School, Specialty, TrainingBase
from gme_portal.files.models import StoredFile
from gme_portal.notices.models import NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all, mask_email, mask_number


class PersonType(models.TextChoices):
    SOCIAL = "social", "社会人"
    OWN_STAFF = "own_staff", "本单位人"
    DELEGATED = "delegated", "外单位委培人员"
    COMMISSIONED = "commissioned", "订单定向医学生"
    PROFESSIONAL_MASTER = "professional_master", "专硕研究生"


class Gender(models.TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Profile(models.Model):
    """An applicant's personal data (个人基本信息, 003 (三)2). Name, document and phone belong to the account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="profile")
    person_type = models.CharField("人员类型", max_length=20, choices=PersonType.choices, blank=True)
    gender = models.CharField("性别", max_length=6, choices=Gender.choices, blank=True)
    born_on = models.DateField("出生日期", null=True)
    ethnic_group = models.ForeignKey(EthnicGroup, on_delete=models.PROTECT, null=True, verbose_name="民族")
    nationality = models.CharField("国籍及地区", max_length=10, default="CN")
    married = models.BooleanField("已婚", null=True)
    household_address = SealedTextField(verbose_name="户籍地址")
    address = SealedTextField(verbose_name="联系地址")
    email = SealedTextField(verbose_name="电子邮箱", mask=mask_email)
    is_military = models.BooleanField("军队人员", default=False)
    title = models.CharField("职称", max_length=12, default="none")
    holds_training_certificate = models.BooleanField("已持有住培合格证书", default=False)
    in_national_platform = models.BooleanField("已在国家平台注册在培", default=False)
    # Set by admissions while an application is filed: the sections are read-only then (003 (六)2).
    locked_at = models.DateTimeField(null=True)
    # Set by admissions while a filed application is being changed: the person type stays as filed, because the windows follow it.
    type_fixed_at = models.DateTimeField(null=True)
    # Sections that were saved complete; the choice page opens when all are (003 (四)).
    personal_saved_at = models.DateTimeField(null=True)
    education_saved_at = models.DateTimeField(null=True)
    licence_saved_at = models.DateTimeField(null=True)
    employment_saved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.user_id


class EducationLevel(models.TextChoices):
    COLLEGE = "college", "专科"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士研究生"
    DOCTOR = "doctor", "博士研究生"


class DegreeType(models.TextChoices):
    NONE = "", "无学位"
    PROFESSIONAL = "professional", "专业学位"
    ACADEMIC = "academic", "学术学位"


class Education(models.Model):
    """One education record (学历信息, 003 (三)3). A graduated bachelor's record must be among them; "其他院校" is typed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="educations")
    level = models.CharField("学历", max_length=10, choices=EducationLevel.choices)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, verbose_name="毕业院校")
    school_other = models.CharField("其他院校", max_length=60, blank=True)
    major = models.ForeignKey(Major, on_delete=models.PROTECT, null=True, verbose_name="所学专业")
    major_other = models.CharField("其他专业", max_length=60, blank=True)
    full_time = models.BooleanField("全日制", default=True)
    adult_education = models.BooleanField("成人教育", default=False)
    foreign = models.BooleanField("境外学历", default=False)
    enrolled = models.BooleanField("在读", default=False)
    graduated_on = models.DateField("毕业日期", null=True)
    diploma_number = SealedTextField(verbose_name="毕业证书编号", mask=mask_number)
    degree_awarded = models.BooleanField("已获学位", default=False)
    degree_type = models.CharField("学位类型", max_length=12, choices=DegreeType.choices, blank=True)
    degree_number = SealedTextField(verbose_name="学位证书编号", mask=mask_number)
    # A final-year student hands in a stamped letter (毕业证明) and replaces it when the diploma is there (003 (三)3).
    diploma_pending = models.BooleanField("应届待取证", default=False)

    class Meta:
        ordering = ["graduated_on", "level"]
        constraints = [
            models.CheckConstraint(
                condition=Q(school__isnull=False) | ~Q(school_other=""), name="education_school_named"
            ),
            models.CheckConstraint(condition=Q(major__isnull=False) | ~Q(major_other=""), name="education_major_named"),
            models.CheckConstraint(
                condition=Q(enrolled=True) | Q(graduated_on__isnull=False), name="education_graduated_or_enrolled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.school_name}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.profile.user_id

    @property
    def school_name(self) -> str:
        return self.school.name if self.school else self.school_other

    @property
    def major_name(self) -> str:
        return self.major.name if self.major else self.major_other


class LicenceKind(models.TextChoices):
    PHYSICIAN = "physician", "执业医师"
    ASSISTANT = "assistant", "执业助理医师"


class LicenceCategory(models.TextChoices):
    CLINICAL = "clinical", "临床"
    STOMATOLOGY = "stomatology", "口腔"
    TCM = "tcm", "中医"


class Licence(models.Model):
    """A medical licence (执业医师资格, 003 (三)4); who holds none has no row and says so by saving the section."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, related_name="licence")
    kind = models.CharField("资格级别", max_length=10, choices=LicenceKind.choices)
    category = models.CharField("类别", max_length=12, choices=LicenceCategory.choices)
    number = SealedTextField(verbose_name="资格证书编码", mask=mask_number)
    obtained_on = models.DateField("取得日期", null=True)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_category_display()}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.profile.user_id


class EmployerLevel(models.TextChoices):
    PROVINCE = "province", "省级"
    PREFECTURE = "prefecture", "州市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡镇（社区）"
    VILLAGE = "village", "村级"


COUNTY_AND_BELOW = (EmployerLevel.COUNTY, EmployerLevel.TOWNSHIP, EmployerLevel.VILLAGE)


class Employment(models.Model):
    """The employer that sends or keeps a person (工作单位), or the county a commissioned student is bound to (定向就业地)."""

    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, primary_key=True, related_name="employment")
    name = models.CharField("单位名称", max_length=80, blank=True)
    level = models.CharField("单位级别", max_length=12, choices=EmployerLevel.choices, blank=True)
    prefecture = models.ForeignKey(
        Prefecture, on_delete=models.PROTECT, null=True, verbose_name="所在州市", related_name="+"
    )
    specialty = models.ForeignKey(
        Specialty, on_delete=models.PROTECT, null=True, verbose_name="从事专业", related_name="+"
    )
    # Set for an own-staff person: the base that employs them.
    own_base = models.ForeignKey(
        TrainingBase, on_delete=models.PROTECT, null=True, verbose_name="所在培训基地", related_name="+"
    )
    commission_year = models.PositiveSmallIntegerField("定向毕业年份", null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def is_county_or_below(self) -> bool:
        return self.level in COUNTY_AND_BELOW


class Document(models.Model):
    """An uploaded proof (证明材料) of one kind; the newest stands, older ones are kept with the moment they were replaced."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField("材料", max_length=30, help_text="a document kind of the policy, or photo")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    preview = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="+", help_text="PNG of a PDF's pages"
    )
    uploaded_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    findings = models.JSONField(default=list, help_text="what the machine measured, e.g. of a photo")

    class Meta:
        ordering = ["kind", "uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "kind"], condition=Q(replaced_at__isnull=True), name="document_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.profile.user_id


class SectionDraft(models.Model):
    """What someone typed into a long form and has not saved yet (草稿): kept as typed, even where it is wrong, so that nothing is lost."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="drafts")
    section = models.CharField(max_length=20)
    typed = SealedTextField(mask=mask_all)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "section"], name="draft_one_per_section")]

    def __str__(self) -> str:
        return f"{self.section} {self.saved_at:%F %T}"


class Ban(models.Model):
    """A record of a broken promise (诚信记录, 000 六(三)1): no application to the track until the day it ends."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document_blind = models.CharField(max_length=64, db_index=True)
    track = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=200)
    clause = models.CharField(max_length=40)
    # Whose clause it is; null for a record that another office handed over.
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    imposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    imposed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="ban_ends_later")]

    def __str__(self) -> str:
        return f"{self.track} {self.starts_on}–{self.ends_on}"
