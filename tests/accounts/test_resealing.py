"""Changing the key."""
import base64

from django.core.management import call_command

from accounts.models import Department
from accounts.resealing import reseal
from tests.accounts.test_encryption import stored_phone


def test_after_resealing_the_old_key_can_be_dropped(department, settings, capsys):
    department.phone = "13812341234"
    department.save(update_fields=["phone"])
    Department.objects.create(code="E", name="无电话", short_name="无", kind="office")
    old = dict(settings.FIELD_KEYS)
    settings.FIELD_KEYS = {**old, "2": base64.b64encode(b"2" * 32).decode()}
    call_command("reseal")
    assert "accounts.Department.phone：重新加密 1 个值" in capsys.readouterr().out
    settings.FIELD_KEYS = {"2": settings.FIELD_KEYS["2"]}
    assert Department.objects.get(pk=department.pk).phone == "13812341234"
    assert stored_phone(department.pk)[0] == 2
    assert set(reseal().values()) == {0}
