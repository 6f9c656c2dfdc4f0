"""案件登记簿: the register of cases as a table, in and out.

On the way in each row is registered as at the desk (`registering.register_case`), once for each document number;
cases that stand already are never changed by a table. On the way out petitions keep their secret.
"""
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from cases import registering, workflow
from cases.errors import MoveRefused
from cases.models import Case, HotlineKind, NoticeDetail, Reporter, ReporterKind
from cases.states import Source, State, Urgency
from grid.models import Thing
from grid.things_near import UNKNOWN, plain_code
from sheets.targets import Column as C
from sheets.targets import How, Kind, Known, Problem, RowRefused, Target, Written

AT_ONCE = 500
UNDO_REASON, TOLD = "撤销整批导入", "这件登记有误，已撤销，不再办理。"
DOCUMENTS = {Source.NOTICE: "notice", Source.TRANSFER: "transfer"}
CALLS = {Source.HOTLINE: "hotline", Source.SNAP: "snap", Source.GRID: "grid_event"}
SOURCE_WORDS = {
    "监管通知单": Source.NOTICE, "督查督办监管通知单": Source.NOTICE, "通知单": Source.NOTICE, "督查": Source.NOTICE,
    "微信随手拍": Source.SNAP, "微信": Source.SNAP, "网格": Source.GRID, "网格系统事件": Source.GRID,
    "网格事件": Source.GRID, "转办": Source.TRANSFER, "转办单": Source.TRANSFER, "热线": Source.HOTLINE,
    "政风行风热线": Source.HOTLINE, "热线件": Source.HOTLINE, "信访": Source.PETITION, "信访件": Source.PETITION,
}  # fmt: skip


# --- what a case says in each column ------------------------------------------------------------------------------


def _detail(case: Case) -> Any:
    """The row of the case's own source, or nothing."""
    try:
        return getattr(case, {**DOCUMENTS, **CALLS}.get(Source(case.source), "petition"))
    except ObjectDoesNotExist:
        return None


def _from_detail(name: str) -> Callable[[Case], Any]:
    """A column of the source's own row; a petition's says nothing here."""
    return lambda case: "" if case.is_petition else getattr(_detail(case), name, "") or ""


def _document(case: Case) -> str:
    return _from_detail("doc_no" if case.source in DOCUMENTS else "outside_number")(case)


def _sender(case: Case) -> str:
    return _from_detail("issuing_unit" if case.source == Source.NOTICE else "sender")(case)


def _kind(case: Case) -> Any:
    return case.hotline.kind_id if case.source == Source.HOTLINE and _detail(case) else ""


def _open_part(name: str) -> Callable[[Case], Any]:
    """A column that is not told of a petition whose text this person may not read (`carried` says so)."""
    return lambda case: "" if getattr(case, "is_secret", False) else getattr(case, name)


def _of_person(name: str) -> Callable[[Case], str]:
    """The first resident's name or phone, put beside the case by `carried`; petitioners are never among them."""
    return lambda case: getattr(getattr(case, "person", None), name, "")


def _thing(case: Case) -> str:
    thing = _open_part("thing")(case)
    return thing.code if thing else ""


def _word(name: str) -> Callable[[Case], str]:
    return lambda case: str(_open_part(name)(case) or "")


def hotline_kinds() -> list[tuple[int, str]]:
    """The hotlines in use."""
    return [(one.pk, one.name) for one in HotlineKind.objects.filter(active=True).order_by("pk")]


