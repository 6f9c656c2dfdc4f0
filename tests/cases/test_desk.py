"""The desk: what the list shows to whom, in which order, and what it costs."""
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import desk
from cases.models import Case, SavedView
from cases.states import State
from grid.calendar import seed_calendar
from grid.editions import publish
from grid.models import CalendarYear
from tests.make import make_case, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]

LIST = {"HX-Request": "true", "HX-Target": "list"}
HOUR = timezone.timedelta(hours=1)


def now():
    return timezone.now()


def see(client, user, address="/desk/", **headers):
    client.force_login(user)
    return client.get(address, headers=headers)


def text_of(response):
    return response.content.decode()


def numbers(response):
    return re.findall(r'id="case-([A-Z]{2}-\d{4}-\d+)"', text_of(response))


@pytest.fixture
def four(dispatcher):
    """One of each group, made in another order than they are due."""
    at = now()
    cases = {name: make_case(dispatcher, at=at) for name in ("ok", "stop", "over", "due")}
    put(cases["over"], State.REGISTERED, due_at=at - 3 * HOUR, due_clock="dispatch")
    put(cases["due"], State.REGISTERED, due_at=at + 3 * HOUR, due_clock="dispatch")
    put(cases["ok"], State.REGISTERED, due_at=at + 60 * HOUR, due_clock="dispatch")
    put(cases["stop"], State.SUSPENDED, due_at=at - 90 * HOUR, due_clock="handle", paused_at=at - 99 * HOUR)
    return cases


def test_the_list_stands_in_four_groups_by_time_left(client, dispatcher, four):
    page = see(client, dispatcher)
    assert numbers(page) == [four[name].number for name in ("over", "due", "ok", "stop")]
    text = text_of(page)
    for word in ("已超期", "24 小时内到期", "正常", "停表", "超期 ", "剩 "):
        assert word in text
    order = [text.index(f'dot--{key}"') for key in ("over", "due", "ok", "stop")]
    assert order == sorted(order)


def test_every_case_stands_in_exactly_one_group(dispatcher, four):
    put(make_case(dispatcher, at=now()), State.CHECKED, due_at=None, due_clock="")
    put(make_case(dispatcher, at=now()), State.CLOSED, due_at=None, due_clock="")
    at = now()
    for case in Case.objects.all():
        held = [key for key, q in desk.group_q(at).items() if Case.objects.filter(q, pk=case.pk).exists()]
        assert held == [desk.group_of(case, at=at)]
    tally = sum(desk.tallies(Case.objects.all(), at=at).values(), desk.Tally())
    assert tally == desk.Tally(over=1, due=1, ok=1, idle=1, stop=1, done=1)


def test_pages_meet_without_gap_or_repeat(client, dispatcher, monkeypatch, four):
    monkeypatch.setattr(desk, "PAGE_SIZE", 3)
    first, second = numbers(see(client, dispatcher)), numbers(see(client, dispatcher, "/desk/?page=2"))
    assert len(first) == 3 and first + second == [four[name].number for name in ("over", "due", "ok", "stop")]


def test_tabs_count_by_source_whatever_tab_is_open(client, dispatcher):
    make_case(dispatcher, at=now())
    make_case(dispatcher, at=now(), source="DC")
    text = text_of(see(client, dispatcher, "/desk/?source=DC"))
    assert re.search(r'全部在办 <span class="n">2<', text) and re.search(r'督查督办 <span class="n">1<', text)
    assert numbers(see(client, dispatcher, "/desk/?source=DC")) == [f"DC-{timezone.localdate().year}-001"]


def test_htmx_gets_the_list_alone(client, dispatcher, four):
    page = see(client, dispatcher, "/desk/?clock=over", **LIST)
    assert "<html" not in text_of(page) and numbers(page) == [four["over"].number]
    assert "HX-Request" in page["Vary"]
    again = see(client, dispatcher, "/desk/list/?clock=over", **LIST)
    assert numbers(again) == [four["over"].number]


