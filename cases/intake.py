"""Opening a case from any of the six doors: its number, its detail, its people, its first event."""
import secrets
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.encryption import blind_index, last_four_index
from cases import search, workflow
from cases.deadlines import earliest
from cases.errors import AnswersRefused
from cases.models import (
    Case,
    CasePhoto,
    CaseTag,
    GridDetail,
    HotlineDetail,
    NoticeDetail,
    PetitionDetail,
    Petitioner,
    PhotoKind,
    Reporter,
    ReporterKind,
    SnapDetail,
    TransferDetail,
)
from cases.secrecy import said_instead, scrub, veil
from cases.states import Source, Urgency
from grid import workdays
from grid.workdays import Unit

CODE_LETTERS = "23456789ACDEFGHJKMNPQRTUVWXY"  # no look-alikes, typed or by hand: 0 O, 1 I L, 2 Z, 5 S, 8 B
CODE_LENGTH = 8
# One statement makes the counter or takes the next of it, tells which, and locks the row until the case is there.
NEXT_NUMBER = """
    INSERT INTO cases_casecounter AS counter (source, year, last) VALUES (%s, %s, 1)
    ON CONFLICT (source, year) DO UPDATE SET last = counter.last + 1 RETURNING last
"""
DETAILS = {
    Source.NOTICE: NoticeDetail,
    Source.PETITION: PetitionDetail,
    Source.HOTLINE: HotlineDetail,
    Source.TRANSFER: TransferDetail,
    Source.SNAP: SnapDetail,
    Source.GRID: GridDetail,
}


def take_number(source: str, *, received_at: datetime) -> str:
    """The next number of a source in the year of receipt (Asia/Shanghai), inside the caller's transaction."""
    year = timezone.localtime(received_at).year
    with connection.cursor() as cursor:
        cursor.execute(NEXT_NUMBER, [source, year])
        return f"{source}-{year}-{cursor.fetchone()[0]:03d}"


