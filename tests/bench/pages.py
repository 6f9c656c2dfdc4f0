"""The page of measurements: parts that are measured apart, each between its marks, kept when another one is written."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """One part: the module that writes it, what it is called, and what stands above its tables."""

    module: str
    name: str
    head: str

    @property
    def begin(self) -> str:
        """Its first mark."""
        return f"<!-- {self.name}: written by {self.module} -->"

    @property
    def end(self) -> str:
        """Its last mark."""
        return f"<!-- end of {self.name} -->"

    def of(self, page: str) -> str:
        """What a page has of it, marks included; empty when there is none."""
        if self.begin not in page or self.end not in page:
            return ""
        return page[page.index(self.begin) : page.index(self.end) + len(self.end)]

    def put(self, page: str, told: str, *, begin: bool) -> str:
        """The page with this measurement added to the part, or with the part begun anew."""
        kept = self.of(page)
        before = kept.removesuffix(self.end).rstrip() if kept and not begin else f"{self.begin}\n\n{self.head.rstrip()}"
        part = f"{before}\n\n{told}\n\n{self.end}"
        return page.replace(kept, part) if kept else f"{page.rstrip()}\n\n{part}\n"


MAP = Part(
    "tests.bench.map", "the map",
    "## The one map\n\nWritten by `python -m tests.bench.map`: one request inside one process, best and median of "
    "eleven. SQLite works in that process, so its processor time is all of the work, however busy the machine; "
    "PostgreSQL's own work is not in it.",
)  # fmt: skip
FIGURES = Part(
    "tests.bench.figures", "the figures",
    "## Leaders' page, rankings, rows of a figure\n\nWritten by `python -m tests.bench.figures`: one request inside one "
    "process, the best of seven. SQLite works in that process, so its processor time is all of the work, however busy "
    "the machine; PostgreSQL's own work is not in it.",
)  # fmt: skip


def kept_of(page: str) -> str:
    """All parts of a page, as they stand."""
    return "\n\n".join(part.of(page) for part in (FIGURES, MAP) if part.of(page))
