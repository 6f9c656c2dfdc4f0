"""The case: one matter the street must answer, whatever door it came through."""
from typing import Any

from django.db import models
from django.db.models import Q

from cases.querysets import CaseQuerySet
from cases.states import OPEN, STAGE_OF, Clock, Source, Stage, State, Urgency


class CaseCounter(models.Model):
    """The last serial given in one source and year; locked while a number is taken. Gaps are allowed."""

    source = models.CharField("来源", max_length=2, choices=Source.choices)
    year = models.PositiveSmallIntegerField("年份")
    last = models.PositiveIntegerField("已用序号", default=0)

    class Meta:
        verbose_name = "案号计数"
        verbose_name_plural = "案号计数"
        constraints = [models.UniqueConstraint(fields=["source", "year"], name="one_counter_per_source_and_year")]


DETAIL_NAMES = {
    Source.NOTICE: "notice", Source.PETITION: "petition", Source.HOTLINE: "hotline",
    Source.TRANSFER: "transfer", Source.SNAP: "snap", Source.GRID: "grid_event",
}  # fmt: skip


class Case(models.Model):
    """One matter. `state` is assigned by cases.workflow alone; `due_at` is the nearest running clock.

    Position is WGS-84; `datum` tells what the raw pair was. Times are UTC.
    """

    number = models.CharField("案号", max_length=16, unique=True)
    source = models.CharField("来源", max_length=2, choices=Source.choices)
    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.REPORTED)
    version = models.PositiveIntegerField("版本", default=1)
    title = models.CharField("事项", max_length=80)
    description = models.TextField("情况", blank=True)
    category = models.ForeignKey(
        "cases.Category", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="类别"
    )
    urgency = models.CharField("紧急程度", max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)

    address = models.CharField("地点", max_length=100, blank=True)
    community = models.ForeignKey(
        "grid.Community", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="社区"
    )
    grid = models.ForeignKey(
        "grid.UnitGrid", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="网格"
    )
    site = models.ForeignKey(
        "grid.KeySite", models.SET_NULL, null=True, blank=True, related_name="cases", verbose_name="重点点位"
    )
    thing = models.ForeignKey(  # a component is retired and never removed while a case names it; index: case_by_thing
        "grid.Thing", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name="部件", db_index=False
    )
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)

    lead = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="led_cases", verbose_name="主办"
    )
    checker = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核查人"
    )
    verifier_department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实单位"
    )
    verifier = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    verified_true = models.BooleanField("核实属实", null=True)

    reported_at = models.DateTimeField("上报时间")
    received_at = models.DateTimeField("收件时间")
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    registered_at = models.DateTimeField("立案时间", null=True, blank=True)
    dispatched_at = models.DateTimeField("派遣时间", null=True, blank=True)
    acknowledged_at = models.DateTimeField("签收时间", null=True, blank=True)
    handled_at = models.DateTimeField("处置完成时间", null=True, blank=True)
    checked_at = models.DateTimeField("核查通过时间", null=True, blank=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    last_event_at = models.DateTimeField("最近动作时间")

    required_at = models.DateTimeField("来文要求时限", null=True, blank=True)
    statutory_at = models.DateTimeField("法定时限", null=True, blank=True)
    due_clock = models.CharField("当前时钟", max_length=12, choices=Clock.choices, blank=True)
    due_started_at = models.DateTimeField("当前时钟起算", null=True, blank=True)
    due_at = models.DateTimeField("当前时限", null=True, blank=True)
    warn_at = models.DateTimeField("预警时间", null=True, blank=True)
    paused_at = models.DateTimeField("停表时间", null=True, blank=True)
    review_on = models.DateField("挂账复核日", null=True, blank=True)

    return_count = models.PositiveSmallIntegerField("退回次数", default=0)
    rework_count = models.PositiveSmallIntegerField("返工次数", default=0)
    supervise_level = models.PositiveSmallIntegerField("督办级别", default=0)
    result = models.TextField("处置结果", blank=True)
    conclusion = models.TextField("结案意见", blank=True)

    master = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers", verbose_name="并入案件"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="拆自案件"
    )
    registrar = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人"
    )
    idempotency_key = models.CharField("幂等键", max_length=64, unique=True, null=True, blank=True)
    public_code = models.CharField("查询码", max_length=8, unique=True, null=True, blank=True)

    event_count = models.PositiveIntegerField("事件数", default=0)
    last_hash = models.CharField("链尾", max_length=64, blank=True)
    photo_count = models.PositiveSmallIntegerField("登记照片数", default=0)
    is_demo = models.BooleanField("演示数据", default=False)
    demo_batch = models.CharField("演示批次", max_length=20, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "案件"
        verbose_name_plural = "案件"
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state__in=sorted(OPEN)), name="open_cases_by_due"),
            models.Index(fields=["source", "due_at"], condition=Q(state__in=sorted(OPEN)), name="open_by_source"),
            models.Index(fields=["lead", "due_at"], condition=Q(state__in=sorted(OPEN)), name="open_by_lead"),
            models.Index(
                fields=["community", "due_at"], condition=Q(state__in=sorted(OPEN)), name="open_by_community"
            ),
            models.Index(fields=["state", "due_at"], name="case_by_state"),
            # Everything the tabs count, so that counting never reads the wide rows themselves.
            models.Index(fields=["state", "source", "due_at", "paused_at"], name="case_counts"),
            models.Index(fields=["-received_at", "-id"], name="case_newest"),
            models.Index(fields=["source", "-received_at"], name="case_by_source"),
            models.Index(fields=["grid", "-received_at"], name="case_by_grid"),
            # Few cases name a component, so that the others pay nothing for it.
            models.Index(fields=["thing", "-received_at"], condition=Q(thing__isnull=False), name="case_by_thing"),
            models.Index(fields=["-last_event_at"], name="case_by_last_event"),
            models.Index(fields=["-closed_at"], name="case_by_closing"),
            models.Index(fields=["lat", "lon"], name="case_by_place"),
            # All that the map counts of open cases.
            models.Index(
                fields=["lon", "lat", "source", "due_at", "warn_at", "paused_at"], condition=Q(state__in=sorted(OPEN)),
                name="open_by_place",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="a_case_stands_in_a_known_state"),
            models.CheckConstraint(
                condition=~Q(state=State.MERGED) | Q(master__isnull=False), name="a_merged_case_names_its_master"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True) | Q(lon__isnull=False, lat__isnull=False),
                name="a_position_has_both_coordinates",
            ),
        ]

    def __str__(self) -> str:
        """The case number."""
        return self.number

    @classmethod
    def from_db(cls, db: str, field_names: Any, values: Any) -> "Case":
        """A case has the detail of its own source alone; the others are known to be absent and never asked for."""
        case = super().from_db(db, field_names, values)
        own = DETAIL_NAMES.get(case.__dict__.get("source"))
        if own:
            case._state.fields_cache.update({name: None for name in DETAIL_NAMES.values() if name != own})
        return case

    @property
    def stage(self) -> Stage:
        """Which of the eight signs shows."""
        return STAGE_OF[State(self.state)]

    @property
    def is_open(self) -> bool:
        """Whether someone still has to do something."""
        return self.state in OPEN

    @property
    def is_petition(self) -> bool:
        """Petitions are kept apart: see cases.secrecy."""
        return self.source == Source.PETITION

    def get_absolute_url(self) -> str:
        """The whole page of the case."""
        return f"/cases/{self.number}/"


