"""附近已有相似问题: the case near by about which a WeChat sender was asked."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("cases", "0010_added_photos")]

    operations = [
        migrations.AddField(
            model_name="wechatdraft",
            name="offered",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                to="cases.case", verbose_name="附近相似案件",
            ),
        ),
    ]
