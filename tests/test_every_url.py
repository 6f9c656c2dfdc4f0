"""Every address × every role: who gets in, who is turned away. An address without a row here fails."""

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import Role
from tests.make import make_case, move

ROLES = Role.values


def everyone(code: int) -> dict[str, int]:
    """The same answer for every role."""
    return dict.fromkeys(ROLES, code)


EVERYBODY = everyone(200)
LOGIN = 302  # without a login: to the login page


def only(*roles: str, code: int = 200, others: int = 403) -> dict[str, int]:
    """These roles get in, the others are turned away."""
    return {role: code if role in roles else others for role in ROLES}


SEES_THE_CASE = ("dispatcher", "chief", "inspector", "leader", "handler", "worker")
CALLERS = ("dispatcher", "chief", "inspector", "petition")
DESK = ("dispatcher", "chief", "inspector", "handler", "worker", "petition", "leader")

# route → (status without login, status by role). GET; POST-only addresses answer 405 to whoever may come at all.
TABLE: dict[str, tuple[int, dict[str, int]]] = {
    "": (LOGIN, everyone(302)),
    "api/v1/^cases/$": (403, EVERYBODY),
    r"api/v1/^cases/(?P<number>[A-Z]{2}-\d{4}-\d{3,})/$": (403, only(*SEES_THE_CASE, others=404)),
    r"api/v1/^cases/(?P<number>[A-Z]{2}-\d{4}-\d{3,})/moves/(?P<move>[a-z_]+)/$": (403, everyone(405)),
    r"api/v1/^cases/(?P<number>[A-Z]{2}-\d{4}-\d{3,})/moves/(?P<move>[a-z_]+)\.(?P<format>[a-z0-9]+)/?$": (
        403,
        everyone(405),
    ),
    r"api/v1/^cases/(?P<number>[A-Z]{2}-\d{4}-\d{3,})\.(?P<format>[a-z0-9]+)/?$": (
        403,
        only(*SEES_THE_CASE, others=404),
    ),
    r"api/v1/^cases\.(?P<format>[a-z0-9]+)/?$": (403, EVERYBODY),
    "api/v1/schema/": (403, EVERYBODY),
    "audit/": (LOGIN, only("auditor")),
    "callbacks/": (LOGIN, only(*CALLERS)),
    "callbacks/<number:number>/<int:pk>/hear/": (LOGIN, only(*CALLERS, code=404)),
    "callbacks/<number:number>/<slug:whom>/": (LOGIN, only(*CALLERS, code=404)),
    "callbacks/opinions/<int:pk>/": (LOGIN, only(*CALLERS, code=404)),
    "cases/<number:number>/": (LOGIN, only(*SEES_THE_CASE, others=404)),
    "cases/<number:number>/<move:move>/": (LOGIN, only(*SEES_THE_CASE, others=404)),
    "cases/<number:number>/looking/": (LOGIN, only(*SEES_THE_CASE, others=404)),
    "cases/<number:number>/pane/": (LOGIN, only(*SEES_THE_CASE, code=302, others=404)),
    "cases/<number:number>/photos/<int:pk>/<slug:size>/": (LOGIN, everyone(404)),
    "cases/<number:number>/print/<slug:paper>/": (LOGIN, only(*SEES_THE_CASE, others=404)),
    "cases/<number:number>/reveal/": (
        LOGIN,
        everyone(404)
        | {"dispatcher": 200, "chief": 200, "inspector": 200, "handler": 403, "worker": 403, "leader": 403},
    ),
    "cases/<number:number>/trail/": (
        LOGIN,
        only("dispatcher", "chief", "inspector", "handler", "worker", "leader", "auditor", others=404),
    ),
    "cases/bulk/<move:action>/": (LOGIN, only("dispatcher", "chief")),
    "cases/bulk/export/": (LOGIN, only("dispatcher", "chief", "inspector")),
    "cases/bulk/undo/": (LOGIN, everyone(405)),
    "cases/changes/": (LOGIN, only(*DESK)),
    "cases/import/": (LOGIN, only("dispatcher", "chief")),
    "cases/new/": (LOGIN, only("dispatcher", "chief", "handler", "worker", "petition")),
    "cases/new/likely/": (LOGIN, everyone(405)),
    "cases/new/place/": (LOGIN, EVERYBODY),
    "cases/paste/": (LOGIN, only("dispatcher", "chief", "handler", "worker")),
    "components/": (LOGIN, EVERYBODY),
    "desk/": (LOGIN, only(*DESK)),
    "desk/choices/<slug:name>/": (LOGIN, only(*DESK)),
    "desk/list/": (LOGIN, only(*DESK, code=302)),
    "desk/views/": (LOGIN, only(*DESK)),
    "desk/views/<int:pk>/forget/": (LOGIN, everyone(405)),
    "grid/": (LOGIN, EVERYBODY),
    r"grid/^(?P<code>\d{12})/$": (LOGIN, EVERYBODY),
    r"grid/^(?P<code>\d{15})/$": (LOGIN, EVERYBODY),
    "grid/ground.json": (200, EVERYBODY),
    "grid/locate.json": (422, everyone(422)),
    "grid/places.json": (LOGIN, EVERYBODY),
    "grid/sites.json": (LOGIN, EVERYBODY),
    "handover/": (LOGIN, only("dispatcher", "chief", "inspector", "handler", "petition")),
    "healthz": (200, EVERYBODY),
    "login/": (200, everyone(302)),
    "login/forgotten/": (200, EVERYBODY),
    "logout/": (405, everyone(405)),
    "m/mine/": (200, EVERYBODY),
    "m/offline/": (200, EVERYBODY),
    "m/report/": (200, EVERYBODY),
    "m/report/done/": (404, everyone(404)),
    "m/report/near/<str:token>/photo/": (404, everyone(404)),
    "m/report/nearby.json": (422, everyone(422)),
    "m/tasks/": (LOGIN, only("inspector", "handler", "worker", "petition")),
    "m/tasks/<number:number>/": (LOGIN, only("inspector", "handler", "worker") | {"petition": 404}),
    "m/tasks/fix/": (LOGIN, only("handler", "worker")),
    "m/token/": (200, EVERYBODY),
    "manifest.webmanifest": (200, EVERYBODY),
    "notifications/": (LOGIN, EVERYBODY),
    "notifications/<int:pk>/read/": (LOGIN, everyone(405)),
    "notifications/read/": (LOGIN, everyone(405)),
    "notifications/unread/": (401, EVERYBODY),
    "outbox/": (LOGIN, only("dispatcher", "chief")),
    "outbox/resend/": (LOGIN, only("dispatcher", "chief", code=405)),
    "outbox/wechat/": (LOGIN, only("dispatcher", "chief")),
    "outbox/wechat/<int:pk>/resend/": (LOGIN, only("dispatcher", "chief", code=405)),
    "outbox/wechat/pictures/<int:pk>/fetch/": (LOGIN, only("dispatcher", "chief", code=405)),
    "profile/": (LOGIN, EVERYBODY),
    "profile/password/": (LOGIN, EVERYBODY),
    "q/": (200, EVERYBODY),
    "q/<str:code>/": (404, everyone(404)),
    "q/<str:code>/<slug:which>/<slug:size>/": (404, everyone(404)),
    "q/<str:code>/more/": (405, everyone(405)),
    "q/<str:code>/opinion/": (405, everyone(405)),
    "sw.js": (200, EVERYBODY),
    "wechat/": (404, everyone(404)),
}
APART = ("admin/", "setup/")  # Django's own site, and a page that exists only before the first user: own tests


