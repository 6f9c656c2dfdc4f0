"""PostgreSQL itself refuses to change what was issued: an issue, its numbers, its history.

An issued number may only become 作废. SQLite has no second user who could write past the program.
"""
from django.db import migrations

GUARD = """
CREATE FUNCTION reports_bulletin_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a bulletin is never removed: %', OLD.id;
    END IF;
    IF OLD.state IN ('draft', 'submitted') THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'issued' AND NEW.state = 'withdrawn' THEN
        OLD.state := NEW.state;
        OLD.version := NEW.version;
        OLD.withdrawn_at := NEW.withdrawn_at;
        OLD.withdrawn_by_id := NEW.withdrawn_by_id;
        OLD.withdrawal := NEW.withdrawal;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'an issued bulletin is not changed: %', OLD.id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reports_bulletin_guard BEFORE UPDATE OR DELETE ON reports_bulletin
    FOR EACH ROW EXECUTE FUNCTION reports_bulletin_guard();
CREATE FUNCTION reports_bulletin_rows_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: %', TG_TABLE_NAME, OLD.id;
END $$;
CREATE TRIGGER reports_bulletinnumber_guard BEFORE UPDATE OR DELETE ON reports_bulletinnumber
    FOR EACH ROW EXECUTE FUNCTION reports_bulletin_rows_guard();
CREATE TRIGGER reports_bulletinstep_guard BEFORE UPDATE OR DELETE ON reports_bulletinstep
    FOR EACH ROW EXECUTE FUNCTION reports_bulletin_rows_guard();
"""
GUARD_BACK = """
DROP TRIGGER reports_bulletinstep_guard ON reports_bulletinstep;
DROP TRIGGER reports_bulletinnumber_guard ON reports_bulletinnumber;
DROP FUNCTION reports_bulletin_rows_guard();
DROP TRIGGER reports_bulletin_guard ON reports_bulletin;
DROP FUNCTION reports_bulletin_guard();
"""


def put_up(apps, schema_editor):
    """On PostgreSQL only."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD, params=None)


def take_down(apps, schema_editor):
    """On PostgreSQL only."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD_BACK, params=None)


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_bulletins")]

    operations = [migrations.RunPython(put_up, take_down)]
