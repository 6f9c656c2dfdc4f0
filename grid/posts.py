"""Appointing who answers for a unit grid, a responsibility grid or a place: a post ends and another begins."""
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import record
from grid.models import KeySite, Post, PostRole, ResponsibilityGrid, UnitGrid
from grid.registering import NotYours, RegisterConflict, RegisterRefused

Ground = UnitGrid | ResponsibilityGrid | KeySite
COLUMNS = {UnitGrid: "unit_grid", ResponsibilityGrid: "area", KeySite: "site"}
ROLES = {
    "unit_grid": (PostRole.GRID_LEADER, PostRole.GRID_WORKER), "area": (PostRole.AREA_LEADER,),
    "site": (PostRole.KEEPER,),
}  # fmt: skip
YEARS = range(1900, 2200)
RIGHTS = ("grid.keep_registers", "grid.manage_territory")


def column_of(ground: Ground) -> str:
    """The column of a post that points to this ground."""
    return COLUMNS[type(ground)]


def may_appoint(user: Any) -> bool:
    """Whether a person appoints."""
    return any(user.has_perm(right) for right in RIGHTS)


def appoint(
    ground: Ground, *, role: str, holder: str, since: date, by: Any, at: datetime, phone: str = "", user: Any = None,
    is_demo: bool = False,
) -> Post:  # fmt: skip
    """Put somebody on a post from a day; who held it ends the day before. The same person again changes nothing.

    Raises NotYours, RegisterRefused (a day before the predecessor's first), RegisterConflict (two at once).
    """
    if by is not None and not may_appoint(by):
        raise NotYours("你的角色不能任命责任人。需要时请与台账专员或管理员联系。")
    column, holder = column_of(ground), holder.strip()
    _check(role, column, holder, since)
    try:
        with transaction.atomic():
            before = Post.objects.on(ground, column=column).with_role(role).current().first()
            if before and (before.holder, before.phone) == (holder, phone):
                return before
            if before and before.since == since:  # a slip of the pen: the same day's appointment is mended
                return _mend(before, holder=holder, phone=phone, user=user, by=by, at=at)
            if before:
                _end(before, until=since - timedelta(days=1))
            _refuse_two_at_once(ground, column, role, since)
            made = Post.objects.create(
                **{column: ground}, role=role, holder=holder, phone=phone, user=user, since=since, is_demo=is_demo
            )
            record("post_given", actor=by, subject=made, detail={"role": PostRole(role).label}, at=at)
            return made
    except IntegrityError as error:
        raise RegisterConflict("同时有人在任命这个岗位，没有覆盖。请刷新后再看。") from error


def appoint_leaders(leaders: dict[str, tuple[str, str]], *, at: datetime) -> int:
    """The leaders that a file of grids names (grid code → name, phone); returns how many replaced somebody.

    A grid without a leader gets one from that day; the others are appointed one by one, so that the past stays.
    """
    today = timezone.localdate(at)
    grids = {grid.code: grid for grid in UnitGrid.objects.without_shapes()}
    posts = Post.objects.with_role(PostRole.GRID_LEADER).current().select_related("unit_grid").defer("unit_grid__shape")
    held = {post.unit_grid.code: (post.holder, post.phone) for post in posts}
    Post.objects.bulk_create(
        Post(unit_grid=grids[code], role=PostRole.GRID_LEADER, holder=name, phone=phone, since=today)
        for code, (name, phone) in leaders.items()
        if code not in held
    )
    changed = [code for code, leader in leaders.items() if code in held and held[code] != leader]
    for code in changed:
        name, phone = leaders[code]
        appoint(grids[code], role=PostRole.GRID_LEADER, holder=name, phone=phone, since=today, by=None, at=at)
    return len(changed)


def end_post(post: Post, *, until: date, by: Any, at: datetime) -> Post:
    """Somebody leaves a post without a successor. Raises NotYours, RegisterRefused, RegisterConflict."""
    if not may_appoint(by):
        raise NotYours("你的角色不能任命责任人。需要时请与台账专员或管理员联系。")
    with transaction.atomic():
        _end(post, until=until)
        record("post_ended", actor=by, subject=post, detail={"role": post.get_role_display()}, at=at)
    return post


def _refuse_two_at_once(ground: Ground, column: str, role: str, since: date) -> None:
    """Who left later than this day held the post on it; the past stays as it was."""
    held = Post.objects.on(ground, column=column).with_role(role).filter(until__gte=since).order_by("-until").first()
    if held:
        words = f"{held.holder}担任{held.get_role_display()}到 {held.until:%Y-%m-%d}，新任的日期要晚于这一天。"
        raise RegisterRefused({"since": words})


def _mend(post: Post, *, holder: str, phone: str, user: Any, by: Any, at: datetime) -> Post:
    """Another name for an appointment of the very same day."""
    if not Post.objects.current().filter(pk=post.pk, holder=post.holder).update(holder=holder, phone=phone, user=user):
        raise RegisterConflict("这个岗位刚被别人改过，没有覆盖。请刷新后再看。")
    record("post_mended", actor=by, subject=post, detail={"role": post.get_role_display()}, at=at)
    post.refresh_from_db()
    return post


def _end(post: Post, *, until: date) -> None:
    if until < post.since:
        words = f"{post.holder}自 {post.since:%Y-%m-%d} 起担任{post.get_role_display()}，新任的日期要晚于这一天。"
        raise RegisterRefused({"since": words})
    if not Post.objects.current().filter(pk=post.pk).update(until=until):
        raise RegisterConflict("这个岗位刚被别人改过，没有覆盖。请刷新后再看。")
    post.until = until


def _check(role: str, column: str, holder: str, since: date) -> None:
    if role not in ROLES[column]:
        named = "、".join(one.label for one in ROLES[column])
        raise RegisterRefused({"role": f"这里的职责是{named}。请重新选择。"})
    if not holder:
        raise RegisterRefused({"holder": "请填写姓名。"})
    if since.year not in YEARS:
        raise RegisterRefused({"since": "到任日期的年份不对。请核对。"})
