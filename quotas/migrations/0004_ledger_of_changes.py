"""The ledger explains the reserve too, a proposal's lines are never edited, and a pool is distributed to the last seat when a transaction commits."""

from __future__ import annotations

from django.db import migrations

from gme_portal.audit.append_only import append_only

SUMS = migrations.RunSQL(
    """
    CREATE OR REPLACE FUNCTION quotas_ledger_sums() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        quota uuid;
        recorded integer;
        kept integer;
        explained integer;
        explained_kept integer;
    BEGIN
        IF TG_TABLE_NAME = 'quotas_quota' THEN
            quota := NEW.id;
        ELSE
            quota := NEW.quota_id;
        END IF;
        SELECT seats, reserved INTO recorded, kept FROM quotas_quota WHERE id = quota;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        SELECT COALESCE(SUM(delta), 0), COALESCE(SUM(reserved_delta), 0) INTO explained, explained_kept
            FROM quotas_seatentry WHERE quota_id = quota;
        IF recorded <> explained OR kept <> explained_kept THEN
            RAISE EXCEPTION 'quota % has % seats, % reserved, but its ledger explains %, %', quota, recorded, kept, explained, explained_kept
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'quota_seats_explained';
        END IF;
        RETURN NULL;
    END $$;
    DROP TRIGGER quota_seats_explained ON quotas_quota;
    CREATE CONSTRAINT TRIGGER quota_seats_explained AFTER INSERT OR UPDATE OF seats, reserved ON quotas_quota
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION quotas_ledger_sums();
    """,
    migrations.RunSQL.noop,
)
POOLS = migrations.RunSQL(
    """
    CREATE FUNCTION quotas_pool_sums() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        pool uuid;
        planned_seats integer;
        spread integer;
        done boolean;
    BEGIN
        IF TG_TABLE_NAME = 'quotas_otherspool' THEN
            pool := NEW.id;
        ELSIF NEW.share_id IS NULL THEN
            RETURN NULL;
        ELSE
            SELECT d.pool_id INTO pool FROM quotas_share s JOIN quotas_distribution d ON d.id = s.distribution_id
                WHERE s.id = NEW.share_id;
        END IF;
        SELECT planned, distributed_at IS NOT NULL INTO planned_seats, done FROM quotas_otherspool WHERE id = pool;
        SELECT COALESCE(SUM(e.delta), 0) INTO spread FROM quotas_seatentry e
            JOIN quotas_share s ON s.id = e.share_id JOIN quotas_distribution d ON d.id = s.distribution_id
            WHERE d.pool_id = pool;
        IF spread <> (CASE WHEN done THEN planned_seats ELSE 0 END) THEN
            RAISE EXCEPTION 'pool % has % seats (distributed: %) but its ledger lines sum to %', pool, planned_seats, done, spread
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'others_pool_adds_up';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER others_pool_adds_up AFTER INSERT OR UPDATE ON quotas_otherspool
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION quotas_pool_sums();
    CREATE CONSTRAINT TRIGGER seat_entry_of_pool AFTER INSERT ON quotas_seatentry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION quotas_pool_sums();
    """,
    """
    DROP TRIGGER seat_entry_of_pool ON quotas_seatentry;
    DROP TRIGGER others_pool_adds_up ON quotas_otherspool;
    DROP FUNCTION quotas_pool_sums();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("quotas", "0003_others_reserve_increase"), ("audit", "0002_append_only")]

    operations = [append_only("quotas_share"), SUMS, POOLS]
