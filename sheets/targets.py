"""The contract between spreadsheets and ledgers: a ledger says what its columns are, and gives the verbs that write.

How a ledger offers itself, in its own `importing.py`, called from `AppConfig.ready`:

    offer(Target(key="structures", title="违建台账", number="number", columns=(Column("number", "台账编号"), …),
                 import_right="campaigns.import_ledgers", …, write=write_row, undo=take_back, known=find_known))

`offer_family` is for ledgers that an admin defines (one target for each kind), asked anew each time.

What `check`, `known` and `write` are given is `values`: column name → value of the column's kind (see `Kind`).
**A name that is absent was empty in the file, or masked and the same as in the ledger: it means "unchanged"**; so an
empty cell never erases. Names set by `Column.approximate_to` are there whenever their column is. For a known row
`write` is given only what differs from the ledger; rows in which nothing differs never reach it: they are told apart
by `Column.read`, with which the way out is made too. A personal cell given in clear always counts as different, so
that no preview answers a guess; the ledger's verb leaves equal values alone.
"""
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import TextChoices

from accounts.masking import mask_id_number, mask_name, mask_phone


class Kind(TextChoices):
    """What a column holds, and the Python type of its value."""

    TEXT = "text", "文字"  # str
    NUMBER = "number", "数"  # Decimal
    AREA = "area", "面积"  # Decimal, m²; understands ㎡ 平米 亩 约
    MONEY = "money", "金额"  # Decimal, yuan
    COUNT = "count", "整数"  # int
    DATE = "date", "日期"  # date
    MOMENT = "moment", "时间"  # aware datetime; a day alone is its midnight in Beijing
    PHONE = "phone", "电话"  # str of digits, or 010-68870000
    ID_NUMBER = "id_number", "身份证号"  # str of 18, checked
    CREDIT_CODE = "credit_code", "统一社会信用代码"  # str of 18, checked
    CHOICE = "choice", "选项"  # the choice's value
    COMMUNITY = "community", "社区"  # what the resolver gives: a grid.Community
    GRID = "grid", "网格"  # what the resolver gives: a grid.UnitGrid
    YES_NO = "yes_no", "是否"  # bool


MASKS: dict[Kind, Callable[[str], str]] = {Kind.PHONE: mask_phone, Kind.ID_NUMBER: mask_id_number}
Choices = Sequence[tuple[Any, str]]


@dataclass(frozen=True)
class Column:
    """One column of a ledger, for the way in and the way out."""

    name: str  # key in `values`
    title: str  # heading of the way out; always recognised on the way in
    kind: Kind = Kind.TEXT
    synonyms: tuple[str, ...] = ()  # other offices' headings, without units in brackets
    needed: bool = False
    choices: Choices | Callable[[], Choices] = ()  # (value, word); a callable when they are rows
    choice_words: Mapping[str, Any] = field(default_factory=dict)  # other words for a choice → its value
    personal: bool = False  # masked in preview and on the way out
    mask: Callable[[str], str] | None = None  # by kind when not given; a personal TEXT is masked as a name
    least: Any = None
    most: Any = None  # number or date; of a TEXT the number of characters (default 200)
    most_word: str = "上限"  # 单户上限: "面积 1,200 ㎡ 超过单户上限 300 ㎡，请核对。"
    unit: str = ""  # shown behind numbers in sentences; AREA says ㎡ and MONEY 元 by themselves
    approximate_to: str = ""  # the name in `values` set True for 约80, False for 80
    thing: str = ""  # what the choice is of: "选项中没有这种设备。" needs 设备
    read: Callable[[Any], Any] | None = None  # ledger row → value of the kind; default: the attribute `name`
    only_out: bool = False  # written on the way out, ignored on the way in (stage, sums)
    in_preview: bool = True  # whether the preview's table has room for it; a wrong cell is always shown

    def masked(self, text: str) -> str:
        """How the text looks to whoever may not see it."""
        if not self.personal or not text:
            return text
        return (self.mask or MASKS.get(self.kind, mask_name))(text)

    def value_of(self, row: Any) -> Any:
        """The value that the ledger holds."""
        return self.read(row) if self.read else getattr(row, self.name)

    def options(self) -> Choices:
        """(value, word) of a CHOICE."""
        return self.choices() if callable(self.choices) else self.choices


@dataclass(frozen=True)
class Suggestion:
    """What would mend a problem: a word for the button and the cell's new text."""

    button: str  # 改为琅山社区
    text: str


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell or, without a column, with the row: an error, or a doubt that a person may confirm."""

    column: str
    sentence: str
    doubt: bool = False
    suggestion: Suggestion | None = None


class How(TextChoices):
    """By what a row of the file is known to be a row of the ledger."""

    NUMBER = "number", "台账编号"  # the same row: an update, said without asking
    SAME_ID = "same_id", "证件号或唯一编号"  # refused, unless a person says 按更新处理
    SAME_PERSON = "same_person", "同名同地"  # a person decides
    SAME_PLACE = "same_place", "同一地址"  # a person decides


@dataclass(frozen=True)
class Known:
    """The ledger's row that a row of the file is, or may be."""

    row: Any  # the ledger's object, with what the columns read already loaded
    number: str  # its ledger number, for the sentence
    how: How
    asks: bool = True  # False for SAME_PERSON or SAME_PLACE that only warns: the row goes in as a new one


