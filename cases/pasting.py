"""蓝天行动群: a message and photos of the work group become a grid event in one step.

The group's message is read as it is copied: who said it and when stand above or before it, the place is found by the
names that stand in it. The same message pasted by two dispatchers is one case.
"""
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from cases.intake import opened_before
from cases.models import Case, ReporterKind
from cases.registering import named_place, register_case
from cases.states import Source
from grid.locate import locate
from grid.models import Photo

TAG = "蓝天行动"
OLDEST = timedelta(days=7)  # an older time above a message was misread
DAY = r"(?:(?P<y>\d{4})[年/.-])?(?P<m>\d{1,2})[月/.-](?P<d>\d{1,2})日?|(?P<word>今天|昨天)"
TIME = rf"(?:{DAY})?\s*(?P<H>\d{{1,2}}):(?P<M>\d{{2}})(?::\d{{2}})?"
HEAD = re.compile(rf"^(?P<name>\S[^:：]{{0,19}}?)\s+{TIME}$")
NAMED = re.compile(r"^(?P<name>[^\s:：]{2,10})[:：]\s*(?P<rest>.*)$", re.DOTALL)
MARKS = re.compile(r"\[(?:图片|照片|视频|位置|动画表情|文件|语音)\]|@所有人|@\S+[\u2005\s]")


@dataclass(frozen=True)
class GroupMessage:
    """A message of the group: who (empty when not told), when (none when not told), what."""

    sender: str
    said_at: datetime | None
    words: str

    @property
    def title(self) -> str:
        """Its first sentence."""
        return re.split(r"[。！!\n；;]", self.words, maxsplit=1)[0].strip()[:80]

    @property
    def key(self) -> str:
        """What two people who paste the same message have in common: sender, moment and words without spaces."""
        when = self.said_at.isoformat() if self.said_at else ""
        said = f"{self.sender}|{when}|{''.join(self.words.split())}"
        return f"paste-{hashlib.sha256(said.encode()).hexdigest()[:48]}"


def read_message(text: str, *, at: datetime) -> GroupMessage:
    """A pasted message, its head taken off."""
    lines = [line.strip() for line in text.replace("\r", "").strip().split("\n")]
    sender, said_at = "", None
    head = HEAD.match(lines[0])
    if head:
        sender, said_at, lines = head["name"].strip(), _moment(head, at), lines[1:]
    words = MARKS.sub(" ", "\n".join(lines)).strip()
    named = NAMED.match(words)
    if named and not sender and (_staff(named["name"]) or words.startswith(f"{named['name']}:\n")):
        sender, words = named["name"], named["rest"].strip()
    return GroupMessage(sender, said_at, re.sub(r"[ \t]*\n\s*", "\n", words).strip())


def _moment(head: re.Match, at: datetime) -> datetime | None:
    """When it was said, in Beijing; a moment that cannot be, or is a week old, is not believed."""
    today = timezone.localtime(at)
    try:
        said = today.replace(hour=int(head["H"]), minute=int(head["M"]), second=0, microsecond=0)
        if head["m"]:
            said = said.replace(year=int(head["y"] or today.year), month=int(head["m"]), day=int(head["d"]))
    except ValueError:
        return None
    if head["word"] == "昨天":
        said -= timedelta(days=1)
    if said > at and head["m"] and not head["y"]:
        said = said.replace(year=said.year - 1)  # 12-31 copied on 1 January
    return said if at - OLDEST <= said <= at else None


def _staff(name: str) -> User | None:
    """The one member of staff of this name."""
    found = list(User.objects.filter(real_name=name, is_active=True)[:2])
    return found[0] if len(found) == 1 else None


def place_of(message: GroupMessage, photos: list[Photo]) -> dict[str, Any]:
    """Where it lies: the camera's own position, else the place named in the words; a community's name gives no pin."""
    for photo in photos:
        found = locate(photo.lon, photo.lat)
        if found:
            return {
                "lon": photo.lon, "lat": photo.lat, "grid_id": found.grid_id, "community_id": found.community_id
            }  # fmt: skip
    return named_place(message.words)


def pasted_before(message: GroupMessage) -> Case | None:
    """The case that this very message became when somebody pasted it before."""
    return opened_before(message.key)


def take_from_group(message: GroupMessage, *, photos: list[Photo], by: User, at: datetime) -> Case:
    """The grid event of a group message; pasted again, the same case. Raises MoveForbidden, AnswersRefused."""
    sender = _staff(message.sender)
    place = place_of(message, photos)
    return register_case(
        source=Source.GRID, by=by, at=at, title=message.title, description=message.words, place=place,
        detail={"worker": sender},
        reporter={"kind": ReporterKind.STAFF, "name": message.sender} if message.sender else {},
        photos=tuple(photos), idempotency_key=message.key, reported_at=message.said_at or at, tags=(TAG,),
    )  # fmt: skip
