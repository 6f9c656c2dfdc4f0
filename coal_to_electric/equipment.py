"""The kinds of equipment and their models as this process keeps them; an admin's change publishes another edition."""
from coal_to_electric.models import EquipmentKind, EquipmentModel
from grid.editions import Kept

SUBJECT = "equipment"


def _read() -> dict[str, EquipmentKind]:
    return {kind.code: kind for kind in EquipmentKind.objects.order_by("pk")}


def _read_models() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, name in EquipmentModel.objects.order_by("name").values_list("kind__code", "name"):
        found.setdefault(code, []).append(name)
    return found


KINDS: Kept[dict[str, EquipmentKind]] = Kept(SUBJECT, _read)
MODELS: Kept[dict[str, list[str]]] = Kept(SUBJECT, _read_models)  # code of the kind → names of its models


def kind_choices() -> list[tuple[str, str]]:
    """(code, name) of every kind, the forbidden one too, so that it can be refused with its reason."""
    return [(code, kind.name) for code, kind in KINDS.get().items()]
