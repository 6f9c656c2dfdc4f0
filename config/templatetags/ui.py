"""The tags and filters of every page; a builtin library, so no template loads it."""
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config import ui
from reports import figures

register = template.Library()
NOTHING = "–"  # no data is not zero


# A list of fifty rows holds two hundred icons and signs, few of them different: each is put together once a process.
KEPT_SIGNS = 4096


@register.simple_tag
@lru_cache(maxsize=KEPT_SIGNS)
def icon(name: str, kind: str = "") -> SafeString:
    """A line icon from the sprite; names stand in static/icons.txt, words beside it carry the meaning."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        f" {kind}" if kind else "",
        static("sprite.svg"),
        name,
    )


@register.simple_tag
@lru_cache(maxsize=KEPT_SIGNS)
def sla(kind: str, text: str) -> SafeString:
    """A clock: kind is ok, due, over, stop or done; colour, icon and words say the same."""
    css = "sla" if kind == "ok" else f"sla sla--{kind}"
    return format_html('<span class="{}">{}{}</span>', css, icon(ui.CLOCKS[kind]), text)


@register.simple_tag
@lru_cache(maxsize=KEPT_SIGNS)
def stage(key: str, word: str = "") -> SafeString:
    """One of the eight stage signs, with the state's own word where it has one (docs/workflow.md §6)."""
    return format_html('<span class="stage stage--{}">{}</span>', key, word or ui.STAGES[key])


@register.simple_tag
def meter(value: float | Decimal, target: float | Decimal | None = None, kind: str = "") -> SafeString:
    """A bar of 0–100 %, with a line at the target when there is one; the figure beside it is the text for it."""
    width = max(0.0, min(100.0, float(value)))
    bars = format_html('<rect class="meter__v" width="{}" height="10"/>', f"{width:.2f}")
    if target is not None:
        mark = max(0.0, min(99.4, float(target)))
        bars += format_html('<rect class="meter__t" x="{}" width=".6" height="10"/>', f"{mark:.2f}")
    css = " ".join(f"meter--{word}" for word in kind.split())
    return format_html(
        '<svg class="meter {}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>', css, bars
    )


@register.filter
def when(value: datetime | date | None) -> str:
    """A moment as people say it: 今天 13:46, 12-18 09:05, 2015-11-19 08:00."""
    return ui.when_words(value, now=timezone.now()) if value else NOTHING


@register.filter
def patrol_rate(tally: Any) -> str:
    """巡查到位率 of a tally of checks (`planned`, `done`), by the figure's own definition."""
    return figures.shown(figures.patrol_rate(figures.Sums(checks_planned=tally.planned, checks_done=tally.done)))


@register.filter
def thousands(value: int | float | Decimal | None) -> str:
    """2,982; decimals stay as measured, and nothing is shown as a dash."""
    return NOTHING if value is None or value == "" else ui.thousands_words(value)


@register.filter
def duration_words(minutes: int | None) -> str:
    """剩 1时42分, 超期 1天4时."""
    return NOTHING if minutes is None else ui.duration_words(int(minutes))


@register.filter
def words(text: str) -> list[str]:
    """The words of a line, so that a template can go through a short fixed list."""
    return text.split()


@register.filter
def initial(name: Any) -> str:
    """The first character of a name, for the round sign of a person."""
    return str(name or "")[:1]


@register.filter
def control(field: BoundField, extra: str = "") -> SafeString:
    """A form's input in the design's clothes; choices become options one can press anywhere."""
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        parts = ((sub.tag(), sub.choice_label) for sub in _dressed(field, "check"))
        return format_html_join("", '<label class="opt">{}<span>{}</span></label>', parts)
    css = "check" if isinstance(widget, forms.CheckboxInput) else f"input {extra}".strip()
    return field.as_widget(attrs={"class": f"{widget.attrs.get('class', '')} {css}".strip()})


def _dressed(field: BoundField, css: str) -> BoundField:
    """The same bound field, its single inputs carrying a class."""
    field.field.widget.attrs["class"] = css
    return field


@register.filter
def wrong_fields(form: forms.BaseForm) -> list[BoundField]:
    """The fields that must be changed, in the form's order; a hidden one only where a map bears its id."""
    return [field for field in form if field.errors and (not field.is_hidden or field.field.widget.attrs.get("id"))]


@register.filter
def is_choice(field: BoundField) -> bool:
    """Whether a field is a group of radios or ticks, which wants a fieldset rather than a label."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether a field is a single tick, whose label stands behind it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag(takes_context=True)
def nav(context: template.Context) -> list[dict[str, Any]]:
    """The side navigation of the person who is looking, with the counts that the view gave as `nav_counts`."""
    request = context["request"]
    counts = context.get("nav_counts") or {}
    return [
        {"entry": entry, "here": here, "count": counts.get(entry.key)}
        for entry, here in ui.nav_for(request.user, path=request.path)
    ]


@register.simple_tag
def page_at(address: str) -> str:
    """The address when the site answers there, else nothing: `{% page_at "/profile/" as profile %}`."""
    return address if ui.has_page(address) else ""


@register.simple_tag
def is_demo() -> bool:
    """Whether this is the demonstration, whose every page says so."""
    return settings.DEMO


@register.simple_tag(takes_context=True)
def slot(context: template.Context, name: str, subject: Any = None) -> SafeString:
    """What upper apps add here."""
    pieces = ui.pieces_for(name, request=context["request"], subject=subject)
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.inclusion_tag("_login_map.html")
def login_map() -> dict[str, Any]:
    """The street's communities and grids as a drawing; an empty ground before the territory is loaded."""
    return {"drawing": ui.street_drawing()}