def new_public_code() -> str:
    """Eight random letters and digits without look-alikes."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def opened_before(key: str) -> Case | None:
    """The case that a delivery with this idempotency key has opened."""
    return Case.objects.filter(idempotency_key=key).first() if key else None


def open_case(
    *, source: str, title: str, by: Any, at: datetime, received_at: datetime | None = None,
    reported_at: datetime | None = None, detail: dict[str, Any] | None = None,
    reporter: dict[str, Any] | None = None, photos: tuple = (), idempotency_key: str = "", tags: tuple[str, ...] = (),
    quiet: bool = False, derived: bool = False, move: str = "report", answers: dict[str, Any] | None = None,
    **columns: Any,
) -> Case:  # fmt: skip
    """Open a case and return it; the same idempotency key returns the case it opened before.

    `detail` are the columns of the source's own row, `reporter` {kind, name, phone, openid} or for petitions the
    petitioner's {name, phone, id_number, address}; `columns` are further columns of the case. Raises AnswersRefused.
    """
    received_at = received_at or at
    errors = _refusals(source, title, detail or {}, received_at, at)
    if errors:  # of a delivery that came again, its own case is what speaks against it
        return _opened_before_or_refused(idempotency_key, errors)
    try:
        with transaction.atomic():
            return _open(
                source, title, by, at, received_at, reported_at or received_at, detail or {}, reporter or {}, photos,
                idempotency_key, tags, quiet, derived, move, answers or {}, columns,
            )  # fmt: skip
    except IntegrityError:
        return _opened_before_or_refused(idempotency_key, _doubled(source, detail or {}))


def _opened_before_or_refused(key: str, errors: dict[str, str]) -> Case:
    known = opened_before(key)
    if known is None:
        raise AnswersRefused(errors)
    return known


def _refusals(source: str, title: str, detail: dict, received_at: datetime, at: datetime) -> dict[str, str]:
    errors = {}
    if not title.strip():
        errors["title"] = "请填写事项。"
    elif len(title.strip()) > 80:
        errors["title"] = f"事项太长，现为 {len(title.strip())} 个字。请缩到 80 个字以内，其余写入情况。"
    if received_at > at and (received_at - at).total_seconds() > 60:
        errors["received_at"] = "收件时间晚于现在。请核对日期和时间。"
    doubled = _doubled(source, detail)
    return errors | doubled


def _doubled(source: str, detail: dict) -> dict[str, str]:
    """Whether this document or call is registered already."""
    if source in (Source.NOTICE, Source.TRANSFER) and detail.get("doc_no"):
        known = DETAILS[source].objects.filter(doc_no=detail["doc_no"]).values_list("case__number", flat=True).first()
        if known:
            return {"doc_no": f"文号 {detail['doc_no']} 已登记为 {known}，不要重复登记。"}
    if source == Source.HOTLINE and detail.get("outside_number"):
        calls = HotlineDetail.objects.filter(kind=detail.get("kind"), outside_number=detail["outside_number"])
        known = calls.values_list("case__number", flat=True).first()
        if known:
            number = detail["outside_number"]
            return {"outside_number": f"热线编号 {number} 已登记为 {known}，不要重复登记。"}
    return {}


def _open(
    source: str, title: str, by: Any, at: datetime, received_at: datetime, reported_at: datetime, detail: dict,
    person: dict, photos: tuple, idempotency_key: str, tags: tuple, quiet: bool, derived: bool, move: str,
    answers: dict, columns: dict,
) -> Case:  # fmt: skip
    number = take_number(source, received_at=received_at)
    code_name = f"信访人{number[3:]}"
    names = _names(source, person, code_name)
    original = (title, columns.get("description", ""))
    category = columns.get("category")
    if source == Source.HOTLINE:
        detail, columns = _swift_response(detail, columns, received_at)
    case = Case(
        number=number, source=source, title=veil(title.strip(), names), reported_at=reported_at,
        received_at=received_at, registrar=by, public_code=new_public_code(), idempotency_key=idempotency_key or None,
        **{**columns, "description": veil(original[1], names), "address": veil(columns.get("address", ""), names)},
    )  # fmt: skip
    case.urgency = columns.get("urgency") or Urgency.NORMAL
    story = case.description[:500] if move == "report" else ""
    facts = {"thing": str(case.thing)} if case.thing else {}
    workflow.begin(move, case, by=by, at=at, quiet=quiet, derived=derived, story=story, facts=facts, **answers)
    if source == Source.PETITION:
        detail = {**detail, "code_name": code_name}
    if source == Source.GRID and move == "fix_on_spot":
        detail = {**detail, "fixed_on_spot": True, "worker": by}
    DETAILS[Source(source)].objects.create(case=case, **detail)
    _keep_person(case, source, person, original, reported_at)
    _hang(case, photos, answers, tags, category, by=by, at=at)
    search.index_new(case)
    return case


def _swift_response(detail: dict, columns: dict, received_at: datetime) -> tuple[dict, dict]:
    """接诉即办: a 12345 call has a response clock in hours and a resolution clock in days; the latter caps 处置."""
    kind = detail["kind"]
    if not kind.swift_response:
        return detail, columns
    detail, columns = dict(detail), dict(columns)
    if kind.response_hours:
        response = workdays.add_working_time(received_at, kind.response_hours, Unit.URGENT_HOUR)
        detail.setdefault("response_due_at", response.due_at)
    if kind.resolution_days:
        resolution = workdays.add_working_time(received_at, kind.resolution_days, Unit.CALENDAR_DAY).due_at
        detail.setdefault("resolution_due_at", resolution)
        columns["required_at"] = earliest(columns.get("required_at"), resolution)
    return detail, columns


def _names(source: str, person: dict, code_name: str) -> dict[str, str]:
    from accounts.masking import mask_name

    name = (person.get("name") or "").strip()
    if not name or person.get("kind") in (ReporterKind.UNIT, ReporterKind.STAFF):
        return {}
    called = code_name if source == Source.PETITION else mask_name(name)
    return said_instead(name, called, phone=person.get("phone") or "", id_number=person.get("id_number") or "")


def _keep_person(case: Case, source: str, person: dict, original: tuple[str, str], at: datetime) -> None:
    """The petitioner into a table of its own, everybody else as reporter; who can be reached is owed an answer."""
    name, phone = (person.get("name") or "").strip(), (person.get("phone") or "").strip()
    if source == Source.PETITION:
        if not name:  # a part of a split petition: the person is answered with the parent
            return
        Petitioner.objects.create(
            case=case, name=name, phone=phone, id_number=person.get("id_number") or "",
            address=person.get("address") or "", original_title=original[0], original_text=original[1],
            name_index=blind_index(name, purpose="petitioner.name"),
            last_four_index=last_four_index(phone),
        )  # fmt: skip
        return
    if not name and not phone and not person.get("openid"):
        return
    kind = person.get("kind") or ReporterKind.RESIDENT
    owed = kind == ReporterKind.UNIT or (kind == ReporterKind.RESIDENT and bool(phone or person.get("openid")))
    Reporter.objects.create(
        case=case, came_with=case, kind=kind, name=name, phone=phone, openid=person.get("openid") or "",
        reply_owed=owed, at=at,
        phone_index=blind_index(phone, purpose="reporter.phone") if phone else "",
        last_four_index=last_four_index(phone),
    )  # fmt: skip


def _hang(case: Case, photos: tuple, answers: dict, tags: tuple, category: Any, *, by: Any, at: datetime) -> None:
    """Pictures and tags."""
    before = list(photos) or list(answers.get("before_photos") or [])
    after = list(answers.get("photos") or [])
    CasePhoto.objects.bulk_create(
        CasePhoto(case=case, photo=photo, kind=kind, seq=seq, added_at=at, added_by=by)
        for kind, many in ((PhotoKind.BEFORE, before), (PhotoKind.AFTER, after))
        for seq, photo in enumerate(many)
    )
    words = {*tags, *(category.tags.split() if category else ())}
    CaseTag.objects.bulk_create(CaseTag(case=case, word=word) for word in sorted(words))


def open_part(parent: Case, *, title: str, by: Any, at: datetime) -> Case:
    """A part of a split case: received when the parent was, bound by the same required date, at the same place and
    component, no reporter of its own.

    The parent's reporter is answered with the parent; the part is a grid event of the street itself, or, behind the
    petition wall, a petition without a petitioner.
    """
    return open_case(
        source=Source.PETITION if parent.is_petition else Source.GRID, title=scrub(title), by=by, at=at,
        received_at=parent.received_at, reported_at=parent.reported_at, description=f"拆自 {parent.number}",
        category=parent.category, urgency=parent.urgency, address=parent.address, community=parent.community,
        grid=parent.grid, site=parent.site, thing=parent.thing, lon=parent.lon, lat=parent.lat,
        required_at=parent.required_at, parent=parent, is_demo=parent.is_demo,
    )  # fmt: skip
