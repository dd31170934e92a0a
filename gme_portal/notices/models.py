"""An adopted notice and its versions. A version is immutable; a change is a new version with reason, author and approver."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from gme_portal.notices.states import EXTENSION_LABELS, PROPOSAL_LABELS


class Notice(models.Model):
    """One province's notice for one programme track and year (招收通知). `slug` is the policy id, e.g. yunnan-2025-residency."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    is_open = models.BooleanField(default=True)

    class Meta:
        ordering = ["-year", "slug"]

    def __str__(self) -> str:
        return self.title


class VersionKind(models.TextChoices):
    ADOPTION = "adoption", "采用"
    AMENDMENT = "amendment", "修订"
    EXTENSION = "extension", "延长"


class NoticeVersion(models.Model):
    """The policy file as adopted. `digest` is the SHA-256 of its canonical form; every decision row names the version it was made under.

    An extension of a window is a version too, with the same text: the policy of a version is its text under the extensions up to its number."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=VersionKind.choices, default=VersionKind.ADOPTION)
    source = models.TextField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField()

    class Meta:
        ordering = ["notice", "number"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="notice_version_number"),
            models.CheckConstraint(
                condition=models.Q(author__isnull=True)
                | models.Q(approver__isnull=True)
                | ~models.Q(author=models.F("approver")),
                name="notice_version_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} v{self.number}"


class NoticeProposal(models.Model):
    """A text that somebody wants adopted (草案). Its author may change it while it is a draft, broken or not; from then on it stands as it is.

    `against` is the version it was written against, null for a notice there is not yet; `changes` what it changes, in sentences, as the approver saw it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="proposals")
    against = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(max_length=120)
    file_name = models.CharField(max_length=120, help_text="what messages call the text")
    source = models.TextField()
    # Of the canonical form; "" while the text is not even TOML.
    digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    changes = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=list(PROPOSAL_LABELS.items()), default="draft")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True)
    version = models.OneToOneField(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="proposal")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=list(PROPOSAL_LABELS)), name="proposal_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="adopted")
                | (models.Q(version__isnull=False) & ~models.Q(decided_by=models.F("author"))),
                name="proposal_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["draft", "withdrawn"])
                | (models.Q(proposed_at__isnull=False) & ~models.Q(digest="") & ~models.Q(reason="")),
                name="proposal_made_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.state}"


class WindowExtension(models.Model):
    """A later close for one window (延长), asked for by one and approved by another. `base_code` is empty where it holds for everybody.

    The window is named as the policy names it; `label`, `closes_before` and `base_name` stand here as they were when it was asked for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="extensions")
    window_key = models.CharField(max_length=20)
    round = models.CharField(max_length=10)
    person_types = ArrayField(models.CharField(max_length=30), default=list)
    label = models.CharField(max_length=60)
    base_code = models.CharField(max_length=20, blank=True)
    base_name = models.CharField(max_length=100, blank=True)
    closes_before = models.DateTimeField()
    closes = models.DateTimeField()
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=list(EXTENSION_LABELS.items()), default="pending")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True)
    version = models.OneToOneField(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="extension")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(closes__gt=models.F("closes_before")), name="extension_later"),
            models.CheckConstraint(condition=models.Q(state__in=list(EXTENSION_LABELS)), name="extension_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="approved", version__isnull=False, decided_by__isnull=False)
                | (~models.Q(state="approved") & models.Q(version__isnull=True)),
                name="extension_approved_is_version",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | ~models.Q(decided_by=models.F("asked_by")),
                name="extension_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.window_key} {self.closes:%F %T}"


class CalendarYear(models.Model):
    """A year whose public holidays are announced (放假安排): with a row here its working days are known, without one they are not.
    `source`: the State Council's notice, or the data set they came from."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    source = models.CharField(max_length=120)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-year"]

    def __str__(self) -> str:
        return f"{self.year}年"


class CalendarDay(models.Model):
    """A day that a public holiday concerns: a day off, or a weekend day that is worked in its place (调休). Other days follow the week."""

    year = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(unique=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(condition=models.Q(day__year=models.F("year")), name="calendar_day_of_year")
        ]

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_working else '放假'}"
