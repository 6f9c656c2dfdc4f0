"""Judging rows: what each cell means, what is wrong, what stands twice in the file or in the ledger already.

Nothing here reads or writes the batch's own tables; the ledger is asked through its `Target`.
"""
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.encryption import blind_index
from sheets.meanings import Refused
from sheets.models import Decision, Result
from sheets.targets import Column, How, Known, Problem, Suggestion, Target
from sheets.values import RISKY, Reader, show, shown

NOTHING = {"-", "–", "—", "――", "——", "/", "\\", "无数据", "N/A", "n/a"}
AT_ONCE = 500  # rows of one question to the ledger
ROW = ""  # the column of a problem that concerns the whole row
Check = Callable[[dict[str, Any]], list[Problem]]
DECISIONS = {"update": "按更新处理", "add": "按新增处理", "skip": "跳过本行"}


@dataclass
class Draft:
    """One row on its way: what the file says, and, once judged, what it means and what was found."""

    number: int
    cells: dict[str, str]
    decision: str = Decision.NONE
    ignored: str = ""
    marks: dict[str, str] = field(default_factory=dict)  # column → how its cell was filled: 同上, 合并单元格
    values: dict[str, Any] = field(default_factory=dict)
    masked: dict[str, str] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    digest: str = ""
    known: Known | None = None
    changed: dict[str, Any] = field(default_factory=dict)  # of a known row what is told, and written, as different
    result: str = Result.FINE

    def blame(self, column: str, sentence: str, **more: Any) -> None:
        """Note a problem: an error unless `doubt`; a `button` mends it with `text`, or with a `decision`."""
        self.problems.append({"column": column, "sentence": sentence, **more})

    @property
    def wrong(self) -> bool:
        """Whether anything must be mended first."""
        return any(not one.get("doubt") and not one.get("asks") for one in self.problems)

    @property
    def alive(self) -> bool:
        """Whether the row counts when others are compared with it."""
        return not self.ignored and self.decision != Decision.SKIP


def read_drafts(drafts: Iterable[Draft], *, target: Target, reader: Reader) -> None:
    """Understand every cell; each row gets its values, its keys and what is wrong with single cells."""
    columns = target.ways_in
    for draft in drafts:
        if draft.ignored:
            draft.blame(ROW, draft.ignored, doubt=True)
            continue
        for column in columns:
            text = draft.cells.get(column.name, "")
            if text and text not in NOTHING:
                _read_cell(draft, column, without_guard(text), reader)
        draft.keys = _keys(draft, target)
        draft.digest = _hash(target, "row", sorted((name, text) for name, text in draft.cells.items() if text))


def _read_cell(draft: Draft, column: Column, text: str, reader: Reader) -> None:
    """A masked cell waits until it is known which row of the ledger it belongs to."""
    if column.personal and "*" in text:
        draft.masked[column.name] = text
        return
    try:
        found = reader.read(text, column)
    except Refused as refusal:
        draft.blame(column.name, refusal.sentence, **_button(refusal.suggestion))
        return
    draft.values[column.name] = found.value
    if column.approximate_to:
        draft.values[column.approximate_to] = found.approximate
    if found.doubt:
        draft.blame(column.name, found.doubt, doubt=True)


def without_guard(text: str) -> str:
    """The text as it was before a way out made it safe against formulas."""
    return text[1:] if text[:1] == "'" and text[1:2] in RISKY else text


def _button(suggestion: Suggestion | None) -> dict[str, str]:
    return {"button": suggestion.button, "text": suggestion.text} if suggestion else {}


def _hash(target: Target, purpose: str, said: Any) -> str:
    return blind_index(repr(said), purpose=f"sheets.{target.key}.{purpose}")


def _said(draft: Draft, target: Target, name: str) -> str:
    """The value of a column in one spelling."""
    return show(draft.values[name], target.column(name))


def _keys(draft: Draft, target: Target) -> list[str]:
    """HMACs under which the row is compared with the others of the file."""
    keys = [
        _hash(target, f"unique.{name}", _said(draft, target, name))
        for name in (target.number, *target.unique) if name in draft.values
    ]  # fmt: skip
    if target.number not in draft.values:
        for one in target.alike:
            if all(name in draft.values for name in one.columns):
                said = [_said(draft, target, name) for name in one.columns]
                keys.append(_hash(target, f"alike.{'+'.join(one.columns)}", said))
    return keys


# --- the judgement ------------------------------------------------------------------------------------------------


