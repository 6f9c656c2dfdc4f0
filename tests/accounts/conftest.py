"""People for the tests of this app, made by the app's own verbs."""
from datetime import UTC, datetime

import pytest

from accounts.models import Department
from accounts.staff import create_user

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Beijing
PASSWORD = "Xunjie-2026-ok"


@pytest.fixture
def now():
    """A fixed moment."""
    return NOW


@pytest.fixture
def person(db):
    """Makes a person: person("handler") or person("clerk", "auditor", username="x")."""
    made = []

    def make(*roles, username="", department=None, **over):
        made.append(username)
        return create_user(
            username=username or f"user{len(made)}",
            real_name=over.pop("real_name", "李小兰"),
            password=over.pop("password", PASSWORD),
            roles=roles,
            department=department,
            by=None,
            at=NOW,
            **over,
        )

    return make


@pytest.fixture
def department(db):
    """A department."""
    return Department.objects.create(code="D01", name="综合行政执法队", short_name="城管执法队", kind="resident")


@pytest.fixture
def other_department(db):
    """Another department."""
    return Department.objects.create(code="D02", name="公安警务组", short_name="公安警务组", kind="resident")
