"""The database itself refuses to change what a payment pays, and PostgreSQL to remove one: an approved amount stays.

Whether a line still counts (`live`) may be set, since a refused batch frees its households. SQLite empties
tables row by row when it flushes a database, so there a removal is refused by the model alone.
"""
from django.db import migrations

TABLE = "coal_to_electric_paymentline"
FIXED = ("batch_id", "household_id", "kind", "season", "city_yuan", "district_yuan", "amount_yuan", "working")
WORDS = "a payment is never changed or removed"

SQLITE = (
    f"CREATE TRIGGER payment_stays BEFORE UPDATE OF {', '.join(FIXED)} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
)
SQLITE_BACK = ("DROP TRIGGER payment_stays",)

POSTGRES = (
    f"CREATE FUNCTION payment_guard() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    f"CREATE TRIGGER payment_stays BEFORE UPDATE OF {', '.join(FIXED)} ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION payment_guard()",
    f"CREATE TRIGGER payment_is_kept BEFORE DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION payment_guard()",
)
POSTGRES_BACK = (
    f"DROP TRIGGER payment_stays ON {TABLE}", f"DROP TRIGGER payment_is_kept ON {TABLE}",
    "DROP FUNCTION payment_guard()",
)  # fmt: skip


def put_up(apps, schema_editor):
    """On both engines."""
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def take_down(apps, schema_editor):
    """On both engines."""
    for statement in POSTGRES_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("coal_to_electric", "0001_households")]

    operations = [migrations.RunPython(put_up, take_down)]