def test_without_scripts_the_list_address_is_the_desk(client, dispatcher):
    assert see(client, dispatcher, "/desk/list/?clock=over")["Location"] == "/desk/?clock=over"


def test_a_handler_sees_the_own_department_only(
    client, dispatcher, handler, other_handler, law_enforcement, category, xijing
):
    case = make_case(dispatcher, at=now())
    make_case(dispatcher, at=now())
    move("accept", case, dispatcher, at=now(), category=category)
    move("register", case, dispatcher, at=now(), category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, at=now(), lead=law_enforcement)
    assert numbers(see(client, handler)) == [case.number]
    assert numbers(see(client, handler, "/desk/?todo=1")) == [case.number]
    assert numbers(see(client, other_handler)) == []
    assert "没有在办案件" in text_of(see(client, other_handler))


def test_a_dispatcher_sees_of_a_petition_title_and_clock(client, dispatcher, petition_officer, chief, category):
    case = make_case(petition_officer, source="XF", at=now(), title="反映补贴未到账", category=category)
    row = text_of(see(client, dispatcher, "/desk/?source=XF"))
    assert case.number in row and "反映补贴未到账" in row and "金丝雀" not in row
    assert case.number in text_of(see(client, petition_officer))


def test_an_inspector_sees_no_petition_at_all(client, inspector, dispatcher, petition_officer):
    case = make_case(petition_officer, source="XF", at=now())
    other = make_case(dispatcher, at=now())
    text = text_of(see(client, inspector))
    assert case.number not in text and other.number in text and "信访" not in text


def test_who_sees_no_cases_is_told_whom_to_ask(client, clerk, dispatcher):
    page = see(client, clerk)
    assert page.status_code == 403 and "系统管理员" in text_of(page)
    assert see(client, dispatcher).status_code == 200


def test_nothing_overdue_is_said_as_a_fact_with_what_is_due_today(client, dispatcher, four):
    put(four["over"], State.CLOSED, due_at=None)
    put(four["due"], State.REGISTERED, due_at=min(desk.end_of_day(now()), now() + HOUR))
    text = text_of(see(client, dispatcher, "/desk/?clock=over"))
    assert "没有超期案件" in text and "今天到期的还有 1 件" in text and "/desk/?clock=today" in text


def test_nothing_found_offers_to_clear_the_filter(client, dispatcher, four):
    text = text_of(see(client, dispatcher, "/desk/?q=没有这样的案件"))
    assert "没有符合条件的案件" in text and "清除筛选" in text


