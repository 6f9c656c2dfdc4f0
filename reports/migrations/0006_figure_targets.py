"""What the street sets itself for a figure."""
from decimal import Decimal

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_publicity")]

    operations = [
        migrations.CreateModel(
            name="FigureTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("figure", models.CharField(choices=[("handling_on_time", "按期处置率"), ("closing_rate", "结案率")], max_length=30, unique=True, verbose_name="指标")),
                ("target", models.DecimalField(blank=True, decimal_places=2, help_text="留空表示不设目标", max_digits=5, null=True, verbose_name="目标（%）")),
            ],
            options={
                "verbose_name": "指标目标",
                "verbose_name_plural": "指标目标",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("target__isnull", True), models.Q(("target__gt", Decimal("0")), ("target__lte", Decimal("100"))), _connector="OR"),
                        name="a_target_is_a_share_of_a_hundred",
                        violation_error_message="目标应大于 0、不超过 100。请核对，或留空表示不设目标。",
                    )
                ],
            },
        ),
    ]
