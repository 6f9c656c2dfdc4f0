"""The page of a case: what stands on it, for whom, and at what cost."""
import pytest

from tests.make import make_case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def text_of(client, user, address):
    client.force_login(user)
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


def test_the_page_shows_title_stage_clock_facts_and_story(client, dispatcher):
    case = make_case(dispatcher, source="DC", description="要求两日内取缔", address="西井大街12号")
    status, html = text_of(client, dispatcher, case.get_absolute_url())
    assert status == 200
    for word in (case.title, case.number, "督查督办 区级", "待受理", "要求两日内取缔", "西井大街12号", "区市政市容监管中心",
                 "办理记录", "等待受理", "为什么是这个期限"):
        assert word in html, word
