"""就是这个: what a resident is told of a near case, and what joining does to it."""
import datetime

import pytest
from django.core import signing
from django.urls import reverse

from cases import joining, trail
from cases.errors import MoveRefused
from cases.joining import case_of_token, join_case, near_cases
from cases.models import Case, CasePhoto, FieldReport, PhotoKind, Reporter
from cases.states import Source, State
from grid.models import Community, Photo
from grid.photos import develop_photo
from tests.field.test_report import LAT, LON, jpeg, pick, picture, send, street  # noqa: F401  fixtures
from tests.grid.conftest import territory  # noqa: F401  the shipped street
from tests.make import NOW, make_category, make_user, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]
TEN_M = 10 / 111_320


@pytest.fixture
def desk(street):  # noqa: F811
    """The dispatcher."""
    return make_user("desk", "dispatcher")


@pytest.fixture
def first(client, street):  # noqa: F811
    """A case that a resident has reported, its photo developed."""
    send(client, key="1" * 32, words="李小兰家门口", name="李小兰", phone="13812342046")
    develop_photo(Photo.objects.get().pk)
    return Case.objects.get()


def look(client, lon=LON, lat=LAT, **over):
    return client.get("/m/report/nearby.json", {"lon": lon, "lat": lat, "category": "0504", **over}).json()


def test_near_cases_are_told_by_class_distance_and_stage_and_by_nothing_else(client, first):
    told = look(client, lat=LAT + 5 * TEN_M)
    assert told["found"] and told["grid_name"].startswith("西井社区")
    (near,) = told["near"]
    assert (near["what"], near["stage"], near["metres"]) == ("占道经营", "已收到", 50)
    text = str(told)
    assert first.number not in text and "李" not in text and "门口" not in text and first.public_code not in text


def test_another_class_is_told_of_only_within_thirty_metres(client, first, pick):  # noqa: F811
    other = make_category("暴露垃圾", code="0203", pick_label="垃圾暴露", pick_order=2)
    assert [row.case for row in near_cases(LON, LAT + 2 * TEN_M, category=other)] == [first]
    assert near_cases(LON, LAT + 4 * TEN_M, category=other) == []
    assert [row.case for row in near_cases(LON, LAT + 14 * TEN_M, category=pick)] == [first]
    assert near_cases(LON, LAT + 16 * TEN_M, category=pick) == []


@pytest.mark.parametrize("state", [State.CLOSED, State.REJECTED, State.VOIDED])
def test_ended_cases_are_not_offered(first, pick, state):  # noqa: F811
    assert near_cases(LON, LAT, category=pick)
    put(first, state)
    assert near_cases(LON, LAT, category=pick) == []


def test_petitions_and_documents_are_never_offered(first, pick):  # noqa: F811
    for source in (Source.PETITION, Source.NOTICE, Source.HOTLINE, Source.TRANSFER):
        Case.objects.filter(pk=first.pk).update(source=source)
        assert near_cases(LON, LAT, category=pick) == []
    Case.objects.filter(pk=first.pk).update(source=Source.GRID)
    assert len(near_cases(LON, LAT, category=pick)) == 1


def test_a_photo_is_shown_only_after_the_desk_has_accepted_the_case(client, first, desk, pick):  # noqa: F811
    near = look(client)["near"][0]
    hidden = reverse("cases:report_near_photo", args=[near["token"]])
    assert near["photo"] == "" and client.get(hidden).status_code == 404
    move("accept", first, desk, category=pick)
    near = look(client)["near"][0]
    shown = client.get(near["photo"])
    assert shown.status_code == 200 and shown["Content-Type"] == "image/jpeg"
    assert client.get(reverse("cases:report_near_photo", args=["1:a:b"])).status_code == 404


def test_outside_the_street_and_without_a_position_the_answer_is_a_sentence(client, street):  # noqa: F811
    assert "不在本街道" in look(client, lon=116.4)["sentence"]
    assert client.get("/m/report/nearby.json").status_code == 422


