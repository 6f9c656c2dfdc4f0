"""The steps of an illegal structure as one table: buttons, forms, rights, the way through the stages all read it."""
from dataclasses import dataclass
from typing import Any

from campaigns.models import Structure
from campaigns.states import GROUP_OF, PaperKind, Stage

SAME = None  # the stage stays
BEFORE = "before"  # back to the stage before this one
KEEP = "campaigns.keep_structures"
S = Stage
STANDING = frozenset({S.SURVEYED, S.DETERMINED, S.NOTIFIED, S.URGED, S.DECIDED, S.ANNOUNCED})
TOLD = frozenset({S.NOTIFIED, S.URGED, S.DECIDED, S.ANNOUNCED})
DOWN = frozenset({S.DEMOLISHED, S.ACCEPTED, S.WRITTEN_OFF})
PAPER = ("number", "on", "authority", "service", "served_on", "deadline_on")


@dataclass(frozen=True)
class Step:
    """One row: `asks` are the fields of the form, `paper` the document that the step brings with it."""

    name: str
    button: str
    from_: frozenset[Stage]
    to: Any
    asks: tuple[str, ...]
    icon: str = "arrow-right"
    key: str = ""
    paper: PaperKind | None = None
    danger: bool = False
    needs: str = KEEP
    relapsed: bool | None = None  # for one that was built again, for one that was not, or for both

    def fits(self, structure: Structure) -> bool:
        """Whether the structure stands where this step begins."""
        again = structure.relapsed_on is not None
        return structure.stage in self.from_ and self.relapsed in (None, again)


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("determine", "认定", frozenset({S.SURVEYED}), S.DETERMINED,
             ("on", "floor_area_m2", "area_approximate", "footprint_m2", "number", "authority", "words"),
             "clipboard-check", "A"),
        Step("notify", "限期拆除通知", frozenset({S.DETERMINED}), S.NOTIFIED, (*PAPER, "words"), "file-text", "A",
             PaperKind.NOTICE),
        Step("urge", "催告", frozenset({S.NOTIFIED}), S.URGED, (*PAPER, "words"), "bell-ringing", "A", PaperKind.URGE),
        Step("decide", "强拆决定", frozenset({S.URGED}), S.DECIDED, (*PAPER, "words"), "file-text", "A",
             PaperKind.DECISION),
        Step("announce", "公告", frozenset({S.DECIDED}), S.ANNOUNCED, (*PAPER, "words"), "speakerphone", "A",
             PaperKind.ANNOUNCEMENT),
        Step("demolish", "登记拆除", TOLD | {S.DETERMINED}, S.DEMOLISHED,
             ("on", "mode", "demolished_area_m2", "remeasured", "vacated_land_m2", "relocated_people", "departments",
              "persons_on_site", "machines", "after_photos", "words"), "tool", "C"),
        Step("accept", "验收", frozenset({S.DEMOLISHED}), S.ACCEPTED, ("on", "after_photos", "later_use", "words"),
             "circle-check", "A"),
        Step("write_off", "销账", frozenset({S.ACCEPTED}), S.WRITTEN_OFF, ("on", "later_use", "words"), "circle-check",
             "A"),
        Step("plan", "定拆除时间", STANDING - {S.SURVEYED}, SAME, ("planned_at", "words"), "calendar", "T"),
        Step("relapse", "标为反弹", frozenset({S.WRITTEN_OFF}), SAME, ("on", "words", "opens_case"),
             "alert-triangle", "B", danger=True, relapsed=False),
        Step("settle", "反弹已处置", frozenset({S.WRITTEN_OFF}), SAME, ("on", "after_photos", "words"), "circle-check",
             "B", relapsed=True),
        Step("back", "退回上一步", frozenset(S) - {S.SURVEYED}, BEFORE, ("reason",), "arrow-back-up"),
        Step("void", "作废", STANDING | {S.DEMOLISHED, S.ACCEPTED}, S.VOIDED, ("reason",), "trash", danger=True),
    )
}  # fmt: skip
# The blue button: what usually comes next from each stage.
NEXT: dict[str, str] = {
    S.SURVEYED: "determine", S.DETERMINED: "notify", S.NOTIFIED: "urge", S.URGED: "decide", S.DECIDED: "announce",
    S.ANNOUNCED: "demolish", S.DEMOLISHED: "accept", S.ACCEPTED: "write_off",
}  # fmt: skip
WORDS: dict[str, str] = {
    **{step.name: step.button for step in STEPS.values()},
    "register": "登记", "amend": "修改", "paper": "登记文书", "mend_paper": "改正文书", "photos": "补充照片",
    "open_case": "开案件", "tie_case": "关联案件", "demolish": "拆除",
}  # fmt: skip


def steps_for(structure: Structure, user: Any) -> list[Step]:
    """What this person may do with it now, in the order of the table."""
    return [step for step in STEPS.values() if step.fits(structure) and user.has_perm(step.needs)]


def next_step(structure: Structure, user: Any) -> Step | None:
    """The usual next step, if this person may take it."""
    name = NEXT.get(structure.stage)
    return next((step for step in steps_for(structure, user) if step.name == name), None)


def stage_before(stages: list[tuple[str, str]]) -> str | None:
    """The stage before the last one, from (step, stage) of a whole story; steps back undo what they went back over."""
    way: list[str] = []
    for name, stage in stages:
        if name == "back" and len(way) > 1:
            way.pop()
        elif not way or way[-1] != stage:
            way.append(stage)
    return way[-2] if len(way) > 1 else None


def days_of_groups(events: Any) -> dict[int, Any]:
    """Group (1–6) → the day on which its last step was done, as the story tells; what was gone back over is gone."""
    way: list[tuple[str, Any]] = []
    for event in events:
        if event.step == "back" and len(way) > 1:
            way.pop()
        elif not way or way[-1][0] != event.stage:
            way.append((event.stage, event.happened_on))
    return {GROUP_OF[stage]: day for stage, day in way if GROUP_OF[stage]}
