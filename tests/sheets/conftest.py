"""A ledger that is offered for one test only."""
import pytest

from sheets import targets
from tests.sheets.ledger import Ledger, resolver


@pytest.fixture
def ledger(monkeypatch):
    """The ledger of heated homes."""
    ledger = Ledger()
    monkeypatch.setattr(targets, "_OFFERED", {"homes": ledger.target()})
    monkeypatch.setattr(targets, "_FAMILIES", {})
    monkeypatch.setitem(targets.RESOLVERS, targets.Kind.COMMUNITY, resolver)
    return ledger


@pytest.fixture
def target(ledger):
    """It as spreadsheets see it."""
    return targets.target_named("homes")
