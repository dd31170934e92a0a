import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("admissions", "0005_notice_previews"),
        ("applicants", "0002_roster_requests"),
        ("bases", "0002_brochures"),
        ("notices", "0005_decided_is_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CounterVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "found_by",
                    models.CharField(
                        choices=[("document", "证件号码"), ("application", "报名号"), ("account", "现场开通账号")],
                        max_length=12,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["opened_at"],
            },
        ),
        migrations.AddField(
            model_name="application",
            name="amended",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="application",
            name="amending_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="submission",
            name="recorded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="受理人",
            ),
        ),
        migrations.AddConstraint(
            model_name="application",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amended__isnull", True), ("amending_since__isnull", True)),
                    models.Q(("amending_since__isnull", False), ("state", "submitted")),
                    _connector="OR",
                ),
                name="application_amended_while_filed",
            ),
        ),
        migrations.AddField(
            model_name="countervisit",
            name="application",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="admissions.application"
            ),
        ),
        migrations.AddField(
            model_name="countervisit",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="visits", to="bases.trainingbase"
            ),
        ),
        migrations.AddField(
            model_name="countervisit",
            name="opened_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
