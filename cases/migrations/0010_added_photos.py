"""上报人补充: a kind of picture of its own."""

from django.db import migrations, models

KINDS = [
    ("before", "整改前"), ("during", "处置中"), ("after", "整改后"), ("check", "核查"), ("added", "上报人补充"),
    ("document", "材料"),
]  # fmt: skip


class Migration(migrations.Migration):

    dependencies = [("cases", "0009_field_acts")]

    operations = [
        migrations.AlterField(
            model_name="casephoto",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=10, verbose_name="类别"),
        ),
    ]
