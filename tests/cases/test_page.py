"""The page of a case: what stands on it, for whom, and at what cost."""
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cases.models import HotlineKind
from cases.states import State
from cases.views.shown import Shown
from tests.make import NOW, make_case, make_category, make_photo, make_return_reason, moment, move, put

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


def test_somebody_elses_case_and_a_number_that_is_none_are_not_there(client, dispatcher, other_handler):
    case = make_case(dispatcher)
    assert text_of(client, other_handler, case.get_absolute_url())[0] == 404
    assert text_of(client, dispatcher, "/cases/WG-2016-999/")[0] == 404
    assert text_of(client, dispatcher, case.get_absolute_url())[0] == 200


def test_a_stranger_is_sent_to_the_login(client, dispatcher):
    assert client.get(make_case(dispatcher).get_absolute_url()).status_code == 302


@pytest.fixture
def dispatched(dispatcher, handler, inspector, law_enforcement, xijing, category):
    """A case that is being handled since 2016-12-21 15:00."""
    case = make_case(
        dispatcher, source="WX", at=moment("2016-12-21 14:20"), lon=116.17, lat=39.93, description="两边摆着果蔬摊",
        reporter={"name": "王小明", "phone": "13800002046"},
    )  # fmt: skip
    move("accept", case, dispatcher, at=moment("2016-12-21 14:30"), category=category)
    grid = xijing.grids.get()
    move("register", case, dispatcher, at=moment("2016-12-21 14:40"), category=category, grid=grid, urgency="normal")
    move("dispatch", case, dispatcher, at=moment("2016-12-21 14:50"), lead=law_enforcement)
    move("acknowledge", case, handler, at=moment("2016-12-21 15:00"))
    return case


def test_the_next_step_is_the_one_blue_button_and_what_is_not_allowed_is_not_there(client, dispatched, handler):
    html = text_of(client, handler, dispatched.get_absolute_url())[1]
    blue = [part for part in html.split("<a ") if "btn--p" in part]
    assert len(blue) == 1 and f"/cases/{dispatched.number}/feedback/" in blue[0]
    assert "/request_extension/" in html and "/return/" in html
    assert "/close/" not in html and "/dispatch/" not in html


def test_an_overdue_case_says_what_is_late_why_and_what_can_be_done(dispatched, dispatcher, handler):
    late = Shown(dispatched, dispatcher, at=moment("2016-12-30 10:00")).late
    assert late.clock == "处置" and late.minutes < 0
    assert late.why == "城管执法队未按时反馈，未申请延期。" and "催办" in late.remedy
    move("request_extension", dispatched, handler, at=moment("2016-12-22 10:00"), until=moment("2016-12-30 17:30"),
         reason="等待产权单位答复")  # fmt: skip
    again = Shown(dispatched, dispatcher, at=moment("2016-12-30 10:00")).late
    assert again.why == "城管执法队未按时反馈，延期申请待审批。"
    assert Shown(dispatched, dispatcher, at=moment("2016-12-22 10:00")).late is None


def test_the_timeline_tells_when_a_clock_ran_out_though_no_task_ever_ran(dispatched, dispatcher):
    late = [row for row in Shown(dispatched, dispatcher, at=moment("2016-12-30 10:00")).timeline if row.late]
    assert [(row.button, row.at) for row in late] == [("系统记为超期", moment("2016-12-28 17:30"))]
    assert not [row for row in Shown(dispatched, dispatcher, at=moment("2016-12-28 17:00")).timeline if row.late]


def test_the_timeline_is_filtered_by_plain_links(client, dispatched, dispatcher):
    move("note", dispatched, dispatcher, at=moment("2016-12-21 16:00"), words="已电话联系")
    buttons = {
        show: {row.button for row in Shown(dispatched, dispatcher, at=NOW, show=show).timeline}
        for show in ("", "flow", "notes")
    }
    assert buttons["notes"] == {"批注"} and "批注" not in buttons["flow"] and {"批注", "派遣"} <= buttons[""]
    html = text_of(client, dispatcher, f"{dispatched.get_absolute_url()}?show=notes")[1]
    assert "已电话联系" in html and 'href="?show=flow#story"' in html and "等待" not in html.split('id="story"')[1]


