"""Counting working time: when is it due, how much has run, and why."""
from grid.models import Unit

__all__ = ["Unit"]
