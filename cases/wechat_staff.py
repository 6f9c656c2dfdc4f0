"""The official account as staff's own door: six digits from the profile bind the WeChat that sends them."""
from datetime import datetime

from accounts.binding import BindingRefused, bind
from cases import limits


def bind_staff(code: str, openid: str, openid_index: str, *, at: datetime) -> str:
    """The answer to six digits. Wrong ones are counted, per sender and for all of the account, so that none guesses."""
    try:
        place = limits.take_place("bind", device=openid_index, address="wechat", at=at)
        person = bind(code, openid=openid, openid_index=openid_index, at=at)
    except (BindingRefused, limits.TooMany) as refusal:
        return str(refusal)
    limits.give_back(place)
    return f"已绑定{person.real_name}的账号。派给你的案件、超期和夜间紧急案件会发到这里；在系统的个人设置里可以解除。"
