"""The process (招收过程): applications and their versions, reviews, confirmation, marks, runs, offers, publicity, report-in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from admissions.states import (
    ACTIVE_OFFER_STATES,
    APPLICATION_LABELS,
    INVITATION_LABELS,
    LATER_DOCUMENT_LABELS,
    OFFER_LABELS,
    PREVIEW_LABELS,
    RUN_LABELS,
    YEAR_REDUCTION_LABELS,
)
from applicants.models import Document, Profile
from bases.models import TrainingBase
from gme_portal.files.models import StoredFile
from gme_portal.notices.models import Notice, NoticeProposal, NoticeVersion
from gme_portal.pii.fields import SealedTextField
from gme_portal.pii.masks import mask_all, mask_phone
from quotas.models import Quota

USER = settings.AUTH_USER_MODEL


class Application(models.Model):
    """One person's application in one round of one notice (报名). What the base sees is the newest `Submission`, not the live profile."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="applications")
    round = models.CharField(max_length=10, default="first")
    applicant = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="applications")
    # Year and a number of the sequence `admissions_application_number`; it says nothing about the person.
    number = models.CharField("报名号", max_length=20, unique=True)
    state = models.CharField("状态", max_length=12, choices=list(APPLICATION_LABELS.items()), default="draft")
    base = models.ForeignKey(
        TrainingBase, on_delete=models.PROTECT, null=True, related_name="applications", verbose_name="志愿基地"
    )
    consents_base_transfer = models.BooleanField("服从基地内调剂", default=False)
    consents_province_transfer = models.BooleanField("服从省级统一调剂", default=False)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    # Where the notice lets a filed form be changed at once (修改报名): since when, and the choices typed since, {"quotas": [ids], "consents": [kinds]}.
    # What was filed stands, and the base works on it, until the changes are filed; any other step drops them.
    amending_since = models.DateTimeField(null=True)
    amended = models.JSONField(null=True)
    # Follow-ups of the state, kept here for the lists.
    confirmed_at = models.DateTimeField("现场确认时间", null=True)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "round", "applicant"], name="application_one_per_round"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_under__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_under__isnull=False),
                name="application_confirmed_under_version",
            ),
            models.CheckConstraint(condition=Q(state__in=list(APPLICATION_LABELS)), name="application_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(base__isnull=False, submitted_at__isnull=False),
                name="application_filed_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(state="approved"), name="application_confirmed_approved"
            ),
            models.CheckConstraint(
                condition=Q(amending_since__isnull=True, amended__isnull=True)
                | Q(amending_since__isnull=False, state="submitted"),
                name="application_amended_while_filed",
            ),
        ]
        indexes = [models.Index(fields=["notice", "base", "state", "submitted_at"], name="application_queue_idx")]

    def __str__(self) -> str:
        return self.number

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.applicant.user_id


class Choice(models.Model):
    """A listed specialty (志愿), ordered from 1; all of one base (003 五)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="choices")
    position = models.PositiveSmallIntegerField("志愿序号")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="choices", verbose_name="专业")

    class Meta:
        ordering = ["application", "position"]
        constraints = [
            models.UniqueConstraint(fields=["application", "position"], name="choice_position_once"),
            models.UniqueConstraint(fields=["application", "quota"], name="choice_specialty_once"),
            models.CheckConstraint(condition=Q(position__gte=1), name="choice_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.quota_id}"


class Submission(models.Model):
    """What was filed at one moment (报名版本) with its receipt (回执): immutable, sealed, digested, signed.

    `content` is the canonical JSON that the base reviews and the form prints; `digest` its SHA-256; `signature` a keyed signature of receipt
    number, digest and time; `idempotency_key` makes a retried click return this very receipt (R2)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField("版本")
    receipt_number = models.CharField("回执编号", max_length=24, unique=True)
    content = SealedTextField(mask=mask_all)
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    idempotency_key = models.UUIDField(unique=True)
    submitted_at = models.DateTimeField()
    # Filed with this base: a later version may go to another one, and each sees only its own.
    base = models.ForeignKey(
        TrainingBase, on_delete=models.PROTECT, related_name="submissions", verbose_name="志愿基地"
    )
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    photo = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    # Who of the base filed it for the person at the counter (现场报名); null where the person did.
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="受理人")

    class Meta:
        ordering = ["application", "number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="submission_number_once")]

    def __str__(self) -> str:
        return self.receipt_number

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.application.applicant.user_id


class FoundBy(models.TextChoices):
    DOCUMENT = "document", "证件号码"
    APPLICATION = "application", "报名号"
    ACCOUNT = "account", "现场开通账号"


class CounterVisit(models.Model):
    """A person stood at a base's counter (现场报名) and their application was opened there by its exact number. It is what lets the base
    see an application that is not filed yet."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="visits")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="visits")
    found_by = models.CharField(max_length=12, choices=FoundBy.choices)
    opened_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["opened_at"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.opened_at:%F %T}"


class SealedSet(models.Model):
    """What was in when the registration window closed (截止封存): count and digest over all filed submissions (R5)."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="sealed_sets")
    round = models.CharField(max_length=10)
    closes_at = models.DateTimeField()
    sealed_at = models.DateTimeField()
    submissions = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "round", "closes_at"], name="sealed_set_once")]

    def __str__(self) -> str:
        return f"{self.round} {self.submissions}"


