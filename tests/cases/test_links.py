"""No button leads nowhere: every address that a case offers to a person answers that person."""
import re

import pytest

from cases.states import Source
from config import ui
from tests.make import make_case, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def links_in(html):
    """The addresses of this site, without anchors; what a form posts to is none."""
    found = re.findall(r'(?:href|hx-get)="(/[^"#]*)', html.replace("&amp;", "&"))
    return sorted({address for address in found if not address.startswith("/static/")})


@pytest.mark.parametrize("source", list(Source))
def test_every_link_of_page_and_pane_is_answered(source, client, dispatcher, petition_officer, category, xijing):
    user = petition_officer if source == Source.PETITION else dispatcher
    case = make_case(user, source=source, grid=xijing.grids.get(), lon=116.17, lat=39.93)
    move("accept", case, user, category=category)
    client.force_login(user)
    seen = client.get(case.get_absolute_url()).content.decode()
    seen += client.get(f"/cases/{case.number}/pane/", headers={"HX-Request": "true"}).content.decode()
    links = links_in(seen)
    assert f"/cases/{case.number}/print/order/" in links and len(links) > 10
    assert {address: client.get(address).status_code for address in links if client.get(address).status_code >= 400} == {}


EVERYBODY = ["dispatcher", "chief", "inspector", "handler", "community_worker", "petition_officer", "clerk", "leader",
             "admin", "auditor"]  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
def test_everything_in_the_navigation_opens_for_whom_it_is_offered(who, client, request):
    user = request.getfixturevalue(who)
    client.force_login(user)
    offered = [entry.address for entry, _ in ui.nav_for(user, path="/")]
    assert offered and {address: client.get(address, follow=True).status_code for address in offered} == dict.fromkeys(offered, 200)


def test_whoever_works_on_cases_finds_the_desk(dispatcher, handler, community_worker, leader, clerk):
    finds = [any(entry.key == "desk" for entry, _ in ui.nav_for(user, path="/"))
             for user in (dispatcher, handler, community_worker, leader, clerk)]  # fmt: skip
    assert finds == [True, True, True, True, False]
