import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gme_portal.pii.fields


class Migration(migrations.Migration):
    dependencies = [
        ("applicants", "0001_initial"),
        ("bases", "0002_brochures"),
        ("files", "0001_initial"),
        ("notices", "0005_decided_is_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RosterRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "person_type",
                    models.CharField(
                        choices=[
                            ("social", "社会人"),
                            ("own_staff", "本单位人"),
                            ("delegated", "外单位委培人员"),
                            ("commissioned", "订单定向医学生"),
                            ("professional_master", "专硕研究生"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                ("major", models.CharField(max_length=60, verbose_name="专业")),
                ("graduated_on", models.DateField(verbose_name="毕业时间")),
                ("words", gme_portal.pii.fields.SealedTextField(blank=True, null=True, verbose_name="情况说明")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("at_school", "待院校核实"),
                            ("at_province", "待省级核实"),
                            ("accepted", "已列入名册"),
                            ("refused", "不予列入"),
                            ("withdrawn", "已撤回"),
                        ],
                        max_length=12,
                        verbose_name="状态",
                    ),
                ),
                ("filed_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("opinion", models.CharField(blank=True, max_length=200, verbose_name="院校意见")),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="不予列入的原因")),
            ],
            options={
                "ordering": ["filed_at"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="rosterentry",
            name="roster_person_type",
        ),
        migrations.AddField(
            model_name="profile",
            name="type_fixed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="rosterentry",
            name="source",
            field=models.CharField(
                choices=[("school", "院校名册"), ("province", "省级名册"), ("verified", "核实列入")],
                default="school",
                max_length=10,
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="confirmed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="decided_under",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="entry",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests",
                to="applicants.rosterentry",
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="file",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="roster_requests", to="notices.notice"
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="prefecture",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="bases.prefecture",
                verbose_name="定向就业州市",
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="preview",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="roster_requests", to="applicants.profile"
            ),
        ),
        migrations.AddField(
            model_name="rosterrequest",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="bases.school",
                verbose_name="培养院校",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("at_school", "at_province"))),
                fields=("notice", "profile"),
                name="roster_request_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["at_school", "at_province", "accepted", "refused", "withdrawn"])),
                name="roster_request_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "accepted"), _negated=True),
                    models.Q(("decided_by__isnull", False), ("entry__isnull", False)),
                    _connector="OR",
                ),
                name="roster_request_accepted_listed",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), _negated=True),
                    models.Q(models.Q(("reason", ""), _negated=True), ("decided_by__isnull", False)),
                    _connector="OR",
                ),
                name="roster_request_refused_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by__isnull", True), ("decided_under__isnull", False), _connector="OR"),
                name="roster_request_under_version",
            ),
        ),
    ]
