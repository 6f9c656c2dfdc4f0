"""The vocabulary of the ground: what can be asked of communities, grids, key sites and photos."""
import datetime
import math
import secrets
from collections.abc import Iterable
from typing import Any, Self

from django.db import models

GROUNDS = ("unit_grid", "area", "site")  # what somebody can answer for


def _any_of(columns: Iterable[str], how: str, value: Any) -> models.Q:
    return models.Q.create([(f"{column}__{how}", value) for column in columns], models.Q.OR)


class EditionQuerySet(models.QuerySet):
    """Editions of reference data."""

    def token_of(self, subject: str) -> str:
        """The token in force; empty when nothing was ever published."""
        return self.filter(subject=subject).values_list("token", flat=True).first() or ""

    def publish(self, subject: str) -> None:
        """Put a new edition in force, so that every process reads again."""
        self.update_or_create(subject=subject, defaults={"token": secrets.token_hex(16)})


class CommunityQuerySet(models.QuerySet):
    """Communities of the street."""

    def without_shapes(self) -> Self:
        """Names and figures only: the outlines are many bytes and only the map needs them."""
        return self.defer("shape")

    def with_counts(self) -> Self:
        """With the number of grids and of key sites."""
        return self.annotate(
            grid_count=models.Count("grids", distinct=True), site_count=models.Count("sites", distinct=True)
        )

    def checks_seen_by(self, user: Any) -> Self:
        """Those whose checks a person oversees, in the order of their codes."""
        if user.has_perm("grid.see_checks"):
            return self.without_shapes().order_by("code")
        if user.has_perm("grid.see_community_checks") and user.department_id:
            return self.without_shapes().filter(department=user.department_id)
        return self.none()

    def named_like(self, text: str) -> Self:
        """Whose name or short name contains the text."""
        return self.filter(models.Q(name__icontains=text) | models.Q(short_name__icontains=text))


class UnitGridQuerySet(models.QuerySet):
    """Unit grids."""

    def with_leaders(self) -> Self:
        """With the name of today's leader (网格长)."""
        posts = self.model._meta.get_field("posts").related_model.objects
        today = posts.with_role("grid_leader").current().filter(unit_grid=models.OuterRef("pk"))
        return self.annotate(leader=models.Subquery(today.values("holder")[:1]))

    def without_shapes(self) -> Self:
        """Names and figures only, the community's too."""
        return self.select_related("community").defer("shape", "community__shape")

    def in_community(self, community: models.Model) -> Self:
        """Of one community."""
        return self.filter(community=community)

    def named_like(self, text: str) -> Self:
        """Whose name contains the text or whose code begins with it."""
        return self.filter(models.Q(name__icontains=text) | models.Q(code__startswith=text))


class RegisterQuerySet(models.QuerySet):
    """Rows of a register that lie in a community: who sees them, and who keeps them."""

    def visible_to(self, user: Any) -> Self:
        """All for the centre's people, the own community's for its workers."""
        return self._reached(user, all_of="grid.see_registers", own="grid.see_community_registers")

    def kept_by(self, user: Any) -> Self:
        """Those that a person may change."""
        return self._reached(user, all_of="grid.keep_registers", own="grid.keep_community_registers")

    def _reached(self, user: Any, *, all_of: str, own: str) -> Self:
        if user.has_perm(all_of):
            return self.all()
        if user.has_perm(own) and user.department_id:
            return self.filter(community__department=user.department_id)
        return self.none()

    def in_community(self, community: models.Model) -> Self:
        """Of one community."""
        return self.filter(community=community)

    def in_grid(self, grid: models.Model) -> Self:
        """Of one unit grid."""
        return self.filter(grid=grid)

    def around(self, lon: float, lat: float, *, metres: float) -> Self:
        """Inside the square of this half width around a WGS-84 position; the index on the position serves it."""
        north, east = metres / 111_132, metres / (111_320 * math.cos(math.radians(lat)))
        return self.filter(lon__range=(lon - east, lon + east), lat__range=(lat - north, lat + north))


