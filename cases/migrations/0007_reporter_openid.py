"""Who reported by WeChat is answered there: the sender stands with the reporter, since several may wait for one case."""
from django.db import migrations

import accounts.encryption


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_counts_and_hands")]

    operations = [
        migrations.AddField(
            model_name="reporter",
            name="openid",
            field=accounts.encryption.EncryptedText(blank=True, default="", max_length=80, verbose_name="微信标识"),
        ),
    ]
