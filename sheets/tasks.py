"""What the worker does for imports: large files judged and written, old ones forgotten."""
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from sheets import forgetting
from sheets.committing import commit_ordered
from sheets.models import ImportBatch, Stage
from sheets.preview import judge_batch

STUCK_AFTER = timedelta(minutes=5)
AT_ONCE = 20


@shared_task
def work_on(batch_id: int) -> None:
    """Judge or write one batch, whichever was ordered; a batch that others finished meanwhile is left alone."""
    batch = ImportBatch.objects.filter(pk=batch_id).select_related("done_by").first()
    if batch and batch.stage == Stage.JUDGING:
        judge_batch(batch, at=timezone.now())
    elif batch and batch.stage == Stage.WRITING:
        commit_ordered(batch, at=timezone.now())


@shared_task
def take_up_stuck() -> None:
    """Order again what nobody worked on: the row is the order, so a broker that lost a message loses no import."""
    stuck = ImportBatch.objects.stuck(before=timezone.now() - STUCK_AFTER)
    for batch_id in stuck.order_by("changed_at").values_list("pk", flat=True)[:AT_ONCE]:
        work_on.delay(batch_id)


@shared_task
def forget_old_imports() -> None:
    """Drop drafts of 30 days, erase what written files said."""
    now = timezone.now()
    forgetting.drop_old_drafts(at=now)
    forgetting.forget_cells(at=now)
