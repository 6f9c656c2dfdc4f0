"""Who answers for what, and since when (责任到人): dated posts, so that last May has its answer too."""
import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.encryption import EncryptedText
from accounts.masking import mask_phone
from grid.querysets import PostQuerySet, ResponsibilityGridQuerySet


class ResponsibilityGrid(models.Model):
    """A responsibility grid (责任网格): the ground of one team, several unit grids of one community."""

    code = models.CharField("编号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60)
    community = models.ForeignKey(
        "grid.Community", models.PROTECT, related_name="responsibility_grids", verbose_name="社区"
    )
    unit_grids = models.ManyToManyField("grid.UnitGrid", related_name="responsibility_grids", verbose_name="单元网格")
    active = models.BooleanField("在用", default=True)
    version = models.PositiveIntegerField("版本", default=1, editable=False)

    objects = ResponsibilityGridQuerySet.as_manager()

    class Meta:
        verbose_name = "责任网格"
        verbose_name_plural = "责任网格"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PostRole(models.TextChoices):
    """What somebody answers for."""

    GRID_LEADER = "grid_leader", "网格长"
    GRID_WORKER = "grid_worker", "网格员"
    AREA_LEADER = "area_leader", "片长"
    KEEPER = "keeper", "点位责任人"


class Post(models.Model):
    """One person on one post, from a day until a day; only the holder's phone is personal and lies encrypted."""

    role = models.CharField("职责", max_length=12, choices=PostRole.choices)
    unit_grid = models.ForeignKey(
        "grid.UnitGrid", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="单元网格"
    )
    area = models.ForeignKey(
        ResponsibilityGrid, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="责任网格"
    )
    site = models.ForeignKey(
        "grid.KeySite", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="点位"
    )
    holder = models.CharField("姓名", max_length=30)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="posts", verbose_name="账号"
    )
    phone = EncryptedText("电话", max_length=20, blank=True, default="")
    since = models.DateField("到任")
    until = models.DateField("离任", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "责任人"
        verbose_name_plural = "责任人"
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_grid__isnull=False, area__isnull=True, site__isnull=True)
                | Q(unit_grid__isnull=True, area__isnull=False, site__isnull=True)
                | Q(unit_grid__isnull=True, area__isnull=True, site__isnull=False),
                name="a_post_is_for_exactly_one_ground",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="a_post_ends_after_it_begins"
            ),
            *(
                models.UniqueConstraint(
                    fields=[ground, "role"], condition=Q(until__isnull=True, **{f"{ground}__isnull": False}),
                    name=f"one_holder_at_a_time_on_{ground}",
                )
                for ground in ("unit_grid", "area", "site")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.holder}"

    @property
    def masked_phone(self) -> str:
        """The phone as everybody may read it."""
        return mask_phone(self.phone or "")

    @property
    def ground(self) -> models.Model:
        """What this person answers for."""
        return self.unit_grid or self.area or self.site

    def holds_on(self, day: datetime.date) -> bool:
        """Whether this person answered on a day."""
        return self.since <= day and (self.until is None or day <= self.until)
