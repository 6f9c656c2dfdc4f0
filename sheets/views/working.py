"""Who does the work: a small file is judged in the request, a large one by the worker."""
from datetime import datetime

from sheets.models import ImportBatch
from sheets.preview import is_large, judge_batch
from sheets.tasks import work_on


def set_to_work(batch: ImportBatch, *, at: datetime) -> None:
    """Judge at once, or leave it to the worker; the row itself is the order, the message only hurries it."""
    if is_large(batch):
        work_on.delay(batch.pk)
    else:
        judge_batch(batch, at=at)