COLUMNS = (
    C("number", "案号", synonyms=("案件编号",)),
    C("source", "来源", Kind.CHOICE, synonyms=("案件来源", "渠道", "来件类型"), needed=True, choices=Source.choices,
      choice_words=SOURCE_WORDS, thing="来源"),
    C("doc_no", "文号", most=60, read=_document,
      synonyms=("来文编号", "来文文号", "通知单号", "转办单号", "热线编号", "工单编号", "工单号")),
    C("sender", "来文单位", synonyms=("发文单位", "转办单位", "来件单位", "交办单位"), most=60, read=_sender),
    C("level", "级别", Kind.CHOICE, synonyms=("来文级别",), choices=NoticeDetail.Level.choices,
      choice_words={"市": "city", "区": "district"}, read=_from_detail("level"), in_preview=False),
    C("hotline", "热线种类", Kind.CHOICE, choices=hotline_kinds, thing="热线", read=_kind, in_preview=False),
    C("title", "事项", synonyms=("标题", "案件名称", "事由", "诉求标题", "主题"), needed=True, most=80),
    C("description", "情况", synonyms=("内容", "问题描述", "主要内容", "诉求内容", "反映内容", "描述"), most=2000,
      read=_open_part("description"), in_preview=False),
    C("state", "状态", read=lambda case: case.get_state_display(), only_out=True),
    C("urgency", "紧急程度", Kind.CHOICE, synonyms=("缓急",), choices=Urgency.choices, in_preview=False),
    C("category", "类别", read=_word("category"), only_out=True),
    C("community", "社区", Kind.COMMUNITY, synonyms=("所属社区", "属地社区"), read=_open_part("community")),
    C("grid", "网格", Kind.GRID, synonyms=("单元网格", "所属网格"), read=_open_part("grid"), in_preview=False),
    C("address", "地点", synonyms=("地址", "问题地点", "事发地址", "位置", "点位"), most=100,
      read=_open_part("address")),
    C("thing", "部件标识码", synonyms=("部件编码", "部件编号"), most=40, read=_thing, in_preview=False),
    C("lead", "主办", read=_word("lead"), only_out=True),
    C("name", "上报人", synonyms=("姓名", "反映人", "来电人", "诉求人", "联系人"), personal=True, most=60,
      read=_of_person("name")),
    C("phone", "电话", Kind.PHONE, synonyms=("联系电话", "来电号码", "手机"), personal=True, read=_of_person("phone")),
    C("received_at", "收件时间", Kind.MOMENT,
      synonyms=("收文时间", "来文时间", "来电时间", "登记时间", "收件日期", "收文日期")),
    C("accepted_at", "受理时间", Kind.MOMENT, only_out=True),
    C("registered_at", "立案时间", Kind.MOMENT, only_out=True),
    C("dispatched_at", "派遣时间", Kind.MOMENT, only_out=True), C("handled_at", "处置完成", Kind.MOMENT, only_out=True),
    C("closed_at", "结束时间", Kind.MOMENT, only_out=True),
    C("due_clock", "当前时钟", read=lambda case: case.get_due_clock_display(), only_out=True),
    C("due_at", "时限", Kind.MOMENT, only_out=True),
    C("return_count", "退回", Kind.COUNT, only_out=True), C("rework_count", "返工", Kind.COUNT, only_out=True),
    C("required_at", "来文时限", Kind.MOMENT, synonyms=("要求时限", "办理时限", "办结时限", "截止日期")),
)  # fmt: skip


def carried(cases: QuerySet, user: Any | None) -> Iterator[Case]:
    """Cases with what the columns read: the first resident, and whether a petition keeps its text to itself."""
    related = (
        "category", "community", "grid", "thing", "lead", "notice", "transfer", "hotline__kind", "snap", "grid_event",
    )  # fmt: skip
    rows = cases.select_related(*related).defer("community__shape", "grid__shape", "result", "conclusion").iterator(
        chunk_size=AT_ONCE
    )
    reads = user is None or user.has_perm("cases.see_petition_text") or user.has_perm("cases.see_petitions")
    while some := list(islice(rows, AT_ONCE)):
        people = _people(some)
        for case in some:
            case.person, case.is_secret = people.get(case.pk), case.is_petition and not reads
            yield case


def _people(cases: list[Case]) -> dict[int, Reporter]:
    """The first resident of each case; petitioners lie in a table that nothing here reads."""
    found: dict[int, Reporter] = {}
    open_cases = [case.pk for case in cases if not case.is_petition]
    residents = Reporter.objects.filter(case__in=open_cases, kind=ReporterKind.RESIDENT)
    for row in residents.order_by("at", "pk"):
        found.setdefault(row.case_id, row)
    return found


# --- the way in ---------------------------------------------------------------------------------------------------


def check(values: dict[str, Any]) -> list[Problem]:
    """What each source must bring along."""
    source, found = values.get("source"), []
    if source == Source.PETITION:
        return [Problem("source", "信访件不能用表格导入。请由信访专员单件登记。")]
    if source in (*DOCUMENTS, Source.HOTLINE) and not values.get("doc_no"):
        found.append(Problem("doc_no", "文号不能为空，重复导入要靠它辨认。"))
    if source in DOCUMENTS and not values.get("sender"):
        found.append(Problem("sender", "来文单位不能为空，办完要反馈给它。"))
    if source == Source.NOTICE and not values.get("level"):
        found.append(Problem("level", "级别不能为空。请填“市级”或“区级”。"))
    if source == Source.HOTLINE and not values.get("hotline") and len(hotline_kinds()) != 1:
        found.append(Problem("hotline", "热线种类不能为空。请写明是哪一条热线。"))
    code = plain_code(values.get("thing") or "")
    if code and not Thing.objects.filter(code=code).exists():
        found.append(Problem("thing", UNKNOWN.format(code=code)))
    return found