def test_views_are_counted_and_can_be_kept_and_dropped(client, dispatcher, four):
    text = text_of(see(client, dispatcher))
    assert re.search(r'已超期<span class="n n--bad">1<', text)
    kept = client.post("/desk/views/", {"name": "三小时", "query": "clock=soon&page=3&case=DC-2016-001&nonsense=1"})
    assert kept.status_code == 302 and kept["Location"] == "/desk/?clock=soon"
    view = SavedView.objects.get()
    assert f"/desk/views/{view.pk}/forget/" in text_of(client.get("/desk/views/?query=clock=soon"))
    assert (view.name, view.query) == ("三小时", "clock=soon")
    assert re.search(r'三小时<span class="n">1<', text_of(see(client, dispatcher)))
    assert client.post(f"/desk/views/{view.pk}/forget/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_not_kept(client, dispatcher):
    client.force_login(dispatcher)
    page = client.post("/desk/views/", {"name": "", "query": "clock=over"})
    assert page.status_code == 422 and "请填写视图名称" in text_of(page)
    assert not SavedView.objects.exists()


def test_nobody_drops_anothers_view(client, dispatcher, other_dispatcher):
    view = SavedView.objects.create(user=dispatcher, name="我的", query="clock=over")
    client.force_login(other_dispatcher)
    assert client.post(f"/desk/views/{view.pk}/forget/").status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_others_changes_are_told_and_own_ones_are_not(client, dispatcher, other_dispatcher):
    since = (now() - HOUR).isoformat()
    case = make_case(dispatcher, at=now())
    client.force_login(dispatcher)
    assert "条更新" not in text_of(client.get("/cases/changes/", {"since": since}))
    move("note", case, other_dispatcher, at=now(), words="已联系")
    text = text_of(client.get("/cases/changes/", {"since": since}))
    assert "有 1 条更新" in text and "/desk/list/" in text
    assert "条更新" not in text_of(client.get("/cases/changes/", {"since": now().isoformat()}))
    assert client.get("/cases/changes/", {"since": "昨天"}).status_code == 200


@pytest.mark.parametrize("name", ["stage", "community", "lead", "category", "received", "tag", "sort", "clock"])
def test_each_filter_offers_its_choices_as_links(client, dispatcher, xijing, law_enforcement, category, name):
    case = make_case(dispatcher, at=now(), tags=("蓝天行动",))
    page = see(client, dispatcher, f"/desk/choices/{name}/?source=WG")
    assert page.status_code == 200 and f"{name}=" in text_of(page) and "source=WG" in text_of(page)
    assert case


def test_who_sees_a_part_of_the_street_is_offered_its_communities_alone(
    client, dispatcher, community_worker, xijing, langshan, category
):
    make_case(dispatcher, at=now(), grid=xijing.grids.get(), community=xijing, category=category)
    make_case(dispatcher, at=now(), grid=langshan.grids.get(), community=langshan, category=category)
    page = "/desk/choices/community/"
    assert {"西井", "琅山村"} <= set(re.findall(r">([^<>]+)<", text_of(see(client, dispatcher, page))))
    words = text_of(see(client, community_worker, page))
    assert f"community={xijing.code}" in words and f"community={langshan.code}" not in words


def test_an_unknown_filter_is_no_address(client, dispatcher):
    assert see(client, dispatcher, "/desk/choices/password/").status_code == 404


def many(user, count, xijing, category, department):
    for place in range(count):
        source = ("WG", "DC", "WX", "ZB", "RX")[place % 5]
        case = make_case(user, at=now(), source=source, grid=xijing.grids.get(), community=xijing, category=category)
        put(case, State.IN_PROGRESS, lead=department, due_at=now() + (place - 3) * HOUR, due_clock="handle")


def cost(client, user, address):
    client.force_login(user)
    client.get(address)
    with CaptureQueriesContext(connection) as spent:
        assert client.get(address).status_code == 200
    return len(spent)


@pytest.mark.parametrize("address", ["/desk/", "/desk/?source=WG&clock=soon", "/desk/?todo=1&sort=newest"])
def test_a_list_twice_as_long_costs_no_more_queries(client, dispatcher, xijing, category, law_enforcement, address):
    many(dispatcher, 10, xijing, category, law_enforcement)
    before = cost(client, dispatcher, address)
    many(dispatcher, 10, xijing, category, law_enforcement)
    assert cost(client, dispatcher, address) == before <= 10


def test_the_list_of_a_handler_costs_ten_queries_at_most(client, handler, dispatcher, xijing, category, law_enforcement):
    many(dispatcher, 10, xijing, category, law_enforcement)
    assert cost(client, handler, "/desk/") <= 10


def test_the_pane_has_a_bounded_cost(client, dispatcher, xijing, category, law_enforcement):
    many(dispatcher, 3, xijing, category, law_enforcement)
    case = Case.objects.first()
    client.force_login(dispatcher)
    with CaptureQueriesContext(connection) as spent:
        assert client.get(f"/cases/{case.number}/pane/", headers={"HX-Request": "true"}).status_code == 200
    assert len(spent) <= 20, [query["sql"][:120] for query in spent]


def test_who_moves_deadlines_is_told_that_next_years_holidays_are_missing(client, chief, dispatcher):
    seed_calendar()
    with time_machine.travel("2026-11-02T02:00:00Z", tick=False):
        assert "2027 年的节假日安排还没有录入" in see(client, chief).content.decode()
        assert "节假日安排" not in see(client, dispatcher).content.decode()
        CalendarYear.objects.create(year=2027, source="通知")
        publish("calendar")
        assert "节假日安排" not in see(client, chief).content.decode()