class DeadlineMark(models.Model):
    """The done-mark of what follows from a deadline; it shares a transaction with the effect (R6)."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "key"], name="deadline_mark_once")]

    def __str__(self) -> str:
        return self.key


class ReviewDecision(models.TextChoices):
    APPROVE = "approve", "审核通过"
    RETURN = "return", "退回修改"
    REJECT = "reject", "审核不通过"


class Review(models.Model):
    """A decision on one submission (资格审核): returned with a coded reason and words, rejected with a clause."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="reviews")
    decision = models.CharField(max_length=10, choices=ReviewDecision.choices)
    reason_code = models.CharField("原因", max_length=30, blank=True)
    words = models.CharField("说明", max_length=500, blank=True)
    clause = models.CharField("依据", max_length=60, blank=True)
    reviewer = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=~Q(decision="return") | ~Q(words=""), name="review_return_says_why"),
            models.CheckConstraint(condition=~Q(decision="reject") | ~Q(clause=""), name="review_reject_names_clause"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.at:%F %T}"


class LaterDocument(models.Model):
    """The certificate itself, uploaded after a stand-in for it was filed (待取得后重新上传替换, 003 (三)3). What was filed stays as it was; this lies
    beside it and is looked at by the base (核对)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="later_documents")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("材料", max_length=30)
    filed = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name="报名时的材料")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", verbose_name="补交的材料")
    state = models.CharField("状态", max_length=10, choices=list(LATER_DOCUMENT_LABELS.items()), default="uploaded")
    uploaded_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("退回原因", max_length=200, blank=True)

    class Meta:
        ordering = ["uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=Q(state__in=["uploaded", "confirmed"]),
                name="later_document_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(LATER_DOCUMENT_LABELS)), name="later_document_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["uploaded", "replaced"], decided_by__isnull=True, decided_under__isnull=True)
                | Q(state__in=["confirmed", "returned"], decided_by__isnull=False, decided_under__isnull=False),
                name="later_document_decided_by",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""), name="later_document_return_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.application.applicant.user_id


class ScoreSheet(models.Model):
    """The marks of one base in one round (成绩册): open until a second person confirms it; a correction after that needs another two."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    round = models.CharField(max_length=10, default="first")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="score_sheets")
    submitted_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "round", "base"], name="score_sheet_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_under__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_under__isnull=False),
                name="score_sheet_under_version",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | (Q(submitted_by__isnull=False) & ~Q(confirmed_by=F("submitted_by"))),
                name="score_sheet_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.base_id} {self.round}"


