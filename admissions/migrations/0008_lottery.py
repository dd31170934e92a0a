"""The lottery of a round. What was committed to stands, and so does a draw that two people entered."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gme_portal.pii.fields
import gme_portal.pii.masks

FROZEN = migrations.RunSQL(
    """
    CREATE FUNCTION gme_refuse_rewriting_a_lottery() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.confirmed_at IS NOT NULL AND
           ROW(NEW.public_draw, NEW.drawn_by_id, NEW.drawn_at, NEW.confirmed_by_id, NEW.confirmed_at)
           IS DISTINCT FROM
           ROW(OLD.public_draw, OLD.drawn_by_id, OLD.drawn_at, OLD.confirmed_by_id, OLD.confirmed_at) OR
           ROW(NEW.notice_id, NEW.round, NEW.commitment, NEW.source, NEW.committed_by_id, NEW.committed_at, NEW.late_reason)
           IS DISTINCT FROM
           ROW(OLD.notice_id, OLD.round, OLD.commitment, OLD.source, OLD.committed_by_id, OLD.committed_at, OLD.late_reason) THEN
            RAISE EXCEPTION 'a lottery that was committed to is frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER admissions_lotterydraw_frozen BEFORE UPDATE OR DELETE ON admissions_lotterydraw
        FOR EACH ROW EXECUTE FUNCTION gme_refuse_rewriting_a_lottery();
    """,
    "DROP TRIGGER admissions_lotterydraw_frozen ON admissions_lotterydraw; DROP FUNCTION gme_refuse_rewriting_a_lottery();",
)
PERSON = {
    "null": True,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}


class Migration(migrations.Migration):
    dependencies = [
        ("admissions", "0007_acceptance_and_invitations"),
        ("notices", "0005_decided_is_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LotteryDraw",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("round", models.CharField(default="first", max_length=10)),
                ("commitment", models.CharField(max_length=64, verbose_name="承诺值")),
                (
                    "secret",
                    gme_portal.pii.fields.SealedTextField(blank=True, mask=gme_portal.pii.masks.mask_all, null=True),
                ),
                ("source", models.CharField(max_length=200, verbose_name="公开抽签")),
                ("committed_at", models.DateTimeField()),
                ("late_reason", models.CharField(blank=True, max_length=200, verbose_name="逾期公布的原因")),
                ("public_draw", models.CharField(blank=True, max_length=200, verbose_name="公开抽签结果")),
                ("drawn_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("committed_by", models.ForeignKey(**PERSON)),
                ("confirmed_by", models.ForeignKey(**PERSON)),
                ("drawn_by", models.ForeignKey(**PERSON)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lottery_draws", to="notices.notice"
                    ),
                ),
            ],
            options={"ordering": ["notice", "committed_at"]},
        ),
        migrations.AddConstraint(
            model_name="lotterydraw",
            constraint=models.UniqueConstraint(fields=("notice", "round"), name="lottery_one_per_round"),
        ),
        migrations.AddConstraint(
            model_name="lotterydraw",
            constraint=models.CheckConstraint(
                condition=models.Q(public_draw="", drawn_by__isnull=True, drawn_at__isnull=True)
                | (~models.Q(public_draw="") & models.Q(drawn_by__isnull=False, drawn_at__gt=models.F("committed_at"))),
                name="lottery_draw_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="lotterydraw",
            constraint=models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (
                    models.Q(drawn_by__isnull=False, confirmed_at__gte=models.F("drawn_at"))
                    & ~models.Q(confirmed_by=models.F("drawn_by"))
                ),
                name="lottery_two_people",
            ),
        ),
        FROZEN,
    ]
