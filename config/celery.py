"""The job queue and its timetable: the one place that says what happens by itself, and how often."""
import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = Celery("street")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["cases.channels.wechat"])

# Seconds or crontab (Asia/Shanghai). A periodic task claims its own time slot, so a second beat does no harm.
app.conf.beat_schedule = {
    "photos to develop": {"task": "grid.tasks.develop_waiting_photos", "schedule": 5},
    "abandoned photos": {"task": "grid.tasks.sweep_abandoned_photos", "schedule": crontab(hour=3, minute=7)},
    "boundaries in force": {"task": "grid.tasks.bring_boundaries_into_force", "schedule": crontab(minute=2)},
    "residents to forget": {"task": "grid.tasks.erase_departed_residents", "schedule": crontab(hour=3, minute=37)},
    "registers to cross-check": {"task": "grid.tasks.sweep_registers", "schedule": crontab(hour=4, minute=7)},
    "missing holidays": {"task": "grid.tasks.warn_of_missing_calendar", "schedule": crontab(hour=9, minute=5)},
    "imports to take up": {"task": "sheets.tasks.take_up_stuck", "schedule": 60},
    "old imports": {"task": "sheets.tasks.forget_old_imports", "schedule": crontab(hour=3, minute=37)},
    "events to announce": {"task": "cases.tasks.announce_events", "schedule": 5},
    "deadlines": {"task": "cases.tasks.remind_of_deadlines", "schedule": 60},
    "room for evidence": {"task": "cases.tasks.watch_storage", "schedule": 600},
    "bulletins to draft": {"task": "reports.tasks.draft_due_bulletins", "schedule": crontab(minute=20)},
    "facts to count": {"task": "reports.tasks.roll_up_facts", "schedule": 60},
    "monthly figures": {
        "task": "reports.tasks.send_monthly_figures", "schedule": crontab(hour=8, minute=30, day_of_month="1-3")
    },
    "beat is alive": {"task": "config.tasks.note_beat", "schedule": 60},
    "wechat messages to send": {"task": "cases.channels.wechat.tasks.send_messages", "schedule": 10},
    "wechat pictures to fetch": {"task": "cases.channels.wechat.tasks.fetch_pictures", "schedule": 10},
    "wechat drafts gone quiet": {"task": "cases.channels.wechat.tasks.open_quiet_drafts", "schedule": 120},
    "old wechat receipts": {
        "task": "cases.channels.wechat.tasks.forget_old_receipts", "schedule": crontab(hour=3, minute=47)
    },
    "stale login counters": {"task": "accounts.tasks.forget_stale_guards", "schedule": crontab(hour=3, minute=27)},
    "expired sessions": {"task": "config.tasks.clear_sessions", "schedule": crontab(hour=3, minute=17)},
}


@setup_logging.connect
def use_the_sites_log(**_kwargs) -> None:
    """Celery's own log set-up would print unscrubbed lines: connecting here keeps it away, Django's stays."""
