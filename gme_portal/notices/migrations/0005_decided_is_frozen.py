from django.db import migrations

# A draft may change; what was proposed may only be decided; what is decided stands. Nothing disappears.
FROZEN = migrations.RunSQL(
    """
    CREATE FUNCTION gme_refuse_rewriting_a_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state NOT IN ('draft', 'pending') OR (OLD.state = 'pending' AND
           (OLD.notice_id IS DISTINCT FROM NEW.notice_id AND OLD.notice_id IS NOT NULL OR
           ROW(NEW.against_id, NEW.title, NEW.source, NEW.digest, NEW.reason, NEW.changes, NEW.author_id, NEW.proposed_at)
           IS DISTINCT FROM
           ROW(OLD.against_id, OLD.title, OLD.source, OLD.digest, OLD.reason, OLD.changes, OLD.author_id, OLD.proposed_at))) THEN
            RAISE EXCEPTION 'a proposal that was made is frozen: % refused', TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER notices_noticeproposal_frozen BEFORE UPDATE OR DELETE ON notices_noticeproposal
        FOR EACH ROW EXECUTE FUNCTION gme_refuse_rewriting_a_proposal();

    CREATE FUNCTION gme_refuse_rewriting_an_extension() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR OLD.state <> 'pending' OR
           ROW(NEW.notice_id, NEW.window_key, NEW.round, NEW.person_types, NEW.base_code, NEW.closes_before, NEW.closes, NEW.reason, NEW.asked_by_id)
           IS DISTINCT FROM
           ROW(OLD.notice_id, OLD.window_key, OLD.round, OLD.person_types, OLD.base_code, OLD.closes_before, OLD.closes, OLD.reason, OLD.asked_by_id) THEN
            RAISE EXCEPTION 'an extension is only decided, never rewritten: % refused', TG_OP USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER notices_windowextension_frozen BEFORE UPDATE OR DELETE ON notices_windowextension
        FOR EACH ROW EXECUTE FUNCTION gme_refuse_rewriting_an_extension();
    """,
    """
    DROP TRIGGER notices_noticeproposal_frozen ON notices_noticeproposal; DROP FUNCTION gme_refuse_rewriting_a_proposal();
    DROP TRIGGER notices_windowextension_frozen ON notices_windowextension; DROP FUNCTION gme_refuse_rewriting_an_extension();
    """,
)


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_proposals_and_extensions"), ("audit", "0002_append_only")]

    operations = [FROZEN]
