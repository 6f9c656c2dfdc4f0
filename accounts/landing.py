"""Which pages the site has, and the first one of each person: whose permission they have and whose page exists."""
from functools import cache
from typing import Any

from django.urls import Resolver404, resolve

FIRST_PAGES: tuple[tuple[str, str], ...] = (
    ("cases.use_desk", "/desk/"),
    ("cases.use_mobile", "/m/tasks/"),
    ("campaigns.keep_structures", "/ledgers/structures/"),
    ("reports.see_dashboard", "/dashboard/"),
    ("cases.see_all_cases", "/desk/"),
    ("accounts.enter_admin", "/admin/"),
    ("accounts.read_audit", "/audit/"),
)


def first_page(user: Any) -> str:
    """The address where a person's work begins; one's own profile if nothing else is open to them."""
    for permission, address in FIRST_PAGES:
        if user.has_perm(permission) and has_page(address):
            return address
    return "/profile/"


@cache
def has_page(address: str) -> bool:
    """Whether the site answers at an address; asked once per process, since addresses do not change while it runs."""
    try:
        resolve(address)
    except Resolver404:
        return False
    return True