def test_a_running_clock_shows_its_days_and_why(dispatched, dispatcher):
    shown = Shown(dispatched, dispatcher, at=moment("2016-12-22 10:00"))
    card = next(card for card in shown.running_clocks if card.word == "处置")
    assert card.limit == "5 工作日" and card.sign == "ok" and 0 < card.share < 100
    lines = [line["words"] for line in card.explanation]
    assert lines[0] == "不计，起算当日不计" and "第 5 日" in lines[-1] and any("不计" in line for line in lines[1:])
    assert [card.word for card in shown.stopped_clocks] == ["受理", "立案", "派遣", "签收"]


def test_the_steps_are_done_current_and_to_come(dispatched, dispatcher):
    steps = Shown(dispatched, dispatcher, at=NOW).steps
    assert [step.css for step in steps] == ["done", "done", "done", "now", "", ""]
    assert steps[3].due_at == dispatched.due_at


def test_a_returned_case_shows_its_path_from_department_to_department(
    client, dispatched, dispatcher, handler, sanitation
):
    assert Shown(dispatched, dispatcher, at=NOW).path == []
    move("return", dispatched, handler, at=moment("2016-12-21 16:00"), return_reason=make_return_reason(),
         reason="属环卫作业范围")  # fmt: skip
    move("dispatch", dispatched, dispatcher, at=moment("2016-12-21 16:10"), lead=sanitation)
    path = Shown(dispatched, dispatcher, at=NOW).path
    assert [(row.department.short_name, row.ending) for row in path] == [("城管执法队", "returned"), ("环卫队", "")]
    html = text_of(client, dispatcher, dispatched.get_absolute_url())[1]
    assert "承办经过" in html and "属环卫作业范围" in html and "退回 1 次" in html


def test_cases_of_the_same_grid_within_thirty_days_are_beside_it(client, dispatched, dispatcher, xijing):
    near = make_case(dispatcher, title="熟食摊油污路面", at=moment("2016-12-10 10:00"), grid=xijing.grids.get())
    make_case(dispatcher, title="很久以前的事", at=moment("2016-10-10 10:00"), grid=xijing.grids.get())
    make_case(dispatcher, title="别的网格的事", at=moment("2016-12-10 10:00"))
    html = text_of(client, dispatcher, dispatched.get_absolute_url())[1]
    assert near.number in html and "很久以前的事" not in html and "别的网格的事" not in html


def test_what_may_be_the_same_matter_stands_first_and_is_offered_side_by_side(client, dispatcher, inspector, category):
    place = {"lon": 116.17, "lat": 39.93}
    case = make_case(dispatcher, title="西井大街南口早点摊占道", at=timezone.now(), **place)
    alike = make_case(dispatcher, title="西井大街南口早餐摊占道", at=timezone.now(), **place)
    assert case.grid_id is None and alike.grid_id is None  # by place and words, not by the grid
    offer = f"/cases/{case.number}/merge/?master={alike.number}"
    html = text_of(client, dispatcher, case.get_absolute_url())[1]
    assert "相距 0 米、文字相近" in html and offer in html and "并排对比" in html
    assert text_of(client, dispatcher, offer)[1].count("beside__one") == 2
    html = text_of(client, inspector, case.get_absolute_url())[1]  # who may not merge sees it and is offered nothing
    assert alike.number in html and "/merge/" not in html


def test_a_petition_nearby_is_not_betrayed_to_whom_only_its_title_is_meant(
    client, dispatched, dispatcher, chief, petition_officer, xijing
):
    at, grid = moment("2016-12-20 10:00"), xijing.grids.get()
    petition = make_case(petition_officer, source="XF", title="反映楼上漏水", at=at, grid=grid)
    assert petition.number in text_of(client, chief, dispatched.get_absolute_url())[1]
    assert petition.number not in text_of(client, dispatcher, dispatched.get_absolute_url())[1]
    assert dispatched.number in text_of(client, chief, petition.get_absolute_url())[1]
    assert dispatched.number not in text_of(client, dispatcher, petition.get_absolute_url())[1]


