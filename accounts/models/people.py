"""Departments, people, and the roles they hold."""
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.encryption import EncryptedText
from accounts.querysets import DepartmentQuerySet, UserQuerySet
from accounts.roles import Role, permissions_of, reach_of


class DepartmentKind(models.TextChoices):
    """What sort of unit it is; communities are departments too, so that a person has exactly one."""

    RESIDENT = "resident", "常驻部门"
    OFFICE = "office", "街道科室"
    STATION = "station", "科队站所"
    OUTSIDE = "outside", "协办单位"
    COMMUNITY = "community", "社区"


class Department(models.Model):
    """A unit that works on cases: one of the eight resident departments, an office, a station, a community."""

    code = models.CharField("编码", max_length=20, unique=True)
    name = models.CharField("全称", max_length=60)
    short_name = models.CharField("简称", max_length=20)
    kind = models.CharField("类别", max_length=12, choices=DepartmentKind.choices)
    resident_in_centre = models.BooleanField("常驻指挥中心", default=False)
    resident_staff = models.PositiveSmallIntegerField("常驻人数", default=0)
    head = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="heads", verbose_name="负责人"
    )
    phone = EncryptedText("联系电话", max_length=20, blank=True, default="")
    duty = models.CharField("职责", max_length=200, blank=True)
    takes_cases = models.BooleanField("可承办案件", default=True)
    active = models.BooleanField("在用", default=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = "部门"
        verbose_name_plural = "部门"
        ordering = ["code"]
        indexes = [models.Index(fields=["kind", "active"], name="department_by_kind")]

    def __str__(self) -> str:
        """The short name, as people say it."""
        return self.short_name


class Theme(models.TextChoices):
    """Light or dark, or as the device says."""

    AUTO = "auto", "跟随系统"
    LIGHT = "light", "浅色"
    DARK = "dark", "深色"


class User(AbstractBaseUser):
    """A person with a login; never deleted, only disabled, since the trail names them."""

    username = models.CharField(
        "账号",
        max_length=40,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": "这个账号已有人使用。请换一个。"},
    )
    real_name = models.CharField("姓名", max_length=30)
    phone = EncryptedText("手机号", max_length=20, blank=True, default="")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="部门"
    )
    is_active = models.BooleanField("在用", default=True)
    is_demo = models.BooleanField("演示账号", default=False, help_text="演示账号只能在演示系统登录。")
    theme = models.CharField("界面深浅", max_length=5, choices=Theme.choices, default=Theme.AUTO)
    shortcuts_on = models.BooleanField("启用单键快捷键", default=True)
    date_joined = models.DateTimeField("建立时间", default=timezone.now)
    session_epoch = models.PositiveIntegerField("会话批次", default=0, editable=False)

    objects = UserQuerySet.as_manager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["real_name"]

    class Meta:
        verbose_name = "人员"
        verbose_name_plural = "人员"
        ordering = ["username"]
        indexes = [models.Index(fields=["department", "is_active"], name="user_by_department")]

    def __str__(self) -> str:
        """The person's name."""
        return self.real_name

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles held; one query, then remembered for the life of this object."""
        return frozenset(self.grants.values_list("role", flat=True)) if self.pk else frozenset()

    @cached_property
    def permissions(self) -> frozenset[str]:
        """Everything the roles allow; nothing at all for a disabled person."""
        return permissions_of(self.roles) if self.is_active else frozenset()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether a role allows it; `obj` is Django's signature, rows are scoped by querysets."""
        return perm in self.permissions

    def reach_of(self, permission: str) -> frozenset[str]:
        """How far this person may act with a permission: all, petitions, lead, community (accounts.roles.REACH)."""
        return reach_of(self.roles, permission) if self.is_active else frozenset()

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        """Whether all of them are allowed."""
        return all(self.has_perm(perm) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the admin site shows this app at all."""
        return any(perm.startswith(f"{app_label}.view_") for perm in self.permissions)

    @property
    def is_staff(self) -> bool:
        """May enter the admin site."""
        return self.has_perm("accounts.enter_admin")

    @property
    def role_names(self) -> list[str]:
        """The roles in the office's words, in the table's order."""
        return [role.label for role in Role if role.value in self.roles]

    def get_full_name(self) -> str:
        """The person's name, as the admin site asks it."""
        return self.real_name

    def get_short_name(self) -> str:
        """The person's name, as the admin site asks it."""
        return self.real_name

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Forget the remembered roles too."""
        self.forget_roles()
        super().refresh_from_db(*args, **kwargs)

    def forget_roles(self) -> None:
        """Ask the roles anew next time; called where they change."""
        self.__dict__.pop("roles", None)
        self.__dict__.pop("permissions", None)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is checked against on each request: the password and the session epoch."""
        return salted_hmac(
            "accounts.models.User.session", f"{self.session_epoch}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()


class RoleGrant(models.Model):
    """One role given to one person, by whom and when."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name="人员")
    role = models.CharField("角色", max_length=12, choices=Role.choices)
    granted_at = models.DateTimeField("授予时间", default=timezone.now)
    granted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="授予人"
    )

    class Meta:
        verbose_name = "角色授予"
        verbose_name_plural = "角色授予"
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="a_role_is_held_once")]
        indexes = [models.Index(fields=["role"], name="grant_by_role")]

    def __str__(self) -> str:
        """The role's name."""
        return self.get_role_display()
