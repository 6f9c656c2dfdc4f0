"""The web process is killed between request and answer: what was acknowledged is stored, the rest is retried once."""
import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

from tests.field.test_report import LAT, LON, jpeg

ROOT = Path(__file__).resolve().parents[2]
READY = """
import csv, io
from pathlib import Path
from django.utils import timezone
from cases.models import Category
from cases.standards import seed_standards
from grid.importing import load_territory
from grid.calendar import seed_calendar
demo = Path("config/demo/2016")
read = lambda name: (demo / name).read_text(encoding="utf-8")
load_territory(outline=read("outline.geojson"), communities=read("communities.geojson"), grids=read("grids.geojson"),
               by=None, at=timezone.now())
seed_calendar(); seed_standards()
Category.objects.create(kind="event", major_code="05", major="街面秩序", code="0504", name="马路市场",
                        pick_label="占道经营", pick_icon="basket", pick_order=1)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Site:
    """A site of its own on SQLite, whose web process can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.base, self.port = folder / "db.sqlite3", free_port()
        self.environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.local", "VAR_DIR": str(folder), "LOG_LEVEL": "ERROR",
            "DATABASE_URL": f"sqlite:///{self.base}",
        }  # fmt: skip
        for command in (["migrate", "--no-input", "-v0"], ["shell", "-v0", "-c", READY]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=self.environment, check=True)
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}"]
        command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "error"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        for _ in range(200):
            try:
                self.ask("GET", "/healthz")
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the site did not start")

    def kill(self) -> None:
        """As the power cut does it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, method: str, path: str, body: bytes = b"", headers: dict | None = None):
        """One request; the connection error of a killed server is raised."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.getheaders()
        finally:
            connection.close()

    def token(self) -> dict[str, str]:
        """What the phone asks before it sends."""
        _, text, headers = self.ask("GET", "/m/token/")
        cookies = [value.split(";")[0] for name, value in headers if name.lower() == "set-cookie"]
        return {"X-CSRFToken": json.loads(text)["token"], "Cookie": "; ".join(cookies), "Accept": "application/json"}

    def count(self, table: str) -> int:
        """How many rows a fresh connection finds."""
        with sqlite3.connect(self.base) as base:
            return base.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def parcel(key: str, number: int) -> tuple[bytes, dict[str, str]]:
    """A report as the phone's queue sends it."""
    mark = uuid.uuid4().hex
    told = {"key": key, "who": "", "category": "0504", "lon": LON, "lat": LAT, "datum": "wgs84", "origin": "device"}
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in told.items()]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    photo = jpeg(size=(900, 700), colour=(number, 9, 9))
    body = "".join(parts).encode() + head.encode() + photo + f"\r\n--{mark}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={mark}"}


@pytest.fixture
def site(tmp_path):
    """The site, cleaned away afterwards."""
    made = Site(tmp_path)
    yield made
    if made.process and made.process.poll() is None:
        made.kill()
    shutil.rmtree(tmp_path, ignore_errors=True)


def deliver(site: Site, key: str, number: int, *, kill_after: float | None) -> bool:
    """Send one report; with `kill_after` the process dies that many seconds after the request left. Acknowledged?"""
    body, kind = parcel(key, number)
    headers = {**site.token(), **kind}
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    try:
        connection.request("POST", "/m/report/", body, headers)
        if kill_after is not None:
            time.sleep(kill_after)
            site.kill()
        answer = connection.getresponse()
        return answer.status == 201 and json.loads(answer.read())["ok"] is True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def test_a_killed_web_process_loses_nothing_that_was_acknowledged_and_doubles_nothing(site):
    keys = {number: uuid.uuid4().hex for number in range(12)}
    acknowledged = set()
    for number, key in keys.items():
        site.start()
        if deliver(site, key, number, kill_after=0.01 * number * number):  # from at once to over a second
            acknowledged.add(number)
    site.start()
    before = site.count("cases_fieldreport")
    assert before >= len(acknowledged), "what was acknowledged is stored"
    assert before == site.count("cases_case") == site.count("cases_casephoto") == site.count("grid_photo")
    for number, key in keys.items():
        assert deliver(site, key, number, kill_after=None)
    assert site.count("cases_fieldreport") == site.count("cases_case") == site.count("grid_photo") == len(keys)
    assert site.count("cases_casephoto") == len(keys)
    assert 0 < len(acknowledged) < len(keys), "the kills struck on both sides of the answer"