class KeySiteQuerySet(RegisterQuerySet):
    """Places of the register."""

    def for_list(self) -> Self:
        """With the names of community and grid, without outlines."""
        return self.select_related("community", "grid").defer("line", "community__shape", "grid__shape")

    def for_export(self) -> Self:
        """With the buildings of each."""
        return self.for_list().prefetch_related("buildings")

    def of_category(self, category: str) -> Self:
        """Of one category (重点道路、重点点位、小区)."""
        return self.filter(category=category)

    def with_status(self, status: str) -> Self:
        """Of one status (日常监测、关停 …)."""
        return self.filter(status=status)

    def checks_seen_by(self, user: Any) -> Self:
        """Those whose checks a person oversees."""
        return self._reached(user, all_of="grid.see_checks", own="grid.see_community_checks")

    def checked_by(self, user: Any) -> Self:
        """Those that a person checks: the own community's."""
        if user.has_perm("grid.check_places") and user.department_id:
            return self.filter(community__department=user.department_id)
        return self.none()

    def patrolled(self) -> Self:
        """Those with a number of visits per week."""
        return self.filter(patrol_per_week__gt=0)

    def named_like(self, text: str) -> Self:
        """Whose name contains the text."""
        return self.filter(name__icontains=text)


class PlaceAliasQuerySet(models.QuerySet):
    """Other names of places."""

    def of_site(self, site: models.Model) -> Self:
        """The other names of one key site."""
        return self.filter(site=site)

    def for_list(self) -> Self:
        """With the place that each means and its community, without outlines."""
        return self.select_related("site__community", "community").defer(
            "site__line", "site__community__shape", "community__shape"
        )

    def in_community(self, community: models.Model) -> Self:
        """Of a community itself or of a place in it."""
        return self.filter(models.Q(community=community) | models.Q(site__community=community))

    def named_like(self, text: str) -> Self:
        """Which contain the text, or mean a place whose name does."""
        return self.filter(_any_of(("name", "site__name", "community__name"), "icontains", text))


class OrganisationQuerySet(RegisterQuerySet):
    """Organisations of the register (社会单位、商户、物业、两新组织)."""

    def active(self) -> Self:
        """Those that exist today."""
        return self.filter(active=True)

    def of_kind(self, kind: str) -> Self:
        """Of one kind."""
        return self.filter(kind=kind)

    def for_export(self) -> Self:
        """With the papers of each."""
        return self.for_list().prefetch_related("licences")

    def for_list(self) -> Self:
        """With the names of community and grid, without outlines."""
        return self.select_related("community", "grid").defer("community__shape", "grid__shape")

    def named_like(self, text: str) -> Self:
        """Whose name contains the text, or whose number or credit code begins with it."""
        return self.filter(
            models.Q(name__icontains=text) | models.Q(code__istartswith=text) | models.Q(uscc__istartswith=text)
        )

    def lacking_papers(self, *, day: datetime.date) -> Self:
        """Those with a paper that is missing or ran out before a day (无照、缺证、过期)."""
        licences = self.model._meta.get_field("licences").related_model.objects
        lacking = licences.filter(models.Q(missing=True) | models.Q(valid_until__lt=day))
        return self.filter(models.Exists(lacking.filter(organisation=models.OuterRef("pk"))))


class ThingClassQuerySet(models.QuerySet):
    """Minor classes of components."""

    def active(self) -> Self:
        """Those in use."""
        return self.filter(active=True)

    def of_category(self, code: str) -> Self:
        """The class with the digits of a case category, and the newer ones that continue it."""
        return self.filter(models.Q(code=code) | models.Q(older__code=code))


