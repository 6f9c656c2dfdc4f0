"""The responsibility agreements of the demonstration: units, the 72 of 2016 walked to their end, one signed now."""
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.audit import record
from accounts.models import AuditEntry, Department, User
from campaigns import agreement_parties as parties
from campaigns import agreement_templates as texts
from campaigns import agreements as acts
from campaigns.models import Agreement, AgreementTask, AgreementTemplate, Clause
from config.demo_loading.acts import LOADED
from config.demo_loading.agreement_words import (
    CLAUSES,
    HEADING,
    PRESENT_TASKS,
    TITLE_2016,
    YEAR_BLOCKS,
    YEAR_VARIABLES,
    earlier_wordings,
    present_blocks,
    present_variables,
)
from config.demo_loading.files import Row, moment, rows
from grid.models import Community, KeySite, Organisation, UnitGrid

PREFIX, PRESENT_PREFIX = "石苹卫责", "石苹巩责"
WITHOUT_PERSON, WITHOUT_PLACE = "U038", "U034"  # as the design pictures them: 海特 lacks its person, 铁疗 its places
VIEWED, UNSEEN, READY = ("U016", "U001"), ("U002",), ("U033", "U010")
UNNAMED = "演示员"  # units.csv names nobody for two units


def load_units(lines: list[Row]) -> int:
    """The 38 social units of units.csv; those that are there stay as they are."""
    communities = dict(Community.objects.values_list("code", "pk"))
    grids = dict(UnitGrid.objects.values_list("code", "pk"))
    for line in lines:
        Organisation.objects.get_or_create(
            code=line["unit_id"],
            defaults={
                "name": line["name"], "uscc": line["uscc"], "nature": line["nature"],
                "community_id": communities[line["community_code"]], "grid_id": grids[line["grid_code"]],
                "lon": float(line["lon"]), "lat": float(line["lat"]), "staff": int(line["staff"] or 0) or None,
                "responsible_person": line["responsible_person"], "post": line["post"], "phone": line["phone"],
                "door_front_m": int(line["door_front_m"] or 0) or None, "honour": line["honour"], "is_demo": True,
            },
        )  # fmt: skip
    return len(lines)


# --- 2016 ----------------------------------------------------------------------------------------------------


@transaction.atomic
def load_year(folder: Path, *, at: datetime) -> str:
    """The agreements of the National Sanitary District review of 2016, each step on its own day."""
    units = load_units(rows(folder, "units"))
    _load_clauses(at=at)
    lines = rows(folder, "agreements")
    text = texts.create_template(
        title=TITLE_2016, heading=HEADING, year=2016, prefix=PREFIX, blocks=YEAR_BLOCKS, variables=YEAR_VARIABLES,
        sign_by=date(2016, 3, 31), valid_until=date(2016, 12, 31), by=None, at=moment("2016-03-10 10:00"),
        is_demo=True,
    )  # fmt: skip
    tasks: dict[str, list[Row]] = {}
    for task in rows(folder, "agreement_tasks"):
        tasks.setdefault(task["agreement_no"], []).append(task)
    found = _list_parties(text, lines, at=moment("2016-03-11 09:30"))
    for line in sorted(lines, key=lambda line: line["agreement_no"]):
        _walk(found[line["party_id"]], line, tasks.get(line["agreement_no"], []))
    return f"社会单位 {units} 家，2016 年责任书 {len(lines)} 份，任务 {sum(map(len, tasks.values()))} 项"


def _list_parties(text: AgreementTemplate, lines: list[Row], *, at: datetime) -> dict[str, Agreement]:
    """Party code → its agreement, a draft."""
    codes = {line["party_id"] for line in lines}
    units = list(Organisation.objects.filter(code__in=codes).order_by("code"))
    departments = list(Department.objects.filter(code__in=codes).order_by("code"))
    parties.add_parties(text, organisations=units, departments=departments, by=None, at=at)
    return {row.party.code: row for row in parties.party_rows(text)}


def _walk(agreement: Agreement, line: Row, tasks: list[Row]) -> None:
    """Sent four days before the meeting, signed, kept, assessed by the mean of its checks, closed at the year's end."""
    parties.fill(agreement, values={"责任区域": _area(agreement)}, by=None, at=moment("2016-03-11 10:00"))
    AgreementTask.objects.bulk_create(
        AgreementTask(agreement=agreement, seq=int(task["seq"]), text=task["task"], due_on=_day(task["due_date"]))
        for task in tasks
    )
    acts.issue(agreement, by=None, at=moment("2016-03-14 09:00"))
    if agreement.number != line["agreement_no"]:
        raise ValueError(f"{line['agreement_no']} took the number {agreement.number}.")
    signed = moment(f"{line['signed_date']} 10:00")
    acts.sign(
        agreement, by=None, at=signed, signed_on=signed.date(), signer=line["party_signer"],
        street_signer=line["street_signer"], at_meeting=line["at_mobilisation_meeting"] == "1", in_force=True,
    )  # fmt: skip
    for task, row in zip(agreement.tasks.order_by("seq"), tasks, strict=True):
        _finish(task, agreement, row)
    score, note = _score(agreement)
    acts.assess(agreement, by=None, at=moment("2016-12-26 15:00"), score=score, note=note)
    acts.close(agreement, by=None, at=moment("2016-12-31 17:00"))


def _finish(task: AgreementTask, agreement: Agreement, row: Row) -> None:
    task.agreement = agreement
    if not row["finished_date"]:
        return
    done = moment(f"{row['finished_date']} 16:00")
    parties.finish_task(task, by=None, at=done, finished_on=done.date())
    if row["check_score"]:
        parties.check_task(task, by=None, at=done, score=Decimal(row["check_score"]), checker=row["checker"])


