"""What the pages of all registers share: who may keep rows, and how a verb's refusal comes back to the form."""
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from grid.forms.register import RegisterModelForm
from grid.photos import PhotoRefused, store_photo
from grid.registering import NotYours, RegisterConflict, RegisterRefused

TODO = "/grid/todo/"
# The registers beside the map: word, address, the rights of which one is enough (none: everybody).
REGISTERS = (
    ("部件台账", "/grid/things/", ("grid.see_registers", "grid.see_community_registers")),
    ("单位台账", "/grid/organisations/", ("grid.see_registers", "grid.see_community_registers")),
    ("人户台账", "/grid/dwellings/", ("grid.see_people", "grid.see_community_people")),
    ("点位检查", "/grid/checks/", ("grid.see_checks", "grid.see_community_checks")),
    ("责任网格", "/grid/areas/", ()),
    ("责任人", "/grid/posts/", ()),
    ("地名别名", "/grid/aliases/", ()),
    ("网格边界", "/grid/boundaries/", ()),
    ("台账核对", TODO, ("grid.see_registers", "grid.see_community_registers")),
)
KEEPING = ("grid.keep_registers", "grid.keep_community_registers")


def may_keep(user: Any) -> bool:
    """Whether a person enters rows into the registers at all."""
    return any(user.has_perm(right) for right in KEEPING)


def carried_by(user: Any) -> dict[str, bool]:
    """What a person may do with a register as a whole: keep, fill from a table, carry away."""
    return {
        "may_keep": may_keep(user), "may_import": user.has_perm("grid.import_registers"),
        "may_export": user.has_perm("grid.export_registers"),
    }  # fmt: skip


def registers_for(user: Any) -> list[tuple[str, str]]:
    """The registers that a person may open: word and address."""
    return [(word, address) for word, address, rights in REGISTERS if not rights or any(map(user.has_perm, rights))]


def number(text: str | None) -> int:
    """A whole number that a page sent, or 0."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def saved(form: RegisterModelForm, request: HttpRequest, verb: Callable[[dict[str, Any]], Any]) -> Any:
    """What the verb made of a sound form, or nothing, its refusal beside the field that it is about."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return verb({**form.columns, **_photos(form, request), "by": request.user, "at": timezone.now()})
    except (RegisterRefused, PhotoRefused) as refused:
        form.refuse(getattr(refused, "errors", {"photos": str(refused)}))
    except (NotYours, RegisterConflict) as refused:
        form.add_error(None, str(refused))
        form.conflict = isinstance(refused, RegisterConflict)
    return None


def _photos(form: RegisterModelForm, request: HttpRequest) -> dict[str, tuple]:
    """The uploads as photos; those of a refused form are swept like every abandoned one."""
    if "photos" not in form.fields:
        return {}
    at = timezone.now()
    return {"photos": tuple(store_photo(file, by=request.user, at=at) for file in form.cleaned_data["photos"])}


def done(form: Any, verb: Callable[[], Any]) -> Any:
    """What a verb without columns gave, or nothing, its refusal on the form."""
    try:
        return verb()
    except RegisterRefused as refused:
        for name, sentence in refused.errors.items():
            form.add_error(name if name in form.fields else None, sentence)
    except (NotYours, RegisterConflict) as refused:
        form.add_error(None, str(refused))
    return None
