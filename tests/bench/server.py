"""The web server of the container on a port of its own: gunicorn, two workers of eight threads."""
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server() as server`: started, answering, and stopped again; `floor` serves the bare pages instead."""

    def __init__(self, *, floor: bool = False) -> None:
        self.port, self.floor = free_port(), floor
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Server":
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}",
                   "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "60",
                   "--keep-alive", "30", "--log-level", "error"]  # fmt: skip
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.bench.settings", "PYTHONPATH": str(ROOT),
                       "MALLOC_ARENA_MAX": "2"}  # fmt: skip
        if self.floor:
            environment["BENCH_FLOOR"] = "1"
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment)
        self._wait("/floor/list/" if self.floor else "/login/")
        return self

    def __exit__(self, *error: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)

    def _wait(self, path: str) -> None:
        for _ in range(300):
            if self.process.poll() is not None:
                raise RuntimeError("the server stopped at its start")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20).read()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise RuntimeError("the server did not answer within thirty seconds")

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers."""
        return [int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()]

    def memory_mb(self) -> list[int]:
        """Resident memory of each worker in MB."""
        return sorted(_resident_kb(pid) // 1024 for pid in self.workers)

    def cpu_seconds(self) -> float:
        """Processor time that the workers have used; unlike the clock it does not count what else the machine does."""
        ticks = 0
        for pid in self.workers:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def _resident_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
