"""Who works here, how they are reached, when they are on duty, what they were told, and the trail of what they did."""
from accounts.models.people import Department, DepartmentKind, RoleGrant, Theme, User
from accounts.models.reach import WeChatBinding
from accounts.models.rota import DutyShift, ShiftKind
from accounts.models.trail import AuditEntry, LoginGuard, Notification

__all__ = [
    "AuditEntry",
    "Department",
    "DepartmentKind",
    "DutyShift",
    "LoginGuard",
    "Notification",
    "RoleGrant",
    "ShiftKind",
    "Theme",
    "User",
    "WeChatBinding",
]
