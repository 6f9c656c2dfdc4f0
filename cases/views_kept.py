"""Filters of the desk that a person keeps under a name."""
from typing import Any

from cases.errors import AnswersRefused
from cases.models import SavedView

MOST_VIEWS = 12


def keep(user: Any, *, name: str, query: str) -> SavedView:
    """Keep a filter under a name; the same name is overwritten. Raises AnswersRefused when there are too many."""
    name = name.strip()
    known = user.saved_views.filter(name=name).first()
    if not known and user.saved_views.count() >= MOST_VIEWS:
        raise AnswersRefused({"name": f"最多保存 {MOST_VIEWS} 个视图。请先删除不用的。"})
    view, _ = SavedView.objects.update_or_create(
        user=user, name=name, defaults={"query": query, "order": known.order if known else user.saved_views.count()}
    )
    return view


def forget(user: Any, pk: int) -> str | None:
    """Drop a view of this person and return its name, or nothing when there is none."""
    view = user.saved_views.filter(pk=pk).first()
    if view is None:
        return None
    view.delete()
    return view.name