def routes(resolver: Any = None, before: str = "") -> list[str]:
    """Every route of the site, flattened."""
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            found.append(route)
    return found


OURS = [route for route in routes() if not route.startswith(APART)]


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(OURS) == set(TABLE)


@pytest.fixture
def case(standards, dispatcher, handler, community_worker, category, xijing, law_enforcement, leader):
    """A grid event in 西井 that 城管执法队 handles."""
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    return case


def address(route: str, case: Any) -> str:
    """A route with its blanks filled in."""
    values = {
        "<number:number>": case.number, "<int:pk>": "0", "<slug:size>": "thumb", "<str:move>": "note",
        "<slug:move>": "note", r"^(?P<code>\d{12})/$": "110107005008/", r"^(?P<code>\d{15})/$": "110107005008001/",
        "<move:action>": "accept", "<move:move>": "note", "<slug:paper>": "order", "<slug:name>": "community",
        "<str:token>": "x", "<str:code>": "ZZZZZZZZ", "<slug:which>": "after", "<slug:whom>": "nobody", r"^cases/$": "cases/", r"^cases\.(?P<format>[a-z0-9]+)/?$": "cases.json",
        r"^cases/(?P<number>[A-Z]{2}-\d{4}-\d{3,})": f"cases/{case.number}", r"(?P<move>[a-z_]+)": "note",
        r"\.(?P<format>[a-z0-9]+)/?$": ".json", "/$": "/",
    }  # fmt: skip
    for blank, value in values.items():
        route = route.replace(blank, value)
    assert "<" not in route, route
    return f"/{route}"


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(TABLE))
def test_without_a_login(route, case, client):
    assert client.get(address(route, case)).status_code == TABLE[route][0]


PERSONS = dict(zip(ROLES, (
    "dispatcher", "chief", "inspector", "handler", "community_worker", "petition_officer", "clerk", "leader", "admin",
    "auditor",
), strict=True))  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_with_each_role(role, case, client, request):
    client.force_login(request.getfixturevalue(PERSONS[role]))
    got = {route: client.get(address(route, case)).status_code for route in TABLE}
    assert got == {route: row[1][role] for route, row in TABLE.items()}
