"""A heated area may be an estimate (约80)."""
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coal_to_electric", "0002_payment_guard")]

    operations = [
        migrations.AddField(
            model_name="household", name="heating_area_approximate",
            field=models.BooleanField(default=False, verbose_name="采暖面积为约数"),
        ),
    ]
