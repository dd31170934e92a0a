"""Every decision about seats names the version of the notice it was made under."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

VERSION = models.ForeignKey(
    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
)

# What is there already: the version that was in force then, for a plan from before the first one that first one.
BACKFILL = migrations.RunSQL(
    """
    CREATE FUNCTION pg_temp.standing(notice bigint, moment timestamptz) RETURNS bigint LANGUAGE sql AS $$
        SELECT id FROM notices_noticeversion WHERE notice_id = notice ORDER BY (adopted_at <= moment) DESC,
            CASE WHEN adopted_at <= moment THEN -number ELSE number END LIMIT 1 $$;
    ALTER TABLE quotas_seatmove DISABLE TRIGGER USER;
    ALTER TABLE quotas_seatentry DISABLE TRIGGER USER;
    UPDATE quotas_seatmove SET decided_under_id = pg_temp.standing(notice_id, at);
    UPDATE quotas_seatentry SET decided_under_id = pg_temp.standing(quotas_quota.notice_id, at) FROM quotas_quota
        WHERE quotas_quota.id = quota_id AND kind IN ('plan', 'correction');
    UPDATE quotas_increaserequest SET decided_under_id = pg_temp.standing(quotas_quota.notice_id, decided_at) FROM quotas_quota
        WHERE quotas_quota.id = quota_id AND decided_at IS NOT NULL;
    UPDATE quotas_distribution SET decided_under_id = pg_temp.standing(quotas_otherspool.notice_id, decided_at) FROM quotas_otherspool
        WHERE quotas_otherspool.id = pool_id AND decided_at IS NOT NULL;
    UPDATE quotas_otherspool SET late_under_id = pg_temp.standing(notice_id, late_at) WHERE late_at IS NOT NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE quotas_seatmove ENABLE TRIGGER USER;
    ALTER TABLE quotas_seatentry ENABLE TRIGGER USER;
    DROP FUNCTION pg_temp.standing(bigint, timestamptz);
    """,
    migrations.RunSQL.noop,
)


def named(model: str) -> migrations.AddConstraint:
    condition = ~Q(state__in=["approved", "refused"]) | Q(decided_under__isnull=False)
    return migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=f"{model}_version_named"))


class Migration(migrations.Migration):
    dependencies = [("quotas", "0005_example_figures"), ("notices", "0005_decided_is_frozen")]

    operations = [
        migrations.AddField("seatmove", "decided_under", VERSION.clone()),
        migrations.AddField("seatentry", "decided_under", VERSION.clone()),
        migrations.AddField("increaserequest", "decided_under", VERSION.clone()),
        migrations.AddField("distribution", "decided_under", VERSION.clone()),
        migrations.AddField("otherspool", "late_under", VERSION.clone()),
        BACKFILL,
        migrations.AlterField(
            "seatmove",
            "decided_under",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        named("increaserequest"),
        named("distribution"),
        migrations.AddConstraint(
            "otherspool",
            models.CheckConstraint(
                condition=Q(late_by__isnull=True) | Q(late_under__isnull=False), name="others_pool_version_named"
            ),
        ),
        migrations.AddConstraint(
            "seatentry",
            models.CheckConstraint(
                condition=~Q(kind__in=["plan", "correction"]) | Q(decided_under__isnull=False),
                name="seat_entry_version_named",
            ),
        ),
    ]
