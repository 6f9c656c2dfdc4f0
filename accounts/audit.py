"""The trail of acts that are not a case's own story: one explicit call in the verb that acts."""
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.roles import Role

ACTION_NAMES: dict[str, str] = {
    "login": "登录",
    "login_failed": "登录失败",
    "login_locked": "登录锁定",
    "login_refused": "登录被拒",
    "logout": "退出",
    "password_changed": "修改密码",
    "password_reset": "重置密码",
    "user_created": "新建人员",
    "user_changed": "修改人员资料",
    "user_disabled": "停用人员",
    "user_enabled": "恢复人员",
    "user_moved": "调动部门",
    "tasks_handed_over": "移交工作",
    "role_granted": "授予角色",
    "role_revoked": "收回角色",
    "department_created": "新建部门",
    "department_changed": "修改部门",
    "duty_changed": "修改值班表",
    "wechat_bound": "绑定微信",
    "wechat_unbound": "解除微信绑定",
    "setup_started": "开始初始设置",
    "setup_completed": "完成初始设置",
    "record_added": "后台新增",
    "record_changed": "后台修改",
}

_DETAIL_NAMES = {
    "role": "角色",
    "from": "原",
    "to": "至",
    "count": "数量",
    "fields": "字段",
    "cleared": "清除",
    "created": "新增",
    "changed": "修改",
    "case": "案件",
    "part": "内容",
    "edition": "版次",
    "batch": "批次",
    "anchor": "基准时间",
    "finished": "完成时间",
}


def action_name(action: str) -> str:
    """The act in Chinese; an act that nobody named shows its key."""
    return ACTION_NAMES.get(action, action)


def detail_words(detail: Mapping[str, Any]) -> str:
    """The detail of an entry as one line: 角色 承办人；数量 5."""
    roles = dict(Role.choices)
    return "；".join(
        f"{_DETAIL_NAMES.get(key, key)} {roles.get(value, value) if key == 'role' else value}"
        for key, value in detail.items()
    )


def subjects_in_words(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """What each entry was about: the model's Chinese name, and the person's name or the row's key; one query."""
    entries = [entry for entry in entries if entry.subject_type]
    people = User.objects.in_bulk([entry.subject_id for entry in entries if entry.subject_type == User._meta.label])
    names = {str(pk): person.real_name for pk, person in people.items()}
    words = {}
    for entry in entries:
        model = apps.get_model(entry.subject_type)
        name = names.get(entry.subject_id) if model is User else None
        words[entry.pk] = f"{model._meta.verbose_name} {name or entry.subject_id}"
    return words


def name_actions(names: Mapping[str, str]) -> None:
    """Add the Chinese names of an upper app's acts; called from its AppConfig.ready."""
    ACTION_NAMES.update(names)


def record(
    action: str,
    *,
    actor: User | None,
    subject: Model | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    request: Any = None,
    at: datetime | None = None,
    actor_name: str = "",
    ip: str = "",
) -> AuditEntry:
    """Append one entry; `detail` must hold no personal data and no password, only field names, counts and codes."""
    return AuditEntry.objects.create(
        at=at or timezone.now(),
        actor=actor,
        actor_name=(actor.real_name if actor else actor_name)[:60],
        action=action,
        subject_type=subject._meta.label if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        reason=reason.strip()[:300],
        detail=dict(detail or {}),
        ip=request.META.get("REMOTE_ADDR", "")[:45] if request is not None else ip[:45],
    )