@dataclass
class Company:
    """The other rows of the file: which row was the first with a key, and which rows an earlier batch brought in."""

    first: dict[str, int] = field(default_factory=dict)
    brought: dict[str, str] = field(default_factory=dict)  # digest → 第 12 批第 5 行

    def hidden(self, draft: Draft, target: Target) -> set[str]:
        """Columns of a known row in which a clear cell counts as different, whatever the ledger holds.

        They are the personal ones: a preview that said "the same" would answer guesses at a phone or a name. The
        columns by which the row is known tell it anyway, and so does a row that an earlier batch brought in.
        """
        if draft.digest in self.brought:
            return set()
        return {column.name for column in target.columns if column.personal} - _signs(draft.known, target)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, Sequence[str]]]) -> "Company":
        """From the living rows in the file's order: number, and keys with the row's digest."""
        company = cls()
        for number, keys in rows:
            for key in keys:
                company.first.setdefault(key, number)
        return company


def judge(drafts: Sequence[Draft], *, target: Target, company: Company) -> None:
    """Give each row that was read its result."""
    living = [draft for draft in drafts if draft.alive]
    for start in range(0, len(living), AT_ONCE):
        some = living[start : start + AT_ONCE]
        values = [draft.values for draft in some]
        known = target.known(values)
        check = target.check_batch(values) if target.check_batch else target.check
        for place, draft in enumerate(some):
            draft.known = known.get(place)
            _judge_one(draft, target, company, check)
    for draft in drafts:
        draft.result = _result(draft)


def _judge_one(draft: Draft, target: Target, company: Company, check: Check) -> None:
    _drop_unchanged(draft, target, company)
    _unmask(draft, target)
    _check_number(draft, target)
    _compare_with_file(draft, target, company)
    if draft.known:
        _compare_with_ledger(draft, target, company)
    elif draft.digest in company.brought and target.number not in draft.values and draft.decision != Decision.ADD:
        draft.result = Result.SAME
        draft.blame(ROW, f"{company.brought[draft.digest]}已经导入。", doubt=True)
    if draft.result != Result.SAME:
        _check_whole(draft, target, check)


def _drop_unchanged(draft: Draft, target: Target, company: Company) -> None:
    """A cell that says what the way out wrote is unchanged, even where it would not be accepted as a new one."""
    if not draft.known:
        return
    blamed, hidden = {one["column"] for one in draft.problems} | set(draft.masked), company.hidden(draft, target)
    for name in blamed - {ROW}:
        column, text = target.column(name), without_guard(draft.cells.get(name, ""))
        clear = shown(draft.known.row, column)
        if text == column.masked(clear) or (text == clear and name not in hidden):
            draft.problems = [one for one in draft.problems if one["column"] != name]
            draft.masked.pop(name, None)


def _unmask(draft: Draft, target: Target) -> None:
    """A masked cell equal to the ledger's mask means unchanged; any other is refused, never saved as it looks."""
    for name in draft.masked:
        column = target.column(name)
        if not draft.known:
            draft.blame(name, f"{column.title}是脱敏后的内容，不能导入。请填写完整内容。")
        else:
            number = draft.known.number
            draft.blame(name, f"{column.title}是脱敏后的内容，与台账 {number} 不符。请填完整，或留空表示不改。")


def _check_number(draft: Draft, target: Target) -> None:
    if target.number in draft.values and not draft.known and not target.takes_numbers:
        draft.blame(target.number, "台账中没有这个编号。新增的行请把编号留空。", button="改为新增", text="")


def _compare_with_file(draft: Draft, target: Target, company: Company) -> None:
    """The same number or ID stands higher up: an error. The same person or place: somebody decides, or is told."""
    unique = [name for name in (target.number, *target.unique) if name in draft.values]
    alike = [one for one in target.alike if all(name in draft.values for name in one.columns)]
    if target.number in draft.values:
        alike = []
    for key, name in zip(draft.keys, [*unique, *alike], strict=True):
        first = company.first.get(key, draft.number)
        if first == draft.number:
            continue
        sentence = f"与本文件第 {first} 行重复。"
        if isinstance(name, str):
            draft.blame(name, sentence, decision=Decision.SKIP)
        elif draft.decision != Decision.ADD:
            draft.blame(name.columns[-1], sentence, **_asks(name.asks, Decision.SKIP))
        return
    first = company.first.get(draft.digest, draft.number)
    if first != draft.number and target.number not in draft.values and draft.decision != Decision.ADD:
        draft.blame(ROW, f"与本文件第 {first} 行完全相同。", **_asks(True, Decision.SKIP))


