"""部件: the component that a case is about, found again from the component's page."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grid", "0010_boundaries"), ("cases", "0011_wechat_offer")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="thing",
            field=models.ForeignKey(
                blank=True,
                null=True,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="grid.thing",
                verbose_name="部件",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["thing", "-received_at"], condition=models.Q(thing__isnull=False), name="case_by_thing"
            ),
        ),
    ]
