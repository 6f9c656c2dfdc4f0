"""Looking through a bulletin for people: phones, ID numbers, names that the street knows, petitions.

A bulletin names cases and places. What is found for certain keeps it from being submitted; what only looks like a
person is asked about.
"""
import re
from dataclasses import dataclass, field

from accounts.encryption import blind_index
from accounts.masking import ID_NUMBER, PHONE
from cases.models import Case, Petitioner
from cases.secrecy import names_to_veil

CASE_NUMBER = re.compile(r"(?<![A-Za-z])[A-Z]{2}-\d{4}-\d{3,}")
PETITION_NUMBER = re.compile(r"(?<![A-Za-z])XF-\d{4}-\d{3,}")
LANDLINE = re.compile(r"(?<!\d)(?:010[- ]?)?[2-9]\d{7}(?!\d)")
LIKE_A_PERSON = re.compile(r"[\u4e00-\u9fff]{1,3}(?:先生|女士|大爷|大妈|阿姨|师傅|同志)")
HAN = re.compile(r"[\u4e00-\u9fff]+")
NAME_LENGTHS = (2, 3, 4)
AT_ONCE = 500


@dataclass
class Found:
    """What was found: sentences that forbid, and sentences that ask."""

    certain: list[str] = field(default_factory=list)
    likely: list[str] = field(default_factory=list)


def look_through(text: str) -> Found:
    """What in a text is, or looks like, a person."""
    found = Found()
    for pattern, word in ((ID_NUMBER, "证件号"), (PHONE, "手机号"), (LANDLINE, "电话号码")):
        if pattern.search(text):
            found.certain.append(f"正文里有{word}。通报只写案号和地点，请删去后再送签。")
    if PETITION_NUMBER.search(text):
        found.certain.append("正文里有信访件的案号。信访件不点名，请删去后再送签。")
    if _names_a_petitioner(text) or _names_a_reporter(text):
        found.certain.append("正文里有上报人或信访人的姓名。请改写为案号或地点后再送签。")
    people = sorted(set(LIKE_A_PERSON.findall(text)))
    if people:
        found.likely.append(f"“{'”“'.join(people[:5])}”像是在称呼个人。请核对，确不涉及个人信息再送签。")
    return found


def _names_a_petitioner(text: str) -> bool:
    """By blind index: what stands in the text is sealed the same way as the names were, and compared."""
    if not Petitioner.objects.exists():
        return False
    names = {run[at : at + size] for run in HAN.findall(text) for size in NAME_LENGTHS
             for at in range(len(run) - size + 1)}  # fmt: skip
    sealed = [blind_index(name, purpose="petitioner.name") for name in sorted(names)]
    batches = (sealed[at : at + AT_ONCE] for at in range(0, len(sealed), AT_ONCE))
    return any(Petitioner.objects.filter(name_index__in=batch).exists() for batch in batches)


def _names_a_reporter(text: str) -> bool:
    """The residents behind the cases that the text names, and nobody else: their names have no index."""
    numbers = set(CASE_NUMBER.findall(text))
    cases = Case.objects.filter(number__in=numbers).prefetch_related("reporters")
    return any(len(name) >= 2 and name in text for case in cases for name in names_to_veil(case))
