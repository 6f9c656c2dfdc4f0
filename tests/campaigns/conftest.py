"""What the tests of campaigns share."""
import pytest


@pytest.fixture(autouse=True)
def law(request):
    """The periods of the law, where a test uses the database."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        from campaigns.lawful import seed_periods

        seed_periods()
