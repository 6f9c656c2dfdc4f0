"""Pollution alerts and the roster they demand: day and night of every date, weekends too, one leader each (5+2)."""
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Count, Max
from django.utils import timezone

from accounts import audit
from accounts.models import Notification, User
from accounts.notify import tell_many
from accounts.roles import Role
from campaigns.errors import AnswersRefused, StepConflict, StepRefused
from campaigns.models import AlertLevel, AlertMeasure, PatrolDuty, PatrolLog, PollutionAlert, Shift
from grid.calendar import begin_of

# The subdistrict's share of the measures in force (domain: 空气重污染应急), until the administrators write their own.
MEASURES = {
    AlertLevel.BLUE: "转告社区、工地和单位；加强道路保洁和工地扬尘巡查。",
    AlertLevel.YELLOW: "停止露天喷涂、护坡喷浆、建筑拆除和切割；重点道路每日增加一次保洁；"
    "加强扬尘、遗撒、露天烧烤、焚烧和无照售煤检查。",
    AlertLevel.ORANGE: "落实黄色预警措施；渣土、砂石车和国Ⅰ、国Ⅱ汽油车停驶，学校停止户外课程；"
    "检查停限产企业；裸地全部苫盖。",
    AlertLevel.RED: "落实橙色预警措施；停止土石方作业，机动车单双号行驶；学校弹性教学；禁止燃放烟花爆竹和露天烧烤。",
}
AHEAD = 7  # days on the board
LONGEST = timedelta(days=30)
SEPARATORS = re.compile(r"[、，,;；/／\s]")
MANY_LEADERS = "一个班次只由一位处级领导带队。请只写一个姓名。"


# --- alerts ----------------------------------------------------------------------------------------------------------


def measures_for(level: str) -> str:
    """What a level demands: the administrators' words, else the usual ones."""
    own = AlertMeasure.objects.filter(level=level).values_list("words", flat=True).first()
    return own or MEASURES[AlertLevel(level)]


def seed_measures() -> int:
    """Lay down the usual measures as rows to edit; those that are there stay as they are. Returns how many are new."""
    rows = AlertMeasure.objects
    return sum(rows.get_or_create(level=level, defaults={"words": words})[1] for level, words in MEASURES.items())


def level_at(moment: datetime) -> str:
    """The level in force at a moment; empty for none."""
    return PollutionAlert.objects.at(moment).values_list("level", flat=True).first() or ""


def declare_alert(
    *, level: str, starts_at: datetime, ends_at: datetime, document: str, by: User | None, at: datetime,
    measures: str = "", quiet: bool = False, is_demo: bool = False,
) -> PollutionAlert:  # fmt: skip
    """Issue an alert and relay it to the communities; two that overlap are refused. `quiet` tells nobody (history).

    Raises AnswersRefused (422) and StepRefused (409) when another was issued at the same moment.
    """
    _refuse_span(starts_at, ends_at)
    try:
        with transaction.atomic():
            # The serial is read before the others are looked at: whoever slips in between takes this very number.
            serial = (PollutionAlert.objects.aggregate(last=Max("serial"))["last"] or 0) + 1
            _refuse_overlap(starts_at, ends_at)
            alert = PollutionAlert.objects.create(
                serial=serial, level=level, starts_at=starts_at, ends_at=ends_at, document=document.strip(),
                measures=measures.strip() or measures_for(level), issued_by=by, issued_at=at, is_demo=is_demo,
            )  # fmt: skip
            audit.record("alert_declared", actor=by, subject=alert, at=at, detail={"level": alert.get_level_display()})
            if not quiet:
                _relay(alert, at=at)
    except IntegrityError as error:
        raise StepConflict("另一份预警刚刚发布。请看一下现行预警，需要时再发布。") from error
    return alert


