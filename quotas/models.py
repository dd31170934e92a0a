"""Quotas, the ledger that explains their seats, and what changes them: moves, distributions, increases. Only `quotas.services` write here."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from bases.models import Specialty, TrainingBase
from gme_portal.notices.models import Notice, NoticeVersion

# The person type (人员类型) that the plan keeps seats for.
RESERVED_FOR = "commissioned"


class Quota(models.Model):
    """The seats of one specialty at one base under one notice (招收计划). No row means that the specialty is not open there ("/").

    `planned` is the adopted plan and never changes; `seats` is what may be admitted now (plan, moves and increases; the sum of the ledger);
    `taken` counts active admissions; `capacity` is the most the base can train, null where nobody set one. Of the seats, `reserved` are kept
    for commissioned people (其中订单定向, 000 附件2), who hold `reserved_taken` of the taken ones; they may take further seats, nobody takes theirs.
    `is_example`: the figure stands in no source and is made up for a demonstration; every page that shows it says so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="quotas")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="quotas")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="quotas")
    planned = models.PositiveIntegerField("招收计划")
    seats = models.PositiveIntegerField("现有名额")
    taken = models.PositiveIntegerField("已录取", default=0)
    capacity = models.PositiveIntegerField("培训容量", null=True, blank=True)
    reserved = models.PositiveIntegerField("其中订单定向", default=0)
    reserved_taken = models.PositiveIntegerField("已录取订单定向", default=0)
    is_example = models.BooleanField("示例", default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "base", "specialty"], name="quota_once"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("seats"), reserved_taken__lte=F("taken")), name="quota_reserve_within_seats"
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("seats") - Greatest(F("reserved") - F("reserved_taken"), Value(0))),
                name="quota_reserve_kept",
            ),
            models.CheckConstraint(condition=Q(taken__gte=0), name="quota_taken_not_negative"),
            models.CheckConstraint(condition=Q(taken__lte=F("seats")), name="quota_not_oversubscribed"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(seats__lte=F("capacity")), name="quota_within_capacity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_id} {self.specialty_id} {self.taken}/{self.seats}"

    @property
    def free(self) -> int:
        """Seats that nobody holds."""
        return self.seats - self.taken

    @property
    def kept(self) -> int:
        """Seats still kept for commissioned people who have not been admitted."""
        return max(self.reserved - self.reserved_taken, 0)

    @property
    def open_to_others(self) -> int:
        """Seats that nobody holds and that are kept for nobody."""
        return self.free - self.kept

    def seats_for(self, person_type: str) -> int:
        """How many seats a person of this type may compete for at most: the reserve only if it is theirs."""
        return self.seats if person_type == RESERVED_FOR else self.seats - self.reserved


class SeatMove(models.Model):
    """Seats moved from one specialty of a base to another (计划调整, 000 五(二)). Never edited: a mistake is moved back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="seat_moves")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="seat_moves")
    source = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="moves_out")
    target = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="moves_in")
    seats = models.PositiveIntegerField("名额")
    reason = models.CharField("原因", max_length=200)
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=Q(seats__gte=1), name="seat_move_positive"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="seat_move_two_quotas"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}: {self.seats}"


class RequestState(models.TextChoices):
    ASKED = "asked", "待批准"
    APPROVED = "approved", "已批准"
    REFUSED = "refused", "未批准"
    WITHDRAWN = "withdrawn", "已撤回"


class Request(models.Model):
    """Something one person asks for and another decides. `answer`: why it was refused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField("状态", max_length=10, choices=RequestState.choices, default=RequestState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField("申请时间")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField("办理时间", null=True)
    decided_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField("答复", max_length=200, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="%(class)s_state_known"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state="asked") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="%(class)s_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"]) | ~Q(asked_by=F("decided_by")),
                name="%(class)s_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"]) | Q(decided_under__isnull=False),
                name="%(class)s_version_named",
            ),
        ]