def _asks(asks: bool, decision: str) -> dict[str, Any]:
    return {"asks": True, "decision": decision} if asks else {"doubt": True}


def _compare_with_ledger(draft: Draft, target: Target, company: Company) -> None:
    """What differs from the ledger is an update; by which sign the row was known decides who is asked."""
    known = draft.known
    if known.how != How.NUMBER and draft.decision == Decision.ADD and known.how != How.SAME_ID:
        draft.known = None
        return
    if known.how != How.NUMBER and not known.asks and draft.decision != Decision.UPDATE:
        draft.known = None
        draft.blame(_sign(known, target), f"与台账 {known.number} 相近，按新增导入。", doubt=True)
        return
    draft.changed = differing(draft.values, known.row, target, hidden=company.hidden(draft, target))
    if not draft.changed and not draft.wrong:
        draft.result = Result.SAME
    elif target.only_new:
        draft.blame(ROW, f"已登记为 {known.number}。{target.only_new}", decision=Decision.SKIP)
    elif known.how == How.SAME_ID and draft.decision != Decision.UPDATE:
        draft.blame(_sign(known, target), f"与台账 {known.number} 重复。", decision=Decision.UPDATE)
    elif known.how != How.NUMBER and draft.decision != Decision.UPDATE:
        draft.blame(_sign(known, target), f"与台账 {known.number} 重复。", **_asks(True, Decision.UPDATE))


def _sign(known: Known, target: Target) -> str:
    """The column that made the row known."""
    if known.how == How.SAME_ID:
        return (target.unique or (target.number,))[0]
    names = [one.columns for one in target.alike]
    return names[0][-1] if names else ROW


def _signs(known: Known | None, target: Target) -> set[str]:
    """The columns whose equality the row's being known tells already."""
    if known is None or known.how == How.NUMBER:
        return set()
    if known.how == How.SAME_ID:
        return set(target.unique)
    return set(target.alike[0].columns) if target.alike else set()


def differing(values: Mapping[str, Any], row: Any, target: Target, *, hidden: Iterable[str]) -> dict[str, Any]:
    """Of a row's values those that the ledger does not hold, each with its mark of approximation; `hidden` always."""
    changed: dict[str, Any] = {}
    for column in target.ways_in:
        if column.name in values and column.name != target.number:
            approximate = bool(column.approximate_to and values.get(column.approximate_to))
            said = show(values[column.name], column, approximate=approximate)
            if column.name in hidden or said != shown(row, column):
                changed[column.name] = values[column.name]
                if column.approximate_to:
                    changed[column.approximate_to] = approximate
    return changed


def _check_whole(draft: Draft, target: Target, check: Check) -> None:
    """What must be there, and the ledger's own rules, once the single cells are in order."""
    blamed = {one["column"] for one in draft.problems}
    if not draft.known:
        for column in target.ways_in:
            if column.needed and column.name not in draft.values and column.name not in blamed | set(draft.masked):
                draft.blame(column.name, f"{column.title}不能为空。")
    if not draft.wrong:
        for problem in _new_problems(draft, target, check):
            _add(draft, problem)


def _new_problems(draft: Draft, target: Target, check: Check) -> list[Problem]:
    """What the ledger's rules say of a new row; of a known one, of the row as it would be, and was not before.

    The file may bring only what changes: what it leaves out is unchanged and must not be missed.
    """
    if draft.known is None:
        return check(draft.values)
    held = {column.name: column.value_of(draft.known.row) for column in target.ways_in}
    held = {name: value for name, value in held.items() if value is not None and value != ""}
    before = check(held)
    return [problem for problem in check(held | draft.values) if problem not in before]


def _add(draft: Draft, problem: Problem) -> None:
    draft.blame(problem.column, problem.sentence, **({"doubt": True} if problem.doubt else {}),
                **_button(problem.suggestion))  # fmt: skip


def _result(draft: Draft) -> str:
    if draft.ignored:
        return Result.IGNORED
    if draft.decision == Decision.SKIP:
        return Result.SKIPPED
    if draft.wrong:
        return Result.ERROR
    if draft.result == Result.SAME:
        return Result.SAME
    if any(one.get("asks") for one in draft.problems):
        return Result.DUPLICATE
    return Result.WARNED if draft.problems else Result.FINE
