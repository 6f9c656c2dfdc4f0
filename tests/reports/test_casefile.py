"""案卷 and agreements on paper: for whom, what they hold, and who is not named in them."""
import io

import pytest
from docx import Document as open_word

from reports.documents.check import check_layout, read_back
from tests.make import NOW, make_case, make_photo, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def faults_of(answer) -> list[str]:
    """What of the layout does not hold on the made pages: they have neither masthead nor imprint."""
    findings = check_layout(answer.content, masthead=False, imprint=False)
    assert len(findings) == 6
    return [f"{one.words}：{one.measured}" for one in findings if not one.holds]


def text_of(answer) -> str:
    return "".join(page.text() for page in read_back(answer.content))


@pytest.fixture
def case(dispatcher, law_enforcement, category, xijing):
    case = make_case(dispatcher, source="WX", title="西井大街马路市场回潮", description="金丝雀说请致电13800007777",
                     reporter={"name": "金丝雀", "phone": "13800007777"})  # fmt: skip
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement, words="请即办理")
    return case


def test_the_file_holds_cover_facts_and_story_and_nobody_is_named(client, case, dispatcher):
    client.force_login(dispatcher)
    answer = client.get(f"/cases/{case.number}/file.pdf")
    words = text_of(answer)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/pdf"
    for word in ("案卷", case.number, "西井大街马路市场回潮", "基本情况", "办理经过", "派遣", "请即办理", "城管执法队", "演示数据"):
        assert word in words, word
    assert "金丝雀" not in words and "13800007777" not in words and "金*雀" in words
    assert faults_of(answer) == []


@pytest.mark.parametrize(("who", "status"), [("handler", 200), ("chief", 200), ("leader", 200), ("community_worker", 200),
                                             ("other_handler", 404), ("clerk", 404), ("admin", 404)])  # fmt: skip
def test_who_sees_the_case_prints_its_file(client, case, who, status, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(f"/cases/{case.number}/file.pdf").status_code == status


@pytest.mark.parametrize(("who", "status"), [("petition_officer", 200), ("chief", 200), ("leader", 200),
                                             ("dispatcher", 404), ("inspector", 404)])  # fmt: skip
def test_a_petitions_file_is_for_those_who_read_its_text_and_by_its_code_name(
    client, petition_officer, category, who, status, request
):
    petition = make_case(petition_officer, source="XF", title="反映楼上漏水", description="金丝雀家漏水三年")
    move("accept", petition, petition_officer, category=category)
    client.force_login(request.getfixturevalue(who))
    answer = client.get(f"/cases/{petition.number}/file.pdf")
    assert answer.status_code == status
    if status == 200:
        words = text_of(answer)
        assert petition.petition.code_name in words and "漏水三年" in words and "金丝雀" not in words


def test_pictures_stand_in_the_file_two_by_two(client, case, dispatcher):
    from django.core.files.base import ContentFile

    from tests.browser.stories import picture

    for number in range(3):
        photo = make_photo()
        photo.image.save(f"{number}.jpg", ContentFile(picture()), save=False)
        photo.thumb.save(f"{number}.jpg", ContentFile(picture()), save=False)
        photo.state = "ready"
        photo.save()
        case.photos.create(photo=photo, kind="before", seq=number, added_at=NOW)
    client.force_login(dispatcher)
    pages = read_back(client.get(f"/cases/{case.number}/file.pdf").content)
    assert sum(page.pictures for page in pages) == 3


def test_the_page_of_a_case_offers_its_file(client, case, dispatcher):
    client.force_login(dispatcher)
    assert f"/cases/{case.number}/file.pdf" in client.get(case.get_absolute_url()).content.decode()
    put(case, "closed")
    assert client.get(f"/cases/{case.number}/file.pdf").status_code == 200


def test_an_agreement_as_pdf_and_word(client, clerk, dispatcher, admin, law_enforcement):
    from tests.campaigns.agreement_cast import list_party, make_text

    agreement = list_party(make_text(admin), admin, department=law_enforcement)
    client.force_login(clerk)
    address = f"/agreements/party/{agreement.pk}/document."
    pdf, word = client.get(f"{address}pdf"), client.get(f"{address}docx")
    assert pdf.status_code == word.status_code == 200
    assert agreement.party_name in text_of(pdf) and faults_of(pdf) == []
    written = open_word(io.BytesIO(word.content))
    assert any("责任书" in one.text for one in written.paragraphs)
    assert client.get(f"{address}exe").status_code == 404
    client.force_login(dispatcher)
    assert client.get(f"{address}pdf").status_code == 404


def test_a_sign_that_no_font_has_does_not_keep_a_case_from_being_printed(client, dispatcher, category):
    case = make_case(dispatcher, source="WX", title="井盖丢了😀", description="快来修\x01👍谢谢",
                     reporter={"name": "金🌸雀", "phone": "13800007777"})  # fmt: skip
    client.force_login(dispatcher)
    answer = client.get(f"/cases/{case.number}/file.pdf")
    words = text_of(answer)
    assert answer.status_code == 200 and "井盖丢了〓" in words and "快来修〓〓谢谢" in words
