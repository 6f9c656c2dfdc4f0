"""What makes the phone's pages an application, and how little of it goes over the wire."""
import gzip
import json
import re

import pytest
from django.contrib.staticfiles import finders

from cases.views import field_shell
from tests.field.test_report import pick, street  # noqa: F401  fixtures
from tests.grid.conftest import territory  # noqa: F401  the shipped street
from tests.make import make_department, make_user

pytestmark = pytest.mark.django_db


def test_the_worker_is_served_at_the_root_for_the_phones_pages_only(client):
    answer = client.get("/sw.js")
    assert answer.status_code == 200 and answer["Content-Type"] == "text/javascript"
    assert answer["Service-Worker-Allowed"] == "/m/"
    assert "no-cache" in answer["Cache-Control"] or "no-store" in answer["Cache-Control"]


def shell(client):
    """What the worker is told to keep."""
    return json.loads(re.match(r"self\.SHELL = (\{.*?\});\n", client.get("/sw.js").content.decode())[1])


def test_every_file_and_page_that_the_worker_keeps_exists(client, street):  # noqa: F811
    told = shell(client)
    for address in told["files"]:
        assert finders.find(address.removeprefix("/static/")), address
    for address in told["pages"]:
        assert client.get(address).status_code == 200, address


def test_everything_that_the_kept_pages_load_is_kept(client, street):  # noqa: F811
    told = shell(client)
    for address in told["pages"]:
        text = client.get(address).content.decode()
        wanted = {url.split("#")[0] for url in re.findall(r'(?:src|href)="(/static/[^"]+)"', text)}
        wanted = {url for url in wanted if not url.endswith(".png")}  # the start screen's picture
        assert wanted <= set(told["files"]), address


def test_another_text_of_a_script_makes_another_edition(monkeypatch, tmp_path):
    field_shell._edition.cache_clear()
    before = field_shell._edition()
    changed = tmp_path / "queue.js"
    changed.write_text("// changed")
    found = finders.find
    monkeypatch.setattr(
        field_shell.finders, "find", lambda name: str(changed) if name.endswith("queue.js") else found(name)
    )
    field_shell._edition.cache_clear()
    assert field_shell._edition() != before
    field_shell._edition.cache_clear()


def test_it_can_be_put_on_the_start_screen(client):
    told = client.get("/manifest.webmanifest").json()
    assert told["start_url"] == "/m/report/" and told["scope"] == "/m/" and told["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
    for icon in told["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_the_token_says_whose_login_it_is(client):
    assert client.get("/m/token/").json()["who"] == ""
    worker = make_user("w", "worker", department=make_department())
    client.force_login(worker)
    answer = client.get("/m/token/")
    assert answer.json()["who"] == str(worker.pk) and answer.json()["token"]
    assert "no-store" in answer["Cache-Control"]


def test_the_report_page_weighs_less_than_a_hundred_kilobytes_before_photos(client, street):  # noqa: F811
    """As production sends it: files packed by WhiteNoise, the page by the proxy; the ground is fetched with a photo."""
    text = client.get("/m/report/").content
    wanted = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', text.decode()))
    files = [finders.find(url.removeprefix("/static/")) for url in wanted]
    assert len(files) > 10 and all(files)
    weight = len(text) + sum(len(gzip.compress(open(file, "rb").read())) for file in files)
    ground = client.get("/grid/ground.json", headers={"accept-encoding": "gzip"})
    assert ground["Content-Encoding"] == "gzip"
    assert weight < 80_000, weight
    assert weight + len(ground.content) < 100_000, (weight, len(ground.content))
