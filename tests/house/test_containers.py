"""The container files say what operations.md promises."""
import re

import pytest

from tests.house.sample import ROOT, SAMPLE

yaml = pytest.importorskip("yaml")


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def test_every_lasting_service_restarts_and_is_watched(services):
    for name, service in services.items():
        if name != "migrate":
            assert service["restart"] == "unless-stopped", name
            assert "healthcheck" in service, name


def test_only_the_proxy_is_reachable_from_outside(services):
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_the_database_is_migrated_once_before_anything_serves(services):
    assert "migrate" in " ".join(services["migrate"]["command"])
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_there_is_one_timetable_apart_from_the_workers(services):
    beats = [name for name, service in services.items() if "beat" in service.get("command", [])]
    assert beats == ["beat"]
    assert "-B" not in services["worker"]["command"]


def test_the_image_runs_as_nobody_in_particular_and_installs_by_hash():
    text = (ROOT / "Dockerfile").read_text()
    assert "USER street" in text
    assert "--require-hashes --no-deps -r requirements/base.txt" in text


def test_neither_keys_nor_archives_are_copied_into_the_image(services):
    left_out = (ROOT / ".dockerignore").read_text().split()
    mounted = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", [])]
    folders = {path.removeprefix("./") for path in mounted if path.startswith("./")} - {"Caddyfile"}
    assert folders == {"tiles", "tls"}
    assert folders | {".env"} <= set(left_out)
    assert all("./tiles:/tiles:ro" in services[name]["volumes"] for name in ("web", "worker", "beat", "migrate"))


def test_operations_name_every_environment_variable_that_the_settings_read():
    read = set(re.findall(r'env(?:\.\w+)?\("([A-Z_]+)"', (ROOT / "config" / "settings" / "base.py").read_text()))
    assert set(SAMPLE) - {"DJANGO_SETTINGS_MODULE"} <= read
    operations = (ROOT / "docs" / "operations.md").read_text()
    assert not {name for name in read if f"`{name}`" not in operations}
