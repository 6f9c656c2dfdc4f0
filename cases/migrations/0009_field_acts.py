"""手机办理: moves sent from phones, each under its own key."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("cases", "0008_opinions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FieldAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=40, unique=True, verbose_name="幂等键")),
                ("move", models.CharField(max_length=30, verbose_name="动作")),
                ("version", models.PositiveIntegerField(verbose_name="办后版本")),
                ("at", models.DateTimeField(verbose_name="收到时间")),
                ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="工作人员")),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="field_acts", to="cases.case", verbose_name="案件")),
            ],
            options={
                "verbose_name": "手机办理",
                "verbose_name_plural": "手机办理",
                "ordering": ["-at", "-pk"],
            },
        ),
    ]
