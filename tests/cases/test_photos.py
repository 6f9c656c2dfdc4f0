"""Pictures of a case: only for those who see the case, never the original, placeholders until developed."""
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cases.models import CasePhoto
from cases.views.shown import Shown
from grid.models import PhotoState
from grid.photos import develop_photo, store_photo
from tests.make import NOW, make_case, make_photo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Uploads of a test go with the test."""
    settings.MEDIA_ROOT = tmp_path


def hang(case, by, *, kind="before", developed=True):
    sink = io.BytesIO()
    Image.new("RGB", (400, 300), "grey").save(sink, "PNG")
    photo = store_photo(SimpleUploadedFile("a.png", sink.getvalue()), by=by, at=NOW)
    if developed:
        photo = develop_photo(photo.pk)
    return CasePhoto.objects.create(case=case, photo=photo, kind=kind, added_at=NOW, added_by=by)


def address(row, size="thumb", number=""):
    return f"/cases/{number or row.case.number}/photos/{row.pk}/{size}/"


def test_a_picture_is_served_to_those_who_see_the_case_and_to_no_others(
    client, dispatcher, other_handler, petition_officer
):
    row = hang(make_case(dispatcher), dispatcher)
    assert client.get(address(row)).status_code == 302
    client.force_login(dispatcher)
    for size in ("thumb", "image"):
        answer = client.get(address(row, size))
        assert answer.status_code == 200 and answer["Content-Type"] == "image/jpeg"
        assert "private" in answer["Cache-Control"] and answer["ETag"]
        assert b"".join(answer.streaming_content)[:3] == b"\xff\xd8\xff"
    for stranger in (other_handler, petition_officer):
        client.force_login(stranger)
        assert client.get(address(row)).status_code == 404


def test_a_browser_that_has_the_picture_gets_no_bytes_unless_it_may_no_longer_see_it(client, dispatcher, outsider):
    row = hang(make_case(dispatcher), dispatcher)
    client.force_login(dispatcher)
    tag = client.get(address(row))["ETag"]
    assert client.get(address(row), headers={"If-None-Match": tag}).status_code == 304
    client.force_login(outsider)
    assert client.get(address(row), headers={"If-None-Match": tag}).status_code == 404


def test_there_is_no_other_size_and_no_picture_through_another_case(client, dispatcher):
    row, other = hang(make_case(dispatcher), dispatcher), make_case(dispatcher)
    client.force_login(dispatcher)
    assert client.get(address(row, "original")).status_code == 404
    assert client.get(address(row, number=other.number)).status_code == 404
    assert client.get(address(row)).status_code == 200


def test_a_petitions_pictures_are_kept_from_those_who_see_only_its_title(client, dispatcher, petition_officer, leader):
    row = hang(make_case(petition_officer, source="XF"), petition_officer)
    for user, status in ((dispatcher, 404), (petition_officer, 200), (leader, 200)):
        client.force_login(user)
        assert client.get(address(row)).status_code == status


def test_a_picture_that_waits_has_a_placeholder_and_a_refused_one_says_why(client, dispatcher):
    case = make_case(dispatcher)
    row = hang(case, dispatcher, developed=False)
    client.force_login(dispatcher)
    assert client.get(address(row)).status_code == 404
    assert "照片正在处理，稍后再看" in client.get(case.get_absolute_url()).content.decode()
    row.photo.state, row.photo.refusal = PhotoState.REFUSED, "照片读不出来。"
    row.photo.save()
    html = client.get(case.get_absolute_url()).content.decode()
    assert "照片读不出来。" in html and f"{address(row)}" not in html


def test_before_and_after_can_be_compared_and_all_be_seen(client, dispatcher):
    case = make_case(dispatcher)
    before, after = hang(case, dispatcher), hang(case, dispatcher, kind="after")
    hang(case, dispatcher, kind="during")
    assert [photo.pk for photo in Shown(case, dispatcher, at=NOW).pair] == [before.pk, after.pk]
    client.force_login(dispatcher)
    html = client.get(case.get_absolute_url()).content.decode()
    assert 'class="cmp' in html and "全部 3" in html and "整改前 1 张，整改后 1 张，处置中 1 张" in html
    html = client.get(f"{case.get_absolute_url()}?photos=all").content.decode()
    assert 'class="cmp' not in html and html.count("<figure") == 3


def test_without_an_after_picture_there_is_nothing_to_compare(dispatcher):
    case = make_case(dispatcher)
    CasePhoto.objects.create(case=case, photo=make_photo(), kind="before", added_at=NOW)
    assert Shown(case, dispatcher, at=NOW).pair is None
