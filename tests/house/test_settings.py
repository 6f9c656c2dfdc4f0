"""Production settings: complete ones pass every check, a missing or weak one stops the start."""
import base64
import json
from pathlib import Path

import pytest
from django.conf import settings

from tests.house.sample import ROOT, SAMPLE, manage


def test_production_settings_pass_the_deployment_check_without_a_warning():
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(set(SAMPLE) - {"DJANGO_SETTINGS_MODULE"}))
def test_a_missing_value_stops_the_start_and_is_named(name):
    done = manage("check", **{name: None})
    assert done.returncode != 0
    assert f"Set the {name} environment variable" in done.stderr


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"FIELD_KEYS": json.dumps({"1": base64.b64encode(b"short").decode()})}, "config.E001"),
        ({"FIELD_KEYS": '{"1": "not base64"}'}, "config.E001"),
        ({"LAST_FOUR_KEY": SAMPLE["INDEX_KEY"]}, "config.E002"),
        ({"INDEX_KEY": "short"}, "config.E002"),
    ],
)
def test_a_weak_or_doubled_key_fails_the_deployment_check(changes, code):
    done = manage("check", "--deploy", **changes)
    assert done.returncode != 0
    assert code in done.stderr


WHOLE_ACCOUNT = {"WECHAT_TOKEN": "t", "WECHAT_APP_ID": "wx1", "WECHAT_AES_KEY": "A" * 43}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, ""),
        ({"WECHAT_AES_KEY": "A" * 42}, "config.E003"),
        ({"WECHAT_AES_KEY": "A" * 42 + "B"}, "config.E003"),  # more bits than 32 bytes have
        ({"WECHAT_APP_ID": ""}, "config.E004"),
        ({"WECHAT_TOKEN": ""}, "config.E004"),
    ],
)
def test_a_half_set_up_official_account_stops_the_start(changes, code):
    done = manage("check", **{**WHOLE_ACCOUNT, **changes})
    assert (done.returncode != 0) == bool(code), done.stderr
    assert code in done.stderr


@pytest.mark.parametrize("name", ["local", "test"])
def test_a_deviation_from_production_stays_under_thirty_lines(name):
    assert len((ROOT / "config" / "settings" / f"{name}.py").read_text().splitlines()) < 30


def test_evidence_is_not_under_a_public_address():
    assert settings.MEDIA_URL in ("", "/")
    assert not any(Path(folder) in Path(settings.MEDIA_ROOT).parents for folder in settings.STATICFILES_DIRS)


@pytest.mark.slow
def test_every_static_file_gets_a_name_with_its_hash(tmp_path):
    script = (
        "from django.core.management import call_command; from django.conf import settings;"
        f"settings.STATIC_ROOT = {str(tmp_path)!r}; call_command('collectstatic', interactive=False, verbosity=0);"
        "from django.templatetags.static import static; print(static('vendor/leaflet.css'))"
    )
    done = manage("shell", "-v", "0", "-c", script)
    assert done.returncode == 0, done.stderr
    address = done.stdout.strip().splitlines()[-1]
    assert address != "/static/vendor/leaflet.css"
    assert (tmp_path / address.removeprefix("/static/")).is_file()
