"""What the tests of the coal-to-electric ledger begin with."""
import pytest

from coal_to_electric.seeding import seed_equipment, seed_limits, seed_policies
from tests.coal_to_electric.make import make_household, make_programme


@pytest.fixture
def policies(db):
    """Equipment, limits and the demonstration's policies."""
    seed_limits()
    seed_policies(seed_equipment())


@pytest.fixture
def programme(policies):
    """The season of 2016."""
    return make_programme()


@pytest.fixture
def household(programme, clerk, langshan):
    """A household just entered in 琅山村."""
    return make_household(programme, clerk, langshan)
