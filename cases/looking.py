"""Who has a case open right now, so that two people do not work on it unknowingly."""
from datetime import datetime, timedelta
from typing import Any

from cases.models import Case, CaseView

FRESH = timedelta(minutes=2)
RENEW_AFTER = timedelta(seconds=30)  # a look that is younger is not written again: walking a list stays a read


def look(case: Case, *, user: Any, at: datetime) -> list[str]:
    """Note that this person looks at the case; the names of the others who do, latest first."""
    looks = CaseView.objects.filter(case=case, seen_at__gt=at - FRESH).order_by("-seen_at")
    rows = list(looks.values_list("user", "user__real_name", "seen_at")[:6])
    if not any(who == user.pk and seen > at - RENEW_AFTER for who, _, seen in rows):
        CaseView.objects.bulk_create(
            [CaseView(case=case, user=user, seen_at=at)],
            update_conflicts=True, update_fields=["seen_at"], unique_fields=["case", "user"],
        )  # fmt: skip
    return [name for who, name, _ in rows if who != user.pk]
