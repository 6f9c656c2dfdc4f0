"""The papers of a case: which there are, for whom, and that they hold what they must."""
import pytest

from accounts.models import AuditEntry
from tests.make import make_case, moment, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def html_of(client, user, case, paper, **data):
    client.force_login(user)
    address = f"/cases/{case.number}/print/{paper}/"
    answer = client.post(address, data) if data else client.get(address)
    return answer.status_code, answer.content.decode()


def test_the_order_holds_the_fields_of_the_streets_own_form(client, dispatcher, leader, law_enforcement, xijing, category):
    case = make_case(dispatcher, source="DC", title="西井大街马路市场回潮", description="要求两日内取缔", address="西井大街12号")
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement, words="请即办理")
    move("instruct", case, leader, words="务必守住")
    status, html = html_of(client, dispatcher, case, "order")
    assert status == 200
    for word in ("编号", case.number, "来源", "收文日期", "来文单位", "区市政市容监管中心", "事项", "西井大街马路市场回潮", "点位",
                 "西井大街12号", "办理要求", "要求两日内取缔", "办结时限", "拟办意见", "请即办理", "领导批示", "务必守住",
                 "承办单位", "城管执法队", "办理情况", "反馈日期", "核查", "销号", "演示数据"):  # fmt: skip
        assert word in html, word


def test_there_are_only_the_papers_that_fit_the_case(client, dispatcher):
    notice, transfer = make_case(dispatcher, source="DC"), make_case(dispatcher, source="ZB")
    assert html_of(client, dispatcher, notice, "feedback")[0] == 200
    assert html_of(client, dispatcher, transfer, "feedback")[0] == 404
    assert html_of(client, dispatcher, transfer, "receipt")[0] == 200
    assert html_of(client, dispatcher, notice, "receipt")[0] == 404
    assert html_of(client, dispatcher, notice, "supervision")[0] == 404
    assert html_of(client, dispatcher, notice, "nonsense")[0] == 404


def test_a_supervised_case_has_its_supervision_order(client, dispatcher, chief):
    case = make_case(dispatcher, source="DC")
    move("supervise", case, chief, level=1, due=moment("2016-12-23 17:30"), words="限期办结并书面说明")
    status, html = html_of(client, dispatcher, case, "supervision")
    assert status == 200 and "1 级督办" in html and "2016-12-23 17:30" in html and "限期办结并书面说明" in html


def test_a_unit_outside_the_street_gets_a_transfer_order_with_a_slip(
    client, dispatcher, sanitation, law_enforcement, xijing, category
):
    sanitation.kind = "outside"
    sanitation.save(update_fields=["kind"])
    cases = [make_case(dispatcher, title="井盖松动", description="车过有响声") for _ in range(2)]
    for case, lead in zip(cases, (sanitation, law_enforcement), strict=True):
        move("accept", case, dispatcher, category=category)
        move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
        assert html_of(client, dispatcher, case, "transfer")[0] == 404
        move("dispatch", case, dispatcher, lead=lead, words="请三日内复位")
    status, html = html_of(client, dispatcher, cases[0], "transfer")
    assert status == 200
    for word in ("转办单", sanitation.name, "井盖松动", "车过有响声", "请三日内复位", "回执", "签收人", "演示数据"):
        assert word in html, word
    assert html_of(client, dispatcher, cases[1], "transfer")[0] == 404  # the street's own unit needs none


@pytest.fixture
def petition(petition_officer, category):
    """An accepted petition of 金丝雀."""
    case = make_case(petition_officer, source="XF", title="反映楼上漏水", description="漏水三年",
                     reporter={"name": "金丝雀", "phone": "13800007777"})  # fmt: skip
    move("accept", case, petition_officer, category=category)
    return case


def test_the_letter_of_acceptance_says_the_sixty_days_and_the_code_name(client, petition, petition_officer):
    status, html = html_of(client, petition_officer, petition, "accepted")
    assert status == 200 and "六十日" in html and "2017年2月19日" in html
    assert petition.petition.code_name in html and "金丝雀" not in html


def test_the_name_is_printed_for_a_reason_and_recorded_and_not_for_a_short_one(client, petition, petition_officer):
    status, html = html_of(client, petition_officer, petition, "accepted", reason="送达本人签收", basis="")
    assert status == 200 and "金丝雀" in html
    assert AuditEntry.objects.filter(action="petitioner_revealed", reason="送达本人签收").count() == 1
    status, html = html_of(client, petition_officer, petition, "accepted", reason="看看", basis="")
    assert status == 422 and "金丝雀" not in html and "至少 5 个字" in html
    assert AuditEntry.objects.filter(action="petitioner_revealed").count() == 1


@pytest.mark.parametrize(("who", "status"), [("dispatcher", 404), ("chief", 404), ("leader", 404), ("inspector", 404)])
def test_only_the_petition_officer_makes_out_letters_to_a_petitioner(client, petition, who, status, request):
    assert html_of(client, request.getfixturevalue(who), petition, "accepted")[0] == status
    assert html_of(client, request.getfixturevalue(who), petition, "accepted", reason="送达本人签收")[0] == status


def test_the_reply_letter_holds_request_facts_basis_opinion_and_remedy_with_its_limit(
    client, petition, petition_officer
):
    assert html_of(client, petition_officer, petition, "reply")[0] == 404
    put(petition, "checked", result="经查系三楼阳台管道老化", conclusion="责成产权单位更换管道")
    status, html = html_of(client, petition_officer, petition, "reply", basis="《物权法》第八十四条", reason="")
    assert status == 200
    for word in ("信访请求", "漏水三年", "查明的事实", "三楼阳台管道老化", "法律依据", "《物权法》第八十四条", "处理意见",
                 "责成产权单位更换管道", "救济途径", "30日内", "石景山区人民政府", "复查"):  # fmt: skip
        assert word in html, word


def test_a_refused_petition_has_its_letter_with_the_public_words(client, petition_officer):
    case = make_case(petition_officer, source="XF", title="反映邻里债务")
    move("reject", case, petition_officer, reason="属诉讼事项", public_words="请向人民法院提起诉讼")
    status, html = html_of(client, petition_officer, case, "rejected")
    assert status == 200 and "属诉讼事项" in html and "请向人民法院提起诉讼" in html and "第二十一条" in html


def test_the_dispatchers_order_of_a_petition_holds_no_text(client, petition, dispatcher):
    status, html = html_of(client, dispatcher, petition, "order")
    assert status == 200 and "漏水三年" not in html and "反映楼上漏水" in html