def _refuse_span(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise AnswersRefused({"ends_at": "结束时间应晚于开始时间。请核对。"})
    if ends_at - starts_at > LONGEST:
        raise AnswersRefused({"ends_at": f"预警最长 {LONGEST.days} 天。请核对年份和月份。"})


def _refuse_overlap(starts_at: datetime, ends_at: datetime) -> None:
    other = PollutionAlert.objects.touching(starts_at, ends_at).order_by("starts_at").first()
    if other:
        sentence = f"与{other}（{span_words(other)}）时间重叠。请先解除那一份，或改开始、结束时间。"
        raise AnswersRefused({"starts_at": sentence})


def span_words(alert: PollutionAlert) -> str:
    """12-16 20:00 至 12-22 00:00, in Beijing's time."""
    start, end = timezone.localtime(alert.starts_at), timezone.localtime(alert.ends_at)
    return f"{start:%m-%d %H:%M} 至 {end:%m-%d %H:%M}"


def _slot(alert: PollutionAlert) -> str:
    return f"alert:{alert.pk}"


def _relay(alert: PollutionAlert, *, at: datetime) -> int:
    """Tell everybody who goes on patrol; the communities pass it on to sites and units."""
    people = User.objects.active().with_permission("campaigns.log_patrol")
    text = f"空气重污染{alert}：{span_words(alert)}。请转告本社区工地和单位，并按日查、夜查出动。"
    return tell_many(people, text=text, at=at, url="/m/patrol/", kind="alert", slot=_slot(alert))


def relays_of(alerts: Iterable[PollutionAlert]) -> dict[int, tuple[int, int]]:
    """To how many people each alert was relayed, and how many of them have read it; one query."""
    slots = {_slot(alert): alert.pk for alert in alerts}
    found = Notification.objects.filter(slot__in=slots).order_by().values("slot")
    counted = found.annotate(told=Count("pk"), read=Count("read_at"))
    return {slots[row["slot"]]: (row["told"], row["read"]) for row in counted}


@transaction.atomic
def lift_alert(alert: PollutionAlert, *, by: User, at: datetime) -> PollutionAlert:
    """End an alert now, or take one back that has not begun; a second time is refused (409)."""
    end = max(at, alert.starts_at)
    lifted = PollutionAlert.objects.filter(pk=alert.pk, lifted_at__isnull=True, ends_at__gt=at)
    if not lifted.update(ends_at=end, lifted_at=at, lifted_by=by):
        raise StepRefused(f"{alert}已经解除或到期，不用再解除。")
    alert.refresh_from_db()
    audit.record("alert_lifted", actor=by, subject=alert, at=at, detail={"level": alert.get_level_display()})
    return alert


# --- the roster ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slot:
    """One shift of one date: whether an alert demands it, who leads, how many outings there were."""

    shift: str
    demanded: bool
    duty: PatrolDuty | None
    outings: int

    @property
    def word(self) -> str:
        """日查."""
        return Shift(self.shift).label

    @property
    def unfilled(self) -> bool:
        """An alert demands it and nobody leads: red."""
        return self.demanded and self.duty is None


@dataclass(frozen=True)
class Day:
    """One date of the board with the level that holds on it (the highest, if there are several)."""

    date: date
    level: str
    slots: tuple[Slot, ...]

    @property
    def level_word(self) -> str:
        """黄色, or nothing."""
        return AlertLevel(self.level).label if self.level else ""

    @property
    def weekend(self) -> bool:
        """5+2: these two count as well."""
        return self.date.weekday() >= 5


def board(first: date, *, days: int = AHEAD) -> list[Day]:
    """The roster of some days, in three queries however many they are."""
    dates = [first + timedelta(days=offset) for offset in range(days)]
    levels = levels_on(dates)
    duties = {(one.date, one.shift): one for one in PatrolDuty.objects.filter(date__in=dates)}
    counted = PatrolLog.objects.filter(date__in=dates).values("date", "shift").order_by().annotate(n=Count("pk"))
    outings = {(row["date"], row["shift"]): row["n"] for row in counted}
    return [
        Day(day, levels.get(day, ""), tuple(
            Slot(shift, day in levels, duties.get((day, shift)), outings.get((day, shift), 0)) for shift in Shift.values
        ))
        for day in dates
    ]  # fmt: skip


def levels_on(dates: list[date]) -> dict[date, str]:
    """The dates on which an alert is in force at some moment, each with the highest level of that date."""
    spans = {day: (begin_of(day), begin_of(day + timedelta(days=1))) for day in dates}
    if not spans:
        return {}
    alerts = PollutionAlert.objects.touching(begin_of(min(dates)), begin_of(max(dates) + timedelta(days=1)))
    found: dict[date, list[str]] = defaultdict(list)
    for alert in alerts:
        for day, (start, end) in spans.items():
            if alert.starts_at < end and alert.ends_at > start:
                found[day].append(alert.level)
    return {day: max(levels, key=AlertLevel.values.index) for day, levels in found.items()}


def unfilled_shifts(first: date, *, days: int = AHEAD) -> int:
    """How many demanded shifts have nobody to lead them."""
    return sum(slot.unfilled for day in board(first, days=days) for slot in day.slots)


def leader_of(day: date, shift: str) -> PatrolDuty | None:
    """Who leads a shift."""
    return PatrolDuty.objects.filter(date=day, shift=shift).select_related("leader").first()


def assign_leader(
    *, day: date, shift: str, leader_name: str, instead_of: str, by: User | None, at: datetime, is_demo: bool = False
) -> PatrolDuty:
    """Name the one 处级领导 who leads a shift; `instead_of` is who the page showed, empty for nobody.

    Raises AnswersRefused (422), and StepRefused (409) when somebody else has filled or changed it meanwhile.
    """
    name = _one_name(leader_name)
    found = PatrolDuty.objects.filter(date=day, shift=shift)
    now_is = {"leader_name": name, "leader": _user_called(name), "assigned_by": by, "assigned_at": at}
    try:
        with transaction.atomic():
            if instead_of:
                if not found.filter(leader_name=instead_of).update(**now_is):
                    raise StepConflict(_taken(day, shift))
                duty = found.get()
            else:
                duty = PatrolDuty.objects.create(date=day, shift=shift, is_demo=is_demo, **now_is)
            audit.record("patrol_rostered", actor=by, subject=duty, at=at, detail={"shift": str(duty)})
    except IntegrityError as error:
        raise StepConflict(_taken(day, shift)) from error
    return duty


def _one_name(leader_name: str) -> str:
    name = leader_name.strip()
    if not name:
        raise AnswersRefused({"leader_name": "请填写带队处级领导。"})
    if SEPARATORS.search(name):
        raise AnswersRefused({"leader_name": MANY_LEADERS})
    return name


def _user_called(name: str) -> User | None:
    """The user of this name who is a leader; of two with one name nobody is guessed."""
    found = list(User.objects.active().filter(real_name=name, grants__role=Role.LEADER)[:2])
    return found[0] if len(found) == 1 else None


def _taken(day: date, shift: str) -> str:
    duty = leader_of(day, shift)
    where = f"{day:%m-%d} {Shift(shift).label}"
    if duty is None:
        return f"{where}的带班刚刚被撤下。请刷新后重新安排。"
    return f"{where}已由{duty.leader_name}带队，一个班次只有一位。要换人请刷新后在那一格里改。"


@transaction.atomic
def clear_leader(*, day: date, shift: str, instead_of: str, by: User, at: datetime) -> None:
    """Take the leader off a shift; a shift that changed meanwhile is refused (409)."""
    duty = PatrolDuty.objects.filter(date=day, shift=shift, leader_name=instead_of)
    label = f"{day:%Y-%m-%d} {Shift(shift).label}"
    if not duty.delete()[0]:
        raise StepConflict(f"{label}的带班已经变动。请刷新后再看。")
    audit.record("patrol_unrostered", actor=by, at=at, detail={"shift": label})


def known_leaders(*, most: int = 30) -> list[str]:
    """Names to choose from: the leaders among the users, then who has led lately."""
    users = User.objects.active().filter(grants__role=Role.LEADER).order_by("real_name")
    names = users.values_list("real_name", flat=True)
    lately = PatrolDuty.objects.order_by("-date", "shift").values_list("leader_name", flat=True)[:60]
    return list(dict.fromkeys([*names, *lately]))[:most]
