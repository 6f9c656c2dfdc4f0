"""Plugs the apps together: settings, root addresses, API router, job queue, page tags; imported by no app."""
from config.celery import app as celery_app

__all__ = ["celery_app"]