@dataclass(frozen=True)
class Alike:
    """Columns that together should occur once in a file: a second row with the same values asks, or only warns."""

    columns: tuple[str, ...]
    asks: bool = True


@dataclass(frozen=True)
class Written:
    """What writing one row did; kept with the batch so that it can be taken back."""

    pk: int
    number: str
    created: bool
    before: dict[str, Any] = field(default_factory=dict)  # JSON; what `undo` needs; lies encrypted until it expires
    stamp: str = ""  # the object's version after writing: how `undo` knows that it was touched since


class RowRefused(Exception):
    """The ledger's own rules refuse a row (to write it, or to take it back); the text is the sentence for the user."""


def nothing_wrong(values: dict[str, Any]) -> list[Problem]:
    """A ledger without rules beyond its kinds."""
    return []


def nothing_known(rows: list[dict[str, Any]]) -> dict[int, Known]:
    """A ledger that recognises nothing."""
    return {}


@dataclass(frozen=True)
class Target:
    """A ledger as spreadsheets see it."""

    key: str
    title: str
    number: str  # name of the column with the ledger number; a row that has one is that row
    columns: tuple[Column, ...]
    import_right: str
    export_right: str
    unmasked_right: str
    # One row into the ledger by its own verb, inside the batch's transaction. `known` is the row to update, None is a
    # new one. May raise RowRefused, and then nothing of the batch is written.
    write: Callable[..., Written]  # (values, *, known: Known | None, by: User, at: datetime)
    # Takes a created row back, or restores what `Written.before` holds; RowRefused if it was touched since.
    undo: Callable[..., None] | None = None  # (written: Written, *, by: User, at: datetime)
    check: Callable[[dict[str, Any]], list[Problem]] = nothing_wrong
    # The rows of a batch of 500 → their `check`: for rules that ask the database, which is then asked once for all.
    check_batch: Callable[[list[dict[str, Any]]], Callable[[dict[str, Any]], list[Problem]]] | None = None
    # Index in the list → what the ledger has; few queries for a whole batch of 500. A number comes before an ID.
    known: Callable[[list[dict[str, Any]]], dict[int, Known]] = nothing_known
    address: str = ""  # the ledger's page
    unique: tuple[str, ...] = ()  # columns that occur once in a file (ID number): the later row is rejected
    alike: tuple[Alike, ...] = ()
    only_new: str = ""  # a sentence: known rows are never changed by a table (案件请在案件页办理。)
    takes_numbers: bool = False  # a number that the ledger does not have is a new row with that number, not an error
    unit: str = "行"  # 户, 处, 件

    def column(self, name: str) -> Column:
        """A column by its name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def ways_in(self) -> tuple[Column, ...]:
        """The columns that a file may fill."""
        return tuple(column for column in self.columns if not column.only_out)


@dataclass(frozen=True)
class Resolved:
    """What a name of a place means: its row, or the name that was probably meant."""

    value: Any = None
    suggestion: str = ""


# Names of places → rows. Each is made once for a batch, so that names are read once. The grid app puts them here.
RESOLVERS: dict[Kind, Callable[[], Callable[[str], Resolved]]] = {}
_OFFERED: dict[str, Target] = {}
_FAMILIES: dict[str, Callable[[], Iterable[Target]]] = {}


def offer(target: Target) -> None:
    """A ledger can be filled from spreadsheets and carried away from now on."""
    _OFFERED[target.key] = target


def offer_family(name: str, members: Callable[[], Iterable[Target]]) -> None:
    """Ledgers that an admin defines: their keys are `name:…`, asked anew each time."""
    _FAMILIES[name] = members


def target_named(key: str) -> Target | None:
    """The ledger of a key with its choices read, or nothing when it is no longer offered."""
    members = _FAMILIES.get(key.partition(":")[0], tuple) if ":" in key else _OFFERED.values
    found = next((one for one in members() if one.key == key), None)
    return settled(found) if found else None


def settled(target: Target) -> Target:
    """The ledger with choices that are rows read once, so that ten thousand cells do not ask for them again."""
    columns = tuple(
        replace(column, choices=tuple(column.options())) if callable(column.choices) else column
        for column in target.columns
    )
    return replace(target, columns=columns)


def every_target() -> list[Target]:
    """All ledgers, in the order of their titles."""
    found = [*_OFFERED.values(), *(one for members in _FAMILIES.values() for one in members())]
    return sorted(found, key=lambda one: one.title)


def targets_for(user: Any) -> list[Target]:
    """The ledgers that this person may fill."""
    return [one for one in every_target() if user.has_perm(one.import_right)]
