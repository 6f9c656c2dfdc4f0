"""How a person is reached outside the house."""
from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.encryption import EncryptedText
from accounts.models.people import User


class WeChatBindingQuerySet(models.QuerySet):
    """Bindings, and codes on the way to one."""

    def bound(self) -> "WeChatBindingQuerySet":
        """Those that lead to a WeChat."""
        return self.exclude(openid_index="")

    def awaiting(self, code_index: str, *, at: datetime) -> "WeChatBindingQuerySet":
        """The one that waits for this code, while it is good."""
        return self.filter(openid_index="", code_index=code_index, code_until__gt=at).exclude(code_index="")


class WeChatBinding(models.Model):
    """A person's own WeChat (open-id of the official account), or the six digits that will bind it until `code_until`.

    The account's conversation sees the code, the site sees the login: whoever has both is the person.
    """

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="wechat", verbose_name="人员")
    openid = EncryptedText("微信标识", max_length=80, blank=True, default="")
    openid_index = models.CharField("微信标识索引", max_length=64, blank=True, default="")
    bound_at = models.DateTimeField("绑定时间", null=True, blank=True)
    code = EncryptedText("绑定码", max_length=6, blank=True, default="")
    code_index = models.CharField("绑定码索引", max_length=64, blank=True, default="")
    code_until = models.DateTimeField("绑定码有效至", null=True, blank=True)

    objects = WeChatBindingQuerySet.as_manager()

    class Meta:
        verbose_name = "微信绑定"
        verbose_name_plural = "微信绑定"
        constraints = [
            models.UniqueConstraint(
                fields=["openid_index"], condition=~Q(openid_index=""), name="a_wechat_is_bound_to_one_person"
            ),
            models.UniqueConstraint(
                fields=["code_index"], condition=~Q(code_index=""), name="a_code_binds_one_person"
            ),
            models.CheckConstraint(
                condition=Q(openid_index="", bound_at__isnull=True) | (~Q(openid_index="") & Q(bound_at__isnull=False)),
                name="who_is_bound_is_bound_since",
            ),
        ]

    def __str__(self) -> str:
        """Whose."""
        return str(self.user)
