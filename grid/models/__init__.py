"""The ground, what stands on it, the days that count as work, and the photos that prove."""
from grid.models.addresses import PlaceAlias
from grid.models.boundaries import BoundaryEdition, EditionState, GridShape
from grid.models.checks import CheckPlan, CheckRule, DayPart, SiteCheck, SiteCheckPhoto, Verdict
from grid.models.findings import Finding, Sweep
from grid.models.people import Dwelling, DwellingUse, Resident, ResidentKind, RetentionRule, Sex
from grid.models.photos import Photo, PhotoState
from grid.models.posts import Post, PostRole, ResponsibilityGrid
from grid.models.registers import Licence, LicenceKind, Organisation, OrganisationKind, check_uscc
from grid.models.sites import Building, CheckTime, KeySite, SiteCategory, SiteStatus
from grid.models.territory import Community, Edition, Street, UnitGrid
from grid.models.things import CodeStandard, Thing, ThingClass, ThingPhoto, ThingState
from grid.models.workdays import CalendarDay, CalendarYear, Unit, WorkHours

__all__ = [
    "BoundaryEdition",
    "Building",
    "CalendarDay",
    "CalendarYear",
    "CheckPlan",
    "CheckRule",
    "CheckTime",
    "CodeStandard",
    "Community",
    "DayPart",
    "Dwelling",
    "DwellingUse",
    "Edition",
    "EditionState",
    "Finding",
    "GridShape",
    "KeySite",
    "Licence",
    "LicenceKind",
    "Organisation",
    "OrganisationKind",
    "Photo",
    "PhotoState",
    "PlaceAlias",
    "Post",
    "PostRole",
    "Resident",
    "ResidentKind",
    "ResponsibilityGrid",
    "RetentionRule",
    "Sex",
    "SiteCategory",
    "SiteCheck",
    "SiteCheckPhoto",
    "SiteStatus",
    "Street",
    "Sweep",
    "Thing",
    "ThingClass",
    "ThingPhoto",
    "ThingState",
    "Unit",
    "UnitGrid",
    "Verdict",
    "WorkHours",
    "check_uscc",
]
