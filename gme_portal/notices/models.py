"""An adopted notice and its versions. A version is immutable; a change is a new version with reason, author and approver."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """One province's notice for one programme track and year (招收通知). `slug` is the policy id, e.g. yunnan-2025-residency."""

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    is_open = models.BooleanField(default=True)
    # Enters SHA256(seed | year | applicant number): the last tie-break of an allocation (抽签号).
    lottery_seed = models.CharField(max_length=64)

    class Meta:
        ordering = ["-year", "slug"]

    def __str__(self) -> str:
        return self.title


class NoticeVersion(models.Model):
    """The policy file as adopted. `digest` is the SHA-256 of its canonical form; every decision row names the version it was made under."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
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
