"""Writing many rows fast: COPY on PostgreSQL, one prepared INSERT on SQLite; for measurements only."""
import io
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from accounts.encryption import EncryptedText


def write(model: type[models.Model], instances: Iterable[models.Model]) -> int:
    """Insert instances with the keys they carry; no signals, no checks, no answers read back."""
    fields = model._meta.concrete_fields
    prepare = [_column(field) for field in fields]
    names = [field.attname for field in fields]
    rows = [[how(getattr(one, name)) for how, name in zip(prepare, names, strict=True)] for one in instances]
    if not rows:
        return 0
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = "".join("\t".join(map(_spell, row)) + "\n" for row in rows)
            cursor.copy_expert(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN', io.StringIO(text))
        else:
            marks = ", ".join("?" for _ in fields)
            cursor.connection.executemany(f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})', rows)
    return len(rows)


def _column(field: models.Field) -> Callable[[Any], Any]:
    """How a value of this field is handed to the engine."""
    if isinstance(field, EncryptedText):
        return lambda value: bytes(field.get_db_prep_value(value, connection).adapted) if (
            connection.vendor == "postgresql"
        ) else bytes(field.get_db_prep_value(value, connection))
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if connection.vendor == "sqlite" and isinstance(field, models.DateTimeField):
        return lambda value: value and value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return lambda value: value


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _spell(value: Any) -> str:
    """One value as COPY's text format writes it."""
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).translate(_ESCAPES)


def next_key(model: type[models.Model]) -> int:
    """The first free key."""
    return (model.objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def set_sequences(*tables: type[models.Model]) -> None:
    """Let the engine's own numbering go on behind the written keys."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
