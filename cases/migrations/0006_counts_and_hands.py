"""Indexes that answer by themselves: what the tabs count, and whose hands a case went through."""
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_wechat")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "source", "due_at", "paused_at"], name="case_counts"),
        ),
        migrations.AddIndex(
            model_name="caseevent",
            index=models.Index(fields=["case", "by"], name="event_hands"),
        ),
    ]