def test_who_says_that_is_the_one_is_counted_answered_and_opens_no_case(client, first):
    token = look(client)["near"][0]["token"]
    answer = send(client, key="2" * 32, same_as=token, name="王强", phone="13900001111", words="王强也看见了")
    receipt = answer.json()
    assert answer.status_code == 201 and receipt["joined"] is True
    assert Case.objects.count() == 1
    first.refresh_from_db()
    further = first.reporters.get(field_report__joined=True)
    assert further.reply_owed and further.phone == "13900001111"
    assert CasePhoto.objects.filter(case=first, kind=PhotoKind.BEFORE).count() == 2
    event = first.events.order_by("-seq").first()
    assert event.move == "note" and event.facts == {"further": 2, "photos": 1}
    assert event.words == "又有人反映同一问题，共 2 人：王*也看见了"
    assert receipt["code"] not in ("", first.public_code)
    assert trail.first_break(first) == ""


def test_who_joins_without_a_phone_is_counted_but_owed_no_call(client, first):
    token = look(client)["near"][0]["token"]
    send(client, key="2" * 32, same_as=token)
    further = first.reporters.get(field_report__joined=True)
    assert not further.reply_owed
    first.refresh_from_db()
    assert "共 2 人" in first.events.order_by("-seq").first().words


def test_joining_twice_with_one_key_counts_once(client, first):
    token = look(client)["near"][0]["token"]
    one = send(client, key="2" * 32, same_as=token, phone="13900001111").json()
    two = send(client, key="2" * 32, same_as=token, phone="13900001111").json()
    assert one["code"] == two["code"]
    assert Reporter.objects.count() == 2 and FieldReport.objects.count() == 2


def test_a_case_closed_meanwhile_becomes_a_new_one_and_nothing_is_lost(client, first):
    token = look(client)["near"][0]["token"]
    put(first, State.CLOSED)
    answer = send(client, key="2" * 32, same_as=token, words="又来了")
    assert answer.status_code == 201 and answer.json()["joined"] is False
    assert Case.objects.count() == 2
    assert Case.objects.exclude(pk=first.pk).get().description == "又来了"


def test_a_forged_or_old_token_opens_a_new_case(client, first, monkeypatch):
    assert send(client, key="2" * 32, same_as=signing.dumps(first.pk, salt="other")).json()["joined"] is False
    token = look(client)["near"][0]["token"]
    assert case_of_token(token) == first
    monkeypatch.setattr(joining, "TOKEN_SPAN", datetime.timedelta(seconds=-1))
    assert case_of_token(token) is None


def test_the_verb_refuses_what_nobody_may_join(first):
    put(first, State.CLOSED)
    with pytest.raises(MoveRefused, match="已经办结"):
        join_case(first, key="3" * 32, by=None, at=NOW)
    put(first, State.IN_PROGRESS)
    Case.objects.filter(pk=first.pk).update(source=Source.PETITION)
    with pytest.raises(MoveRefused):
        join_case(first, key="3" * 32, by=None, at=NOW)
    Case.objects.filter(pk=first.pk).update(source=Source.SNAP)
    assert join_case(first, key="3" * 32, by=None, at=NOW).case == first


def test_staff_who_join_are_named_and_not_owed_an_answer(client, first):
    home = Community.objects.get(code="110107005008").department
    worker = make_user("street_worker", "worker", department=home, real_name="陈立新")
    client.force_login(worker)
    token = look(client)["near"][0]["token"]
    assert send(client, key="2" * 32, same_as=token, who=str(worker.pk)).status_code == 201
    first.refresh_from_db()
    further = first.reporters.get(field_report__joined=True)
    assert (further.kind, further.reply_owed) == ("staff", False)
    assert first.events.order_by("-seq").first().by == worker


def test_a_busy_corner_is_read_in_few_queries(client, first, django_assert_num_queries, pick):  # noqa: F811
    put(first, State.ACCEPTED)
    with django_assert_num_queries(2):
        assert near_cases(LON, LAT, category=pick)[0].photo
    for place in range(5):
        send(client, key=f"{place}5" * 16, photos=[picture(jpeg(colour=(place, 0, 0)))])
    Case.objects.update(state=State.ACCEPTED)
    with django_assert_num_queries(2):
        assert len(near_cases(LON, LAT, category=pick)) == 3