class ThingQuerySet(RegisterQuerySet):
    """Components."""

    def for_list(self) -> Self:
        """With the words of class, owner, maintainer, community and grid, without outlines."""
        return self.select_related("thing_class__older", "owner", "maintainer", "community", "grid").defer(
            "community__shape", "grid__shape"
        )

    def of_class(self, thing_class: models.Model) -> Self:
        """Of one minor class."""
        return self.filter(thing_class=thing_class)

    def of_category(self, code: str) -> Self:
        """Of the minor classes whose faults are reported under the case category of this code."""
        classes = self.model._meta.get_field("thing_class").related_model.objects
        return self.filter(thing_class__in=classes.of_category(code).values("pk"))

    def standing(self) -> Self:
        """Those that are still there to be mended or missed: a retired one has no owner who comes."""
        return self.exclude(state="retired")

    def with_state(self, state: str) -> Self:
        """Of one state (完好、破损、缺失、停用)."""
        return self.filter(state=state)

    def owned_by(self, department: models.Model) -> Self:
        """Whose owner is one department."""
        return self.filter(owner=department)

    def named_like(self, text: str) -> Self:
        """Whose code begins with the text or whose address holds it."""
        return self.filter(models.Q(code__startswith=text) | models.Q(address__icontains=text))



class DwellingQuerySet(RegisterQuerySet):
    """Dwellings (户)."""

    def people_visible_to(self, user: Any) -> Self:
        """Those whose people a person may read, masked."""
        return self._reached(user, all_of="grid.see_people", own="grid.see_community_people")

    def for_list(self) -> Self:
        """With community, grid and compound, without outlines; and how many live there."""
        living = models.Count("residents", filter=models.Q(residents__left_on__isnull=True))
        return (
            self.select_related("community", "grid", "site")
            .defer("community__shape", "grid__shape", "site__line")
            .annotate(living=living)
            .order_by("code")
        )

    def used_as(self, use: str) -> Self:
        """Of one use (自住、出租、空置、经营)."""
        return self.filter(use=use)

    def let_unregistered(self) -> Self:
        """Let without a registration."""
        return self.filter(use="rented", rental_registered_on__isnull=True)

    def named_like(self, text: str) -> Self:
        """Whose code begins with the text or whose building holds it."""
        return self.filter(models.Q(code__istartswith=text) | models.Q(building__icontains=text))


class ResidentQuerySet(models.QuerySet):
    """Residents (人)."""

    def visible_to(self, user: Any) -> Self:
        """Those whom a person may read, masked."""
        if user.has_perm("grid.see_people"):
            return self.all()
        if user.has_perm("grid.see_community_people") and user.department_id:
            return self.filter(dwelling__community__department=user.department_id)
        return self.none()

    def living(self) -> Self:
        """Those who have not left."""
        return self.filter(left_on__isnull=True)

    def for_list(self) -> Self:
        """With dwelling and community, without outlines."""
        return self.select_related("dwelling__community").defer("dwelling__community__shape")

    def in_dwellings(self, dwellings: models.QuerySet) -> Self:
        """Who lives or lived in these dwellings."""
        return self.filter(dwelling__in=dwellings.order_by().values("pk"))

    def left_before(self, day: datetime.date) -> Self:
        """Those who left before a day."""
        return self.filter(left_on__lt=day)

    def with_index(self, *, id_index: str = "", phone_index: str = "") -> Self:
        """Whose ID number or phone has this blind index."""
        return self.filter(id_index=id_index) if id_index else self.filter(phone_index=phone_index)


class ResponsibilityGridQuerySet(RegisterQuerySet):
    """Responsibility grids."""

    def for_list(self) -> Self:
        """With the community's name, the number of unit grids and today's leader (片长)."""
        posts = self.model._meta.get_field("posts").related_model.objects
        today = posts.with_role("area_leader").current().filter(area=models.OuterRef("pk"))
        return (
            self.select_related("community")
            .defer("community__shape")
            .annotate(grid_count=models.Count("unit_grids"), leader=models.Subquery(today.values("holder")[:1]))
            .order_by("code")
        )

    def for_export(self) -> Self:
        """With the unit grids of each."""
        return self.for_list().prefetch_related("unit_grids__community")


