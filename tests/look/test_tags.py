"""The tags and partials that every page is made of."""
import re

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from config import ui


def render(source: str, **context) -> str:
    return Template(source).render(Context({"request": RequestFactory().get("/x/?q=a&page=2")} | context))


class ReasonForm(forms.Form):
    """One field of each kind."""

    reason = forms.CharField(label="理由", min_length=10, help_text="写明做了什么。")
    way = forms.ChoiceField(label="方式", choices=[("a", "分别派遣"), ("b", "统一派遣")], widget=forms.RadioSelect)
    told = forms.BooleanField(label="已告知", required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize("kind", ui.CLOCKS)
def test_a_clock_says_the_same_by_colour_icon_and_words(kind):
    html = render('{% sla kind "剩 3天" %}', kind=kind)
    assert f"#i-{ui.CLOCKS[kind]}" in html and "剩 3天" in html
    assert ("sla--" in html) == (kind != "ok")


@pytest.mark.parametrize("key", ui.STAGES)
def test_a_stage_shows_its_sign_and_its_word_or_the_states_own(key):
    assert render("{% stage key %}", key=key) == f'<span class="stage stage--{key}">{ui.STAGES[key]}</span>'
    assert "待结案" in render('{% stage key "待结案" %}', key=key)


def test_what_a_person_wrote_is_escaped_in_every_tag():
    sources = ["{% sla 'ok' evil %}", "{% stage 'new' evil %}", "{% icon evil %}"]
    for source in [*sources, '{% include "_empty.html" with fact=evil %}']:
        assert "<script>" not in render(source, evil="<script>alert(1)</script>")


def test_a_bar_stays_between_nothing_and_full_and_marks_its_target():
    html = render("{% meter 110.2 target=90.7 %}")
    assert 'width="100.00"' in html and 'x="90.70"' in html
    assert 'width="0.00"' in render("{% meter value %}", value=-3)
    assert "meter__t" not in render("{% meter 40 %}")


def test_a_wrong_field_names_its_error_and_its_hint_to_a_screen_reader():
    html = render('{% include "_field.html" with field=form.reason %}', form=ReasonForm({"reason": "短"}))
    described = re.search(r'aria-describedby="([^"]+)"', html)[1].split()
    assert described and all(f'id="{name}"' in html for name in described)
    assert 'aria-invalid="true"' in html and 'for="id_reason"' in html and 'class="input"' in html


def test_the_summary_links_to_what_can_be_changed_and_says_what_is_wrong_with_what_is_hidden():
    form = ReasonForm({"reason": "短", "way": "a"})
    form.add_error("secret", "这张表单不完整。请刷新页面后重新填写。")
    html = render('{% include "_errors.html" %}', form=form)
    assert "有 1 处要改" in html and 'href="#id_reason"' in html and "Secret" not in html
    assert "<p>这张表单不完整。请刷新页面后重新填写。</p>" in html


def test_a_right_field_is_not_marked_wrong():
    form = ReasonForm({"reason": "已劝离游商并清运垃圾两车"})
    html = render('{% include "_field.html" with field=form.reason %}', form=form)
    assert "aria-invalid" not in html and "err" not in html


def test_choices_are_a_fieldset_with_a_legend_and_a_tick_has_its_label_behind():
    form = ReasonForm()
    html = render('{% include "_field.html" with field=form.way %}', form=form)
    assert "<legend" in html and html.count('class="opt"') == 2 and html.count('class="check"') == 2
    assert 'class="row tick"' in render('{% include "_field.html" with field=form.told %}', form=form)
    assert "<label" not in render('{% include "_field.html" with field=form.secret %}', form=form)


def test_the_error_summary_counts_and_links_the_fields_to_change_and_is_absent_without_errors():
    html = render('{% include "_errors.html" with form=form %}', form=ReasonForm({"way": "a"}))
    assert "有 1 处要改" in html and 'href="#id_reason"' in html and 'href="#id_way"' not in html
    form = ReasonForm({"reason": "已劝离游商并清运垃圾两车", "way": "a"})
    assert render('{% include "_errors.html" with form=form %}', form=form).strip() == ""


def test_a_page_link_keeps_the_filters_and_the_ends_are_not_links():
    pages = Paginator(range(64), 13)
    middle = render('{% include "_pagination.html" %}', page_obj=pages.page(2))
    assert "?q=a&amp;page=1" in middle and "?q=a&amp;page=3" in middle and "14–26 / 64" in middle
    assert 'rel="prev"' not in render('{% include "_pagination.html" %}', page_obj=pages.page(1))
    assert 'rel="next"' not in render('{% include "_pagination.html" %}', page_obj=pages.page(5))


def test_a_message_with_an_address_carries_an_undo_form_and_others_do_not():
    undo = Message(constants.SUCCESS, "已派遣", extra_tags="/cases/DC-2016-076/undo_dispatch/")
    html = render('{% include "_messages.html" %}', messages=[undo], csrf_token="t")
    assert 'action="/cases/DC-2016-076/undo_dispatch/"' in html and "csrfmiddlewaretoken" in html
    html = render('{% include "_messages.html" %}', messages=[Message(constants.ERROR, "没有派遣")], csrf_token="t")
    assert "toast--bad" in html and "<form" not in html


def test_a_slot_shows_what_upper_apps_put_there_and_nothing_otherwise(monkeypatch):
    assert render('{% slot "case.aside" "DC-2016-076" %}') == ""
    monkeypatch.setitem(ui.SLOTS, "case.aside", (f"{__name__}.sample_piece", f"{__name__}.no_piece"))
    assert render('{% slot "case.aside" "DC-2016-076" %}') == "查 DC-2016-076"


def sample_piece(request, subject):
    return f"查 {subject}"


def no_piece(request, subject):
    return ""


def test_the_street_is_drawn_to_fit_with_north_up_and_not_at_all_without_territory():
    from shapely import Polygon

    west, east = Polygon([(0, 0), (1, 0), (1, 1), (0, 1)]), Polygon([(1, 0), (2, 0), (2, 1), (1, 1)])
    drawing = ui.draw_street([west.wkb, east.wkb], [west.wkb])
    numbers = [float(n) for path in drawing["communities"] for n in re.findall(r"-?\d+\.\d", path)]
    assert len(drawing["communities"]) == 2 and len(drawing["grids"]) == 1 and min(numbers) == 0
    assert drawing["grids"][0].startswith("M0.0 760.0")  # the south-west corner lies at the bottom
    assert ui.draw_street([], []) == {}
