"""Measure one filled database and print the figures as JSON: `python -m tests.bench.measure`, DATABASE_URL given.

What is asked stands in `Measure`; each line says how many clients and requests, and which answers are right.
"""
import io
import json
import os
import re
import sys
import time
import uuid
from collections import Counter
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
CLIENTS = 8
ROUNDS = 5  # floor and product take turns, since what else the machine does changes from minute to minute
FLOOR_OF = {
    "desk": "floor: list", "list of 50": "floor: list", "list of 50, all cases": "floor: list",
    "detail": "floor: detail", "pane": "floor: detail", "move: note": "floor: two inserts",
    "move: accept": "floor: two inserts", "registration": "floor: two inserts",
}  # fmt: skip
KEPT_BACK = 25  # cases of a state that the larger pools leave for the race and for the look inside
HOT_WORD = "消防"  # two characters; stands in a few percent of the texts
RARE_WORD = "刘娘府 燃煤"


def main() -> None:
    """Everything, or only the scenarios whose names contain a given word."""
    import django

    django.setup()
    requests = int(os.environ.get("BENCH_REQUESTS", "40"))
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    json.dump(Measure(requests, wanted).everything(), sys.stdout, ensure_ascii=False, indent=1)


class Measure:
    """One run: the floor first, then the product, each with its own server on the same database."""

    def __init__(self, requests: int, wanted: str = "") -> None:
        from cases.models import Case

        self.requests, self.wanted = requests, wanted
        self.rows: list[dict[str, Any]] = []
        self.cases = Case.objects.count()
        self.spent: set[str] = set()

    def everything(self) -> dict[str, Any]:
        """The figures of this database."""
        from django.core.management import call_command

        from tests.bench.server import Server

        call_command("collectstatic", interactive=False, verbosity=0)
        with Server(floor=True) as self.server, Server() as product:
            self._floor(self.server)
            self.server = product
            memory = self._product(product)
        return {"cases": self.cases, "memory_mb": memory, "machine": machine(), "rows": self.rows}

    # --- what is asked

    def _floor(self, server: Any) -> None:
        from tests.bench.client import Visitor

        visitors = [Visitor(server.port) for _ in range(CLIENTS)]
        numbers = self._numbers(CLIENTS * self.requests)
        self.floor_visitors, few = visitors, max(2, self.requests // ROUNDS)
        self.floor_plans = {
            "floor: list": lambda n: [("GET", "/floor/list/", None)] * few,
            "floor: detail": lambda n: [("GET", f"/floor/{number}/", None) for number in numbers[n::CLIENTS][: few * 3]],
            "floor: two inserts": lambda n: [("POST", "/floor/insert/", None)] * few * 3,
        }
        self._measure("floor: list", visitors, lambda n: [("GET", "/floor/list/", None)] * self.requests)
        self._measure("floor: detail", visitors,
                      lambda n: [("GET", f"/floor/{number}/", None) for number in numbers[n :: CLIENTS]])  # fmt: skip
        self._measure("floor: two inserts", visitors, lambda n: [("POST", "/floor/insert/", None)] * self.requests,
                      expect=(201,))  # fmt: skip

    def _product(self, server: Any) -> list[int]:
        from tests.bench.client import Visitor

        visitors = [Visitor(server.port).log_in(f"dispatcher{n + 1}") for n in range(CLIENTS)]
        for visitor in visitors:  # every thread of both workers has its templates and its reference data
            for path in ("/desk/", "/desk/?stage=all", f"/cases/{self._numbers(1)[0]}/"):
                visitor.ask("GET", path)
        self._reading(visitors)
        self._searching(visitors)
        self._writing(visitors)
        return server.memory_mb()

    def _reading(self, visitors: list) -> None:
        each, numbers = self.requests, self._numbers(CLIENTS * self.requests)

        def cases(suffix: str = ""):
            return lambda n: [("GET", f"/cases/{number}/{suffix}", None) for number in numbers[n::CLIENTS]]

        self._measure("desk", visitors, lambda n: [("GET", "/desk/", None)] * each, queries="/desk/")
        self._measure("list of 50", visitors, lambda n: [("GET", "/desk/list/", None)] * each, htmx="list",
                      queries="/desk/list/")  # fmt: skip
        self._measure("list of 50, all cases", visitors, lambda n: [("GET", "/desk/list/?stage=all", None)] * each,
                      htmx="list", queries="/desk/list/?stage=all")  # fmt: skip
        filtered = self._filtered()
        self._measure("filtered list", visitors[:1], lambda n: [("GET", path, None) for path in filtered * 5],
                      htmx="list", queries=filtered[0])  # fmt: skip
        self._measure("last page of all", visitors[:1], lambda n: [("GET", self._last_page(), None)] * 10,
                      htmx="list", queries=self._last_page())  # fmt: skip
        self._measure("pane", visitors, cases("pane/"), htmx="pane", queries=f"/cases/{numbers[0]}/pane/")
        self._measure("detail", visitors, cases(), queries=f"/cases/{numbers[0]}/")

    def _filtered(self) -> list[str]:
        from accounts.models import Department
        from cases.models import Category
        from grid.models import Community

        community = Community.objects.order_by("code").values_list("code", flat=True)[7]
        lead = Department.objects.order_by("code").values_list("code", flat=True)[3]
        category = Category.objects.order_by("code").values_list("code", flat=True)[9]
        return [
            f"/desk/list/?stage=all&community={community}", f"/desk/list/?stage=handling&lead={lead}",
            f"/desk/list/?stage=closed&category={category}&received=year", "/desk/list/?clock=over",
            "/desk/list/?todo=1",
        ]  # fmt: skip

    def _last_page(self) -> str:
        return f"/desk/list/?stage=all&page={self.cases // 50 - 1}"

    def _searching(self, visitors: list) -> None:
        from urllib.parse import quote

        for name, word in (("search, common word", HOT_WORD), ("search, two rare words", RARE_WORD)):
            path = f"/desk/list/?stage=all&q={quote(word)}"
            self._measure(name, visitors[:1], lambda n, path=path: [("GET", path, None)] * 20, htmx="list",
                          queries=path)  # fmt: skip
        path = f"/desk/list/?q={quote(HOT_WORD)}"
        self._measure("search, 8 clients", visitors, lambda n: [("GET", path, None)] * self.requests, htmx="list",
                      queries=path)  # fmt: skip

    def _writing(self, visitors: list) -> None:
        each = self.requests
        many = CLIENTS * each + KEPT_BACK
        self._top_up({"in_progress": many, "reported": many, "accepted": many})

        def post(move: str, pool: list[tuple[str, int]], **form: Any):
            return lambda n: [
                ("POST", f"/cases/{number}/{move}/", {"version": version, **form}) for number, version in pool[n::CLIENTS]
            ]

        notes = self._pool("in_progress", CLIENTS * each)
        self._measure("move: note", visitors, post("note", notes, words="已电话联系承办单位，正在办理。"), expect=(302,),
                      queries=("note", "in_progress", {"words": "已联系承办单位，正在办理。"}))  # fmt: skip
        pool = self._pool("reported", CLIENTS * each)
        category = self._category()
        self._measure("move: accept", visitors, post("accept", pool, category=category), expect=(302,),
                      queries=("accept", "reported", {"category": category}))  # fmt: skip
        pool = self._pool("accepted", CLIENTS * each)
        self._measure("move: register from the desk", visitors,
                      post("register", pool, category=category, urgency="normal"), expect=(200,),
                      htmx="pane", desk=True)  # fmt: skip
        self._race(visitors)
        self._measure("registration", visitors, lambda n: [self._registration(n, at) for at in range(each)],
                      expect=(302,), queries=lambda: self._registration(99, time.time_ns() // 1000))  # fmt: skip
        few = max(2, each // 4)
        self._measure("report, three photos", visitors, lambda n: [self._report(n, at) for at in range(few)],
                      expect=(302,))  # fmt: skip

    def _registration(self, client: int, at: int) -> tuple[str, str, dict]:
        from django.utils import timezone

        lon, lat = self.places[(client * 1009 + at * 13) % len(self.places)]
        return ("POST", "/cases/new/?source=WG", {
            "source": "WG", "title": f"第{client}路口第{at}号垃圾桶满溢", "description": "垃圾桶满溢，周边散落，请及时清运。",
            "address": f"{client}号路口", "lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "urgency": "normal",
            "key": f"bench-{os.getpid()}-{client}-{at}", "sure": "1", "outside_number": "",
            "category": self._category(), "received_at": f"{timezone.localtime() - timedelta(minutes=2):%Y-%m-%dT%H:%M}",
        })  # fmt: skip

    def _report(self, client: int, at: int) -> tuple[str, str, dict]:
        """随手拍 by a member of staff, with three pictures: residents are limited in number, staff are not."""
        lon, lat = self.places[(client * 1013 + at * 17) % len(self.places)]
        return ("POST", "/m/report/", {
            "photos": self.pictures, "category": self.pick, "lon": f"{lon:.6f}", "lat": f"{lat:.6f}", "datum": "wgs84",
            "origin": "device", "address": f"{client}号路口", "words": "垃圾桶满溢，请及时清运。",
            "key": uuid.uuid4().hex, "who": str(self.dispatchers[client]),
        })  # fmt: skip

    @cached_property
    def pictures(self) -> Any:
        """Three photos as a phone takes them, of some 300 KB each."""
        from PIL import Image

        from tests.bench.client import Pictures

        made = []
        for shade in range(3):
            noise = Image.effect_noise((1600, 1200), 60 + shade * 10)
            out = io.BytesIO()
            noise.convert("RGB").save(out, "JPEG", quality=60)
            made.append(out.getvalue())
        return Pictures(made)

    @cached_property
    def pick(self) -> str:
        """A class that the phone offers."""
        from cases.models import Category

        if not Category.objects.filter(pick_order=1).exists():
            Category.objects.filter(pk=self._category()).update(pick_order=1, pick_label="私搭乱建")
        return Category.objects.filter(pick_order=1).values_list("code", flat=True)[0]

    @cached_property
    def dispatchers(self) -> list[int]:
        """Who the eight visitors are."""
        from accounts.models import User

        names = [f"dispatcher{n + 1}" for n in range(CLIENTS)]
        return [User.objects.get(username=name).pk for name in names]

    def _race(self, visitors: list) -> None:
        """Eight clients make the same move on the same case at the same moment, twenty times."""
        from tests.bench.client import load

        name = "8 clients, the same case"
        if self.wanted not in name:
            return
        category, outcomes = self._category(), Counter()
        pool = self._pool("reported", 20)
        for number, version in pool:
            form = {"version": version, "category": category}
            result = load(name, visitors, lambda n, number=number, form=form: [("POST", f"/cases/{number}/accept/", form)],
                          expect=(302, 409))  # fmt: skip
            outcomes[json.dumps(dict(sorted(result.statuses.items())))] += 1
        self.rows.append({"name": name, "clients": CLIENTS, "outcomes": dict(outcomes), "cases": len(pool)})

    # --- how it is asked

    def _measure(self, name: str, visitors: list, asks: Any, *, queries: Any = None, htmx: str = "", desk: bool = False,
                 expect: tuple = (200,)) -> None:  # fmt: skip
        from tests.bench.client import load

        if self.wanted not in name:
            return
        row: dict[str, Any] = {"name": name, "clients": len(visitors)}
        self.rows.append(row)
        used = self.server.cpu_seconds()
        plans = [list(asks(place)) for place in range(len(visitors))]
        floor, rounds = FLOOR_OF.get(name, ""), ROUNDS if name in FLOOR_OF else 1
        result = beside = None
        try:
            for turn in range(rounds):
                if floor:
                    beside = self._more(beside, load(floor, self.floor_visitors, self.floor_plans[floor],
                                                     expect=(200, 201)))  # fmt: skip
                part = load(name, visitors, lambda n, turn=turn: plans[n][turn::rounds], htmx=htmx, desk=desk,
                            expect=expect)  # fmt: skip
                result = self._more(result, part)
        except RuntimeError as fault:
            row["fault"] = str(fault)[:300]
            print(row, file=sys.stderr)
            return
        row |= {
            "requests": len(result.times), "rate": round(result.rate, 1), "p50": round(result.p50, 1),
            "p95": round(result.p95, 1), "kb": round(result.bytes / len(result.times) / 1024, 1),
            "cpu_ms": round((self.server.cpu_seconds() - used) * 1000 / len(result.times), 1),
        }  # fmt: skip
        if beside:
            row["floor_rate"] = round(beside.rate, 1)
        if queries:
            row |= self._count(queries, htmx)
        print({key: value for key, value in row.items() if key != "slowest"}, file=sys.stderr)

    @staticmethod
    def _more(before: Any, part: Any) -> Any:
        """Two parts of a load as one."""
        if before is None:
            return part
        before.seconds += part.seconds
        before.times += part.times
        before.statuses += part.statuses
        before.bytes += part.bytes
        return before

    def _count(self, what: Any, htmx: str) -> dict[str, Any]:
        """Queries and where the time goes, for one request inside this process."""
        from tests.bench.inside import look_inside

        if isinstance(what, str):
            return look_inside("GET", what, htmx=htmx)
        found = {}
        for _ in range(2):  # the first one reads calendar and territory into this process
            if callable(what):
                found = look_inside(*what())
            else:
                move, state, form = what
                number, version = self._pool(state, 1)[0]
                found = look_inside("POST", f"/cases/{number}/{move}/", {"version": version, **form})
        return found

    # --- what it is asked of

    def _numbers(self, count: int) -> list[str]:
        """Cases spread over all years, no petitions."""
        from cases.models import Case

        step = max(1, self.cases // count)
        found = Case.objects.exclude(source="XF").order_by("pk").values_list("number", flat=True)[: count * step : step]
        return list(found)[:count] * (1 if len(found) >= count else count // len(found) + 1)

    def _top_up(self, wanted: dict[str, int]) -> None:
        """Waiting cases for the moves, since each is moved once; after the reading, so that lists stay believable."""
        from django.db.models import Count
        from django.utils import timezone

        from cases.models import Case
        from tests.bench.fill import fill

        there = dict(Case.objects.exclude(source="XF").values_list("state").annotate(n=Count("pk")).order_by())
        missing = {state: round((n - there.get(state, 0)) * 1.1) for state, n in wanted.items()}
        if max(missing.values()) > 0:
            fill(sum(missing.values()), now=timezone.localtime(), seed=self.cases, waiting=missing)

    def _pool(self, state: str, count: int) -> list[tuple[str, int]]:
        """Cases in a state that nothing was done to yet in this run, and their versions."""
        from cases.models import Case

        cases = Case.objects.filter(state=state).exclude(source="XF").exclude(number__in=self.spent)
        spare = cases.count() - KEPT_BACK if count > 1 else 1
        pool = list(cases.order_by("pk").values_list("number", "version")[: max(1, min(count, spare))])
        self.spent |= {number for number, _ in pool}
        return pool

    @staticmethod
    def _category() -> int:
        from cases.models import Category

        return Category.objects.order_by("pk").values_list("pk", flat=True)[0]

    @cached_property
    def places(self) -> list[tuple[float, float]]:
        """Positions all over the street, none beyond its border."""
        from cases.models import Case
        from grid.locate import locate

        found = Case.objects.filter(lon__isnull=False).order_by("pk").values_list("lon", "lat")[:1000]
        return [(lon, lat) for lon, lat in found if locate(lon, lat)]


def machine() -> dict[str, str]:
    """What was measured on."""
    import django
    import gunicorn
    from django.db import connection
    from django.utils import timezone

    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()" if connection.vendor == "postgresql" else "SELECT sqlite_version()")
        version = cursor.fetchone()[0]
    return {
        "processor": f"{os.cpu_count()} × {cpu.group(1) if cpu else 'unknown'}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // 2**30} GB",
        "load": f"{os.getloadavg()[0]:.1f}", "database": f"{connection.vendor} {version.split(' (')[0]}",
        "python": sys.version.split()[0], "django": django.get_version(), "gunicorn": gunicorn.__version__,
        "date": f"{timezone.localtime():%Y-%m-%d %H:%M}",
    }  # fmt: skip


if __name__ == "__main__":
    main()
