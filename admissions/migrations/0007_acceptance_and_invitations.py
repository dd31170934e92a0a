"""What a person answers to a place, and invitations to who has none."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("admissions", "0006_counter_and_amendments"),
        ("applicants", "0002_roster_requests"),
        ("bases", "0002_brochures"),
        ("notices", "0005_decided_is_frozen"),
        ("quotas", "0004_ledger_of_changes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("round", models.CharField(max_length=10)),
                ("words", models.CharField(blank=True, max_length=300, verbose_name="附言")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("invited", "待答复"),
                            ("accepted", "已接受"),
                            ("declined", "已谢绝"),
                            ("withdrawn", "已撤回"),
                            ("expired", "已过期"),
                            ("closed", "已关闭"),
                        ],
                        default="invited",
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("invited_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(verbose_name="答复期限")),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-invited_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="offer",
            name="offer_one_active",
        ),
        migrations.RemoveConstraint(
            model_name="offer",
            name="offer_state_known",
        ),
        migrations.AddField(
            model_name="offer",
            name="answered_at",
            field=models.DateTimeField(null=True, verbose_name="确认时间"),
        ),
        migrations.AddField(
            model_name="offer",
            name="answered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            model_name="offer",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "待公布"),
                    ("published", "公示中"),
                    ("accepted", "已接受录取"),
                    ("declined", "已放弃录取"),
                    ("lapsed", "逾期未确认"),
                    ("admitted", "已录取"),
                    ("reported_in", "已报到"),
                    ("absent", "未报到"),
                    ("revoked", "已撤销"),
                ],
                default="proposed",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("proposed", "published", "accepted", "admitted", "reported_in"))),
                fields=("notice", "applicant"),
                name="offer_one_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "proposed",
                            "published",
                            "accepted",
                            "declined",
                            "lapsed",
                            "admitted",
                            "reported_in",
                            "absent",
                            "revoked",
                        ],
                    )
                ),
                name="offer_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["accepted", "declined", "lapsed"]), _negated=True),
                    ("answered_at__isnull", False),
                    _connector="OR",
                ),
                name="offer_answered_when",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="applicant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="applicants.profile"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="application",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="admissions.application",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="bases.trainingbase"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="invited_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="invited_under",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="notices.notice"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="quota",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invitations",
                to="quotas.quota",
                verbose_name="专业",
            ),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["state", "expires_at"], name="invitation_expiry_idx"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "accepted")),
                fields=("notice", "round", "applicant"),
                name="invitation_one_accepted",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "invited")),
                fields=("notice", "round", "applicant", "base"),
                name="invitation_one_open_per_base",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["invited", "accepted", "declined", "withdrawn", "expired", "closed"])
                ),
                name="invitation_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True), ("application__isnull", False), _connector="OR"
                ),
                name="invitation_accepted_files",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("state", "invited")),
                    models.Q(models.Q(("state", "invited"), _negated=True), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="invitation_settled_when",
            ),
        ),
    ]
