"""dev.py: each trouble ends in a sentence that says how to mend it; nothing is done twice or left running."""
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from tests.house.sample import ROOT

specification = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
dev = importlib.util.module_from_spec(specification)
specification.loader.exec_module(dev)


def test_a_port_in_use_is_refused_with_another_one_proposed_and_a_free_one_is_taken():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(dev.Stop, match=rf"端口 {port} 不能用.*--port {port + 1}"):
            dev.check_port("127.0.0.1", port)
    dev.check_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("npm error code EAI_AGAIN", "连不上软件源"),
        ("Failed to resolve: Temporary failure in name resolution", "连不上软件源"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "DO NOT MATCH THE HASHES"),
    ],
)
def test_a_failed_step_says_whether_the_network_is_missing(said, sentence):
    with pytest.raises(dev.Stop, match="没有装好") as stopped:
        dev.quietly([sys.executable, "-c", f"print({said!r}); raise SystemExit(1)"], failure="软件包没有装好")
    assert sentence in str(stopped.value)


def test_a_python_without_venv_names_the_package_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(dev, "PYTHON", tmp_path / "missing")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(dev.Stop, match=r"sudo apt install python3\.\d+-venv"):
        dev.ensure_venv()


def test_two_runs_on_one_folder_are_refused_and_one_after_the_other_are_not(tmp_path):
    with dev.sole_user_of(tmp_path):
        with pytest.raises(dev.Stop, match=r"另一个 dev\.py run"), dev.sole_user_of(tmp_path):
            pass
    with dev.sole_user_of(tmp_path):
        pass


def test_a_lock_is_installed_once_and_again_when_it_changed(monkeypatch, tmp_path):
    installed = []
    (tmp_path / "requirements").mkdir()
    for name in ("base", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    (tmp_path / "python").touch()
    for name, value in (("ROOT", tmp_path), ("VENV", tmp_path), ("PYTHON", tmp_path / "python")):
        monkeypatch.setattr(dev, name, value)
    monkeypatch.setattr(dev, "ensure_venv", lambda: None)
    monkeypatch.setattr(dev, "quietly", lambda command, **_: installed.append(str(command[-1])))
    lock = str(tmp_path / "requirements" / "base.txt")
    dev.install("base")
    dev.install("base")
    assert installed == [lock, "check"]
    (tmp_path / "requirements" / "base.txt").write_text("newer")
    dev.install("base")
    assert installed == [lock, "check"] * 2
    dev.install("dev")
    (tmp_path / "requirements" / "base.txt").write_text("newest, and contained in dev")
    dev.install("base")
    assert len(installed) == 6


def test_the_sprite_has_every_listed_icon_and_leaves_its_line_to_the_style_sheet():
    names = (ROOT / "static" / "icons.txt").read_text().split()
    built = (ROOT / "static_built" / "sprite.svg").read_text(encoding="utf-8")
    assert names
    for name in names:
        assert f'<symbol id="i-{name}"' in built
    assert "stroke-width" not in built
    with pytest.raises(dev.Stop, match="no-such-icon"):
        dev.sprite(["no-such-icon"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_child_takes_its_own_children_along(number, tmp_path):
    pid_file = tmp_path / "pid"
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    parent = (
        "import subprocess, sys, pathlib, time;"
        f"child = subprocess.Popen([sys.executable, '-c', {deaf!r}]);"
        f"pathlib.Path({str(pid_file)!r}).write_text(str(child.pid)); time.sleep(60)"
    )
    child = dev.start([sys.executable, "-c", parent], dict(os.environ))
    while not (pid_file.is_file() and pid_file.read_text()):
        time.sleep(0.02)
    if number == signal.SIGKILL:
        child.kill()
        child.wait()
    dev.stop([child])
    assert child.poll() is not None
    ask = ["ps", "-o", "stat=", "-p", pid_file.read_text()]
    for _ in range(100):
        state = subprocess.run(ask, capture_output=True, text=True).stdout.strip()
        if not state or state.startswith("Z"):
            return
        time.sleep(0.05)  # on a busy machine a killed process takes its moment to be gone
    pytest.fail(f"a grandchild is left running ({state})")


def test_the_demonstration_logins_are_the_thirteen_agreed_ones():
    desk = ["dispatcher", "dispatcher2", "chief", "inspector", "handler", "handler2", "worker", "worker2", "petition"]
    assert [login for login, _ in dev.LOGINS] == [*desk, "clerk", "leader", "admin", "auditor"]


def test_fresh_refuses_to_pretend_that_it_cleared_another_database(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/street")
    command = [sys.executable, "dev.py", "run", "--fresh", "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
