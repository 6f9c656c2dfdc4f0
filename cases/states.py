"""The words of the one workflow: states, sources, urgencies, clocks, and how states show as stages."""
from django.db.models import TextChoices


class State(TextChoices):
    """Where a case stands; the last four are ends."""

    REPORTED = "reported", "待受理"
    VERIFYING = "verifying", "核实中"
    ACCEPTED = "accepted", "已受理"
    REGISTERED = "registered", "待派遣"
    DISPATCHED = "dispatched", "待签收"
    RETURNED = "returned", "已退回"
    IN_PROGRESS = "in_progress", "处置中"
    SUSPENDED = "suspended", "挂账"
    FEEDBACK_SUBMITTED = "feedback_submitted", "已反馈"
    CHECKING = "checking", "核查中"
    REWORK = "rework", "返工"
    CHECKED = "checked", "待结案"
    CLOSED = "closed", "已结案"
    REJECTED = "rejected", "不予受理"
    VOIDED = "voided", "作废"
    MERGED = "merged", "已并案"


ENDED = frozenset({State.CLOSED, State.REJECTED, State.VOIDED, State.MERGED})
OPEN = frozenset(State) - ENDED


class Stage(TextChoices):
    """The eight signs of the screens; each state keeps its own word beside its sign."""

    NEW = "new", "待受理"
    ACCEPTED = "accepted", "已立案"
    DISPATCHED = "dispatched", "已派遣"
    HANDLING = "handling", "处置中"
    VERIFY = "verify", "待核查"
    CLOSED = "closed", "已结案"
    RETURNED = "returned", "已退回"
    HOLD = "hold", "挂账"


STAGE_OF: dict[State, Stage] = {
    State.REPORTED: Stage.NEW,
    State.VERIFYING: Stage.NEW,
    State.ACCEPTED: Stage.ACCEPTED,
    State.REGISTERED: Stage.ACCEPTED,
    State.DISPATCHED: Stage.DISPATCHED,
    State.RETURNED: Stage.RETURNED,
    State.IN_PROGRESS: Stage.HANDLING,
    State.REWORK: Stage.HANDLING,
    State.SUSPENDED: Stage.HOLD,
    State.FEEDBACK_SUBMITTED: Stage.VERIFY,
    State.CHECKING: Stage.VERIFY,
    State.CHECKED: Stage.VERIFY,
    State.CLOSED: Stage.CLOSED,
    State.REJECTED: Stage.CLOSED,
    State.VOIDED: Stage.CLOSED,
    State.MERGED: Stage.CLOSED,
}


class Source(TextChoices):
    """The six doors of the centre; the value is the prefix of the case number."""

    NOTICE = "DC", "督查督办"
    GRID = "WG", "网格事件"
    SNAP = "WX", "随手拍"
    TRANSFER = "ZB", "转办单"
    HOTLINE = "RX", "热线"
    PETITION = "XF", "信访"


class Urgency(TextChoices):
    """How fast: 紧急 runs round the clock, the others in working time."""

    URGENT = "urgent", "紧急"
    IMPORTANT = "important", "重要"
    NORMAL = "normal", "一般"


class Clock(TextChoices):
    """What is timed. The nearest running clock leads the list; `close` (应结案) and `statutory` only judge."""

    ACCEPT = "accept", "受理"
    VERIFY = "verify", "核实"
    REGISTER = "register", "立案"
    DISPATCH = "dispatch", "派遣"
    ACKNOWLEDGE = "acknowledge", "签收"
    HANDLE = "handle", "处置"
    CHECK = "check", "核查"
    REPLY = "reply", "回复"
    CLOSE = "close", "应结案"
    SUPERVISE = "supervise", "督办"