class CaseTag(models.Model):
    """A word hung on a case (蓝天行动, 复审): how campaigns find their cases without the case knowing them."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="tags")
    word = models.CharField("标签", max_length=20)

    class Meta:
        verbose_name = "标签"
        verbose_name_plural = "标签"
        constraints = [models.UniqueConstraint(fields=["case", "word"], name="a_tag_is_hung_once")]
        indexes = [models.Index(fields=["word"], name="tag_by_word")]

    def __str__(self) -> str:
        """The word."""
        return self.word


class Assignment(models.Model):
    """A case given to a department, as lead (主办) or assisting (协办); ended ones are the path of the case."""

    class Role(models.TextChoices):
        """Who leads and who helps."""

        LEAD = "lead", "主办"
        ASSIST = "assist", "协办"

    case = models.ForeignKey(Case, models.CASCADE, related_name="assignments")
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, related_name="assignments", verbose_name="单位"
    )
    role = models.CharField("角色", max_length=6, choices=Role.choices)
    assigned_at = models.DateTimeField("派遣时间")
    acknowledged_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="signed_assignments", verbose_name="签收人"
    )
    acknowledged_at = models.DateTimeField("签收时间", null=True, blank=True)
    handler = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="handled_assignments",
        verbose_name="经办人",
    )  # fmt: skip
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ending = models.CharField("结束方式", max_length=12, blank=True)
    reason = models.CharField("原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "派遣"
        verbose_name_plural = "派遣"
        ordering = ["assigned_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(role="lead", ended_at__isnull=True), name="a_case_has_one_lead"
            ),
            models.UniqueConstraint(
                fields=["case", "department"],
                condition=Q(ended_at__isnull=True),
                name="a_department_is_assigned_once_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["department", "case"], name="assignment_by_department")]

    def __str__(self) -> str:
        """Department and role."""
        return f"{self.department} {self.get_role_display()}"


class CaseRequest(models.Model):
    """A wish that a chief decides: more time (延期) or a pause (挂账). One pending at a time of each kind."""

    class Kind(models.TextChoices):
        """What is asked."""

        EXTENSION = "extension", "延期"
        SUSPENSION = "suspension", "挂账"

    case = models.ForeignKey(Case, models.CASCADE, related_name="requests")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    until = models.DateTimeField("申请延至", null=True, blank=True)
    review_on = models.DateField("复核日", null=True, blank=True)
    reason = models.CharField("理由", max_length=300)
    requested_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name="申请人")
    requested_at = models.DateTimeField("申请时间")
    granted = models.BooleanField("批准", null=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision_words = models.CharField("审批意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "申请"
        verbose_name_plural = "申请"
        ordering = ["requested_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(granted__isnull=True), name="one_request_of_a_kind_is_pending"
            )
        ]


class SavedView(models.Model):
    """A filter of the desk kept under a name; its query is the address bar's."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="saved_views")
    name = models.CharField("名称", max_length=12)
    query = models.CharField("筛选", max_length=300, blank=True)
    icon = models.CharField("图标", max_length=30, default="bookmark")
    order = models.PositiveSmallIntegerField("顺序", default=0)

    class Meta:
        verbose_name = "保存的视图"
        verbose_name_plural = "保存的视图"
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="a_view_name_is_used_once")]


class CaseView(models.Model):
    """Who has a case open right now; rows older than two minutes count for nothing."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="open_views")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    seen_at = models.DateTimeField("最近查看")

    class Meta:
        verbose_name = "正在查看"
        verbose_name_plural = "正在查看"
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="one_look_per_person_and_case")]
