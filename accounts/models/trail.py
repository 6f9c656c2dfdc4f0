"""The trail of acts, the notices people get, and the counters against password guessing."""
from typing import Any, NoReturn

from django.db import models

from accounts.models.people import User
from accounts.querysets import AuditEntryQuerySet, NotificationQuerySet


class AuditEntry(models.Model):
    """One act that is not a case's own story: a login, a right given, a phone revealed. Added, never changed."""

    at = models.DateTimeField("时间", db_index=True)
    actor = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="audit_entries", verbose_name="操作人"
    )
    actor_name = models.CharField("操作人姓名", max_length=60, blank=True)
    action = models.CharField("动作", max_length=40)
    subject_type = models.CharField("对象类别", max_length=60, blank=True)
    subject_id = models.CharField("对象", max_length=60, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    detail = models.JSONField("详情", default=dict, blank=True)
    ip = models.CharField("地址", max_length=45, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "审计记录"
        verbose_name_plural = "审计记录"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_newest"),
            models.Index(fields=["action", "-at"], name="audit_by_action"),
            models.Index(fields=["actor_name", "-at"], name="audit_by_name"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_by_subject"),
        ]

    def __str__(self) -> str:
        """Action and actor."""
        return f"{self.action} {self.actor_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds a row; a row that is there is never written again."""
        if self.pk is not None and not self._state.adding:
            raise TypeError("An audit entry is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("An audit entry is never removed.")


class Notification(models.Model):
    """One thing told to one person inside the system; it holds no personal data of a resident."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notifications", verbose_name="人员")
    at = models.DateTimeField("时间")
    kind = models.CharField("类别", max_length=12, default="info")
    text = models.CharField("内容", max_length=200)
    url = models.CharField("链接", max_length=200, blank=True)
    case_number = models.CharField("案件编号", max_length=20, blank=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)
    slot = models.CharField("事由键", max_length=120, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        verbose_name_plural = "通知"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "slot"], condition=~models.Q(slot=""), name="a_thing_is_told_once_to_each"
            )
        ]
        indexes = [
            models.Index(fields=["user", "-at", "-id"], name="notification_newest"),
            models.Index(
                fields=["user"], condition=models.Q(read_at__isnull=True), name="notification_unread"
            ),
        ]

    def __str__(self) -> str:
        """The text told."""
        return self.text


class LoginGuard(models.Model):
    """Password guesses counted for one account at one address, or for one address; see accounts.guard."""

    key = models.CharField("计数键", max_length=64, unique=True)
    failures = models.PositiveIntegerField("失败次数", default=0)
    last_at = models.DateTimeField("最近一次")
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)

    class Meta:
        verbose_name = "登录计数"
        verbose_name_plural = "登录计数"
        indexes = [models.Index(fields=["last_at"], name="guard_by_age")]

    def __str__(self) -> str:
        """The counter's key."""
        return self.key
