"""How personal data looks to whoever may not see it: the default everywhere."""
import re

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
ID_NUMBER = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")


def mask_name(name: str) -> str:
    """Surname, `*`, and the last character if there are three or more: 李小兰 → 李*兰, 王芳 → 王*."""
    name = name.strip()
    if not name:
        return ""
    return name[0] + "*" + (name[-1] if len(name) > 2 else "")


def mask_phone(phone: str) -> str:
    """Three digits, four stars, four digits: 138****1234; a short or foreign number shows its last two."""
    phone = re.sub(r"[\s-]", "", phone)
    if len(phone) == 11:
        return phone[:3] + "****" + phone[-4:]
    if len(phone) > 4:
        return "*" * (len(phone) - 2) + phone[-2:]
    return "*" * len(phone)


def mask_id_number(number: str) -> str:
    """Area code, eight stars for the birthday, last four: 110107********002X."""
    number = number.strip()
    if len(number) == 18:
        return number[:6] + "********" + number[-4:]
    return "*" * len(number)


def scrub(text: str) -> str:
    """Free text with phones and ID numbers masked."""
    text = ID_NUMBER.sub(lambda found: mask_id_number(found.group()), text)
    return PHONE.sub(lambda found: mask_phone(found.group()), text)
