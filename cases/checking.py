"""点位检查 from a phone: the check is kept, and a problem becomes a case, together and once."""
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError

from cases.errors import AnswersRefused, MoveForbidden
from cases.models import Case, Category, CheckFinding
from cases.secrecy import scrub
from cases.snapping import MOST_PHOTOS, TOO_MANY_PHOTOS, Fix, Snap, fix_of, report_at, store_all, stored_together
from grid.checks import NO_PHOTO, known_check, record_check
from grid.locate import locate
from grid.models import KeySite, Photo, SiteCheck, Verdict
from grid.registering import NotYours, RegisterRefused

TAG = "点位检查"
NO_CATEGORY = "有问题的，请选一类问题。"
OTHER_PLACE = "这张表单已交过{name}的检查。请刷新页面后，重新检查这一处。"


@dataclass(frozen=True)
class Visit:
    """What the phone sent of one check; the class only with a problem."""

    key: str
    site: KeySite
    verdict: Verdict
    files: tuple[UploadedFile, ...]
    category: Category | None = None
    words: str = ""
    fix: Fix | None = None
    checked_at: datetime | None = None


def take_check(visit: Visit, *, by: Any, at: datetime) -> SiteCheck:
    """Keep a check with its pictures, and open the case of its problem, in one transaction; a known key returns it.

    A key that another place was checked with is refused. Raises AnswersRefused (422) and MoveForbidden (403).
    """
    try:
        known = _known(visit, by)
        if known:
            return known
        _refuse(visit)
        with stored_together() as written:
            return _take(visit, written, by=by, at=at)
    except RegisterRefused as refused:
        raise AnswersRefused(refused.errors) from refused
    except NotYours as refused:
        raise MoveForbidden(str(refused)) from refused
    except IntegrityError:
        known = _known(visit, by)  # two deliveries at once: the other one was faster
        if known:
            return known
        raise


def _known(visit: Visit, by: Any) -> SiteCheck | None:
    """What an earlier delivery of this check made."""
    known = known_check(visit.key, by=by)
    if known and known.site_id != visit.site.pk:
        raise AnswersRefused({"": OTHER_PLACE.format(name=known.site.name)})
    return known


def _refuse(visit: Visit) -> None:
    if not visit.files:
        raise AnswersRefused({"photos": NO_PHOTO})
    if len(visit.files) > MOST_PHOTOS:
        raise AnswersRefused({"photos": TOO_MANY_PHOTOS})
    if visit.verdict == Verdict.TROUBLE and visit.category is None:
        raise AnswersRefused({"category": NO_CATEGORY})


def _take(visit: Visit, written: list[Photo], *, by: Any, at: datetime) -> SiteCheck:
    photos = store_all(visit.files, written, by=by, at=at)
    fix = visit.fix if visit.fix and not visit.fix.is_nothing else fix_of(photos)
    check = record_check(
        visit.site, key=visit.key, verdict=visit.verdict, photos=photos, by=by, at=at, checked_at=visit.checked_at,
        position=fix.wgs84 if fix else None, accuracy_m=fix.accuracy_m if fix else None,
        words=scrub(visit.words),
    )  # fmt: skip
    if visit.verdict == Verdict.TROUBLE:
        snap = Snap(
            key=_key(visit.key), category=visit.category, files=visit.files, fix=fix, address=visit.site.name,
            words=visit.words, tags=(TAG,), site=visit.site,
        )  # fmt: skip
        report = report_at(snap, photos, where=_where(check), by=by, at=at)
        CheckFinding.objects.create(site_check=check, case=report.case, at=at)
    return check


def _key(key: str) -> str:
    """The key of the report that a check's problem becomes, apart from the keys of reports that phones send."""
    return f"c-{key}"


def _where(check: SiteCheck) -> dict[str, Any]:
    """The columns of the case: where the worker stood, if that is at the place and in its community; else the place."""
    site = check.site
    stood = locate(check.lon, check.lat) if check.lon is not None and not check.is_far else None
    if stood and stood.community_id == site.community_id:
        return {"lon": check.lon, "lat": check.lat, "grid_id": stood.grid_id, "community_id": stood.community_id}
    return {"lon": site.lon, "lat": site.lat, "grid_id": site.grid_id, "community_id": site.community_id}


def case_of(check: SiteCheck) -> Case | None:
    """The case that a check's problem became."""
    finding = CheckFinding.objects.filter(site_check=check.pk).select_related("case").first()
    return finding.case if finding else None