class Mark(models.Model):
    """One mark (成绩) in hundredths of a point, a check passed or not (合格项), or absent (缺考). `component` is a key of the policy's scoring rule."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="marks")
    component = models.CharField(max_length=20)
    value = models.PositiveIntegerField(null=True, help_text="hundredths of a point")
    passed = models.BooleanField("合格", null=True)
    absent = models.BooleanField("缺考", default=False)
    entered_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "component"], name="mark_once"),
            models.CheckConstraint(
                condition=Q(absent=True, value__isnull=True, passed__isnull=True)
                | Q(absent=False, value__isnull=False, passed__isnull=True)
                | Q(absent=False, value__isnull=True, passed__isnull=False),
                name="mark_or_passed_or_absent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.value}"


class LotteryDraw(models.Model):
    """The lottery (抽签) of one round: committed to before registration closes, drawn in public after it, its secret shown with the first result.

    `commitment` is SHA-256 of `secret`, which the platform made and nobody sees before; `source` says beforehand which public draw will count;
    `public_draw` is entered by one person and typed again by another. The seed of the round is SHA-256 of `secret|public draw`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="lottery_draws")
    round = models.CharField(max_length=10, default="first")
    commitment = models.CharField("承诺值", max_length=64)
    secret = SealedTextField(mask=mask_all)
    source = models.CharField("公开抽签", max_length=200)
    # Null: the platform committed by itself, a day before the close, because nobody else had.
    committed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    committed_at = models.DateTimeField()
    late_reason = models.CharField("逾期公布的原因", max_length=200, blank=True)
    public_draw = models.CharField("公开抽签结果", max_length=200, blank=True)
    drawn_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["notice", "committed_at"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "round"], name="lottery_one_per_round"),
            models.CheckConstraint(
                condition=Q(public_draw="", drawn_by__isnull=True, drawn_at__isnull=True)
                | (~Q(public_draw="") & Q(drawn_by__isnull=False, drawn_at__gt=F("committed_at"))),
                name="lottery_draw_whole",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(drawn_by__isnull=False, confirmed_at__gte=F("drawn_at")) & ~Q(confirmed_by=F("drawn_by"))),
                name="lottery_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.round}"

    @property
    def stage(self) -> str:
        """committed · entered (waits for the second person) · drawn."""
        if self.confirmed_at is not None:
            return "drawn"
        return "entered" if self.public_draw else "committed"


class RunKind(models.TextChoices):
    BASE_ADMISSION = "base-admission", "基地录取"
    REALLOCATION = "provincial-reallocation", "省级调剂"


class AllocationRun(models.Model):
    """One computation (录取/调剂运算): canonical input → engine → independent verifier → a second person approves → published as one batch.

    `beside` holds what is decided without the engine: people assigned by their school, people who are not ranked and why. `chain` is SHA-256 of the
    previous run's chain with the digests of input, result and `beside`: the record cannot be rewritten unseen, and the database refuses to try.
    `published_at` may lie ahead: it is the instant of release (R13). A simulation is never published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30, choices=RunKind.choices)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="runs")
    notice_version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    round = models.CharField(max_length=10, default="first")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, null=True, related_name="runs")
    state = models.CharField(max_length=12, choices=list(RUN_LABELS.items()), default="draft")
    problem = models.JSONField()
    result = models.JSONField()
    input_sha256 = models.CharField(max_length=64)
    output_sha256 = models.CharField(max_length=64)
    engine = models.CharField(max_length=120)
    breaches = models.JSONField(default=list, help_text="what the verifier found; must be empty")
    beside = models.JSONField(
        default=dict, help_text="assigned, excluded and reserved, see admissions.queries.problems"
    )
    is_simulation = models.BooleanField("试算", default=False)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    chain = models.CharField(max_length=64)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    # Why and by whom it was set aside: discarded before, or taken back after publication (撤销公布), which again takes two.
    closed_reason = models.CharField("作废原因", max_length=200, blank=True)
    undo_asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    undo_asked_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")), name="run_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(approved_by__isnull=False, published_at__isnull=False),
                name="run_published_approved",
            ),
            models.CheckConstraint(
                condition=Q(kind="base-admission", base__isnull=False)
                | Q(kind="provincial-reallocation", base__isnull=True),
                name="run_base_by_kind",
            ),
            models.UniqueConstraint(
                fields=["notice", "round", "base"],
                condition=Q(state="published", kind="base-admission"),
                name="run_one_published_per_base",
            ),
            models.UniqueConstraint(
                fields=["notice", "round"],
                condition=Q(state="published", kind="provincial-reallocation"),
                name="run_one_published_reallocation",
            ),
            models.CheckConstraint(
                condition=Q(is_simulation=False) | ~Q(state="published"), name="run_simulation_unpublished"
            ),
            models.CheckConstraint(
                condition=Q(undo_asked_by__isnull=True) | Q(closed_by__isnull=True) | ~Q(closed_by=F("undo_asked_by")),
                name="run_undo_two_people",
            ),
            models.UniqueConstraint(fields=["previous"], name="run_chain_linear"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%F %T}"


class VerificationBundle(models.Model):
    """What anybody may download of a published run and run again (公开核验包): input and result under other names, and what they rest on.

    `salt` makes the names: they are HMACs that nobody can compute for somebody else, and that appear nowhere else. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.OneToOneField(AllocationRun, on_delete=models.PROTECT, related_name="bundle")
    salt = SealedTextField(mask=mask_all)
    problem = models.JSONField()
    result = models.JSONField()
    record = models.JSONField(help_text="see admissions.queries.bundles")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.run_id}"


