"""The first page of each person: the first row whose permission they have and whose page exists."""
from django.urls import Resolver404, resolve

from accounts.models import User

FIRST_PAGES: tuple[tuple[str, str], ...] = (
    ("cases.use_desk", "/desk/"),
    ("cases.use_mobile", "/m/tasks/"),
    ("campaigns.keep_structures", "/ledgers/structures/"),
    ("reports.see_dashboard", "/dashboard/"),
    ("cases.see_all_cases", "/desk/"),
    ("accounts.enter_admin", "/admin/"),
    ("accounts.read_audit", "/audit/"),
)


def first_page(user: User) -> str:
    """The address where a person's work begins; one's own profile if nothing else is open to them."""
    for permission, address in FIRST_PAGES:
        if user.has_perm(permission) and _exists(address):
            return address
    return "/profile/"


def _exists(address: str) -> bool:
    """Whether the site has such a page."""
    try:
        resolve(address)
    except Resolver404:
        return False
    return True
