"""A ledger of heated homes that lives in memory, as the target of the tests: what a real one must be able to do."""
import io
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from openpyxl import Workbook

from sheets.codes import id_check
from sheets.targets import (
    Alike,
    Column,
    How,
    Kind,
    Known,
    Problem,
    Resolved,
    RowRefused,
    Target,
    Written,
)  # fmt: skip

EQUIPMENT = (("pump", "空气源热泵"), ("storage", "蓄热式电暖器"))


@dataclass
class Place:
    """A community."""

    name: str


PLACES = {name: Place(name) for name in ("西井社区", "琅山社区", "东下庄社区")}


def resolver():
    """Names of three communities; 琅山村 is a slip for 琅山社区."""
    return lambda text: Resolved(PLACES.get(text), "琅山社区" if text == "琅山村" else "")


@dataclass
class Home:
    """A row of the ledger."""

    pk: int
    number: str
    householder: str
    address: str
    community: Any
    phone: str = ""
    id_number: str = ""
    equipment: str = ""
    area: Decimal | None = None
    approximate: bool = False
    surveyed: Any = None
    version: int = 1
    is_demo: bool = False


@dataclass
class Ledger:
    """Homes by key, with the verbs that a target needs."""

    homes: dict[int, Home] = field(default_factory=dict)
    refuses: str = ""  # a householder whom the ledger's own rules refuse
    written: int = 0

    def add(self, **over: Any) -> Home:
        """A home that stands in the ledger."""
        pk = max(self.homes, default=0) + 1
        fields = {"householder": "周桂英", "address": "西井平房 3 排 6 号", "community": PLACES["西井社区"]}
        self.homes[pk] = Home(pk=pk, number=f"XJ-{pk:03d}", **{**fields, **over})
        return self.homes[pk]

    def find(self, rows: list[dict[str, Any]]) -> dict[int, Known]:
        """By number, ID, and by person and address."""
        found = {}
        for place, values in enumerate(rows):
            for home in self.homes.values():
                how = None
                if values.get("number") == home.number:
                    how = How.NUMBER
                elif values.get("id_number") and values["id_number"] == home.id_number:
                    how = How.SAME_ID
                elif (values.get("householder"), values.get("address")) == (home.householder, home.address):
                    how = How.SAME_PERSON
                if how:
                    found[place] = Known(home, home.number, how)
                    break
        return found

    def write(self, values: dict[str, Any], *, known: Known | None, by: Any, at: Any) -> Written:
        """One home, new or changed."""
        if self.refuses and values.get("householder") == self.refuses:
            raise RowRefused("这一户在拆迁范围内。")
        self.written += 1
        if known is None:
            home = self.add(**{name: value for name, value in values.items() if name != "number"})
            return Written(home.pk, home.number, True, stamp="1")
        before = {name: str(getattr(known.row, name)) for name in values if name in ("phone", "householder")}
        for name, value in values.items():
            setattr(known.row, name, value)
        known.row.version += 1
        return Written(known.row.pk, known.row.number, False, before, str(known.row.version))

    def undo(self, written: Written, *, by: Any, at: Any) -> None:
        """Takes a home back if nobody touched it."""
        home = self.homes[written.pk]
        if str(home.version) != written.stamp:
            raise RowRefused(f"{home.number} 导入之后有人改过。")
        if written.created:
            del self.homes[written.pk]
        else:
            for name, value in written.before.items():
                setattr(home, name, value)

    def target(self, key: str = "homes", **over: Any) -> Target:
        """The ledger as spreadsheets see it."""
        return Target(**{
            "key": key, "title": "煤改电台账", "number": "number", "unit": "户", "address": "/ledgers/homes/",
            "columns": COLUMNS, "import_right": "coal_to_electric.import_households",
            "export_right": "coal_to_electric.export_households",
            "unmasked_right": "coal_to_electric.export_unmasked_households", "write": self.write, "undo": self.undo,
            "known": self.find, "check": check, "unique": ("id_number",),
            "alike": (Alike(("householder", "address")), Alike(("address",), asks=False)),
        } | over)  # fmt: skip


def check(values: dict[str, Any]) -> list[Problem]:
    """A rule of the ledger's own."""
    if values.get("equipment") == "storage" and (values.get("area") or 0) > 250:
        return [Problem("area", "采暖面积太大，不宜用蓄热式电暖器。", doubt=True)]
    return []


COLUMNS = (
    Column("number", "台账编号", synonyms=("户编号", "编号")),
    Column("householder", "户主", synonyms=("户主姓名", "姓名"), needed=True, personal=True, most=30),
    Column("id_number", "身份证号", Kind.ID_NUMBER, synonyms=("证件号", "证件号码"), personal=True),
    Column("address", "地址", synonyms=("住址", "家庭住址"), needed=True),
    Column("community", "社区", Kind.COMMUNITY, synonyms=("所属社区",)),
    Column("phone", "联系电话", Kind.PHONE, synonyms=("电话", "手机"), personal=True),
    Column("equipment", "设备", Kind.CHOICE, synonyms=("设备类型",), choices=EQUIPMENT, thing="设备"),
    Column("area", "采暖面积", Kind.AREA, synonyms=("面积", "取暖面积"), most=Decimal(300), most_word="单户上限", approximate_to="approximate"),
    Column("surveyed", "摸底日期", Kind.DATE, synonyms=("调查日期",), in_preview=False),
    Column("version", "修改次数", Kind.COUNT, only_out=True),
)


def identity(serial: int) -> str:
    """An identity number that nobody has: an area that was never issued."""
    number = f"1101991970010{serial % 9 + 1}{serial:03d}"
    return number + id_check(number)


def workbook(*rows: list, title: str = "汇总", merges: tuple[str, ...] = (), more: tuple = ()) -> bytes:
    """An .xlsx of these rows."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for merge in merges:
        book.active.merge_cells(merge)
    for name, others in more:
        sheet = book.create_sheet(name)
        for row in others:
            sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


HEAD = ["户主姓名", "家庭住址", "所属社区", "联系电话", "设备类型", "采暖面积（㎡）"]
