"""Editing a draft block by block. Numbers stay linked: a text may hold only words in braces that mean something."""
import copy
import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from reports.bulletins.drafting import note
from reports.bulletins.errors import BulletinConflict, BulletinForbidden, BulletinRefused
from reports.bulletins.numbers import unknown_words
from reports.models import Bulletin, BulletinState, BulletinStep

Block = dict[str, Any]
UNSEEN = re.compile(r"[\x00-\x1f\x7f]+")  # neither a database nor a paper holds them
LONGEST = 3000  # characters of a block
MOST_BLOCKS = 200
WRITTEN = ("text", "heading", "annex")
SETTINGS = ("title", "scope", "addressee", "copies")
CHANGED_MEANWHILE = "这份通报刚被他人修改，未重复操作。请刷新后再改。"


def find_block(bulletin: Bulletin, block: str) -> Block | None:
    """A block by its id."""
    return next((one for one in bulletin.blocks if one["id"] == block), None)


def write_block(bulletin: Bulletin, block: str, *, text: str, lead: str = "", by: Any, at: datetime) -> None:
    """Other words for a block."""
    text, lead = _clean(text, "正文"), lead.strip()

    def change(blocks: list[Block]) -> list[Block]:
        mine = _mine(blocks, block)
        if mine["kind"] not in WRITTEN:
            raise BulletinRefused("这一块由数据生成，不能改字。可以移动或删除。")
        mine["text"] = text
        mine.pop("lead", None)
        if lead and mine["kind"] == "text":
            mine["lead"] = lead
        return blocks

    _change(bulletin, change, by=by, at=at)


def add_block(bulletin: Bulletin, after: str, *, kind: str, text: str, by: Any, at: datetime) -> str:
    """A new paragraph or heading behind a block (or first, behind nothing); returns its id."""
    if kind not in WRITTEN:
        raise BulletinRefused("只能新增段落或标题。")
    fresh = {"kind": kind, "text": _clean(text, "新增内容")}

    def change(blocks: list[Block]) -> list[Block]:
        if len(blocks) >= MOST_BLOCKS:
            raise BulletinRefused(f"一期通报最多 {MOST_BLOCKS} 段。请合并后再加。")
        used = {one["id"] for one in blocks}
        fresh["id"] = next(f"b{number}" for number in range(1, len(used) + 2) if f"b{number}" not in used)
        at_place = blocks.index(_mine(blocks, after)) + 1 if after else 0
        blocks.insert(at_place, {"id": fresh["id"], **fresh})
        return blocks

    _change(bulletin, change, by=by, at=at)
    return fresh["id"]


def remove_block(bulletin: Bulletin, block: str, *, by: Any, at: datetime) -> None:
    """Leave a block out."""
    _change(bulletin, lambda blocks: [one for one in blocks if one is not _mine(blocks, block)], by=by, at=at)


def move_block(bulletin: Bulletin, block: str, *, down: bool, by: Any, at: datetime) -> None:
    """One place up or down; at the end it stays."""

    def change(blocks: list[Block]) -> list[Block]:
        mine = _mine(blocks, block)
        place = blocks.index(mine)
        blocks.pop(place)
        blocks.insert(max(0, place + (1 if down else -1)), mine)
        return blocks

    _change(bulletin, change, by=by, at=at)


def set_details(bulletin: Bulletin, *, by: Any, at: datetime, **details: str) -> None:
    """Title, whom it is about, whom it is sent to."""
    if set(details) - set(SETTINGS):
        raise TypeError("These are no settings of a bulletin.")
    if not details.get("title", "x").strip():
        raise BulletinRefused("请填写标题。")
    cleaned = {name: words.strip() for name, words in details.items()}
    _refuse_unless_mine(bulletin, by)
    _store(bulletin, by=by, at=at, **cleaned)


def _clean(text: str, where: str) -> str:
    text = " ".join(UNSEEN.sub(" ", text).split())
    if not text:
        raise BulletinRefused(f"{where}是空的。请填写，或删除这一段。")
    if len(text) > LONGEST:
        raise BulletinRefused(f"{where}有 {len(text)} 个字，最多 {LONGEST} 个。请分成几段。")
    unknown = unknown_words(text)
    if unknown:
        raise BulletinRefused(f"没有叫“{unknown[0]}”的数字。请从右侧的数字表里选，或去掉花括号。")
    return text


def _mine(blocks: list[Block], block: str) -> Block:
    found = next((one for one in blocks if one["id"] == block), None)
    if found is None:
        raise BulletinConflict(CHANGED_MEANWHILE)
    return found


def _change(bulletin: Bulletin, change: Any, *, by: Any, at: datetime) -> None:
    _refuse_unless_mine(bulletin, by)
    _store(bulletin, by=by, at=at, blocks=change(copy.deepcopy(bulletin.blocks)))


def _refuse_unless_mine(bulletin: Bulletin, by: Any) -> None:
    if not by.has_perm("reports.compose_bulletin"):
        raise BulletinForbidden("修改通报需要值班科长的权限。需要时请与值班科长联系。")
    if bulletin.state != BulletinState.DRAFT:
        raise BulletinConflict(f"这份通报现在是“{bulletin.get_state_display()}”，不能修改。")


@transaction.atomic
def _store(bulletin: Bulletin, *, by: Any, at: datetime, **columns: Any) -> None:
    """Only upon the version that was before this person's eyes; who wrote stands in the story, once for a sitting."""
    if not Bulletin.objects.at_version(bulletin).update(version=F("version") + 1, **columns):
        raise BulletinConflict(CHANGED_MEANWHILE)
    bulletin.refresh_from_db()
    last = bulletin.steps.last()
    if last is None or (last.act, last.by_id) != (BulletinStep.Act.EDITED, by.pk):
        note(bulletin, BulletinStep.Act.EDITED, by=by, at=at)
