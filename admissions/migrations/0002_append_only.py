"""What only grows, what is frozen once it is written, and where application numbers come from."""

from django.db import migrations

from gme_portal.audit.append_only import append_only

# Application numbers come from a sequence, so that two at once never wait for each other.
NUMBERS = migrations.RunSQL(
    "CREATE SEQUENCE admissions_application_number START 100001",
    "DROP SEQUENCE admissions_application_number",
)

FROZEN = migrations.RunSQL(
    """
    CREATE FUNCTION gme_refuse_rewriting_a_run() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR
           ROW(NEW.kind, NEW.notice_id, NEW.notice_version_id, NEW.round, NEW.base_id, NEW.problem, NEW.result, NEW.beside, NEW.input_sha256,
               NEW.output_sha256, NEW.engine, NEW.breaches, NEW.previous_id, NEW.chain, NEW.is_simulation, NEW.made_by_id, NEW.made_at)
           IS DISTINCT FROM
           ROW(OLD.kind, OLD.notice_id, OLD.notice_version_id, OLD.round, OLD.base_id, OLD.problem, OLD.result, OLD.beside, OLD.input_sha256,
               OLD.output_sha256, OLD.engine, OLD.breaches, OLD.previous_id, OLD.chain, OLD.is_simulation, OLD.made_by_id, OLD.made_at) THEN
            RAISE EXCEPTION 'the record of a run is frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER admissions_allocationrun_frozen BEFORE UPDATE OR DELETE ON admissions_allocationrun
        FOR EACH ROW EXECUTE FUNCTION gme_refuse_rewriting_a_run();
    """,
    "DROP TRIGGER admissions_allocationrun_frozen ON admissions_allocationrun; DROP FUNCTION gme_refuse_rewriting_a_run();",
)


class Migration(migrations.Migration):
    dependencies = [("admissions", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        NUMBERS,
        FROZEN,
        append_only("admissions_submission"),
        append_only("admissions_review"),
        append_only("admissions_sealedset"),
        append_only("admissions_outcome"),
        append_only("admissions_publicity"),
    ]
