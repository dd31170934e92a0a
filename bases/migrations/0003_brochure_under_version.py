"""A brochure that was approved or returned names the version of the notice it was judged by."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

BACKFILL = migrations.RunSQL(
    """
    UPDATE bases_brochure SET decided_under_id = (
        SELECT id FROM notices_noticeversion AS version WHERE version.notice_id = bases_brochure.notice_id
        AND adopted_at <= decided_at ORDER BY number DESC LIMIT 1
    ) WHERE decided_at IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies = [("bases", "0002_brochures"), ("notices", "0005_decided_is_frozen")]

    operations = [
        migrations.AddField(
            "brochure",
            "decided_under",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        BACKFILL,
        migrations.AddConstraint(
            "brochure",
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | Q(decided_under__isnull=False), name="brochure_version_named"
            ),
        ),
    ]
