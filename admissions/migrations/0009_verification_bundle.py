"""What anybody may download of a published run and run again."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import gme_portal.pii.fields
import gme_portal.pii.masks
from gme_portal.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("admissions", "0009_later_documents"), ("audit", "0002_append_only")]

    operations = [
        migrations.CreateModel(
            name="VerificationBundle",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "salt",
                    gme_portal.pii.fields.SealedTextField(blank=True, mask=gme_portal.pii.masks.mask_all, null=True),
                ),
                ("problem", models.JSONField()),
                ("result", models.JSONField()),
                ("record", models.JSONField(help_text="see admissions.queries.bundles")),
                ("made_at", models.DateTimeField()),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bundle",
                        to="admissions.allocationrun",
                    ),
                ),
            ],
        ),
        append_only("admissions_verificationbundle"),
    ]
