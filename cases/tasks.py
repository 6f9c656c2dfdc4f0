"""What the worker does for the cases: announcing, reminding, watching the room for evidence. No rules stand here."""
from celery import shared_task
from django.utils import timezone

from cases import announce, reminders, similar, storage
from cases.models import Case, CaseEvent


@shared_task
def announce_events() -> int:
    """Tell what is due; new cases are then looked at for doubles."""
    done = announce.announce_due(at=timezone.now())
    for case_id in CaseEvent.objects.filter(pk__in=done, move="report").values_list("case", flat=True):
        flag_duplicates.delay(case_id)
    return len(done)


@shared_task
def flag_duplicates(case_id: int) -> bool:
    """Say in the story of a new case that it may be there already."""
    return similar.flag_duplicates(Case.objects.get(pk=case_id), at=timezone.now())


@shared_task
def remind_of_deadlines() -> int:
    """Remind of what runs out and of what has."""
    return reminders.remind(at=timezone.now())


@shared_task
def watch_storage() -> int:
    """Tell the admins when evidence runs out of room or too much comes in."""
    return storage.tell_of_storage(at=timezone.now())
