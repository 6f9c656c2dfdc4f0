"""绑定微信: a person's own WeChat, or the code that will bind it."""

import accounts.encryption
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_audit_guard"),
    ]

    operations = [
        migrations.CreateModel(
            name="WeChatBinding",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="wechat",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                (
                    "openid",
                    accounts.encryption.EncryptedText(blank=True, default="", max_length=80, verbose_name="微信标识"),
                ),
                ("openid_index", models.CharField(blank=True, default="", max_length=64, verbose_name="微信标识索引")),
                ("bound_at", models.DateTimeField(blank=True, null=True, verbose_name="绑定时间")),
                (
                    "code",
                    accounts.encryption.EncryptedText(blank=True, default="", max_length=6, verbose_name="绑定码"),
                ),
                ("code_index", models.CharField(blank=True, default="", max_length=64, verbose_name="绑定码索引")),
                ("code_until", models.DateTimeField(blank=True, null=True, verbose_name="绑定码有效至")),
            ],
            options={
                "verbose_name": "微信绑定",
                "verbose_name_plural": "微信绑定",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("openid_index", ""), _negated=True),
                        fields=("openid_index",),
                        name="a_wechat_is_bound_to_one_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code_index", ""), _negated=True),
                        fields=("code_index",),
                        name="a_code_binds_one_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bound_at__isnull", True), ("openid_index", "")),
                            models.Q(models.Q(("openid_index", ""), _negated=True), ("bound_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="who_is_bound_is_bound_since",
                    ),
                ],
            },
        ),
    ]
