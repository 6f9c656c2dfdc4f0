"""What happened: the case, its detail per source, its people, clocks, photos and story."""
from cases.models.case import Assignment, Case, CaseCounter, CaseRequest, CaseTag, CaseView, SavedView
from cases.models.catalogue import CaseStandard, Category, HotlineKind, Phrase, ReturnReason
from cases.models.details import (
    GridDetail,
    HotlineDetail,
    NoticeDetail,
    PetitionDetail,
    SnapDetail,
    TransferDetail,
)
from cases.models.field import CheckFinding, DoorCount, FieldAct, FieldReport
from cases.models.people import CallBack, Opinion, Petitioner, Reply, Reporter, ReporterKind
from cases.models.story import CaseClock, CaseEvent, CasePhoto, PhotoKind, TaskSlot
from cases.models.text import CaseText
from cases.models.wechat import WeChatDraft, WeChatMessage, WeChatPicture, WeChatReceipt

__all__ = [
    "Assignment", "CallBack", "Case", "CaseClock", "CaseCounter", "CaseEvent", "CasePhoto", "CaseRequest",
    "CaseStandard", "CaseTag", "CaseText", "CaseView", "Category", "CheckFinding", "DoorCount", "FieldAct",
    "FieldReport", "GridDetail", "HotlineDetail", "HotlineKind", "NoticeDetail", "Opinion",
    "PetitionDetail", "Petitioner", "PhotoKind", "Phrase", "Reply", "Reporter", "ReporterKind",
    "ReturnReason", "SavedView", "SnapDetail", "TaskSlot", "TransferDetail", "WeChatDraft",
    "WeChatMessage", "WeChatPicture", "WeChatReceipt",
]  # fmt: skip
