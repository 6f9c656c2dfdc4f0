"""Eight browsers at once, over keep-alive HTTP: logged in once, a fixed number of requests, every answer looked at."""
import http.client
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from tests.bench.street import PASSWORD

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
Ask = tuple[str, str, dict | None]  # method, path, form


class Pictures(tuple):
    """The bytes of several JPEG files in one field of a form."""


def in_parts(form: dict) -> tuple[bytes, str]:
    """A form with files as a browser sends it, and its content type."""
    mark, parts = "street-bench-boundary", []
    for name, value in form.items():
        for content in value if isinstance(value, Pictures) else [str(value).encode()]:
            file = '; filename="photo.jpg"\r\nContent-Type: image/jpeg' if isinstance(value, Pictures) else ""
            head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
            parts += [head.encode(), content, b"\r\n"]
    return b"".join([*parts, f"--{mark}--\r\n".encode()]), f"multipart/form-data; boundary={mark}"


class Visitor:
    """One browser with its cookies."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, method: str, path: str, form: dict | None = None, *, htmx: str = "", desk: bool = False
            ) -> tuple[int, bytes, str]:  # fmt: skip
        """Status, body and Location of one request; a connection that the server closed is opened again once."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            filled = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", ""), **(form or {})}
            if any(isinstance(value, Pictures) for value in filled.values()):
                body, headers["Content-Type"] = in_parts(filled)
            else:
                body, headers["Content-Type"] = urlencode(filled, doseq=True), "application/x-www-form-urlencoded"
        if htmx:
            headers |= {"HX-Request": "true", "HX-Target": htmx}
        if desk:
            headers["HX-Current-URL"] = f"http://127.0.0.1:{self.port}/desk/"
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if method == "POST":
                raise
            self.connection.close()
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        text = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, text, answer.headers.get("Location", "")

    def log_in(self, username: str) -> "Visitor":
        """Through the login page, as anybody."""
        self.ask("GET", "/login/")
        status, text, _ = self.ask("POST", "/login/", {"username": username, "password": PASSWORD, "next": "/"})
        if status != 302:
            raise RuntimeError(f"{username} was not let in: {status} {text[:500].decode(errors='replace')}")
        return self


@dataclass
class Result:
    """What a load came to; times in milliseconds."""

    name: str
    clients: int
    seconds: float
    times: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)
    bytes: int = 0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def at(self, share: float) -> float:
        """The time within which that share of the answers came."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def p50(self) -> float:
        """The middle answer."""
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        """All but every twentieth."""
        return self.at(0.95)


def load(name: str, visitors: list[Visitor], asks: Callable[[int], Iterable[Ask]], *, htmx: str = "",
         desk: bool = False, expect: Iterable[int] = (200,)) -> Result:  # fmt: skip
    """Let each visitor ask its own list, all at once; an answer outside `expect` is an error of the measurement."""
    plans = [list(asks(place)) for place in range(len(visitors))]
    for visitor in visitors:
        visitor.connection.close()  # the server hangs up on who was silent; a request opens it again
    result = Result(name, len(visitors), 0.0)
    lock, start, faults = threading.Lock(), threading.Barrier(len(visitors) + 1), []

    def run(visitor: Visitor, plan: list[Ask]) -> None:
        times, statuses, size = [], Counter(), 0
        start.wait()
        try:
            for method, path, form in plan:
                began = time.perf_counter()
                status, body, _ = visitor.ask(method, path, form, htmx=htmx, desk=desk)
                times.append((time.perf_counter() - began) * 1000)
                statuses[status] += 1
                size += len(body)
        except OSError as fault:
            faults.append(f"{path}: {fault!r}")
        with lock:
            result.times += times
            result.statuses += statuses
            result.bytes += size

    threads = [threading.Thread(target=run, args=pair) for pair in zip(visitors, plans, strict=True)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    result.seconds = time.perf_counter() - began
    odd = {status: n for status, n in result.statuses.items() if status not in set(expect)}
    if odd or faults:
        raise RuntimeError(f"{name}: {odd} {faults[:3]}")
    return result
