"""How a case's stage is told to residents: plain words, and never who works on it."""
from cases.states import STAGE_OF, Stage, State

PUBLIC_STAGE: dict[str, str] = {
    Stage.NEW: "已收到",
    Stage.ACCEPTED: "已受理",
    Stage.DISPATCHED: "已派单",
    Stage.RETURNED: "已受理",
    Stage.HANDLING: "正在处置",
    Stage.HOLD: "正在处置",
    Stage.VERIFY: "正在核查",
    Stage.CLOSED: "已办结",
}


def public_stage(state: str) -> str:
    """The word for a state: 已收到, 已受理, 已派单, 正在处置, 正在核查, 已办结."""
    return PUBLIC_STAGE[STAGE_OF[State(state)]]
