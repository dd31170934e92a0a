import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

VERSION = models.ForeignKey(
    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
)

# Until now a notice had one version from the first decision to the last.
BACKFILL = migrations.RunSQL(
    """
    CREATE TEMPORARY TABLE newest AS SELECT DISTINCT ON (notice_id) notice_id, id FROM notices_noticeversion ORDER BY notice_id, number DESC;
    UPDATE admissions_application SET confirmed_under_id = newest.id FROM newest
        WHERE newest.notice_id = admissions_application.notice_id AND confirmed_at IS NOT NULL;
    UPDATE admissions_scoresheet SET confirmed_under_id = newest.id FROM newest
        WHERE newest.notice_id = admissions_scoresheet.notice_id AND confirmed_by_id IS NOT NULL;
    UPDATE admissions_offer SET reported_under_id = newest.id FROM newest
        WHERE newest.notice_id = admissions_offer.notice_id AND state IN ('reported_in', 'absent');
    ALTER TABLE admissions_review DISABLE TRIGGER USER;
    UPDATE admissions_review SET notice_version_id = admissions_submission.notice_version_id FROM admissions_submission
        WHERE admissions_submission.id = admissions_review.submission_id;
    SET CONSTRAINTS ALL IMMEDIATE;
    ALTER TABLE admissions_review ENABLE TRIGGER USER;
    DROP TABLE newest;
    """,
    migrations.RunSQL.noop,
)


class Migration(migrations.Migration):
    dependencies = [("admissions", "0003_mark_passed"), ("notices", "0005_decided_is_frozen")]

    operations = [
        migrations.AddField("application", "confirmed_under", VERSION.clone()),
        migrations.AddField("offer", "reported_under", VERSION.clone()),
        migrations.AddField("review", "notice_version", VERSION.clone()),
        migrations.AddField("scoresheet", "confirmed_under", VERSION.clone()),
        BACKFILL,
        migrations.AlterField(
            "review",
            "notice_version",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="notices.noticeversion"
            ),
        ),
        migrations.AddConstraint(
            "application",
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_under__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_under__isnull=False),
                name="application_confirmed_under_version",
            ),
        ),
        migrations.AddConstraint(
            "offer",
            models.CheckConstraint(
                condition=~Q(state__in=["reported_in", "absent"]) | Q(reported_under__isnull=False),
                name="offer_reported_under_version",
            ),
        ),
        migrations.AddConstraint(
            "scoresheet",
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_under__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_under__isnull=False),
                name="score_sheet_under_version",
            ),
        ),
    ]
