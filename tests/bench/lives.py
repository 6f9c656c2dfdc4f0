"""Made-up lives of cases: which moves, when, in believable shares; moments are ten-minute ticks of working time."""
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from cases.states import Source, State, Urgency
from grid.calendar import calendar_in_force

TICK = timedelta(minutes=10)
TICKS_A_DAY = 42
OPEN_SHARE = 0.05
BACKBONE = ("report", "accept", "register", "dispatch", "acknowledge", "feedback", "send_check", "pass_check", "close")
REACHED = {
    State.REPORTED: 1, State.ACCEPTED: 2, State.REGISTERED: 3, State.DISPATCHED: 4, State.IN_PROGRESS: 5,
    State.FEEDBACK_SUBMITTED: 6, State.CHECKING: 7, State.CHECKED: 8, State.CLOSED: 9,
}  # fmt: skip
SIDEWAYS = {
    State.VERIFYING: ("report", "send_verification"),
    State.RETURNED: (*BACKBONE[:4], "return"),
    State.SUSPENDED: (*BACKBONE[:5], "request_suspension", "grant_suspension"),
    State.REWORK: (*BACKBONE[:7], "rework"),
    State.REJECTED: ("report", "reject"),
    State.VOIDED: ("report", "accept", "void"),
    State.MERGED: ("report", "accept", "merge"),
}
ENDS = {State.CLOSED: 92, State.REJECTED: 3, State.VOIDED: 2, State.MERGED: 3}
OPENS = {
    State.REPORTED: 12, State.VERIFYING: 4, State.ACCEPTED: 5, State.REGISTERED: 10, State.DISPATCHED: 12,
    State.RETURNED: 4, State.IN_PROGRESS: 28, State.SUSPENDED: 4, State.FEEDBACK_SUBMITTED: 6, State.CHECKING: 7,
    State.REWORK: 3, State.CHECKED: 5,
}  # fmt: skip
SOURCES = {
    Source.GRID: 40, Source.SNAP: 25, Source.HOTLINE: 20, Source.NOTICE: 6, Source.TRANSFER: 5, Source.PETITION: 4
}  # fmt: skip
URGENCIES = {Urgency.NORMAL: 80, Urgency.IMPORTANT: 15, Urgency.URGENT: 5}
QUICK = (State.REPORTED, State.ACCEPTED, State.REGISTERED, State.DISPATCHED, State.RETURNED, State.REWORK)
# How long before each move, in ticks: at least, at most; short ones are more frequent.
GAPS = {
    "report": (0, 0), "send_verification": (1, 6), "answer_verification": (4, 40), "accept": (1, 12),
    "register": (1, 10), "dispatch": (1, 10), "acknowledge": (1, 30), "return": (4, 60), "feedback": (20, 260),
    "send_check": (1, 20), "pass_check": (5, 60), "rework": (5, 50), "reply": (2, 60), "call_back": (2, 80),
    "close": (1, 30), "reject": (1, 14), "void": (5, 90), "merge": (2, 30), "request_suspension": (10, 80),
    "grant_suspension": (2, 20), "request_extension": (10, 120), "note": (1, 20), "remind": (5, 40),
    "supervise": (3, 30),
}  # fmt: skip


@dataclass(slots=True)
class Life:
    """One case to be told: source, urgency, the state it stands in, and its moves with their ticks."""

    source: Source
    urgency: Urgency
    state: State
    moves: list[tuple[str, int]]
    owed: bool

    @property
    def received(self) -> int:
        """The tick of the first move."""
        return self.moves[0][1]


def working_ticks(*, now: datetime, years: int) -> list[datetime]:
    """Every ten minutes of office time in the years before now, oldest first."""
    calendar, ticks = calendar_in_force(), []
    day = (now - timedelta(days=366 * years)).date()
    while day <= now.date():
        for opening, closing in calendar.spans(day):
            moment = opening
            while moment < closing and moment <= now:
                ticks.append(moment)
                moment += TICK
        day += timedelta(days=1)
    return ticks


def make_lives(count: int, *, ticks: int, rng: Random) -> Iterator[Life]:
    """That many lives in the order in which they were received; the open ones end shortly before the last tick."""
    opened = sorted((_open_life(ticks, rng) for _ in range(round(count * OPEN_SHARE))), key=lambda life: life.received)
    starts = sorted(rng.randrange(0, ticks - 30) for _ in range(count - len(opened)))
    return heapq.merge((_ended_life(start, ticks, rng) for start in starts), opened, key=lambda life: life.received)


def make_waiting(counts: dict[str, int], ticks: int, rng: Random) -> Iterator[Life]:
    """So many lives that stand in each open state, in the order in which they were received."""
    lives = [_open_life(ticks, rng, State(state)) for state, count in counts.items() for _ in range(count)]
    return iter(sorted(lives, key=lambda life: life.received))


def _pick(shares: dict, rng: Random):
    return rng.choices(list(shares), list(shares.values()))[0]


def _open_life(ticks: int, rng: Random, state: State | None = None) -> Life:
    """Waits for its next move, at the desk for an hour or two, elsewhere for days: about every fifth is late."""
    life = _life(state or _pick(OPENS, rng), rng)
    usual = TICKS_A_DAY // 7 if life.state in QUICK else 2 * TICKS_A_DAY
    waiting = min(int(rng.expovariate(1 / usual)), 8 * TICKS_A_DAY)
    last = life.moves[-1][1]
    life.moves = [(move, max(0, ticks - 1 - waiting - last + at)) for move, at in life.moves]
    return life


def _ended_life(start: int, ticks: int, rng: Random) -> Life:
    life = _life(_pick(ENDS, rng), rng)
    life.moves = [(move, min(start + at, ticks - 1)) for move, at in life.moves]
    return life


def _life(state: State, rng: Random) -> Life:
    source = _pick(SOURCES, rng)
    owed = source in (Source.NOTICE, Source.TRANSFER, Source.PETITION) or (source != Source.GRID and rng.random() < 0.8)
    at, moves = 0, []
    for move in _path(state, owed, rng):
        low, high = GAPS[move]
        at += low + int((high - low) * rng.random() ** 2)
        moves.append((move, at))
    return Life(source, _pick(URGENCIES, rng), state, moves, owed)


def _path(state: State, owed: bool, rng: Random) -> list[str]:
    """The moves that lead into a state, with the detours that happen on the way."""
    straight = SIDEWAYS[state] if state in SIDEWAYS else BACKBONE[: REACHED[state]]
    path: list[str] = []
    for place, move in enumerate(straight):
        if move == "close":
            path += (["reply"] if owed else []) + (["call_back"] if rng.random() < 0.3 else [])
        path.append(move)
        if place + 1 < len(straight):
            path += _detour(move, straight[place + 1], rng)
    return path


def _detour(move: str, following: str, rng: Random) -> list[str]:
    chance = rng.random()
    if move == "report" and chance < 0.12 and following == "accept":
        return ["send_verification", "answer_verification"]
    if move == "dispatch" and chance < 0.06 and following == "acknowledge":
        return ["return", "dispatch"]
    if move == "acknowledge" and chance < 0.15 and following == "feedback":
        return [rng.choice(["note", "remind", "note", "supervise"])]
    if move == "send_check" and chance < 0.08 and following == "pass_check":
        return ["rework", "acknowledge", "feedback", "send_check"]
    return ["note"] if chance > 0.95 else []