class Outcome(models.Model):
    """What one run says of one application, with its explanation in Chinese (结果说明). `quota` is null for "not admitted"."""

    run = models.ForeignKey(AllocationRun, on_delete=models.CASCADE, related_name="outcomes")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="outcomes")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, null=True, related_name="+")
    choice_number = models.PositiveSmallIntegerField(
        null=True, help_text="among the own choices; null with a quota means by adjustment (调剂)"
    )
    total = models.PositiveIntegerField(null=True, help_text="hundredths of a point")
    rank = models.PositiveIntegerField(
        null=True, help_text="place among those ranked at the base, or in the provincial order"
    )
    explanation = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "application"], name="outcome_once")]

    def __str__(self) -> str:
        return f"{self.application_id}"


class Offer(models.Model):
    """A place for a person (拟录取 / 录取). One active offer per person and notice, kept by the database."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="offers")
    applicant = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="offers")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="offers")
    run = models.ForeignKey(AllocationRun, on_delete=models.PROTECT, related_name="offers")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="offers")
    choice_number = models.PositiveSmallIntegerField(null=True)
    # Whether it holds a seat of the quota: people outside the plan (专硕, 000 三) do not.
    counted = models.BooleanField("占招收计划", default=True)
    state = models.CharField(max_length=12, choices=list(OFFER_LABELS.items()), default="proposed")
    published_at = models.DateTimeField(null=True)
    admitted_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # What the person said to the place (接受录取), or nothing by the end: then nobody is named.
    answered_at = models.DateTimeField("确认时间", null=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    # Of the report-in, or of its being missed; what the offer itself rests on is the run's version.
    reported_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "applicant"], condition=Q(state__in=ACTIVE_OFFER_STATES), name="offer_one_active"
            ),
            models.CheckConstraint(condition=Q(state__in=list(OFFER_LABELS)), name="offer_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined", "lapsed"]) | Q(answered_at__isnull=False),
                name="offer_answered_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reported_in", "absent"]) | Q(reported_under__isnull=False),
                name="offer_reported_under_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"


class YearReduction(models.Model):
    """A request for a shorter training in one specialty (培训年限减免申请, 000 五(一)). `steps` are those of the notice when it was filed; `step` the
    one it waits for. `months` is what was asked for, `granted` what stands after the last decision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="year_reductions")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="year_reductions")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="year_reductions", verbose_name="培训专业")
    months = models.PositiveSmallIntegerField("申请减免（月）")
    grounds = SealedTextField("申请理由", mask=mask_all)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    preview = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    verdict = models.JSONField(
        help_text="what the notice's rules said when it was filed: [{verdict, sentence, clause}]"
    )
    steps = ArrayField(models.CharField(max_length=12))
    step = models.CharField(max_length=12, blank=True)
    state = models.CharField("状态", max_length=10, choices=list(YEAR_REDUCTION_LABELS.items()), default="waiting")
    filing = models.PositiveSmallIntegerField("第几次提交", default=1)
    filed_at = models.DateTimeField()
    filed_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    granted = models.PositiveSmallIntegerField("减免（月）", null=True)

    class Meta:
        ordering = ["filed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=~Q(state__in=["refused", "withdrawn"]),
                name="year_reduction_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(YEAR_REDUCTION_LABELS)), name="year_reduction_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") & ~Q(step="") | ~Q(state="waiting") & Q(step=""),
                name="year_reduction_waits_for_a_step",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(granted__isnull=False), name="year_reduction_approved_months"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.step}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.application.applicant.user_id


