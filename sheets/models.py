"""A file taken in (批次), its rows with what was found in them, and which heading meant which column."""
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.encryption import EncryptedText
from sheets.querysets import BatchQuerySet, RowQuerySet


class Stage(models.TextChoices):
    """How far a batch is."""

    MAPPING = "mapping", "对应列名"
    JUDGING = "judging", "正在预检"
    READY = "ready", "待导入"
    WRITING = "writing", "正在写入"
    DONE = "done", "已导入"
    UNDONE = "undone", "已撤销"
    DROPPED = "dropped", "已放弃"


class Result(models.TextChoices):
    """What was found in a row."""

    FINE = "fine", "可导入"
    WARNED = "warned", "存疑"
    DUPLICATE = "duplicate", "重复"
    ERROR = "error", "错误"
    SAME = "same", "未变"
    SKIPPED = "skipped", "跳过"
    IGNORED = "ignored", "忽略"


class Decision(models.TextChoices):
    """What a person decided about a row that may stand in the ledger already."""

    NONE = "", "未定"
    UPDATE = "update", "按更新处理"
    ADD = "add", "按新增处理"
    SKIP = "skip", "跳过本行"


class ImportBatch(models.Model):
    """One file on its way into one ledger; rows are numbered as Excel numbers them, from 1."""

    target_key = models.CharField("台账键", max_length=60)
    target_title = models.CharField("台账", max_length=60)
    file_name = models.CharField("文件名", max_length=200)
    file_digest = models.CharField("文件指纹", max_length=64)
    content = EncryptedText("文件内容", blank=True)  # base64; erased when written, dropped or grown old
    stage = models.CharField("步骤", max_length=10, choices=Stage, default=Stage.MAPPING)
    sheet_name = models.CharField("工作表", max_length=100, blank=True)
    heading_row = models.PositiveIntegerField("表头行", default=1)
    heading_rows = models.PositiveSmallIntegerField("表头行数", default=1)
    headings = models.JSONField("表头", default=list)
    mapping = models.JSONField("列的对应", default=dict)  # place (from 0, as text) → name of the ledger's column
    year = models.PositiveSmallIntegerField("所属年份", null=True, blank=True)
    total = models.PositiveIntegerField("数据行", default=0)
    progress = models.PositiveIntegerField("已预检", default=0)
    counts = models.JSONField("各结果行数", default=dict)
    failure = models.CharField("未能写入的原因", max_length=300, blank=True)
    forgotten = models.BooleanField("原文已清除", default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    created_at = models.DateTimeField("上传时间")
    changed_at = models.DateTimeField("最近改动")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="导入人"
    )
    done_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = "导入批次"
        verbose_name_plural = "导入批次"
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="batch_newest"),
            models.Index(fields=["created_by", "-created_at"], name="batch_by_person"),
            models.Index(fields=["target_key", "-created_at"], name="batch_by_ledger"),
            models.Index(fields=["stage", "changed_at"], name="batch_by_stage"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage__in=[Stage.DONE, Stage.UNDONE]) | Q(done_at__isnull=False, done_by__isnull=False),
                name="a_written_batch_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.UNDONE) | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="an_undone_batch_says_who_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.get_stage_display()}）"

    @property
    def fit_rows(self) -> int | None:
        """How many rows can be or were imported; nothing before they were judged."""
        return self.counts.get(Result.FINE, 0) + self.counts.get(Result.WARNED, 0) if self.counts else None


class ImportRow(models.Model):
    """One row of the file: what it said in the mapped columns, what was found, and what was written."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", verbose_name="批次")
    number = models.PositiveIntegerField("行号")
    result = models.CharField("结果", max_length=10, choices=Result)
    decision = models.CharField("处理", max_length=8, choices=Decision, default=Decision.NONE, blank=True)
    cells = models.JSONField("单元格", default=dict)
    personal = EncryptedText("个人信息单元格", blank=True)  # JSON: column → text
    problems = models.JSONField("问题", default=list)  # and `marks`, which are none: column, mark
    keys = models.JSONField("查重键", default=list)  # HMACs
    digest = models.CharField("行指纹", max_length=64, blank=True)
    known_number = models.CharField("台账编号", max_length=60, blank=True)
    written_pk = models.BigIntegerField("写入对象", null=True, blank=True)
    written_number = models.CharField("写入编号", max_length=60, blank=True)
    created = models.BooleanField("新增", default=False)
    undo = EncryptedText("撤销所需", blank=True)  # JSON of `Written.before` and `.stamp`
    kept_back = models.CharField("未撤销的原因", max_length=200, blank=True)

    objects = RowQuerySet.as_manager()

    class Meta:
        verbose_name = "导入行"
        verbose_name_plural = "导入行"
        ordering = ["batch", "number"]
        indexes = [
            models.Index(fields=["batch", "result", "number"], name="row_by_result"),
            models.Index(fields=["digest"], condition=Q(written_pk__isnull=False), name="row_written_before"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="a_row_of_a_file_is_kept_once"),
            models.CheckConstraint(
                condition=Q(written_pk__isnull=True) | Q(result__in=[Result.FINE, Result.WARNED]),
                name="only_a_row_without_errors_is_written",
            ),
        ]

    def __str__(self) -> str:
        return f"第 {self.number} 行"

    @property
    def complaints(self) -> list[dict[str, Any]]:
        """What is wrong, doubtful or to be decided."""
        return [one for one in self.problems if "mark" not in one]

    @property
    def marks(self) -> dict[str, str]:
        """Column → how its cell was filled where the file has 同上 or a merged cell."""
        return {one["column"]: one["mark"] for one in self.problems if "mark" in one}


class ColumnMemory(models.Model):
    """How a heading was understood the last time: the same headings are mapped the same way again."""

    target_key = models.CharField("台账键", max_length=60)
    fingerprint = models.CharField("表头指纹", max_length=64)
    mapping = models.JSONField("列的对应", default=dict)
    changed_at = models.DateTimeField("最近使用")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="对应人")

    class Meta:
        verbose_name = "列名记忆"
        verbose_name_plural = "列名记忆"
        constraints = [
            models.UniqueConstraint(fields=["target_key", "fingerprint"], name="a_heading_is_remembered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.target_key}：{len(self.mapping)} 列"