class IncreaseRequest(Request):
    """A base asks for more seats in one specialty, within its training capacity (申请增加招收计划, 004 三(五))."""

    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="increases")
    seats = models.PositiveIntegerField("增加名额")
    reason = models.CharField("原因", max_length=200)

    class Meta(Request.Meta):
        ordering = ["-asked_at", "pk"]
        constraints = [
            *Request.Meta.constraints,
            models.CheckConstraint(condition=Q(seats__gte=1), name="increase_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quota_id} +{self.seats} {self.state}"


class OthersPool(models.Model):
    """The non-shortage seats of a base that the plan gives as one number (其他, 002 附件2 注). They can be chosen and admitted to only after the
    base has said which specialties they are for and the province has approved: then `distributed_at` is set, once. `late_by`: who in the
    province allowed that after registration opened."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="others_pools")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="others_pools")
    planned = models.PositiveIntegerField("其他专业计划")
    adopted_at = models.DateTimeField()
    distributed_at = models.DateTimeField("分配时间", null=True)
    late_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    late_at = models.DateTimeField("准许逾期分配时间", null=True)
    late_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "base"], name="others_pool_once"),
            models.CheckConstraint(condition=Q(planned__gte=1), name="others_pool_positive"),
            models.CheckConstraint(
                condition=Q(late_by__isnull=True, late_at__isnull=True)
                | Q(late_by__isnull=False, late_at__isnull=False),
                name="others_pool_late_signed",
            ),
            models.CheckConstraint(
                condition=Q(late_by__isnull=True) | Q(late_under__isnull=False), name="others_pool_version_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_id} 其他 {self.planned}"

    @property
    def waiting(self) -> int:
        """Seats that belong to no specialty yet."""
        return 0 if self.distributed_at else self.planned


class Distribution(Request):
    """One proposal of which specialties the seats of a pool are for (其他专业计划分配方案)."""

    pool = models.ForeignKey(OthersPool, on_delete=models.PROTECT, related_name="distributions")

    class Meta(Request.Meta):
        ordering = ["-asked_at", "pk"]
        constraints = [
            *Request.Meta.constraints,
            models.UniqueConstraint(
                fields=["pool"], condition=Q(state__in=["asked", "approved"]), name="distribution_one_alive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pool_id} {self.state}"


class Share(models.Model):
    """One line of a proposal: seats for a specialty, and the most the base can train there if it says so. Never edited."""

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="shares")
    specialty = models.ForeignKey(Specialty, on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveIntegerField("名额")
    capacity = models.PositiveIntegerField("培训容量", null=True, blank=True)

    class Meta:
        ordering = ["specialty__position"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "specialty"], name="share_once"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="share_positive"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(seats__lte=F("capacity")), name="share_within_capacity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.specialty_id} {self.seats}"


class EntryKind(models.TextChoices):
    PLAN = "plan", "下达计划"
    DISTRIBUTED = "distributed", "其他计划分配"
    MOVE_IN = "move_in", "调入"
    MOVE_OUT = "move_out", "调出"
    INCREASE = "increase", "增加"
    CORRECTION = "correction", "更正"


class SeatEntry(models.Model):
    """One line of a quota's ledger (名额台账). Append-only, and the deltas of a quota sum to its `seats`, those of the reserve to `reserved`; a pool
    is distributed to the last seat: all kept by the database. What a line rests on stands beside it: a move, a share or a request, each with the
    version of the notice it was decided under; the plan itself and a correction rest on nothing else and name their version themselves."""

    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField("类型", max_length=12, choices=EntryKind.choices)
    delta = models.IntegerField("增减")
    reserved_delta = models.IntegerField("订单定向增减", default=0)
    move = models.ForeignKey(SeatMove, on_delete=models.PROTECT, null=True, related_name="entries")
    share = models.OneToOneField(Share, on_delete=models.PROTECT, null=True, related_name="entry")
    increase = models.OneToOneField(IncreaseRequest, on_delete=models.PROTECT, null=True, related_name="entry")
    at = models.DateTimeField()
    # Null: written by the platform itself, as when a command imports the plan.
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "seat entries"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="seat_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind__in=["move_in", "move_out"], move__isnull=False)
                | (~Q(kind__in=["move_in", "move_out"]) & Q(move__isnull=True)),
                name="seat_entry_move_named",
            ),
            models.CheckConstraint(
                condition=(Q(kind="distributed") & Q(share__isnull=False))
                | (~Q(kind="distributed") & Q(share__isnull=True)),
                name="seat_entry_share_named",
            ),
            models.CheckConstraint(
                condition=(Q(kind="increase") & Q(increase__isnull=False))
                | (~Q(kind="increase") & Q(increase__isnull=True)),
                name="seat_entry_increase_named",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["plan", "distributed", "move_in", "increase"], delta__gte=0)
                | Q(kind="move_out", delta__lt=0)
                | Q(kind="correction"),
                name="seat_entry_sign",
            ),
            models.CheckConstraint(
                condition=Q(reserved_delta=0) | Q(kind__in=["plan", "correction"]), name="seat_entry_reserve_kind"
            ),
            models.UniqueConstraint(
                fields=["quota"], condition=Q(kind__in=["plan", "distributed"]), name="seat_entry_one_plan"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["plan", "correction"]) | Q(decided_under__isnull=False),
                name="seat_entry_version_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.delta:+d}"

    @property
    def stands_on(self) -> NoticeVersion | None:
        """The version of the notice the line was decided under: its own, or that of what it rests on."""
        if self.move is not None:
            return self.move.decided_under
        if self.share is not None:
            return self.share.distribution.decided_under
        return self.increase.decided_under if self.increase is not None else self.decided_under
