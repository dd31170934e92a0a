"""Lists of people whose base and specialty is assigned (名册): their lines, the imports that wrote them, and requests to be put on one."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from applicants.models.people import PersonType, Profile
from applicants.states import OPEN_REQUESTS, REQUEST_LABELS
from bases.models import Prefecture, School, Specialty, TrainingBase
from gme_portal.files.models import StoredFile
from gme_portal.notices.models import Notice, NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all, mask_number


class RosterSource(models.TextChoices):
    SCHOOL = "school", "院校名册"
    PROVINCE = "province", "省级名册"
    VERIFIED = "verified", "核实列入"


class RosterBatch(models.Model):
    """One import of a list (名册批次): applied whole, and taken back whole as long as nobody has relied on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="roster_batches")
    source = models.CharField("来源", max_length=10, choices=RosterSource.choices)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    lines = models.PositiveIntegerField("人数")
    added = models.PositiveIntegerField("新增")
    changed = models.PositiveIntegerField("更改")
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-imported_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(source=RosterSource.SCHOOL, school__isnull=False)
                | Q(source=RosterSource.PROVINCE, school__isnull=True),
                name="roster_batch_whose",
            ),
            models.CheckConstraint(
                condition=Q(undone_by__isnull=True, undone_at__isnull=True)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="roster_batch_undone_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.imported_at:%F %T}"


class RosterEntry(models.Model):
    """A name on a list handed in by a school or the province (专硕/订单定向名册, 003 五): the assigned specialty and base."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="roster_entries")
    person_type = models.CharField("类别", max_length=20, choices=PersonType.choices)
    name = models.CharField("姓名", max_length=60)
    document_number = SealedTextField(verbose_name="证件号码", mask=mask_number)
    document_blind = models.CharField(max_length=64)
    school = models.ForeignKey(School, on_delete=models.PROTECT, verbose_name="培养院校")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, verbose_name="指定基地", related_name="+")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, verbose_name="指定专业", related_name="+")
    source = models.CharField("来源", max_length=10, choices=RosterSource.choices, default=RosterSource.SCHOOL)
    imported_at = models.DateTimeField()
    batch = models.ForeignKey(
        RosterBatch, on_delete=models.PROTECT, null=True, related_name="entries", help_text="what wrote it last"
    )

    class Meta:
        # Which person types stand on lists, the notice says.
        constraints = [models.UniqueConstraint(fields=["notice", "document_blind"], name="roster_person_once")]

    def __str__(self) -> str:
        return f"{self.get_person_type_display()} {self.id}"


class RosterChange(models.Model):
    """What an import did to one person's line: `before` is the line as it was, null where there was none."""

    batch = models.ForeignKey(RosterBatch, on_delete=models.PROTECT, related_name="changes")
    document_blind = models.CharField(max_length=64)
    before = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "document_blind"], name="roster_change_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.pk}"


class RosterRequest(models.Model):
    """Somebody who is not on the list asks to be looked up (名册核实申请, 000 四(二)3, 000 四(三)): the school confirms where the list is the
    school's, the province verifies and assigns base and specialty, and an entry is made; or it is refused with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="roster_requests")
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="roster_requests")
    person_type = models.CharField("类别", max_length=20, choices=PersonType.choices)
    school = models.ForeignKey(School, on_delete=models.PROTECT, verbose_name="培养院校", related_name="+")
    major = models.CharField("专业", max_length=60)
    graduated_on = models.DateField("毕业时间")
    prefecture = models.ForeignKey(
        Prefecture, on_delete=models.PROTECT, null=True, verbose_name="定向就业州市", related_name="+"
    )
    words = SealedTextField(verbose_name="情况说明", mask=mask_all)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    preview = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField("状态", max_length=12, choices=list(REQUEST_LABELS.items()))
    filed_at = models.DateTimeField()
    # The school's word, where it was asked.
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    opinion = models.CharField("院校意见", max_length=200, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("不予列入的原因", max_length=200, blank=True)
    entry = models.ForeignKey(RosterEntry, on_delete=models.PROTECT, null=True, related_name="requests")

    class Meta:
        ordering = ["filed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "profile"], condition=Q(state__in=OPEN_REQUESTS), name="roster_request_one_open"
            ),
            models.CheckConstraint(condition=Q(state__in=list(REQUEST_LABELS)), name="roster_request_state_known"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(entry__isnull=False, decided_by__isnull=False),
                name="roster_request_accepted_listed",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (~Q(reason="") & Q(decided_by__isnull=False)),
                name="roster_request_refused_says_why",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(decided_under__isnull=False),
                name="roster_request_under_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.profile.user_id
