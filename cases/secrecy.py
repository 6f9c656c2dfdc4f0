"""What is said about people: petitioners' names out of every text, phones and ID numbers out of free text."""
import re
from typing import Any

from accounts.masking import mask_id_number, mask_name, mask_phone

PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
ID_NUMBER = re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])")


def scrub(text: str) -> str:
    """Free text with phones and ID numbers masked."""
    text = ID_NUMBER.sub(lambda found: mask_id_number(found.group()), text)
    return PHONE.sub(lambda found: mask_phone(found.group()), text)


def veil(text: str, names: dict[str, str]) -> str:
    """Free text in which each name is replaced by what may be said instead, phones and ID numbers masked."""
    for name, instead in sorted(names.items(), key=lambda pair: -len(pair[0])):
        if len(name) >= 2:
            text = text.replace(name, instead)
    return scrub(text)


def names_to_veil(case: Any) -> dict[str, str]:
    """The real names behind a case → what its texts say instead: the code name, or the masked name."""
    from cases.models import Petitioner

    if case.is_petition:
        petitioner = Petitioner.objects.filter(case=case).only("name").first()
        return {petitioner.name: case.petition.code_name} if petitioner else {}
    return {
        reporter.name: mask_name(reporter.name)
        for reporter in case.reporters.all()
        if reporter.kind == "resident" and reporter.name
    }


def veil_for(case: Any, text: str) -> str:
    """A text as it may be kept in the story and the search of this case."""
    return veil(text, names_to_veil(case)) if text else text
