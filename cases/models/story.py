"""The story of a case: events, clocks, photos; and the slots that make periodic work happen once."""
from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.querysets import CaseEventQuerySet
from cases.states import Clock, State


class CaseEvent(models.Model):
    """One step of the story (痕迹化管理): audit and outbox in one append-only, hash-chained row.

    `happened_at` is when it happened, `recorded_at` when it was written; `derived` marks a time that the source
    lacked. `announced_at` is the outbox's own mark and no part of the chain. The hash covers everything else.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField("序号")
    move = models.CharField("动作", max_length=30)
    from_state = models.CharField("原状态", max_length=20, choices=State.choices, blank=True)
    to_state = models.CharField("新状态", max_length=20, choices=State.choices)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField("操作人", max_length=60, blank=True)
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField("内容", blank=True)
    facts = models.JSONField("事实", default=dict, blank=True)
    happened_at = models.DateTimeField("发生时间")
    recorded_at = models.DateTimeField("记录时间")
    derived = models.BooleanField("推定时间", default=False)
    previous_hash = models.CharField("前序", max_length=64, blank=True)
    hash = models.CharField("指纹", max_length=64)
    announce_after = models.DateTimeField("可通知时间")
    announced_at = models.DateTimeField("已通知时间", null=True, blank=True)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ["case", "seq"]
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="an_event_has_its_place_in_the_story")]
        indexes = [
            models.Index(fields=["announce_after"], condition=Q(announced_at__isnull=True), name="event_unannounced"),
            models.Index(fields=["move", "happened_at"], name="event_by_move"),
            models.Index(fields=["recorded_at"], name="event_by_recording"),
            models.Index(fields=["case", "by"], name="event_hands"),  # 我经办的
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; a row that is there is never written again."""
        if self.pk is not None and not self._state.adding:
            raise TypeError("An event is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("An event is never removed.")


class CaseClock(models.Model):
    """One running or stopped clock. `explanation` lists the counted days and hours, made when it started.

    `base_due_at` is the limit before extension and pause; `paused_minutes` counts closed pauses.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    kind = models.CharField("时钟", max_length=12, choices=Clock.choices)
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField("起算")
    amount = models.PositiveIntegerField("时限", null=True, blank=True)
    unit = models.CharField("单位", max_length=16, blank=True)
    base_due_at = models.DateTimeField("原时限")
    due_at = models.DateTimeField("时限")
    warn_at = models.DateTimeField("预警", null=True, blank=True)
    stopped_at = models.DateTimeField("停止", null=True, blank=True)
    final = models.BooleanField("不再恢复", default=False)
    paused_at = models.DateTimeField("停表", null=True, blank=True)
    explanation = models.JSONField("计算过程", default=list, blank=True)
    provisional = models.BooleanField("日历未公布", default=False)
    basis = models.CharField("依据", max_length=100, blank=True)

    class Meta:
        verbose_name = "时钟"
        verbose_name_plural = "时钟"
        ordering = ["started_at", "pk"]
        indexes = [
            models.Index(fields=["case", "kind"], name="clock_by_case"),
            models.Index(fields=["due_at"], condition=Q(stopped_at__isnull=True), name="clock_running"),
            models.Index(fields=["warn_at"], condition=Q(stopped_at__isnull=True), name="clock_to_warn"),
        ]


class PhotoKind(models.TextChoices):
    """When in the story the picture was taken."""

    BEFORE = "before", "整改前"
    DURING = "during", "处置中"
    AFTER = "after", "整改后"
    CHECK = "check", "核查"
    ADDED = "added", "上报人补充"
    DOCUMENT = "document", "材料"


class CasePhoto(models.Model):
    """A picture of a case; the picture itself and who may see it are grid.Photo and Case.visible_to."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="photos")
    photo = models.ForeignKey("grid.Photo", models.PROTECT, related_name="+", verbose_name="照片")
    kind = models.CharField("类别", max_length=10, choices=PhotoKind.choices)
    seq = models.PositiveSmallIntegerField("序号", default=0)
    added_at = models.DateTimeField("添加时间")
    added_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="添加人"
    )
    note = models.CharField("说明", max_length=60, blank=True)

    class Meta:
        verbose_name = "案件照片"
        verbose_name_plural = "案件照片"
        ordering = ["seq", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "photo"], name="a_photo_hangs_on_a_case_once")]


class TaskSlot(models.Model):
    """A claimed time slot of a periodic task: two beats insert the same row, one of them wins."""

    task = models.CharField("任务", max_length=60)
    slot = models.CharField("时段", max_length=60)
    claimed_at = models.DateTimeField("认领时间")

    class Meta:
        verbose_name = "任务时段"
        verbose_name_plural = "任务时段"
        constraints = [models.UniqueConstraint(fields=["task", "slot"], name="a_slot_is_claimed_once")]