class YearReductionDecision(models.Model):
    """What one step said (审核意见). `months` is what it leaves of the request; the same person never speaks twice for one filing."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reduction = models.ForeignKey(YearReduction, on_delete=models.PROTECT, related_name="decisions")
    filing = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=12)
    decision = models.CharField(max_length=10)
    months = models.PositiveSmallIntegerField(null=True)
    words = models.CharField("意见", max_length=200, blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["reduction", "filing", "by"], name="reduction_decision_two_people"),
            models.CheckConstraint(
                condition=Q(decision__in=["approve", "correct"], months__isnull=False)
                | Q(decision__in=["return", "refuse"], months__isnull=True) & ~Q(words=""),
                name="reduction_decision_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.decision}"


class Invitation(models.Model):
    """A base asks somebody who is not admitted to come to its re-examination (邀请未录取考生复试, 004 三(四)2): one specialty with a free seat.

    Accepted, it files the application of the round that is named beside it. Asked again after a refusal, it is a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="invitations")
    round = models.CharField(max_length=10)
    applicant = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="invitations")
    base = models.ForeignKey(TrainingBase, on_delete=models.PROTECT, related_name="invitations")
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="invitations", verbose_name="专业")
    words = models.CharField("附言", max_length=300, blank=True)
    state = models.CharField("状态", max_length=12, choices=list(INVITATION_LABELS.items()), default="invited")
    invited_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    invited_under = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField("答复期限")
    settled_at = models.DateTimeField(null=True)
    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, related_name="invitations")

    class Meta:
        ordering = ["-invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "round", "applicant"], condition=Q(state="accepted"), name="invitation_one_accepted"
            ),
            models.UniqueConstraint(
                fields=["notice", "round", "applicant", "base"],
                condition=Q(state="invited"),
                name="invitation_one_open_per_base",
            ),
            models.CheckConstraint(condition=Q(state__in=list(INVITATION_LABELS)), name="invitation_state_known"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(application__isnull=False), name="invitation_accepted_files"
            ),
            models.CheckConstraint(
                condition=Q(state="invited", settled_at__isnull=True)
                | (~Q(state="invited") & Q(settled_at__isnull=False)),
                name="invitation_settled_when",
            ),
        ]
        indexes = [models.Index(fields=["state", "expires_at"], name="invitation_expiry_idx")]

    def __str__(self) -> str:
        return f"{self.state} {self.id}"

    @property
    def owner_user_id(self) -> uuid.UUID:
        return self.applicant.user_id


class Publicity(models.Model):
    """A list on public show (公示). `rows` holds only the columns that the policy allows, and no fragment of an ID number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.OneToOneField(AllocationRun, on_delete=models.PROTECT, related_name="publicity")
    title = models.CharField(max_length=120)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    rows = models.JSONField()

    class Meta:
        verbose_name_plural = "publicities"
        constraints = [models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="publicity_closes_later")]

    def __str__(self) -> str:
        return self.title


class Objection(models.Model):
    """An objection to a list on show (异议), with its answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="objections")
    words = SealedTextField(mask=mask_all)
    contact = SealedTextField(mask=mask_phone)
    raised_at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.id)


class RosterExport(models.Model):
    """A roster with full ID numbers (完整名册): asked for with a purpose, approved by a second person, kept as the very file that went out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="roster_exports")
    purpose = models.CharField("用途", max_length=100)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(USER, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    people = models.PositiveIntegerField(null=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("made_by")), name="roster_export_two_people"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, file__isnull=True)
                | Q(approved_by__isnull=False, file__isnull=False),
                name="roster_export_file_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.made_at:%F %T}"


class NoticePreview(models.Model):
    """What a proposed notice would change for people who have begun or filed (采用前预览): judged in the background, person by person.

    `digest` and `against` are the text and the version in force that were compared; `total`, `done` and `unread` count people, the last those
    whose entries are too unfinished to be judged; `changed` those with at least one line."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    proposal = models.ForeignKey(NoticeProposal, on_delete=models.PROTECT, related_name="previews")
    against = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"


class PreviewLine(models.Model):
    """One rule that changes one person's verdict, and on which of their specialties. `before` and `after` are what the rule says to them."""

    preview = models.ForeignKey(NoticePreview, on_delete=models.CASCADE, related_name="lines")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=80)
    direction = models.CharField(max_length=8, choices=list(PREVIEW_LABELS.items()))
    specialties = ArrayField(models.CharField(max_length=8))
    before = models.TextField()
    after = models.TextField()
    clause = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["preview", "application", "rule", "direction"], name="preview_line_once")
        ]
        indexes = [models.Index(fields=["preview", "direction", "rule"], name="preview_line_group_idx")]

    def __str__(self) -> str:
        return f"{self.rule} {self.direction}"
