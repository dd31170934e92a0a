"""People whose registration or admission is taken away (取消资格), and objections (异议) that name one person and are upheld or not."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gme_portal.pii.fields


def answered_before(apps, schema_editor):
    """What was answered before said neither: the lists stood, so the objections were not upheld."""
    for row in apps.get_model("admissions", "Objection").objects.filter(answered_at__isnull=False):
        row.upheld, row.answered_under_id = False, row.publicity.run.notice_version_id
        row.save(update_fields=["upheld", "answered_under"])


class Migration(migrations.Migration):
    dependencies = [
        ("admissions", "0010_year_reductions"),
        ("notices", "0005_decided_is_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Disqualification",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "trigger",
                    models.CharField(
                        choices=[("fraud", "弄虚作假"), ("withdrawal", "报到后退出培训")],
                        max_length=12,
                        verbose_name="情形",
                    ),
                ),
                ("grounds", gme_portal.pii.fields.SealedTextField(blank=True, null=True, verbose_name="事实和证据")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "待省级确认"), ("confirmed", "已取消"), ("refused", "不予取消")],
                        default="asked",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("words", models.CharField(blank=True, max_length=200, verbose_name="不予取消的原因")),
            ],
            options={
                "ordering": ["-asked_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="application",
            name="application_confirmed_approved",
        ),
        migrations.RemoveConstraint(
            model_name="offer",
            name="offer_state_known",
        ),
        migrations.AddField(
            model_name="objection",
            name="answered_under",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="application",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objections",
                to="admissions.application",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="upheld",
            field=models.BooleanField(null=True, verbose_name="异议成立"),
        ),
        migrations.AlterField(
            model_name="application",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "填写中"),
                    ("submitted", "待审核"),
                    ("returned", "退回修改"),
                    ("withdrawn", "已取消报名"),
                    ("approved", "审核通过"),
                    ("rejected", "审核不通过"),
                    ("cancelled", "已取消资格"),
                ],
                default="draft",
                max_length=12,
                verbose_name="状态",
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
                    ("left", "已退出培训"),
                ],
                default="proposed",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "submitted", "returned", "withdrawn", "approved", "rejected", "cancelled"])
                ),
                name="application_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_at__isnull", True), ("state__in", ["approved", "cancelled"]), _connector="OR"
                ),
                name="application_confirmed_approved",
            ),
        ),
        migrations.RunPython(answered_before, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("answered_under__isnull", True), ("upheld__isnull", True)),
                    models.Q(
                        ("answered_at__isnull", False), ("answered_under__isnull", False), ("upheld__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="objection_answered_whole",
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
                            "left",
                        ],
                    )
                ),
                name="offer_state_known",
            ),
        ),
        migrations.AddField(
            model_name="disqualification",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disqualifications",
                to="admissions.application",
            ),
        ),
        migrations.AddField(
            model_name="disqualification",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="disqualification",
            name="asked_under",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        migrations.AddField(
            model_name="disqualification",
            name="objection",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disqualifications",
                to="admissions.objection",
            ),
        ),
        migrations.AddField(
            model_name="disqualification",
            name="settled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="disqualification",
            name="settled_under",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        migrations.AddConstraint(
            model_name="disqualification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("application",),
                name="disqualification_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="disqualification",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["asked", "confirmed", "refused"])),
                name="disqualification_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="disqualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("settled_by", None), ("settled_under", None), ("state", "asked")),
                    models.Q(
                        models.Q(("state", "asked"), _negated=True),
                        ("settled_at__isnull", False),
                        ("settled_by__isnull", False),
                        ("settled_under__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="disqualification_settled_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="disqualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True),
                    models.Q(("settled_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="disqualification_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="disqualification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(("words", ""), _negated=True),
                    _connector="OR",
                ),
                name="disqualification_refused_with_words",
            ),
        ),
    ]
