"""Changing the key of the encrypted columns without stopping the system."""
from django.apps import apps
from django.db import connection, models

from accounts.encryption import EncryptedText, current_key_version, decrypt, encrypt

BATCH = 500


def reseal() -> dict[str, int]:
    """Write every value with an older key anew, in every encrypted column of every app; returns counts by column."""
    counts = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, EncryptedText):
                counts[field.associated_data] = _reseal_column(model, field)
    return counts


def _reseal_column(model: type[models.Model], field: EncryptedText) -> int:
    """One column, read as bytes, by primary key in batches."""
    quote = connection.ops.quote_name
    table, key, column = quote(model._meta.db_table), quote(model._meta.pk.column), quote(field.column)
    later = f"WHERE {key} > %s AND {column} IS NOT NULL ORDER BY {key} LIMIT {BATCH}"
    select = f"SELECT {key}, {column} FROM {table} {later}"
    update = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"
    last, written, version = 0, 0, current_key_version()
    with connection.cursor() as cursor:
        while True:
            cursor.execute(select, [last])
            rows = [(pk, bytes(stored)) for pk, stored in cursor.fetchall()]
            if not rows:
                return written
            for pk, stored in rows:
                if stored and stored[0] != version:
                    fresh = encrypt(decrypt(stored, column=field.associated_data), column=field.associated_data)
                    # The old bytes in the condition: a value saved by someone meanwhile is not overwritten.
                    binary = connection.Database.Binary
                    cursor.execute(update, [binary(fresh), pk, binary(stored)])
                    written += cursor.rowcount
            last = rows[-1][0]
