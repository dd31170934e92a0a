"""Approvals, answers, invitations, lotteries and rosters name the version of the notice they were decided under."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

VERSION = models.ForeignKey(
    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
)

# What is there already: the version that was in force then.
BACKFILL = migrations.RunSQL(
    """
    CREATE FUNCTION pg_temp.standing(notice bigint, moment timestamptz) RETURNS bigint LANGUAGE sql AS $$
        SELECT id FROM notices_noticeversion WHERE notice_id = notice ORDER BY (adopted_at <= moment) DESC,
            CASE WHEN adopted_at <= moment THEN -number ELSE number END LIMIT 1 $$;
    UPDATE admissions_allocationrun SET approved_under_id = notice_version_id WHERE approved_by_id IS NOT NULL;
    UPDATE admissions_allocationrun SET closed_under_id = pg_temp.standing(notice_id, closed_at) WHERE closed_by_id IS NOT NULL;
    UPDATE admissions_offer SET answered_under_id = pg_temp.standing(notice_id, answered_at) WHERE answered_at IS NOT NULL;
    UPDATE admissions_invitation SET settled_under_id = pg_temp.standing(notice_id, settled_at) WHERE settled_at IS NOT NULL;
    UPDATE admissions_rosterexport SET approved_under_id = pg_temp.standing(notice_id, approved_at) WHERE approved_by_id IS NOT NULL;
    ALTER TABLE admissions_lotterydraw DISABLE TRIGGER USER;
    UPDATE admissions_lotterydraw SET committed_under_id = pg_temp.standing(notice_id, committed_at);
    UPDATE admissions_lotterydraw SET confirmed_under_id = pg_temp.standing(notice_id, confirmed_at) WHERE confirmed_by_id IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE admissions_lotterydraw ENABLE TRIGGER USER;
    DROP FUNCTION pg_temp.standing(bigint, timestamptz);
    """,
    migrations.RunSQL.noop,
)


def named(model: str, condition: Q, name: str) -> migrations.AddConstraint:
    return migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=f"{name}_version_named"))


class Migration(migrations.Migration):
    dependencies = [("admissions", "0011_disqualifications"), ("notices", "0005_decided_is_frozen")]

    operations = [
        migrations.AddField("allocationrun", "approved_under", VERSION.clone()),
        migrations.AddField("allocationrun", "closed_under", VERSION.clone()),
        migrations.AddField("offer", "answered_under", VERSION.clone()),
        migrations.AddField("invitation", "settled_under", VERSION.clone()),
        migrations.AddField("lotterydraw", "committed_under", VERSION.clone()),
        migrations.AddField("lotterydraw", "confirmed_under", VERSION.clone()),
        migrations.AddField("rosterexport", "approved_under", VERSION.clone()),
        BACKFILL,
        migrations.AlterField(
            "lotterydraw",
            "committed_under",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        named(
            "allocationrun",
            (Q(approved_by__isnull=True) | Q(approved_under__isnull=False))
            & (Q(closed_by__isnull=True) | Q(closed_under__isnull=False)),
            "run",
        ),
        named("offer", Q(answered_at__isnull=True) | Q(answered_under__isnull=False), "offer"),
        named("invitation", Q(settled_at__isnull=True) | Q(settled_under__isnull=False), "invitation"),
        named("lotterydraw", Q(confirmed_by__isnull=True) | Q(confirmed_under__isnull=False), "lottery"),
        named("rosterexport", Q(approved_by__isnull=True) | Q(approved_under__isnull=False), "roster_export"),
    ]