def test_a_call_of_12345_says_whether_the_caller_was_answered_in_time(client, dispatcher):
    kind = HotlineKind.objects.get(code="12345")
    reporter = {"name": "王小明", "phone": "13800002046"}
    late, fresh, answered = (
        make_case(dispatcher, source="RX", at=at, reporter=reporter, detail={"kind": kind, "outside_number": number})
        for number, at in (("1", timezone.now() - timedelta(days=2)), ("2", timezone.now()), ("3", timezone.now()))
    )
    move("accept", answered, dispatcher, at=timezone.now(), category=make_category())
    move("reply", answered, dispatcher, at=timezone.now(), to_whom=answered.reporters.get(), channel="phone",
         words="您好，已经收到，正在安排处理。")  # fmt: skip
    seen = [text_of(client, dispatcher, case.get_absolute_url())[1] for case in (late, fresh, answered)]
    assert "超时未响应" in seen[0] and "已超时" not in seen[0]
    assert "待响应" in seen[1] and "解决时限" in seen[1]
    assert "已响应" in seen[2] and "响应超时" not in seen[2] and "待响应" not in seen[2]


def test_the_ground_is_drawn_around_the_pin_with_the_own_grid_marked(client, dispatched, dispatcher):
    shown = Shown(dispatched, dispatcher, at=NOW)
    assert shown.ground.own.startswith("M") and shown.ground.own.endswith("Z") and shown.ground.cells == []
    assert 'class="ground__own"' in text_of(client, dispatcher, dispatched.get_absolute_url())[1]


def test_related_cases_are_pins_on_the_small_map_when_they_lie_within_it(client, dispatched, dispatcher, xijing):
    grid, when = xijing.grids.get(), moment("2016-12-10 10:00")
    make_case(dispatcher, at=when, grid=grid, lon=116.1705, lat=39.9302)
    make_case(dispatcher, at=when, grid=grid, lon=116.179, lat=39.938)
    make_case(dispatcher, at=when, grid=grid)
    assert text_of(client, dispatcher, dispatched.get_absolute_url())[1].count("ground__near ") == 1


def test_the_neighbours_in_the_list_one_came_from_are_a_key_away(client, dispatched, dispatcher):
    other = make_case(dispatcher, source="WX", at=moment("2016-12-21 14:00"))
    html = text_of(client, dispatcher, f"{dispatched.get_absolute_url()}?list=open")[1]
    assert "/ 2" in html and f"/cases/{other.number}/?list=open" in html
    assert "/ 2</span>" not in text_of(client, dispatcher, dispatched.get_absolute_url())[1]


def test_the_page_asks_the_database_twelve_times_at_most_however_long_the_story(
    client, dispatched, dispatcher, handler, xijing, django_assert_max_num_queries
):
    def visit():
        client.force_login(dispatcher)
        client.get(dispatched.get_absolute_url())
        with django_assert_max_num_queries(12) as asked:
            assert client.get(dispatched.get_absolute_url()).status_code == 200
        return len(asked)

    before = visit()
    for minute in range(12):
        move("note", dispatched, dispatcher, at=moment(f"2016-12-21 15:{minute + 10}"), words="第几次联系",
             photos=[make_photo()])  # fmt: skip
        make_case(dispatcher, at=moment("2016-12-10 10:00"), grid=xijing.grids.get())
    assert visit() == before


def test_the_trail_is_for_the_auditor_who_sees_no_case_and_shows_no_petition_text(
    client, dispatched, auditor, petition_officer, clerk
):
    status, html = text_of(client, auditor, f"/cases/{dispatched.number}/trail/")
    assert status == 200 and "指纹链完整" in html and "果蔬摊" in html
    assert text_of(client, auditor, dispatched.get_absolute_url())[0] == 404
    petition = make_case(petition_officer, source="XF", description="反映楼上漏水")
    status, html = text_of(client, auditor, f"/cases/{petition.number}/trail/")
    assert status == 200 and "楼上漏水" not in html and "上报" in html
    assert text_of(client, clerk, f"/cases/{dispatched.number}/trail/")[0] == 404


@pytest.mark.skipif(connection.vendor == "postgresql", reason="a trigger there refuses the change in the first place")
def test_a_broken_chain_is_named_on_the_trail(client, dispatched, auditor):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_caseevent SET words = 'x' WHERE case_id = %s AND seq = 2", [dispatched.pk])
    assert "第 2 条记录（accept）内容被改动" in text_of(client, auditor, f"/cases/{dispatched.number}/trail/")[1]


@pytest.mark.parametrize("state", list(State))
def test_the_page_can_be_shown_in_every_state(client, dispatched, dispatcher, leader, state):
    over = {"master": make_case(dispatcher)} if state == State.MERGED else {}
    put(dispatched, state, **over)
    for user in (dispatcher, leader):
        status, html = text_of(client, user, dispatched.get_absolute_url())
        assert status == 200 and state.label in html