class PostQuerySet(models.QuerySet):
    """Who answers for what."""

    def on(self, ground: models.Model, *, column: str) -> Self:
        """For one unit grid, responsibility grid or place."""
        return self.filter(**{column: ground})

    def with_role(self, role: str) -> Self:
        """Of one duty."""
        return self.filter(role=role)

    def for_list(self) -> Self:
        """With what each is for and its community, without outlines; by duty and number."""
        shapes = ("unit_grid__shape", "site__line", *(f"{ground}__community__shape" for ground in GROUNDS))
        rows = self.select_related(*(f"{ground}__community" for ground in GROUNDS)).defer(*shapes)
        return rows.order_by("role", *(f"{ground}__code" for ground in GROUNDS), "-since", "-pk")

    def in_community(self, community: models.Model) -> Self:
        """For a ground of one community."""
        return self.filter(_any_of((f"{ground}__community" for ground in GROUNDS), "exact", community))

    def named_like(self, text: str) -> Self:
        """Whose holder or ground has the text in its name."""
        return self.filter(_any_of(("holder", *(f"{ground}__name" for ground in GROUNDS)), "icontains", text))

    def current(self) -> Self:
        """Without an end."""
        return self.filter(until__isnull=True)

    def holding_on(self, day: datetime.date) -> Self:
        """Who answered on a day."""
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gte=day), since__lte=day)


class PhotoQuerySet(models.QuerySet):
    """Evidence photos."""

    def ready(self) -> Self:
        """Those that may be shown."""
        return self.filter(state="ready")

    def pending(self) -> Self:
        """Those still to be re-encoded."""
        return self.filter(state="pending")

    def waiting_since(self, moment: datetime.datetime) -> Self:
        """Pending ones stored before a moment: their task was lost and the sweep takes them up again."""
        return self.pending().filter(uploaded_at__lt=moment)

    def same_original(self, sha256: str) -> Self:
        """Byte for byte the same file."""
        return self.filter(sha256=sha256)

    def unused(self) -> Self:
        """Those to which no row of any table refers; the upper apps' tables are asked through the model's relations."""
        found = self
        for relation in self.model._meta.get_fields(include_hidden=True):
            if relation.one_to_many or (relation.one_to_one and relation.auto_created):
                rows = relation.related_model._base_manager.filter(**{relation.field.name: models.OuterRef("pk")})
                found = found.exclude(models.Exists(rows))
        return found

    def abandoned_before(self, moment: datetime.datetime) -> Self:
        """Unused ones uploaded before a moment: their form was never sent; the demonstration's own stay."""
        return self.unused().filter(uploaded_at__lt=moment, is_demo=False)


class FindingQuerySet(RegisterQuerySet):
    """What cross-checks found."""

    def for_list(self) -> Self:
        """With the community's name and who set it aside, without outlines."""
        return self.select_related("community", "set_aside_by").defer("community__shape")

    def of_kinds(self, kinds: Iterable[str]) -> Self:
        """Of these kinds."""
        return self.filter(kind__in=list(kinds))

    def in_order_of(self, kinds: Iterable[str]) -> Self:
        """By kind, in this order, then by what they are about."""
        places = [models.When(kind=kind, then=place) for place, kind in enumerate(kinds)]
        return self.order_by(models.Case(*places, default=len(places)), "subject")

    def unresolved(self) -> Self:
        """Those that the last sweep still found, set aside or not."""
        return self.filter(resolved_at__isnull=True)

    def to_do(self) -> Self:
        """Those that wait for somebody."""
        return self.unresolved().filter(set_aside_at__isnull=True)

    def set_aside(self) -> Self:
        """Those that are right as they are, as somebody said."""
        return self.unresolved().filter(set_aside_at__isnull=False)

    def resolved_since(self, moment: datetime.datetime) -> Self:
        """Those that a sweep no longer found."""
        return self.filter(resolved_at__gte=moment)

    def resolved_before(self, moment: datetime.datetime) -> Self:
        """Those that were no longer found long ago."""
        return self.filter(resolved_at__lt=moment)

    def counted(self) -> dict[str, int]:
        """How many of each kind."""
        return dict(self.order_by().values_list("kind").annotate(n=models.Count("pk")))


class SweepQuerySet(models.QuerySet):
    """When cross-checks were asked."""

    def last_at(self) -> datetime.datetime | None:
        """The moment of the last sweep; nothing before the first."""
        return self.aggregate(last=models.Max("swept_at"))["last"]
