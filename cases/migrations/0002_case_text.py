"""The search text of the cases, and each database's own full-text index over it."""
import django.db.models.deletion
from django.db import migrations, models

SQLITE = [
    "CREATE VIRTUAL TABLE cases_casetext_fts USING fts5(head, body, turn, content='cases_casetext', "
    "content_rowid='case_id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER cases_casetext_added AFTER INSERT ON cases_casetext BEGIN "
    "INSERT INTO cases_casetext_fts(rowid, head, body, turn) VALUES (new.case_id, new.head, new.body, new.turn); END",
    "CREATE TRIGGER cases_casetext_removed AFTER DELETE ON cases_casetext BEGIN "
    "INSERT INTO cases_casetext_fts(cases_casetext_fts, rowid, head, body, turn) "
    "VALUES ('delete', old.case_id, old.head, old.body, old.turn); END",
    "CREATE TRIGGER cases_casetext_changed AFTER UPDATE ON cases_casetext BEGIN "
    "INSERT INTO cases_casetext_fts(cases_casetext_fts, rowid, head, body, turn) "
    "VALUES ('delete', old.case_id, old.head, old.body, old.turn); "
    "INSERT INTO cases_casetext_fts(rowid, head, body, turn) VALUES (new.case_id, new.head, new.body, new.turn); END",
]
SQLITE_BACK = [
    "DROP TRIGGER cases_casetext_changed",
    "DROP TRIGGER cases_casetext_removed",
    "DROP TRIGGER cases_casetext_added",
    "DROP TABLE cases_casetext_fts",
]
# The columns are made by the database from the words, and no part of the model: only the search reads them. Of a
# petition (its number begins with XF) `open_tokens` hold the head alone, for those who may read no more of it.
POSTGRESQL = [
    "ALTER TABLE cases_casetext ADD COLUMN open_tokens tsvector GENERATED ALWAYS AS (to_tsvector('simple', "
    "CASE WHEN head LIKE 'xf %' THEN head ELSE head || ' ' || body || ' ' || turn END)) STORED",
    "ALTER TABLE cases_casetext ADD COLUMN tokens tsvector "
    "GENERATED ALWAYS AS (to_tsvector('simple', head || ' ' || body || ' ' || turn)) STORED",
    "CREATE INDEX cases_casetext_open_tokens ON cases_casetext USING gin (open_tokens)",
    "CREATE INDEX cases_casetext_tokens ON cases_casetext USING gin (tokens)",
]
POSTGRESQL_BACK = [
    "ALTER TABLE cases_casetext DROP COLUMN tokens",
    "ALTER TABLE cases_casetext DROP COLUMN open_tokens",
]


def run(statements):
    """The statements of the database at hand."""

    def act(apps, schema_editor):
        for statement in statements.get(schema_editor.connection.vendor, ()):
            schema_editor.execute(statement, params=None)

    return act


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CaseText",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
                ("head", models.TextField(verbose_name="案号和事项")),
                ("body", models.TextField(blank=True, verbose_name="登记内容")),
                ("turn", models.TextField(blank=True, verbose_name="办理内容")),
            ],
            options={"verbose_name": "检索文本", "verbose_name_plural": "检索文本"},
        ),
        migrations.RunPython(
            run({"sqlite": SQLITE, "postgresql": POSTGRESQL}),
            run({"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}),
        ),
    ]
