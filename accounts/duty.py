"""Who answers now, by the duty rota; urgent reports at night (18:00–08:00) go to this person."""
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import DutyShift, ShiftKind, User

DAY_BEGINS, NIGHT_BEGINS = time(8), time(18)


def shift_at(at: datetime) -> DutyShift | None:
    """The shift that runs at a moment; of two that overlap, the one that began later."""
    shifts = DutyShift.objects.covering(at).filter(user__is_active=True)
    return shifts.select_related("user", "leader").order_by("-starts_at").first()


def duty_officer(at: datetime) -> User | None:
    """The duty officer at a moment, or nobody when the rota has a gap."""
    shift = shift_at(at)
    return shift.user if shift else None


def duty_leader(at: datetime) -> User | None:
    """The leader in charge (带班领导) at a moment, if the rota names one who is still here."""
    shift = shift_at(at)
    return shift.leader if shift and shift.leader and shift.leader.is_active else None


def usual_hours(day: date, kind: str) -> tuple[datetime, datetime]:
    """Begin and end of a shift as usual: 08:00–18:00, the night 18:00–08:00 of the next day."""
    if kind == ShiftKind.DAY:
        begin, end = datetime.combine(day, DAY_BEGINS), datetime.combine(day, NIGHT_BEGINS)
    else:
        begin, end = datetime.combine(day, NIGHT_BEGINS), datetime.combine(day + timedelta(days=1), DAY_BEGINS)
    return timezone.make_aware(begin), timezone.make_aware(end)
