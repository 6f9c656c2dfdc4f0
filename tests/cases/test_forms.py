"""The form of a move: what it asks, what it chooses beforehand, whom it offers."""
import pytest
from django.utils import timezone

from cases.forms import move_form
from cases.forms import moves as module
from cases.states import State
from cases.workflow import MOVES
from tests.make import make_case, make_user, move, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standards")]


def form_of(name, case, user, **more):
    return move_form(MOVES[name], case, user, at=timezone.now(), **more)


@pytest.mark.parametrize("name", sorted(set(MOVES) - {"report", "fix_on_spot"}))
def test_every_form_asks_what_the_table_asks(dispatcher, name):
    form = form_of(name, make_case(dispatcher), dispatcher)
    assert set(form.fields) - {"version"} == {ask.name for ask in MOVES[name].asks}


def test_the_pane_asks_the_needful_alone(dispatcher, category):
    case = put(make_case(dispatcher, category=category), State.REGISTERED)
    form = form_of("dispatch", case, dispatcher, inline=True)
    assert set(form.fields) == {"version", "lead", "due"} and form.left_out == 3


def test_the_pane_asks_for_the_leader_of_a_blue_sky_case(dispatcher, category):
    case = put(make_case(dispatcher, category=category, tags=("蓝天行动",)), State.REGISTERED)
    assert "duty_leader" in form_of("dispatch", case, dispatcher, inline=True).fields


def test_the_usual_unit_is_chosen_beforehand(dispatcher, category, law_enforcement):
    category.default_department = law_enforcement
    category.save()
    case = put(make_case(dispatcher, category=category), State.REGISTERED)
    assert form_of("dispatch", case, dispatcher, inline=True).initial["lead"] == law_enforcement


def test_a_likely_class_is_chosen_beforehand_only_when_there_is_little_doubt(dispatcher, category, monkeypatch):
    case = make_case(dispatcher)
    for score, chosen in ((0.9, category.pk), (0.2, None)):
        monkeypatch.setattr(module, "suggest_categories", lambda text, limit, score=score: [(category, score)])
        assert form_of("accept", case, dispatcher).initial["category"] == chosen


def test_deadlines_offered_come_before_the_standard(dispatcher, category):
    case = put(make_case(dispatcher, category=category), State.REGISTERED)
    pairs = form_of("dispatch", case, dispatcher, inline=True).fields["due"].widget.choices
    assert pairs[0][0] == "" and "标准" in pairs[0][1]
    assert [value for value, _ in pairs[1:]] == sorted(value for value, _ in pairs[1:])


def test_whoever_had_a_hand_in_it_is_not_offered_as_checker(
    dispatcher, handler, inspector, community_worker, law_enforcement, xijing, category
):
    colleague = make_user("colleague", "inspector", department=law_enforcement)
    case = make_case(dispatcher)
    move("accept", case, dispatcher, category=category)
    move("register", case, dispatcher, category=category, grid=xijing.grids.get(), urgency="normal")
    move("dispatch", case, dispatcher, lead=law_enforcement)
    move("acknowledge", case, handler)
    move("feedback", case, handler, words="已劝离游商五户并安排值守")
    offered = set(form_of("send_check", case, dispatcher).fields["checker"].queryset)
    assert inspector in offered and community_worker in offered
    assert colleague not in offered and handler not in offered


def test_a_petition_is_checked_by_those_who_see_it(petition_officer, inspector):
    case = put(make_case(petition_officer, source="XF"), State.FEEDBACK_SUBMITTED)
    offered = set(form_of("send_check", case, petition_officer).fields["checker"].queryset)
    assert petition_officer in offered and inspector not in offered


def test_only_a_unit_in_use_is_offered(dispatcher, law_enforcement, sanitation):
    sanitation.active = False
    sanitation.save()
    case = put(make_case(dispatcher), State.REGISTERED)
    offered = set(form_of("dispatch", case, dispatcher).fields["lead"].queryset)
    assert law_enforcement in offered and sanitation not in offered


def test_the_same_sentence_for_the_form_and_the_move(dispatcher):
    """What the API refuses is refused here in the same words."""
    case = make_case(dispatcher)
    form = form_of("reject", case, dispatcher, data={"reason": "不收", "public_words": ""})
    asks = {ask.name: ask for ask in MOVES["reject"].asks}
    assert form.errors["reason"] == [asks["reason"].refusal("不收")]
    assert form.errors["public_words"] == [asks["public_words"].refusal("")]


def test_too_many_pictures_are_counted(dispatcher, category):
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils.datastructures import MultiValueDict

    case = put(make_case(dispatcher), State.IN_PROGRESS)
    files = MultiValueDict({"photos": [SimpleUploadedFile(f"{n}.jpg", b"x") for n in range(10)]})
    form = form_of("feedback", case, dispatcher, data={"words": "已劝离游商五户并安排值守"}, files=files)
    assert form.errors["photos"] == ["照片有 10 张，一次最多 9 张。请分次补充。"]


@pytest.mark.parametrize("key", ["9" * 20, "-" + "9" * 20, "x"])
def test_a_helping_department_that_no_database_holds_is_not_in_the_list(dispatcher, category, law_enforcement, key):
    case = put(make_case(dispatcher, category=category), State.REGISTERED)
    name = next(ask.name for ask in MOVES["dispatch"].asks if ask.kind == "models")
    form = form_of("dispatch", case, dispatcher, data={"lead": law_enforcement.pk, name: [key]})
    assert not form.is_valid() and name in form.errors
