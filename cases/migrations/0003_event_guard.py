"""PostgreSQL itself refuses to change or remove an event; only the outbox mark may be set.

SQLite has no second user who could write past the program, and its chain check finds what a hand did to the file.
Events of the demonstration's present-day cases may be removed, since those are renewed.
"""
from django.db import migrations

GUARD = """
CREATE FUNCTION cases_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM cases_case WHERE id = OLD.case_id AND is_demo AND demo_batch = 'present') THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'cases_caseevent is append-only: event % of case % stays', OLD.seq, OLD.case_id;
    END IF;
    IF NEW.announced_at IS DISTINCT FROM OLD.announced_at THEN
        OLD.announced_at := NEW.announced_at;
    END IF;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'cases_caseevent is append-only: event % of case % is not changed', OLD.seq, OLD.case_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_event_guard BEFORE UPDATE OR DELETE ON cases_caseevent
    FOR EACH ROW EXECUTE FUNCTION cases_event_guard();
"""
GUARD_BACK = "DROP TRIGGER cases_event_guard ON cases_caseevent; DROP FUNCTION cases_event_guard();"


def put_up(apps, schema_editor):
    """On PostgreSQL only."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD, params=None)


def take_down(apps, schema_editor):
    """On PostgreSQL only."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD_BACK, params=None)


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_case_text")]

    operations = [migrations.RunPython(put_up, take_down)]
