"""What every test may use: which folders are collected, and the cast."""
import os
import sys

import pytest

# The browser stories and the measurements are run by name (or by PGY_BROWSER=1), never by accident.
collect_ignore = [
    folder
    for folder, wanted in (("browser", "PGY_BROWSER"), ("bench", "PGY_BENCH"))
    if os.environ.get(wanted) != "1" and not any(f"tests/{folder}" in argument for argument in sys.argv)
]


@pytest.fixture(autouse=True)
def fresh_memory():
    """No reference data of an earlier test's database is remembered."""
    from grid.editions import forget_everything

    forget_everything()
    yield
    forget_everything()
