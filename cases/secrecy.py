"""What is said about people: petitioners' names out of every text, phones and ID numbers out of free text."""
from typing import Any

from django.db.models import Q

from accounts.masking import mask_id_number, mask_name, mask_phone, scrub

SHORTEST_PHONE = 7  # digits; a shorter number would be found in any other


def veil(text: str, names: dict[str, str]) -> str:
    """Free text in which each name is replaced by what may be said instead, phones and ID numbers masked."""
    for name, instead in sorted(names.items(), key=lambda pair: -len(pair[0])):
        if len(name) >= 2:
            text = text.replace(name, instead)
    return scrub(text)


def said_instead(name: str, called: str, *, phone: str = "", id_number: str = "") -> dict[str, str]:
    """A person's name and numbers → what texts say instead; a landline or an old ID number has no shape of its own."""
    name, phone, id_number = name.strip(), phone.strip(), id_number.strip()
    found = {name: called} if name else {}
    found |= {phone: mask_phone(phone)} if len(phone) >= SHORTEST_PHONE else {}
    return found | ({id_number: mask_id_number(id_number)} if len(id_number) >= SHORTEST_PHONE else {})


def names_to_veil(case: Any) -> dict[str, str]:
    """The real names behind a case → what its texts say instead: the code name, or the masked name."""
    if case.is_petition:
        return _petitioners_behind(case)
    found: dict[str, str] = {}
    for reporter in case.reporters.all():
        if reporter.kind == "resident":
            found |= said_instead(reporter.name, mask_name(reporter.name), phone=reporter.phone)
    return found


def _petitioners_behind(case: Any) -> dict[str, str]:
    """Of the petition itself, of the one it was split from, and of those merged into it: each may be named in it."""
    from cases.models import Petitioner

    kin = Q(case=case.pk) | Q(case__master=case.pk) | (Q(case=case.parent_id) if case.parent_id else Q())
    rows = Petitioner.objects.filter(kin).values_list("name", "phone", "id_number", "case__petition__code_name")
    found: dict[str, str] = {}
    for name, phone, id_number, code_name in rows:
        found |= said_instead(name, code_name, phone=phone, id_number=id_number)
    return found


def veil_for(case: Any, text: str) -> str:
    """A text as it may be kept in the story and the search of this case."""
    return veil(text, names_to_veil(case)) if text else text
