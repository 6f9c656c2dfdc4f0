"""The ground, what stands on it, the days that count as work, and the photos that prove."""
from grid.models.photos import Photo, PhotoState
from grid.models.sites import KeySite, SiteCategory, SiteStatus
from grid.models.territory import Community, Edition, Street, UnitGrid
from grid.models.workdays import CalendarDay, CalendarYear, Unit, WorkHours

__all__ = [
    "CalendarDay",
    "CalendarYear",
    "Community",
    "Edition",
    "KeySite",
    "Photo",
    "PhotoState",
    "SiteCategory",
    "SiteStatus",
    "Street",
    "Unit",
    "UnitGrid",
    "WorkHours",
]
