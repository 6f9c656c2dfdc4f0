"""What is installed is exactly what is locked: hashes everywhere, no registry's address, no test tool in production."""
import json
import re

import pytest

from tests.house.sample import ROOT

LOCKS = ("base", "dev", "assets")


def pins(name: str) -> set[str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return set(re.findall(r"^([a-z0-9][\w.\[\]-]*==[^\s\\]+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash_and_no_address(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text


def test_the_tests_run_on_the_versions_that_production_runs_on():
    assert pins("base") <= pins("dev")


def test_production_carries_no_test_tool():
    tools = re.compile(r"pytest|hypothesis|playwright|ruff|django-zeal|schemathesis")
    assert not [pin for pin in pins("base") if tools.match(pin)]


def test_the_npm_lock_has_integrities_and_no_registry_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {path: entry for path, entry in lock["packages"].items() if path}
    assert packages
    assert all("integrity" in entry and "resolved" not in entry for entry in packages.values())
