"""A bulletin's blocks with their numbers put in: made anew for a draft, read as they were frozen for an issue."""
from datetime import datetime
from typing import Any

from reports.bulletins.numbers import Reading, parts_of
from reports.bulletins.tables import fill_table, today_of
from reports.models import Bulletin

Block = dict[str, Any]


def reading_of(bulletin: Bulletin, *, at: datetime) -> Reading:
    """The lines of the bulletin's days."""
    return Reading(bulletin.first, bulletin.last, today=today_of(at), topic=bulletin.topic)


def filled_blocks(bulletin: Bulletin, *, at: datetime) -> list[Block]:
    """The text as it would be printed now, or as it was."""
    if bulletin.is_frozen:
        return bulletin.blocks
    return fill(bulletin.blocks, reading_of(bulletin, at=at), at=at)


def fill(blocks: list[Block], reading: Reading, *, at: datetime) -> list[Block]:
    """Texts with their parts, tables with their rows."""
    return [_filled(block, reading, at) for block in blocks]


def _filled(block: Block, reading: Reading, at: datetime) -> Block:
    if block["kind"] == "table":
        return {**block, **fill_table(block["table"], reading, at=at)}
    if block["kind"] in ("text", "heading", "annex"):
        return {**block, "parts": parts_of(block["text"], reading)}
    return block


def text_of(block: Block) -> str:
    """The words of a filled block, numbers in their places."""
    return "".join(part["t"] for part in block.get("parts", ()))


def words_of(bulletin: Bulletin, blocks: list[Block]) -> str:
    """Everything that would be printed, for those who look through it."""
    found = [bulletin.title, bulletin.addressee, bulletin.copies, bulletin.scope]
    for block in blocks:
        found += [block.get("lead", ""), text_of(block), block.get("caption", "")]
        found += [cell["t"] for row in block.get("rows", ()) for cell in row]
    return "\n".join(found)


def case_numbers(blocks: list[Block]) -> list[str]:
    """The cases that the text names, in order."""
    from reports.bulletins.privacy import CASE_NUMBER

    found: dict[str, None] = {}
    for block in blocks:
        if block["kind"] != "table":
            found.update(dict.fromkeys(CASE_NUMBER.findall(text_of(block) + block.get("number", ""))))
    return list(found)
