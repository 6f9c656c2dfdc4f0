"""The house stays as built: imports and foreign keys point down, layers hold, one file assigns the state."""
import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.apps import apps as django_apps

ROOT = Path(__file__).resolve().parent.parent
BELOW = {
    "accounts": set(),
    "sheets": {"accounts"},
    "grid": {"accounts", "sheets"},
    "cases": {"accounts", "sheets", "grid"},
    "campaigns": {"accounts", "sheets", "grid", "cases"},
    "coal_to_electric": {"accounts", "sheets", "grid", "cases"},
    "reports": {"accounts", "sheets", "grid", "cases", "campaigns", "coal_to_electric"},
    "config": {"accounts", "sheets", "grid", "cases", "campaigns", "coal_to_electric", "reports"},
}
FACES = {"urls", "views", "forms", "filters", "api", "admin", "tasks", "channels", "management", "converters"}
NOUNS = {"models", "querysets", "states", "roles", "encryption", "masking"}  # tables and kinds of column are nouns
NEUTRAL = {"apps", "migrations", "__init__"}  # plugs and history


def layer(parts: tuple[str, ...]) -> int | None:
    """2 faces, 1 verbs, 0 nouns; None for plugs and history."""
    room = parts[1] if len(parts) > 1 else "__init__"
    if room in NEUTRAL:
        return None
    return 2 if room in FACES else 0 if room in NOUNS else 1


def modules() -> Iterator[tuple[Path, tuple[str, ...], ast.Module]]:
    """Every module of ours: path, dotted parts, tree."""
    for app in BELOW:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield path, parts, ast.parse(path.read_text())


def imports(tree: ast.Module) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every import, those inside functions included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield tuple(name.name.split(".")), node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            base = tuple(node.module.split("."))
            for name in node.names:
                yield (*base, name.name), node.lineno


ALL = list(modules())


def test_the_house_has_modules():
    assert {parts[0] for _, parts, _ in ALL} == set(BELOW)


def test_every_name_taken_from_a_module_of_ours_is_there():
    """Also where nothing else in the suite would open the module, or only one slow test."""
    taken = {name for _, _, tree in ALL for name, _ in imports(tree) if name[0] in BELOW}
    assert len(taken) > 1000
    assert not [name for name in sorted(taken) if not is_there(name)]
    assert not is_there(("grid", "calendar", "no_such_name"))


def is_there(name: tuple[str, ...]) -> bool:
    """A module of ours, or a name that one holds."""
    *base, last = name
    if not base:
        return find_spec(last) is not None
    holder = import_module(".".join(base))
    return hasattr(holder, last) or (hasattr(holder, "__path__") and find_spec(".".join(name)) is not None)


@pytest.mark.parametrize(("path", "parts", "tree"), ALL, ids=[".".join(parts) for _, parts, _ in ALL])
def test_imports_point_down(path, parts, tree):
    app, mine = parts[0], layer(parts)
    for target, line in imports(tree):
        if target[0] not in BELOW:
            continue
        where = f"{path.relative_to(ROOT)}:{line} imports {'.'.join(target)}"
        assert target[0] == app or target[0] in BELOW[app], where
        if "migrations" in parts or app == "config":
            continue
        theirs = layer(target)
        if target[0] != app:
            assert theirs != 2, f"{where}: another app's faces"
        elif mine is not None and theirs is not None:
            assert theirs <= mine, f"{where}: a higher layer"
        assert not (target[1:2] == ("tasks",) and mine != 2), f"{where}: only faces name tasks"


def test_foreign_keys_point_down():
    for model in django_apps.get_models():
        app = model._meta.app_label
        if app not in BELOW or model.__name__.startswith("Historical"):
            continue
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model:
                other = field.related_model._meta.app_label
                assert other not in BELOW or other == app or other in BELOW[app], f"{model.__name__}.{field.name}"


CASE_WORDS = {"case", "case_now", "seen", "master", "parent", "part", "follower", "child", "self", "instance", "obj"}


def state_assignments(tree: ast.Module) -> Iterator[int]:
    """Lines that could set a case's state: assignment, update(state=…), setattr, bulk_update, defaults."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(
            node, ast.AugAssign | ast.AnnAssign
        ) else []  # fmt: skip
        for target in targets:
            for one in ast.walk(target):
                if isinstance(one, ast.Attribute) and one.attr == "state":
                    yield node.lineno
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        keywords = {keyword.arg for keyword in node.keywords}
        words = [a.value for a in ast.walk(node) if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in ("update", "aupdate", "update_or_create", "create", "acreate", "get_or_create", "Case") and (
            "state" in keywords
        ):
            yield node.lineno
        elif name in ("setattr", "__setattr__") and "state" in words:
            yield node.lineno
        elif name == "bulk_update" and "state" in words:
            yield node.lineno


# These files assign the state of something that is not a case; what is named here is looked at by hand.
OTHER_STATES = {"grid/photos.py", "grid/photo_files.py", "grid/boundaries.py", "reports/models/bulletins.py"}


def test_only_the_workflow_assigns_a_cases_state():
    found = {
        f"{path.relative_to(ROOT)}"
        for path, parts, tree in ALL
        if parts[:2] != ("cases", "workflow") and list(state_assignments(tree))
    }
    assert found <= OTHER_STATES, found - OTHER_STATES


def test_the_guard_sees_every_way_to_assign_a_state():
    ways = [
        "case.state = 1", "Case.objects.filter().update(state=1)", "setattr(case, 'state', 1)",
        "Case.objects.bulk_update(rows, ['state'])", "Case(state=1)", "Case.objects.create(state=1)",
        "a, case.state = 1, 2",
    ]  # fmt: skip
    for way in ways:
        assert list(state_assignments(ast.parse(way))), way
    assert list(state_assignments(ast.parse((ROOT / "cases/workflow.py").read_text())))
    assert not list(state_assignments(ast.parse("case.title = 1; Case.objects.filter(state=1)")))


def test_no_admin_form_writes_a_case():
    from django.contrib import admin

    from cases.models import Case, CaseEvent

    assert Case not in admin.site._registry and CaseEvent not in admin.site._registry


def test_views_have_no_transactions_and_no_saves():
    for path, parts, _ in ALL:
        if len(parts) > 1 and parts[1] == "views":
            text = path.read_text()
            assert "transaction" not in text and ".save(" not in text, path
