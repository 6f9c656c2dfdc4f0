"""Reports as they came from phones, and the counters of the open doors."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_event_guard"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DoorCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("door", models.CharField(max_length=12, verbose_name="入口")),
                ("key", models.CharField(max_length=64, verbose_name="索引")),
                ("since", models.DateTimeField(verbose_name="时段开始")),
                ("used", models.PositiveIntegerField(default=0, verbose_name="次数")),
            ],
            options={
                "verbose_name": "入口计数",
                "verbose_name_plural": "入口计数",
                "indexes": [models.Index(fields=["since"], name="door_count_by_span")],
                "constraints": [
                    models.UniqueConstraint(fields=("door", "key", "since"), name="a_span_is_counted_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, unique=True, verbose_name="幂等键")),
                ("joined", models.BooleanField(default=False, verbose_name="并入已有案件")),
                (
                    "public_code",
                    models.CharField(blank=True, max_length=8, null=True, unique=True, verbose_name="查询码"),
                ),
                ("raw_lon", models.FloatField(blank=True, null=True, verbose_name="原始经度")),
                ("raw_lat", models.FloatField(blank=True, null=True, verbose_name="原始纬度")),
                (
                    "datum",
                    models.CharField(
                        choices=[("wgs84", "WGS-84"), ("gcj02", "GCJ-02")],
                        default="wgs84",
                        max_length=6,
                        verbose_name="坐标系",
                    ),
                ),
                ("accuracy_m", models.FloatField(blank=True, null=True, verbose_name="定位精度（米）")),
                (
                    "origin",
                    models.CharField(
                        choices=[("pin", "手工标注"), ("photo", "照片"), ("device", "手机定位"), ("none", "未取到")],
                        default="none",
                        max_length=8,
                        verbose_name="位置来自",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="收到时间")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="field_reports",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="工作人员",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="field_reports",
                        to="cases.case",
                        verbose_name="案件",
                    ),
                ),
                (
                    "reporter",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="field_report",
                        to="cases.reporter",
                        verbose_name="上报人",
                    ),
                ),
            ],
            options={
                "verbose_name": "手机上报",
                "verbose_name_plural": "手机上报",
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["by", "-at"], name="field_report_by_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("joined", False), ("public_code__isnull", False), _connector="OR"),
                        name="who_joins_has_a_code_of_his_own",
                    )
                ],
            },
        ),
    ]
