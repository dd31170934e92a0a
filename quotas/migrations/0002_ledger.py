"""The ledger only grows, and the deltas of a quota sum to its seats when a transaction commits."""

from __future__ import annotations

from django.db import migrations

from gme_portal.audit.append_only import append_only

SUMS = migrations.RunSQL(
    """
    CREATE FUNCTION quotas_ledger_sums() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        quota uuid;
        recorded integer;
        explained integer;
    BEGIN
        IF TG_TABLE_NAME = 'quotas_quota' THEN
            quota := NEW.id;
        ELSE
            quota := NEW.quota_id;
        END IF;
        SELECT seats INTO recorded FROM quotas_quota WHERE id = quota;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        SELECT COALESCE(SUM(delta), 0) INTO explained FROM quotas_seatentry WHERE quota_id = quota;
        IF recorded <> explained THEN
            RAISE EXCEPTION 'quota % has % seats but its ledger explains %', quota, recorded, explained
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quota_seats_explained';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER quota_seats_explained AFTER INSERT OR UPDATE OF seats ON quotas_quota
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION quotas_ledger_sums();
    CREATE CONSTRAINT TRIGGER seat_entry_explains AFTER INSERT ON quotas_seatentry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION quotas_ledger_sums();
    """,
    """
    DROP TRIGGER seat_entry_explains ON quotas_seatentry;
    DROP TRIGGER quota_seats_explained ON quotas_quota;
    DROP FUNCTION quotas_ledger_sums();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("quotas", "0001_initial"), ("audit", "0002_append_only")]

    operations = [append_only("quotas_seatentry"), append_only("quotas_seatmove"), SUMS]
