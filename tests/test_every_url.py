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
SEE_PATROLS = ("chief", "inspector", "clerk", "leader")
CALLERS = ("dispatcher", "chief", "inspector", "petition")
SEES_CHECKS = ("dispatcher", "chief", "inspector", "worker", "clerk", "leader")
SEES_REGISTERS = ("dispatcher", "chief", "inspector", "handler", "worker", "clerk", "leader")
HOUSEHOLDS = ("chief", "clerk", "leader", "worker")
DESK = ("dispatcher", "chief", "inspector", "handler", "worker", "petition", "leader")

# route → (status without login, status by role). GET; POST-only addresses answer 405 to whoever may come at all.
TABLE: dict[str, tuple[int, dict[str, int]]] = {
    "": (LOGIN, everyone(302)),
    "agreements/": (LOGIN, only("chief", "clerk", "leader", "admin", "handler", "worker")),
    "agreements/<int:pk>/": (LOGIN, only("chief", "clerk", "leader", "admin", code=404)),
    "agreements/<int:pk>/board/": (LOGIN, only("chief", "clerk", "leader", "admin", code=404)),
    "agreements/<int:pk>/clauses/<int:clause>/": (LOGIN, everyone(405)),
    "agreements/<int:pk>/export/": (LOGIN, only("chief", "clerk", code=404)),
    "agreements/<int:pk>/history/": (LOGIN, only("chief", "clerk", "leader", "admin", code=404)),
    "agreements/<int:pk>/issue/": (LOGIN, only("admin", code=404)),
    "agreements/<int:pk>/parties/": (LOGIN, only("admin", code=404)),
    "agreements/<int:pk>/plain/": (LOGIN, only("admin", code=404)),
    "agreements/<int:pk>/remind/": (LOGIN, everyone(405)),
    "agreements/<int:pk>/remind/<int:party>/": (LOGIN, everyone(405)),
    "agreements/<int:pk>/save/": (LOGIN, everyone(405)),
    "agreements/<int:pk>/settings/": (LOGIN, only("admin", code=404)),
    "agreements/<int:pk>/variables/": (LOGIN, everyone(405)),
    "agreements/clauses/": (LOGIN, only("admin")),
    "agreements/clauses/<int:pk>/": (LOGIN, only("admin", code=404)),
    "agreements/new/": (LOGIN, only("admin")),
    "agreements/party/<int:pk>/": (LOGIN, everyone(404)),
    "agreements/party/<int:pk>/<slug:act>/": (LOGIN, everyone(404)),
    "agreements/party/<int:pk>/fill/": (LOGIN, everyone(405)),
    "agreements/party/<int:pk>/document.<slug:form>": (LOGIN, everyone(404)),
    "agreements/party/<int:pk>/paper/": (LOGIN, everyone(404)),
    "agreements/party/<int:pk>/scans/<int:scan>/": (LOGIN, everyone(404)),
    "agreements/party/<int:pk>/tasks/<int:seq>/": (LOGIN, everyone(404)),
    "agreements/party/<int:pk>/viewed/": (LOGIN, everyone(405)),
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
    "bulletins/": (LOGIN, only("chief", "leader")),
    "bulletins/<int:pk>/": (LOGIN, only("chief", "leader", code=404)),
    "bulletins/<int:pk>/<slug:act>/": (LOGIN, only("chief", "leader", code=404)),
    "bulletins/<int:pk>/blocks/<slug:block>/": (LOGIN, only("chief", code=404)),
    "bulletins/<int:pk>/bulletin.<slug:form>": (LOGIN, only("chief", "leader", code=404)),
    "bulletins/<int:pk>/check/": (LOGIN, only("chief", "leader", code=404)),
    "bulletins/<int:pk>/details/": (LOGIN, only("chief", code=405)),
    "bulletins/<int:pk>/numbers/<str:name>/": (LOGIN, only("chief", "leader", code=404)),
    "bulletins/<int:pk>/pages/<int:sheet>.png": (LOGIN, only("chief", "leader", code=404)),
    "bulletins/export/": (LOGIN, only("chief", "leader", code=405)),
    "bulletins/new/": (LOGIN, only("chief")),
    "bulletins/schedules/": (LOGIN, only("admin")),
    "callbacks/": (LOGIN, only(*CALLERS)),
    "callbacks/<number:number>/<int:pk>/hear/": (LOGIN, only(*CALLERS, code=404)),
    "callbacks/<number:number>/<slug:whom>/": (LOGIN, only(*CALLERS, code=404)),
    "callbacks/opinions/<int:pk>/": (LOGIN, only(*CALLERS, code=404)),
    "campaigns/": (LOGIN, only("chief", "clerk", "leader")),
    "campaigns/<slug:slug>/": (LOGIN, only("chief", "clerk", "leader", code=404)),
    "campaigns/<slug:slug>/edit/": (LOGIN, only("clerk", code=404)),
    "campaigns/<slug:slug>/reported/": (LOGIN, only("clerk", code=404)),
    "campaigns/<slug:slug>/targets/": (LOGIN, only("clerk", code=404)),
    "campaigns/<slug:slug>/targets/<int:pk>/drop/": (LOGIN, only("clerk", code=405)),
    "campaigns/entries/<slug:slug>/": (LOGIN, only("chief", "clerk", "leader", code=404)),
    "campaigns/entries/<slug:slug>/<ledger_number:number>/": (LOGIN, only("chief", "clerk", "leader", code=404)),
    "campaigns/entries/<slug:slug>/<ledger_number:number>/edit/": (LOGIN, only("clerk", code=404)),
    "campaigns/entries/<slug:slug>/<ledger_number:number>/photos/<int:pk>/<slug:size>/": (LOGIN, only("chief", "clerk", "leader", code=404)),
    "campaigns/entries/<slug:slug>/<ledger_number:number>/void/": (LOGIN, only("clerk", code=404)),
    "campaigns/entries/<slug:slug>/export/": (LOGIN, only("chief", "clerk", code=404)),
    "campaigns/entries/<slug:slug>/new/": (LOGIN, only("clerk", code=404)),
    "campaigns/kinds/": (LOGIN, only("admin")),
    "campaigns/kinds/<slug:slug>/": (LOGIN, only("admin", code=404)),
    "campaigns/kinds/new/": (LOGIN, only("admin")),
    "campaigns/new/": (LOGIN, only("clerk")),
    "cases/<number:number>/": (LOGIN, only(*SEES_THE_CASE, others=404)),
    "cases/<number:number>/<move:move>/": (LOGIN, only(*SEES_THE_CASE, others=404)),
    "cases/<number:number>/file.pdf": (LOGIN, only(*SEES_THE_CASE, others=404)),
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
    "cases/new/things/": (LOGIN, everyone(405)),
    "cases/paste/": (LOGIN, only("dispatcher", "chief", "handler", "worker")),
    "components/": (LOGIN, EVERYBODY),
    "dashboard/": (LOGIN, only("chief", "leader")),
    "dashboard/export/": (LOGIN, only("chief", "leader", code=405)),
    "dashboard/subscribe/": (LOGIN, only("chief", "leader", code=405)),
    "desk/": (LOGIN, only(*DESK)),
    "desk/choices/<slug:name>/": (LOGIN, only(*DESK)),
    "desk/list/": (LOGIN, only(*DESK, code=302)),
    "desk/views/": (LOGIN, only(*DESK)),
    "desk/views/<int:pk>/forget/": (LOGIN, everyone(405)),
    "figures/": (LOGIN, only("chief", "leader")),
    "figures/export/": (LOGIN, only("chief", "leader", code=405)),
    "figures/<slug:key>/": (LOGIN, only("chief", "leader")),
    "figures/<slug:key>/export/": (LOGIN, only("chief", "leader", code=405)),
    "grid/": (LOGIN, EVERYBODY),
    r"grid/^(?P<code>\d{12})/$": (LOGIN, EVERYBODY),
    r"grid/^(?P<code>\d{15})/$": (LOGIN, EVERYBODY),
    "grid/ground.json": (200, EVERYBODY),
    "grid/locate.json": (422, everyone(422)),
    "grid/places.json": (LOGIN, EVERYBODY),
    "grid/sites.json": (LOGIN, EVERYBODY),
    "grid/layer/<slug:key>.json": (LOGIN, everyone(404)),  # each layer × each role: tests/grid/test_layers.py
    "grid/search.json": (LOGIN, everyone(422)),
    "grid/tiles/<slug:key>/<int:z>/<int:x>/<int:y>": (LOGIN, everyone(404)),  # no archive here: tests/grid/test_base_maps.py
    "grid/boundaries/": (LOGIN, EVERYBODY),
    "grid/boundaries/<int:pk>/drop/": (LOGIN, everyone(405)),
    "grid/boundaries/<str:code>/move/": (LOGIN, only("admin", code=404)),
    "grid/boundaries/shapes.json": (LOGIN, EVERYBODY),
    "grid/checks/": (LOGIN, only(*SEES_CHECKS)),
    "grid/checks/<int:pk>/": (LOGIN, only(*SEES_CHECKS, code=404)),
    "grid/checks/<int:pk>/photos/<int:photo>/<slug:size>/": (LOGIN, only(*SEES_CHECKS, code=404)),
    "grid/dwellings/": (LOGIN, only("chief", "clerk", "worker")),
    "grid/dwellings/<str:code>/": (LOGIN, only("chief", "clerk", "worker", code=404)),
    "grid/dwellings/<str:code>/edit/": (LOGIN, only("chief", "clerk", "worker", code=404)),
    "grid/dwellings/<str:code>/residents/new/": (LOGIN, only("chief", "clerk", "worker", code=404)),
    "grid/dwellings/export/": (LOGIN, only("clerk", "chief")),
    "grid/residents/export/": (LOGIN, only("clerk", "chief")),
    "grid/areas/export/": (LOGIN, only("clerk", "chief")),
    "grid/dwellings/find/": (LOGIN, only("chief", "clerk", "worker")),
    "grid/dwellings/new/": (LOGIN, only("clerk", "worker")),
    "grid/aliases/": (LOGIN, EVERYBODY),
    "grid/areas/": (LOGIN, EVERYBODY),
    "grid/areas/<str:code>/": (LOGIN, everyone(404)),
    "grid/areas/<str:code>/edit/": (LOGIN, everyone(404)),
    "grid/areas/new/": (LOGIN, only("clerk", "admin")),
    "grid/organisations/": (LOGIN, only(*SEES_REGISTERS)),
    "grid/organisations/<str:code>/": (LOGIN, only(*SEES_REGISTERS, code=404)),
    "grid/organisations/<str:code>/edit/": (LOGIN, only(*SEES_REGISTERS, code=404)),
    "grid/organisations/<str:code>/licence/": (LOGIN, only(*SEES_REGISTERS, code=404)),
    "grid/organisations/<str:code>/reveal/": (LOGIN, only(*SEES_REGISTERS, code=404)),
    "grid/organisations/export/": (LOGIN, only("clerk", "chief")),
    "grid/organisations/new/": (LOGIN, only("clerk", "worker")),
    "grid/places/<str:code>/": (LOGIN, everyone(404)),
    "grid/places/<str:code>/edit/": (LOGIN, everyone(404)),
    "grid/places/export/": (LOGIN, only("clerk", "chief")),
    "grid/places/new/": (LOGIN, only("clerk", "worker")),
    "grid/posts/": (LOGIN, EVERYBODY),
    "grid/posts/<int:pk>/leave/": (LOGIN, only("clerk", "admin", code=404)),
    "grid/posts/<slug:kind>/<str:code>/new/": (LOGIN, everyone(404)),
    "grid/residents/<int:pk>/edit/": (LOGIN, only("chief", "clerk", "worker", code=404)),
    "grid/residents/<int:pk>/erase/": (LOGIN, only("chief", "clerk", "worker", code=404)),
    "grid/residents/<int:pk>/leave/": (LOGIN, only("chief", "clerk", "worker", code=404)),
    "grid/residents/<int:pk>/reveal/": (LOGIN, only("chief", "clerk", "worker", code=404)),
    "grid/todo/": (LOGIN, only(*SEES_REGISTERS)),
    "grid/todo/<int:pk>/aside/": (LOGIN, only(*SEES_REGISTERS, code=404)),
    "grid/todo/sweep/": (LOGIN, everyone(405)),
    "grid/things/": (LOGIN, only(*SEES_REGISTERS)),
    "grid/things/<str:code>/": (LOGIN, only(*SEES_REGISTERS, code=404)),
    "grid/things/<str:code>/edit/": (LOGIN, everyone(404)),
    "grid/things/<str:code>/photos/<int:pk>/<slug:size>/": (LOGIN, everyone(404)),
    "grid/things/export/": (LOGIN, only("clerk", "chief")),
    "grid/things/new/": (LOGIN, only("clerk", "worker")),
    "handover/": (LOGIN, only("dispatcher", "chief", "inspector", "handler", "petition")),
    "healthz": (200, EVERYBODY),
    "imports/": (LOGIN, only("dispatcher", "chief", "clerk")),
    "imports/<int:pk>/": (LOGIN, only("dispatcher", "chief", "clerk", code=404)),
    "imports/<int:pk>/columns/": (LOGIN, only("dispatcher", "chief", "clerk", code=404)),
    "imports/<int:pk>/commit/": (LOGIN, everyone(405)),
    "imports/<int:pk>/drop/": (LOGIN, everyone(405)),
    "imports/<int:pk>/errors/": (LOGIN, only("dispatcher", "chief", "clerk", code=404)),
    "imports/<int:pk>/progress/": (LOGIN, only("dispatcher", "chief", "clerk", code=404)),
    "imports/<int:pk>/rows/<int:number>/": (LOGIN, everyone(405)),
    "imports/<int:pk>/undo/": (LOGIN, everyone(405)),
    "ledgers/households/": (LOGIN, only(*HOUSEHOLDS)),
    "ledgers/households/<household:number>/": (LOGIN, only(*HOUSEHOLDS, code=404)),
    "ledgers/households/<household:number>/edit/": (LOGIN, only("clerk", code=404)),
    "ledgers/households/<household:number>/photos/": (LOGIN, only("clerk", "worker", code=405)),
    "ledgers/households/<household:number>/photos/<int:pk>/<slug:size>/": (LOGIN, only(*HOUSEHOLDS, code=404)),
    "ledgers/households/<household:number>/reading/": (LOGIN, only("clerk", code=405)),
    "ledgers/households/<household:number>/reveal/": (LOGIN, only("clerk", code=404)),
    "ledgers/households/<household:number>/revisit/": (LOGIN, only("clerk", "worker", code=404)),
    "ledgers/households/<household:number>/steps/<step:step>/": (LOGIN, only(*HOUSEHOLDS, code=404)),
    "ledgers/households/export/": (LOGIN, only("chief", "clerk")),
    "ledgers/households/find/": (LOGIN, only(*HOUSEHOLDS, code=405)),
    "ledgers/households/funnel/": (LOGIN, only(*HOUSEHOLDS)),
    "ledgers/households/new/": (LOGIN, only("clerk")),
    "ledgers/households/payments/": (LOGIN, only("chief", "clerk", "leader")),
    "ledgers/households/payments/<batch:number>/": (LOGIN, only("chief", "clerk", "leader", code=404)),
    "ledgers/households/payments/<batch:number>/approve/": (LOGIN, only("chief", code=405)),
    "ledgers/households/payments/<batch:number>/list/": (LOGIN, only("chief", "clerk", code=405)),
    "ledgers/households/payments/<batch:number>/paid/": (LOGIN, only("clerk", code=405)),
    "ledgers/households/payments/<batch:number>/refuse/": (LOGIN, only("chief", code=405)),
    "ledgers/households/payments/new/": (LOGIN, only("clerk")),
    "ledgers/households/revisits/": (LOGIN, only(*HOUSEHOLDS)),
    "ledgers/households/stuck/": (LOGIN, only(*HOUSEHOLDS)),
    "ledgers/structures/": (LOGIN, only("chief", "clerk", "leader")),
    "ledgers/structures/<ledger_number:number>/": (LOGIN, only("chief", "clerk", "leader", code=404)),
    "ledgers/structures/<ledger_number:number>/<structure_step:step>/": (LOGIN, only("chief", "clerk", "leader", code=404)),
    "ledgers/structures/<ledger_number:number>/case/": (LOGIN, only("clerk", code=404)),
    "ledgers/structures/<ledger_number:number>/edit/": (LOGIN, only("clerk", code=404)),
    "ledgers/structures/<ledger_number:number>/pane/": (LOGIN, only("chief", "clerk", "leader", code=302)),
    "ledgers/structures/<ledger_number:number>/papers/": (LOGIN, only("clerk", code=404)),
    "ledgers/structures/<ledger_number:number>/papers/<int:pk>/": (LOGIN, only("clerk", code=404)),
    "ledgers/structures/<ledger_number:number>/photos/": (LOGIN, only("clerk", code=404)),
    "ledgers/structures/<ledger_number:number>/photos/<int:pk>/<slug:size>/": (LOGIN, only("chief", "clerk", "leader", code=404)),
    "ledgers/structures/<ledger_number:number>/reveal/": (LOGIN, only("clerk", code=404)),
    "ledgers/structures/export/": (LOGIN, only("chief", "clerk")),
    "ledgers/structures/from/<number:number>/": (LOGIN, only("dispatcher", "chief", "inspector")),
    "ledgers/structures/new/": (LOGIN, only("clerk")),
    "ledgers/structures/owner/": (LOGIN, only("clerk", code=405)),
    "ledgers/structures/pins.json": (LOGIN, only("chief", "clerk", "leader")),
    "login/": (200, everyone(302)),
    "login/forgotten/": (200, EVERYBODY),
    "logout/": (405, everyone(405)),
    "m/checks/": (LOGIN, only("worker")),
    "m/checks/<str:code>/": (LOGIN, only("worker", code=404)),
    "m/mine/": (200, EVERYBODY),
    "m/offline/": (200, EVERYBODY),
    "m/patrol/": (LOGIN, only("inspector", "worker")),
    "m/patrol/close/": (LOGIN, only("inspector", "worker", code=405)),
    "m/patrol/finding/": (LOGIN, only("worker")),
    "m/patrol/past/": (LOGIN, only("inspector", "worker")),
    "m/patrol/photos/": (LOGIN, only("inspector", "worker", code=405)),
    "m/patrol/photos/<int:pk>/<slug:size>/": (LOGIN, only("inspector", "worker", code=404)),
    "m/report/": (200, EVERYBODY),
    "m/report/done/": (404, everyone(404)),
    "m/report/near/<str:token>/photo/": (404, everyone(404)),
    "m/report/nearby.json": (422, everyone(422)),
    "m/tasks/": (LOGIN, only("inspector", "handler", "worker", "petition")),
    "m/tasks/<number:number>/": (LOGIN, only("inspector", "handler", "worker") | {"petition": 404}),
    "m/tasks/fix/": (LOGIN, only("handler", "worker")),
    "m/token/": (200, EVERYBODY),
    "manifest.webmanifest": (200, EVERYBODY),
    "month/": (200, EVERYBODY),
    "month/<slug:month>/": (404, everyone(404)),
    "month/<slug:month>/<int:nth>/<slug:which>/": (404, everyone(404)),
    "month/<slug:month>/edit/": (LOGIN, only("chief")),
    "month/<slug:month>/withdraw/": (LOGIN, only("chief", code=405)),
    "month/edit/": (LOGIN, only("chief", code=302)),
    "notifications/": (LOGIN, EVERYBODY),
    "notifications/<int:pk>/read/": (LOGIN, everyone(405)),
    "notifications/read/": (LOGIN, everyone(405)),
    "notifications/unread/": (401, EVERYBODY),
    "outbox/": (LOGIN, only("dispatcher", "chief")),
    "outbox/resend/": (LOGIN, only("dispatcher", "chief", code=405)),
    "outbox/wechat/": (LOGIN, only("dispatcher", "chief")),
    "outbox/wechat/<int:pk>/resend/": (LOGIN, only("dispatcher", "chief", code=405)),
    "outbox/wechat/pictures/<int:pk>/fetch/": (LOGIN, only("dispatcher", "chief", code=405)),
    "patrols/": (LOGIN, only(*SEE_PATROLS)),
    "patrols/<int:pk>/": (LOGIN, only(*SEE_PATROLS, code=404)),
    "patrols/<int:pk>/correct/": (LOGIN, only("inspector", code=404)),
    "patrols/<int:pk>/photos/<int:photo>/<slug:size>/": (LOGIN, only(*SEE_PATROLS, code=404)),
    "patrols/alerts/": (LOGIN, only(*SEE_PATROLS)),
    "patrols/alerts/<int:pk>/lift/": (LOGIN, only(*SEE_PATROLS, code=405)),
    "patrols/alerts/<int:pk>/report/": (LOGIN, only(*SEE_PATROLS, code=404)),
    "patrols/days/<slug:day>/": (LOGIN, only(*SEE_PATROLS)),
    "patrols/days/<slug:day>/<slug:shift>/": (LOGIN, only(*SEE_PATROLS, code=405)),
    "patrols/export/": (LOGIN, only(*SEE_PATROLS, code=405)),
    "profile/": (LOGIN, EVERYBODY),
    "profile/password/": (LOGIN, EVERYBODY),
    "profile/wechat/": (LOGIN, everyone(405)),
    "profile/wechat/unbind/": (LOGIN, everyone(405)),
    "q/": (200, EVERYBODY),
    "q/<str:code>/": (404, everyone(404)),
    "q/<str:code>/<slug:which>/<slug:size>/": (404, everyone(404)),
    "q/<str:code>/more/": (405, everyone(405)),
    "q/<str:code>/opinion/": (405, everyone(405)),
    "rankings/": (LOGIN, only("chief", "leader")),
    "rankings/export/": (LOGIN, only("chief", "leader", code=405)),
    "rankings/points/": (LOGIN, only("chief", code=405)),
    "rankings/publish/": (LOGIN, only("chief", code=405)),
    "rankings/received/": (LOGIN, only("chief")),
    "rankings/weights/": (LOGIN, only("admin")),
    "sw.js": (200, EVERYBODY),
    "wall/": (LOGIN, only("chief", "leader")),
    "wall/<str:token>/": (404, everyone(404)),
    "wall/worker.js": (200, EVERYBODY),
    "wall/links/": (LOGIN, only("admin")),
    "wall/links/<int:pk>/revoke/": (LOGIN, only("admin", code=405)),
    "wechat/": (404, everyone(404)),
    "year/": (LOGIN, only("chief", "leader", code=302)),
    "year/<int:year>/": (LOGIN, only("chief", "leader")),
    "year/<int:year>/export/": (LOGIN, only("chief", "leader", code=405)),
    "year/<int:year>/<slug:key>/": (LOGIN, only("chief", "leader", code=404)),
    "year/<int:year>/<slug:key>/export/": (LOGIN, only("chief", "leader", code=405)),
    "year/<int:year>/<slug:key>/reported/": (LOGIN, only("chief", code=404)),
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
        "<int:z>/<int:x>/<int:y>": "14/13476/6201", "<slug:day>": "2016-12-21", "<slug:shift>": "day", "<int:photo>": "0",
        "<ledger_number:number>": "WJ2016-999", "<structure_step:step>": "determine", "<slug:slug>": "nothing",
        "<household:number>": "MGD2016-999", "<batch:number>": "BT2016-99", "<step:step>": "survey",
        "<number:number>": case.number, "<int:pk>": "0", "<int:party>": "0", "<int:year>": "2016", "<slug:month>": "2016-12", "<int:nth>": "0", "<int:number>": "0", "<int:clause>": "0", "<int:scan>": "0", "<int:seq>": "0",
        "<slug:block>": "b1", "<slug:form>": "pdf", "<str:name>": "x", "<int:sheet>": "1", "<slug:act>": "sign", "<slug:size>": "thumb", "<str:move>": "note",
        "<slug:move>": "note", r"^(?P<code>\d{12})/$": "110107005008/", r"^(?P<code>\d{15})/$": "110107005008001/",
        "<move:action>": "accept", "<move:move>": "note", "<slug:paper>": "order", "<slug:name>": "community", "<slug:kind>": "grid",
        "<str:token>": "x", "<slug:key>": "accepted", "<str:code>": "ZZZZZZZZ", "<slug:which>": "after", "<slug:whom>": "nobody", r"^cases/$": "cases/", r"^cases\.(?P<format>[a-z0-9]+)/?$": "cases.json",
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
