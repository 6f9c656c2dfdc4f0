"""Who has a case open right now, so that two people do not work on it unknowingly."""
from datetime import datetime, timedelta
from typing import Any

from cases.models import Case, CaseView

FRESH = timedelta(minutes=2)


def look(case: Case, *, user: Any, at: datetime) -> list[str]:
    """Note that this person looks at the case; the names of the others who do."""
    CaseView.objects.update_or_create(case=case, user=user, defaults={"seen_at": at})
    others = CaseView.objects.filter(case=case, seen_at__gt=at - FRESH).exclude(user=user)
    return list(others.order_by("-seen_at").values_list("user__real_name", flat=True)[:5])
