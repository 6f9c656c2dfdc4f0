"""What every test may use: which folders are collected, and the cast."""
import gc
import os
import sys

import pytest

# The browser stories and the measurements are run by name (or by PGY_BROWSER=1), never by accident.
collect_ignore = [
    folder
    for folder, wanted in (("browser", "PGY_BROWSER"), ("bench", "PGY_BENCH"))
    if os.environ.get(wanted) != "1" and not any(f"tests/{folder}" in argument for argument in sys.argv)
]


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what was imported: it took a fifth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True)
def fresh_memory():
    """No reference data of an earlier test's database is remembered."""
    from cases.suggest import forget_what_was_learned
    from grid.editions import forget_everything

    forget_everything()
    forget_what_was_learned()
    yield
    forget_everything()
    forget_what_was_learned()


# The cast: who appears in the tests. Each is one person with one role, named as the product names them.


@pytest.fixture
def law_enforcement(db):
    """城管执法队."""
    from tests.make import make_department

    return make_department("城管执法队", code="D01")


@pytest.fixture
def sanitation(db):
    """环卫队, another department."""
    from tests.make import make_department

    return make_department("环卫队", kind="outside", code="X01")


@pytest.fixture
def command_centre(db):
    """指挥中心, where the desk sits."""
    from tests.make import make_department

    return make_department("指挥中心", kind="office", code="S01")


@pytest.fixture
def xijing(db):
    """西井社区 with one grid."""
    from tests.make import make_community

    return make_community("西井", code="110107005008")


@pytest.fixture
def langshan(db):
    """琅山村社区, another community."""
    from tests.make import make_community

    return make_community("琅山村", code="110107005017")


def _person(username: str, role: str, place: str | None = "command_centre"):
    def person(request, db):
        from tests.make import make_user

        home = request.getfixturevalue(place) if place else None
        department = getattr(home, "department", home)
        return make_user(username, *([role] if role else []), department=department, real_name=f"{username}甲")

    person.__doc__ = f"The {role or 'person without a role'}."
    return pytest.fixture(name=username)(person)


dispatcher = _person("dispatcher", "dispatcher")
other_dispatcher = _person("other_dispatcher", "dispatcher")
chief = _person("chief", "chief")
inspector = _person("inspector", "inspector")
handler = _person("handler", "handler", "law_enforcement")
other_handler = _person("other_handler", "handler", "sanitation")
community_worker = _person("community_worker", "worker", "xijing")
other_community_worker = _person("other_community_worker", "worker", "langshan")
petition_officer = _person("petition_officer", "petition")
clerk = _person("clerk", "clerk")
leader = _person("leader", "leader", None)
admin = _person("admin", "admin", None)
auditor = _person("auditor", "auditor", None)
outsider = _person("outsider", "", None)


@pytest.fixture
def standards(db):
    """The limits of workflow §2."""
    from cases.standards import seed_standards

    seed_standards()


@pytest.fixture
def category(db):
    """无照经营游商."""
    from tests.make import make_category

    return make_category()
