"""How long a monthly bulletin takes from nothing to both documents: drafted, filled, PDF, Word; in seconds of this CPU."""
import time
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from reports.bulletins.drafting import compose, days_for
from reports.bulletins.filling import filled_blocks
from reports.bulletins.papers import paper_of
from reports.documents.docx import make_docx
from reports.documents.pdf import make_pdf

MOST_SECONDS = 3.0


def measure_bulletin(*, now: datetime) -> dict[str, float]:
    """Seconds of each step, and their sum, for the month before."""
    month = days_for("monthly", timezone.localtime(now).date()).previous()
    chief = User.objects.with_permission("reports.compose_bulletin").order_by("pk").first()
    steps: dict[str, float] = {}

    def timed(name, act):
        began = time.process_time()
        result = act()
        steps[name] = time.process_time() - began
        return result

    draft = timed("draft", lambda: compose(kind="monthly", first=month.first, last=month.last, by=chief, at=now))
    blocks = timed("numbers", lambda: filled_blocks(draft, at=now))
    paper = timed("paper", lambda: paper_of(draft, blocks, at=now))
    timed("pdf", lambda: make_pdf(paper, at=now))
    timed("docx", lambda: make_docx(paper, at=now))
    return {**steps, "all": sum(steps.values())}
