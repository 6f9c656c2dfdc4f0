"""PostgreSQL itself refuses to change or remove an entry of the trail, as it does for the story of a case."""
from django.db import migrations

GUARD = """
CREATE FUNCTION accounts_audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'accounts_auditentry is append-only: entry % stays as it is', OLD.id;
END $$;
CREATE TRIGGER accounts_audit_guard BEFORE UPDATE OR DELETE ON accounts_auditentry
    FOR EACH ROW EXECUTE FUNCTION accounts_audit_guard();
"""
GUARD_BACK = "DROP TRIGGER accounts_audit_guard ON accounts_auditentry; DROP FUNCTION accounts_audit_guard();"


def put_up(apps, schema_editor):
    """On PostgreSQL only; SQLite has no second user who could write past the program."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD, params=None)


def take_down(apps, schema_editor):
    """On PostgreSQL only."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GUARD_BACK, params=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(put_up, take_down)]
