"""A person and a page for the tests of the look."""
from accounts.models import Department, DepartmentKind, RoleGrant, User
from accounts.roles import Role


def make_person(*roles: Role, username: str = "li", **over) -> User:
    """Somebody of the command centre with these roles."""
    centre, _ = Department.objects.get_or_create(
        code="T1", defaults={"name": "指挥中心", "short_name": "指挥中心", "kind": DepartmentKind.RESIDENT}
    )
    person = User.objects.create(username=username, real_name="李小兰", **({"department": centre} | over))
    RoleGrant.objects.bulk_create(RoleGrant(user=person, role=role) for role in roles)
    return person