def known(rows: list[dict[str, Any]]) -> dict[int, Known]:
    """Cases by their number, then by the document or call that they came with."""
    numbers = {values["number"] for values in rows if values.get("number")}
    documents = {values["doc_no"] for values in rows if values.get("doc_no")}
    by_number, by_document = {}, {}
    if numbers:
        cases = carried(Case.objects.filter(number__in=numbers).order_by("pk"), None)
        by_number = {case.number: case for case in cases}
    for source, detail in {**DOCUMENTS, Source.HOTLINE: "hotline"}.items():
        column = "doc_no" if source in DOCUMENTS else "outside_number"
        asked = {f"{detail}__{column}__in": documents}
        if documents:
            for case in carried(Case.objects.filter(source=source, **asked).order_by("pk"), None):
                by_document[source, _document(case)] = case
    found = {}
    for place, values in enumerate(rows):
        case, how = by_number.get(values.get("number")), How.NUMBER
        if case is None:
            case, how = by_document.get((values.get("source"), values.get("doc_no"))), How.SAME_ID
        if case is not None:
            found[place] = Known(case, case.number, how)
    return found


def write(values: dict[str, Any], *, known: Known | None, by: Any, at: datetime) -> Written:
    """Register one case as the desk does."""
    source = values["source"]
    thing = Thing.objects.filter(code=plain_code(values.get("thing", ""))).first() if values.get("thing") else None
    try:
        case = registering.register_case(
            source=source, by=by, at=at, title=values["title"], description=values.get("description", ""),
            address=values.get("address", ""), place=_place(values, thing), thing=thing, detail=_detail_columns(values),
            reporter=_reporter(values), received_at=values.get("received_at") or at,
            required_at=values.get("required_at"), urgency=values.get("urgency"),
        )  # fmt: skip
    except MoveRefused as refusal:
        raise RowRefused(str(refusal))
    return Written(case.pk, case.number, created=True, stamp=str(case.version))


def _place(values: dict[str, Any], thing: Thing | None) -> dict[str, Any]:
    """What the row says itself comes first; its address fills in the grid when both agree on the community."""
    if thing or values.get("grid"):
        return registering.place_columns(None, None, values.get("grid"), thing=thing)
    named, community = registering.named_place(values.get("address", "")), values.get("community")
    if community and named.get("community_id") != community.pk:
        return {"community_id": community.pk}
    return named


def _detail_columns(values: dict[str, Any]) -> dict[str, Any]:
    source, document = values["source"], values.get("doc_no", "")
    if source == Source.NOTICE:
        return {"level": values["level"], "doc_no": document, "issuing_unit": values["sender"]}
    if source == Source.TRANSFER:
        return {"doc_no": document, "sender": values["sender"]}
    if source == Source.HOTLINE:
        kind = values.get("hotline") or hotline_kinds()[0][0]
        return {"kind": HotlineKind.objects.get(pk=kind), "outside_number": document}
    return {"outside_number": document}


def _reporter(values: dict[str, Any]) -> dict[str, Any]:
    if values["source"] in DOCUMENTS:
        return registering.issuing_unit(values["sender"])
    person = {name: values[name] for name in ("name", "phone") if values.get(name)}
    return {"kind": ReporterKind.RESIDENT, **person} if person else {}


def undo(written: Written, *, by: Any, at: datetime) -> None:
    """Void the case if nobody has touched it: a number that was given is never taken back."""
    case = Case.objects.get(pk=written.pk)
    if case.state != State.REPORTED or str(case.version) != written.stamp:
        raise RowRefused(f"{case.number} 已经在办理，不能撤销。需要时请在案件页作废。")
    try:
        workflow.make("void", case, by=by, at=at, reason=UNDO_REASON, public_words=TOLD)
    except MoveRefused as refusal:
        raise RowRefused(str(refusal))


REGISTER = Target(
    key="cases", title="案件登记簿", number="number", columns=COLUMNS, import_right="cases.import_cases",
    export_right="cases.export_cases", unmasked_right="cases.export_unmasked_cases", write=write, undo=undo,
    check=check, known=known, unique=("doc_no",), address="/desk/", unit="件",
    only_new="案件不能用表格修改，请到案件页办理。",
)  # fmt: skip
