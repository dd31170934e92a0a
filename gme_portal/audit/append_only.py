"""Tables that only grow: a migration operation that makes the database refuse UPDATE, DELETE and TRUNCATE (R9)."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

# Test databases may be truncated between tests; their rows are refused change like everywhere else.
FUNCTION = RunSQL(
    """
    CREATE FUNCTION gme_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%%' THEN
            RETURN NULL;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END $$;
    """.replace("%%", "%"),
    "DROP FUNCTION gme_refuse_change();",
)


def append_only(table: str) -> RunSQL:
    """The operation for one table; its migration depends on ("audit", "0002_append_only")."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION gme_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION gme_refuse_change();
        """,
        f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};",
    )