def _score(agreement: Agreement) -> tuple[Decimal, str]:
    """The mean of the checks; two agreements were never scored and take the share of tasks done in time."""
    mean = acts.proposed_score(agreement)
    if mean is not None:
        return mean, f"各项检查平均 {mean} 分"
    tasks = list(agreement.tasks.all())
    share = Decimal(100 * sum(bool(task.on_time) for task in tasks)) / len(tasks)
    return share.quantize(Decimal("0.01")), "演示：原表没有检查得分，以按期完成率计"


def _area(agreement: Agreement) -> str:
    if agreement.organisation_id:
        return f"院内及门前三包责任区 {agreement.organisation.door_front_m} 米"
    return "本社区辖区" if agreement.party_kind == "community" else "本部门职责范围"


def _day(words: str) -> date:
    return date.fromisoformat(words)


def _load_clauses(*, at: datetime) -> None:
    for title, blocks in CLAUSES:
        if not Clause.objects.filter(title=title).exists():
            texts.keep_clause(title=title, blocks=blocks, by=None, at=at)


# --- today ----------------------------------------------------------------------------------------------------


def load_today(folder: Path, *, at: datetime, say: Callable[[str], None]) -> None:
    """One text that is being signed now: 58 parties, 51 signed, two that lack variables; told once."""
    edition = {"part": "责任书签订"}
    if AuditEntry.objects.filter(action=LOADED, detail=edition).exists():
        return
    with transaction.atomic():
        text = _present_text(at=at)
        _present_signing(text, at=at)
        record(LOADED, actor=None, detail=edition, at=at)
    say(f"责任书签订：{text.title}。")


def _present_text(*, at: datetime) -> AgreementTemplate:
    """Version 3, after two earlier ones on other days."""
    admin, year = User.objects.get(username="admin"), (at - timedelta(days=20)).year
    versions = [*earlier_wordings(year), present_blocks(year)]
    text = texts.create_template(
        title=f"{year} 年国家卫生区巩固责任书", heading=f"苹果园街道 {year} 年国家卫生区巩固工作", year=year,
        prefix=PRESENT_PREFIX, blocks=versions[0], variables=present_variables(year), is_demo=True,
        sign_by=(at + timedelta(days=4)).date(), valid_until=(at + timedelta(days=120)).date(), by=admin,
        at=at - timedelta(days=20),
    )  # fmt: skip
    for revision, (blocks, days) in enumerate(zip(versions[1:], (19, 18), strict=True), start=1):
        texts.save_text(text, revision=revision, blocks=blocks, by=admin, at=at - timedelta(days=days))
    due = [(words, (at + timedelta(days=days)).date()) for words, days in PRESENT_TASKS]
    tasks = [{"text": words, "due_on": day, "party_kind": ""} for words, day in due]
    texts.set_tasks(text, rows=tasks, by=admin, at=at - timedelta(days=18))
    return AgreementTemplate.objects.get(pk=text.pk)


def _present_signing(text: AgreementTemplate, *, at: datetime) -> None:
    admin, clerk = (User.objects.get(username=name) for name in ("admin", "clerk"))
    units = list(Organisation.objects.filter(is_demo=True, kind="unit").order_by("code"))
    communities = list(Department.objects.communities().order_by("code"))
    parties.add_parties(text, organisations=units, departments=communities, by=admin, at=at - timedelta(days=18))
    found = list(parties.party_rows(text))
    sites = _sites()
    for agreement in found:
        values = _present_values(agreement, sites)
        parties.fill(agreement, values=values, by=admin, at=at - timedelta(days=17))
    waiting = [row.pk for row in found if row.party.code in READY]
    sent = parties.issue_all(
        text, by=admin, at=at - timedelta(days=16), only=[row.pk for row in found if row.pk not in waiting]
    )
    unsigned = (*VIEWED, *UNSEEN)
    for place, agreement in enumerate(sent.done):
        if agreement.party.code in VIEWED:
            acts.view(agreement, by=clerk, at=at - timedelta(days=2, hours=3))
        elif agreement.party.code not in unsigned:
            _sign_now(agreement, place, clerk=clerk, at=at)


def _sign_now(agreement: Agreement, place: int, *, clerk: Any, at: datetime) -> None:
    """One after the other, from thirteen days ago on; communities first."""
    days = 13 if agreement.department_id else 12 - place % 10
    when = (at - timedelta(days=days)).replace(hour=6, minute=place % 50, second=0, microsecond=0)
    head = agreement.department.head if agreement.department_id else None
    signer = head.real_name if head else agreement.organisation.responsible_person or UNNAMED
    acts.sign(
        agreement, by=clerk, at=when, signed_on=when.date(), signer=signer, street_signer="郑国栋", in_force=True
    )


def _sites() -> dict[int, int]:
    """Department of a community → how many key sites it has."""
    found: dict[int, int] = {}
    for department in KeySite.objects.values_list("community__department", flat=True):
        found[department] = found.get(department, 0) + 1
    return found


def _present_values(agreement: Agreement, sites: dict[int, int]) -> dict[str, str]:
    """Where and who; the two that the design pictures lack one each."""
    code = agreement.party.code
    if agreement.organisation_id:
        place = f"门前三包责任区 {agreement.organisation.door_front_m} 米"
        person = agreement.organisation.responsible_person or UNNAMED
    else:
        count, head = sites.get(agreement.department_id, 0), agreement.department.head
        place = f"辖区 {count} 处重点点位" if count else "辖区背街小巷"
        person = head.real_name if head else UNNAMED
    return {
        "点位": "" if code == WITHOUT_PLACE else place, "直接责任人": "" if code == WITHOUT_PERSON else person
    }  # fmt: skip
