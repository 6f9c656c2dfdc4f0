"""案卷: a case as one document, cover, facts, story and pictures; everybody in it masked.

Who may have it is asked by `may_print`: whoever sees the case, and of a petition only those who read its text.
"""
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.masking import mask_name
from cases import telling
from cases.models import Case, CaseEvent, CasePhoto
from cases.papers import CENTRE
from cases.secrecy import names_to_veil, veil
from grid.models import PhotoState
from grid.photos import open_photo_file
from reports.documents import blocks as b
from reports.documents.fonts import printable

MOST_PICTURES = 12
NOTHING = "–"
MARK = "演示数据"


def may_print(case: Case, user: Any) -> bool:
    """Whether this person, who sees the case, may print its file."""
    return not case.is_petition or user.has_perm("cases.see_petition_text") or user.has_perm("cases.see_petitions")


def case_file(case: Case, *, at: datetime) -> b.Document:
    """The file of a case as it stands now."""
    names = names_to_veil(case)
    lines = (("案号", case.number), ("事项", printable(veil(case.title, names))), ("来源", case.get_source_display()),
             ("状态", case.get_state_display()), ("编制单位", CENTRE), ("打印时间", _words(at)))  # fmt: skip
    events = case.events.select_related("department", "by").order_by("seq")
    story = tuple(_line(event, names) for event in events)
    head = ("时间", "动作", "办理人", "内容")
    blocks: list[b.Block] = [
        b.Cover("案卷", lines),
        b.Heading("一、基本情况"),
        b.Table(("项目", "内容"), tuple(_facts(case, names)), widths=(3, 10), left=frozenset({1})),
        b.Heading("二、办理经过"),
        b.Table(head, story, widths=(4, 2.6, 3.4, 7), left=frozenset({3})),
    ]
    pictures = list(_pictures(case))
    if pictures:
        pairs = [tuple(pictures[at : at + 2]) for at in range(0, len(pictures), 2)]
        blocks += [b.Heading("三、照片")]
        blocks += [b.PicturePair(f"第{number}组", pair) for number, pair in enumerate(pairs, start=1)]
    mark = MARK if case.is_demo or settings.DEMO else ""
    return b.Document(f"案卷 {case.number}", tuple(blocks), mark=mark)


def _facts(case: Case, names: dict[str, str]) -> list[tuple[str, str]]:
    moments = (("收件", case.received_at), ("受理", case.accepted_at), ("立案", case.registered_at),
               ("派遣", case.dispatched_at), ("处置完成", case.handled_at), ("核查通过", case.checked_at),
               ("结束", case.closed_at))  # fmt: skip
    rows = [
        ("地点", veil(case.address, names) or NOTHING),
        ("社区网格", str(case.grid or case.community or NOTHING)),
        ("类别", f"{case.category.major} {case.category}" if case.category else NOTHING),
        ("紧急程度", case.get_urgency_display()),
        ("上报人", "、".join(_reporters(case)) or NOTHING),
        ("情况", veil(case.description, names) or NOTHING),
        ("主办单位", case.lead.name if case.lead else NOTHING),
        *((word, _words(moment)) for word, moment in moments if moment),
        ("退回、返工", f"退回 {case.return_count} 次，返工 {case.rework_count} 次"),
        ("处置结果", veil(case.result, names) or NOTHING),
        ("结案意见", veil(case.conclusion, names) or NOTHING),
    ]
    return [(word, printable(text)) for word, text in rows]


def _reporters(case: Case) -> list[str]:
    """A petitioner by the code name, a resident masked; an issuing unit is no person."""
    if case.is_petition:
        return [case.petition.code_name]
    return [mask_name(one.name) if one.kind == "resident" else one.name for one in case.reporters.all() if one.name]


def _line(event: CaseEvent, names: dict[str, str]) -> tuple[str, str, str, str]:
    words = "".join(part for part in (veil(event.words, names), veil(telling.facts_of(event), names)) if part)
    derived = "（推定）" if event.derived else ""
    actor = printable(telling.actor_of(event))
    return _words(event.happened_at) + derived, telling.button_of(event), actor, printable(words) or NOTHING


def _words(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _pictures(case: Case) -> list[b.Picture]:
    """The clean copies that exist, in the order of the story."""
    rows = case.photos.select_related("photo").filter(photo__state=PhotoState.READY)[:MOST_PICTURES]
    return [b.Picture(_content(row), f"{row.get_kind_display()} {_words(row.added_at)}") for row in rows]


def _content(row: CasePhoto) -> bytes:
    with open_photo_file(row.photo, "image") as file:
        return file.read()
