"""What the worker does for figures and bulletins. No rules stand here."""
from celery import shared_task
from django.utils import timezone

from reports import facts, subscriptions
from reports.bulletins import schedules


@shared_task
def roll_up_facts() -> int:
    """Count the cases that changed."""
    return facts.roll_up(at=timezone.now())


@shared_task
def send_monthly_figures() -> int:
    """Tell the subscribers that last month's figures are there."""
    return subscriptions.send_monthly_figures(at=timezone.now())


@shared_task
def draft_due_bulletins() -> int:
    """Draft the issues whose period is over."""
    return len(schedules.draft_due(at=timezone.now()))
