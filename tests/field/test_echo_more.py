"""补充情况 with pictures: through the same door as reports, seen by the desk, for the first reporter and for others."""
import pytest

from cases import adding, echo, limits, trail
from cases.errors import AnswersRefused
from cases.joining import join_case
from cases.models import CasePhoto
from cases.states import State
from grid.models import Photo, PhotoState
from grid.photos import develop_photo
from tests.field.test_echo import desk, eyes, hands, now, read, reported, walk  # noqa: F401  fixtures
from tests.field.test_report import jpeg, pick, picture, street  # noqa: F401  fixtures
from tests.grid.conftest import territory  # noqa: F401  the shipped street

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("private_files", "standards")]


def add(client, code, *pictures, words="又来了两家"):
    return client.post(f"/q/{code}/more/", {"words": words, "photos": [picture(content) for content in pictures]})


def added(case):
    return list(case.photos.filter(kind="added"))


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_pictures_hang_on_the_case_are_developed_and_the_desk_sees_them(client, reported, desk):  # noqa: F811
    assert add(client, reported.public_code, jpeg(colour="blue"), jpeg(colour="green")).status_code == 302
    first, second = added(reported)
    assert {row.photo.state for row in (first, second)} == {PhotoState.PENDING} and first.added_by is None
    event = reported.events.get(move="note")
    assert event.words == "又来了两家" and event.facts["photos"] == 2
    assert "照片 2 张" in read(client, reported.public_code)
    for row in (first, second):
        develop_photo(row.photo_id)
    client.force_login(desk)
    page = client.get(f"/cases/{reported.number}/")
    assert page.content.decode().count("上报人补充") >= 2
    assert client.get(f"/cases/{reported.number}/photos/{first.pk}/thumb/").status_code == 200
    reported.refresh_from_db()
    assert trail.first_break(reported) == ""


def test_a_second_press_keeps_words_and_pictures_once_another_picture_is_new(client, reported):  # noqa: F811
    for _ in range(2):
        assert add(client, reported.public_code, jpeg(colour="blue")).status_code == 302
    assert len(added(reported)) == 1 and reported.events.filter(move="note").count() == 1
    assert add(client, reported.public_code, jpeg(colour="green")).status_code == 302
    assert len(added(reported)) == 2


def test_pictures_alone_are_enough_and_nothing_at_all_is_not(client, reported):  # noqa: F811
    assert add(client, reported.public_code, jpeg(), words="").status_code == 302
    nothing = add(client, reported.public_code, words="")
    assert nothing.status_code == 422 and adding.NOTHING in nothing.content.decode()
    assert reported.events.filter(move="note").count() == 1


@pytest.mark.parametrize("pictures,sentence", [
    ([b"MZ not a picture"], "不是照片"), ([jpeg()] * 4, "最多 3 张"), ([b"\xff\xd8\xff broken"], "读不出来"),
])  # fmt: skip
def test_bad_files_and_too_many_are_told_and_leave_nothing(client, reported, tmp_path, pictures, sentence):  # noqa: F811
    before = files_in(tmp_path)
    answer = add(client, reported.public_code, *pictures)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert "又来了两家" in answer.content.decode(), "what was typed stands there again"
    assert not added(reported) and files_in(tmp_path) == before
    assert add(client, reported.public_code, *[jpeg()] * 3).status_code == 302


def test_the_verb_itself_counts_the_pictures(reported):  # noqa: F811
    asked = echo.asked_by(reported.public_code)
    with pytest.raises(AnswersRefused, match="最多 3 张"):
        adding.add_more(asked, words="够多", photos=tuple(picture() for _ in range(4)), at=now())


def test_a_closed_case_takes_no_pictures(client, reported, desk, hands, eyes):  # noqa: F811
    walk(reported, desk, hands, eyes, to=State.CLOSED)
    answer = add(client, reported.public_code, jpeg(colour="blue"))
    assert answer.status_code == 409 and "已经办结" in answer.content.decode()
    assert not added(reported) and Photo.objects.count() == 1


def test_a_further_reporter_adds_under_the_code_of_their_own(client, reported):  # noqa: F811
    joined = join_case(reported, key="9" * 32, by=None, at=now())
    assert add(client, joined.public_code, jpeg(colour="blue"), words="第二位补的").status_code == 302
    assert len(added(reported)) == 1
    assert "第二位补的" in read(client, joined.public_code) and "照片 1 张" in read(client, joined.public_code)
    assert "第二位补的" not in read(client, reported.public_code)


def test_a_picture_added_is_not_taken_for_the_first_one(client, reported):  # noqa: F811
    first = CasePhoto.objects.get()
    add(client, reported.public_code, jpeg(colour="blue"))
    for photo in Photo.objects.filter(state=PhotoState.PENDING):
        develop_photo(photo.pk)
    Photo.objects.filter(pk=first.photo_id).update(state=PhotoState.REFUSED)
    assert echo.Pictures(echo.asked_by(reported.public_code)).before is None


def test_the_bytes_are_counted(client, reported, settings):  # noqa: F811
    settings.UPLOAD_DEVICE_MB_A_DAY = 0
    refused = add(client, reported.public_code, jpeg(colour="blue"))
    assert refused.status_code == 429 and "今天上传的照片太多" in refused.content.decode() and not added(reported)
    assert add(client, reported.public_code).status_code == 302, "words alone weigh nothing"
    assert limits.uploaded_mb(at=now()) == 0
