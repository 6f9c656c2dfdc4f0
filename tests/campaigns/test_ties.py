"""Cases and structures: one becomes the other, one opens the other, petitions stay behind their wall."""
import pytest

from campaigns import ties
from campaigns.errors import AnswersRefused, StepConflict, StepForbidden
from campaigns.models import Structure, StructureCase
from campaigns.states import CaseTie, Stage
from cases.models import Case, CasePhoto, PhotoKind
from cases.states import Source
from tests.campaigns.walk import make_structure, walk
from tests.make import NOW, make_case, make_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture
def case(dispatcher, xijing):
    """A grid event about a shed in 西井."""
    return make_case(dispatcher, title="西井大街门前私搭棚亭", community=xijing, grid=xijing.grids.get(),
                     address="西井大街 12 号", lon=116.17, lat=39.93)  # fmt: skip


def test_a_case_becomes_a_structure_with_its_place_and_pictures(case, dispatcher):
    photo = make_photo()
    CasePhoto.objects.create(case=case, photo=photo, kind=PhotoKind.BEFORE, added_at=NOW)
    made = ties.structure_from_case(case, place="西井大街门前棚亭", by=dispatcher, at=NOW)
    assert (made.stage, made.community, made.grid, made.lon) == (Stage.SURVEYED, case.community, case.grid, case.lon)
    assert made.found_source == f"案件 {case.number}" and made.photos.get().photo == photo
    assert made.number in case.events.order_by("-seq").first().words
    assert made.cases.get().tie == CaseTie.FROM_CASE


def test_a_case_becomes_one_structure_only(case, dispatcher, chief):
    ties.structure_from_case(case, place="棚亭", by=dispatcher, at=NOW)
    with pytest.raises(StepConflict):
        ties.structure_from_case(case, place="棚亭", by=chief, at=NOW)
    assert Structure.objects.count() == 1


@pytest.mark.parametrize(("role", "may"), [
    ("dispatcher", True), ("chief", True), ("inspector", True), ("handler", False), ("clerk", False),
    ("leader", False), ("admin", False), ("petition_officer", False),
])  # fmt: skip
def test_the_desk_turns_cases_into_structures_and_nobody_else(case, role, may, request):
    person = request.getfixturevalue(role)
    if may:
        assert ties.structure_from_case(case, place="棚亭", by=person, at=NOW)
        return
    with pytest.raises(StepForbidden):
        ties.structure_from_case(case, place="棚亭", by=person, at=NOW)


def test_a_petition_never_becomes_a_structure(client, chief, petition_officer, xijing):
    petition = make_case(petition_officer, source=Source.PETITION, community=xijing)
    with pytest.raises(StepForbidden):
        ties.structure_from_case(petition, place="棚亭", by=chief, at=NOW)
    client.force_login(chief)
    assert client.get(f"/ledgers/structures/from/{petition.number}/").status_code == 404
    assert "转入违建台账" not in client.get(petition.get_absolute_url()).content.decode()


def test_a_case_without_a_community_is_refused_with_what_to_do(dispatcher):
    with pytest.raises(AnswersRefused) as refused:
        ties.structure_from_case(make_case(dispatcher), place="棚亭", by=dispatcher, at=NOW)
    assert "选定网格" in refused.value.errors["place"]


def test_the_case_page_offers_it_and_then_names_it(client, case, dispatcher, leader, chief):
    client.force_login(dispatcher)
    address = f"/ledgers/structures/from/{case.number}/"
    assert address in client.get(case.get_absolute_url()).content.decode()
    assert client.post(address, {"place": ""}).status_code == 422
    answer = client.post(address, {"place": "西井大街门前棚亭"})
    assert answer["Location"] == case.get_absolute_url()  # the dispatcher has no sight of the ledger
    made = Structure.objects.get()
    assert made.number in client.get(case.get_absolute_url()).content.decode()
    assert client.post(address, {"place": "西井大街门前棚亭"}).status_code == 409
    client.force_login(leader)
    page = client.get(case.get_absolute_url()).content.decode()
    assert made.get_absolute_url() in page and address not in page
    assert client.get(address).status_code == 403


def test_the_ledger_opens_a_case_for_the_desk_once(clerk, dispatcher, xijing):
    structure = make_structure(clerk, xijing, photos=[make_photo()])
    version = structure.version
    how = {"by": clerk, "at": NOW, "title": "西黄村废品回收站私搭", "version": version}
    case = ties.open_case_for(structure, **how)
    assert Case.objects.visible_to(dispatcher).filter(pk=case.pk).exists()
    assert [tag.word for tag in case.tags.all()] == ["违建"] and structure.number in case.description
    assert case.photos.count() == 1 and structure.events.order_by("-seq").first().words == case.number
    with pytest.raises(StepConflict):
        ties.open_case_for(structure, **how)
    assert Case.objects.count() == 1
    with pytest.raises(AnswersRefused):
        ties.open_case_for(structure, by=clerk, at=NOW, title=" ")
    with pytest.raises(StepForbidden):
        ties.open_case_for(structure, by=dispatcher, at=NOW, title="x")


def test_a_relapse_opens_its_case_in_the_same_act(clerk, xijing):
    structure = walk(make_structure(clerk, xijing), clerk)
    ties.take_step("relapse", structure, by=clerk, at=NOW, on=NOW.date(), words="原址又搭起彩钢棚", opens_case=True)
    assert structure.relapsed_on and StructureCase.objects.get().tie == CaseTie.RELAPSE


def test_a_relapse_that_is_refused_opens_nothing(clerk, xijing):
    structure = make_structure(clerk, xijing)
    with pytest.raises(Exception, match="不能标为反弹"):
        ties.take_step("relapse", structure, by=clerk, at=NOW, on=NOW.date(), words="原址又搭起彩钢棚", opens_case=True)
    assert not Case.objects.exists()


def test_a_clerk_sees_the_number_of_a_case_and_no_way_into_it(client, clerk, leader, xijing):
    structure = make_structure(clerk, xijing)
    case = ties.open_case_for(structure, by=clerk, at=NOW, title="西黄村废品回收站私搭")
    client.force_login(clerk)
    page = client.get(structure.get_absolute_url()).content.decode()
    assert case.number in page and case.get_absolute_url() not in page
    client.force_login(leader)
    assert case.get_absolute_url() in client.get(structure.get_absolute_url()).content.decode()
