"""The shells, the components page and what is said when a page cannot be shown."""
import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import resolve

from accounts.roles import Role
from config import ui, views
from grid.editions import forget_everything
from tests.look.sample import make_person
from tests.make import make_community

pytestmark = pytest.mark.django_db


def test_the_components_page_is_for_people_with_a_login(client):
    assert client.get("/components/").status_code == 302
    client.force_login(make_person())
    assert client.get("/components/").status_code == 200


def test_the_components_page_shows_every_clock_stage_and_state(client):
    client.force_login(make_person())
    html = client.get("/components/").content.decode()
    words = [*ui.STAGES.values(), "剩 1时42分", "超期 1天4时", "停表 3天", "没有超期案件"]
    names = ("errsum", "cmp", "pager", "dlg", "toast ", "tl", "kpis", "bulk", "menu", "tabs", "steps", "note note--bad")
    parts = ["aria-busy", *(f'class="{name}' for name in names)]
    assert [needed for needed in words + parts if needed not in html] == []


def test_a_form_that_is_not_accepted_comes_back_as_422_with_the_error(client):
    client.force_login(make_person())
    answer = client.post("/components/", {"reason": "短"})
    assert answer.status_code == 422 and "至少 10 个字" in answer.content.decode()


@pytest.mark.parametrize(("choice", "shown"), [("dark", "dark"), ("light", "light"), ("auto", "light")])
def test_the_theme_of_the_person_is_on_the_page_before_any_script_runs(client, choice, shown):
    client.force_login(make_person(theme=choice))
    html = client.get("/components/").content.decode()
    assert f'data-theme="{shown}" data-theme-choice="{choice}"' in html


def test_single_keys_are_off_only_for_those_who_switched_them_off(client):
    client.force_login(make_person(shortcuts_on=False))
    assert 'data-shortcuts="off"' in client.get("/components/").content.decode()
    client.force_login(make_person(username="wang"))
    assert 'data-shortcuts="off"' not in client.get("/components/").content.decode()


def test_every_page_of_the_demonstration_says_so_and_no_other(client, settings):
    client.force_login(make_person())
    settings.DEMO = True
    assert "演示数据" in client.get("/components/").content.decode()
    settings.DEMO = False
    assert "演示数据" not in client.get("/components/").content.decode()


def test_the_navigation_offers_what_a_role_may_open_and_hides_the_rest(monkeypatch):
    monkeypatch.setattr(ui, "has_page", lambda address: True)
    offered = {role: {e.key for e, _ in ui.nav_for(make_person(role, username=role), path="/")} for role in Role}
    assert "desk" in offered[Role.DISPATCHER] and "audit" not in offered[Role.DISPATCHER]
    assert "structures" in offered[Role.CLERK] and "desk" not in offered[Role.CLERK]
    assert "audit" in offered[Role.AUDITOR] and "admin" not in offered[Role.AUDITOR]
    assert "dashboard" in offered[Role.LEADER] and "imports" not in offered[Role.LEADER]
    assert "tasks" in offered[Role.WORKER] and "bulletins" not in offered[Role.WORKER]


def test_the_navigation_does_not_offer_a_page_that_does_not_exist(monkeypatch):
    monkeypatch.setattr(ui, "has_page", lambda address: address != "/outbox/")
    assert "outbox" not in {e.key for e, _ in ui.nav_for(make_person(Role.DISPATCHER), path="/")}


def test_the_open_page_is_marked_and_only_that_one(monkeypatch):
    monkeypatch.setattr(ui, "has_page", lambda address: True)
    entries = ui.nav_for(make_person(Role.CLERK), path="/ledgers/structures/WJ-064/")
    assert [entry.key for entry, here in entries if here] == ["structures"]


def test_the_counts_that_a_view_gives_stand_beside_their_entries(monkeypatch):
    monkeypatch.setattr(ui, "has_page", lambda address: True)
    request = RequestFactory().get("/desk/")
    request.user = make_person(Role.DISPATCHER)
    html = render_to_string("_nav.html", {"request": request, "nav_counts": {"desk": 1234}})
    assert '<span class="n">1,234</span>' in html and html.count('class="n"') == 1


def test_a_missing_page_keeps_the_navigation_for_those_with_a_login_and_shows_none_to_others(client):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404 and "没有找到这一页" in answer.content.decode()
    assert 'class="side"' not in answer.content.decode()
    client.force_login(make_person())
    assert 'class="side"' in client.get("/no-such-page/").content.decode()


@pytest.mark.parametrize(
    ("view", "error", "status"), [(views.not_allowed, PermissionDenied, 403), (views.not_found, Http404, 404)]
)
def test_an_error_page_repeats_our_own_sentence_but_no_foreign_one(view, error, status):
    request = RequestFactory().get("/x/")
    request.user = make_person()
    ours = view(request, error("导出未脱敏数据要写明理由。"))
    assert ours.status_code == status and "导出未脱敏数据要写明理由。" in ours.content.decode()
    assert "secret_table" not in view(request, error("no row in secret_table")).content.decode()


def test_a_conflict_says_what_happened_and_leads_back_to_the_case():
    request = RequestFactory().get("/x/")
    request.user = make_person()
    context = {"sentence": "已被他人派遣，未重复操作。", "back": "/cases/DC-2016-076/"}
    html = render_to_string("409.html", context, request)
    assert "已被他人派遣，未重复操作。" in html and 'href="/cases/DC-2016-076/"' in html


def test_a_form_without_its_token_is_refused_in_words_and_one_with_it_is_not(client):
    person = make_person()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person)
    answer = strict.post("/components/", {"reason": "短"})
    assert answer.status_code == 403 and "这张表单打开太久" in answer.content.decode()
    token = strict.get("/components/").context["csrf_token"]
    assert strict.post("/components/", {"reason": "短", "csrfmiddlewaretoken": str(token)}).status_code == 422


def test_the_page_for_a_broken_server_asks_the_database_nothing(django_assert_num_queries):
    request = RequestFactory().get("/x/")
    with django_assert_num_queries(0):
        answer = views.broken(request)
    html = answer.content.decode()
    assert answer.status_code == 500 and "服务器出了错" in html and 'class="side"' in html


def test_the_shell_asks_the_database_the_same_for_one_count_or_many(client, django_assert_max_num_queries):
    client.force_login(make_person(Role.CHIEF, Role.LEADER))
    with django_assert_max_num_queries(4):  # session, person, roles, department
        client.get("/components/")


def test_the_components_address_is_in_the_sites_table_of_contents():
    assert resolve("/components/").func is views.components


def test_the_login_page_draws_the_street_that_is_loaded_and_an_empty_ground_before(client):
    assert "geo__community" not in client.get("/login/").content.decode()
    forget_everything()
    make_community()
    assert client.get("/login/").content.decode().count("geo__community") == 1


def test_a_failed_login_marks_the_password_and_says_so_in_a_summary(client):
    fresh = client.get("/login/").content.decode()
    assert "aria-invalid" not in fresh and "errsum" not in fresh
    html = client.post("/login/", {"username": "nobody", "password": "wrong"}).content.decode()
    assert 'id="login-error"' in html and 'aria-describedby="login-error"' in html and 'value="nobody"' in html
    assert "wrong" not in html
