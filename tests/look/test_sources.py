"""Rules that the style sheets, scripts and templates keep, read from the files."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").rglob("*.js"))
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
ICONS = (ROOT / "static" / "icons.txt").read_text().split()


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_template_has_nothing_that_the_content_policy_forbids(path):
    text = path.read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), "inline script"
    assert not re.search(r"<style\b", text), "inline style sheet"
    assert not re.search(r"\sstyle\s*=", text), "style attribute"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "inline handler"
    assert "javascript:" not in text and not re.search(r"\bhx-on\b|hx-vals=[\"']js:", text)
    assert not re.search(r"(src|href)=[\"']https?://", text), "a foreign host"


TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")
TYPED = re.compile(
    r'<input(?![^>]*type="(?:hidden|checkbox|radio|file)")[^>]*>|<select|<textarea|\|control|\{% include(?! "_pagination)'
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_what_is_typed_is_judged_by_the_server_in_chinese_and_not_by_the_browsers_bubbles(path):
    text = TAG.sub(lambda tag: tag.group().replace("<", "(").replace(">", ")"), path.read_text())
    for begin in re.finditer(r"<form\b[^>]*>", text):
        if 'method="post"' in begin.group() and TYPED.search(text[begin.end() :].partition("</form>")[0]):
            assert "novalidate" in begin.group(), begin.group()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_form_that_answers_with_a_file_can_be_sent_again(path):
    text = TAG.sub(lambda tag: tag.group().replace("<", "(").replace(">", ")"), path.read_text())
    for form in re.findall(r'<form\b[^>]*method="post"[^>]*>', text):
        if re.search(r'action="[^"]*(export|batch_list)', form):
            assert "data-download" in form, form


def test_the_list_of_icons_is_sorted_and_without_doubles():
    assert sorted(set(ICONS)) == ICONS


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_icon_that_a_template_names_is_in_the_sprite(path):
    named = set(re.findall(r"\{%\s*icon\s+[\"']([\w-]+)[\"']", path.read_text()))
    assert named <= set(ICONS)


def test_every_icon_that_the_navigation_and_the_clocks_name_is_in_the_sprite():
    from config import ui

    assert {entry.icon for entry in ui.NAV} | set(ui.CLOCKS.values()) <= set(ICONS)


def test_every_listed_icon_exists_in_the_icon_set():
    outline = ROOT / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
    if not outline.exists():
        pytest.skip("the icon package is not installed here")
    assert [name for name in ICONS if not (outline / f"{name}.svg").exists()] == []


# What a WebView of Chromium 80 does not know, with the version that brought it. Where a whole rule goes with it and the
# page stays usable (`:focus:not(:focus-visible)`, accent-color, prefers-contrast), it may stand.
NEWER = {
    "layers (99)": r"@layer", "containers (105)": r"@container", "registered properties (85)": r"@property",
    "nesting (112)": r"&", "scope (118)": r"@scope", "media ranges (104)": r"@media[^{]*[<>]",
    "selectors in @supports (83)": r"@supports\s+selector", ":is, :where, :has (88)": r":(is|where|has)\(",
    "lists in :not (88)": r":not\([^()]*,", ":focus-visible (86)": r"(?<!:not\():focus-visible",
    "user-invalid (119)": r":user-(in)?valid", "gap in a flexible box (84)": r"(?<!grid-)\b(row-|column-)?gap\s*:",
    "inset (87)": r"\binset(-\w+)*\s*:", "aspect-ratio (88)": r"\baspect-ratio\s*:",
    "logical shorthands (87)": r"\b(margin|padding)-(inline|block)\s*:", "other heights (108)": r"\d[dsl]v[hwbi]\b",
    "single transforms (104)": r"(?<![-\w])(translate|rotate|scale)\s*:",
    "overflow clip (90)": r"(?<!text-)overflow(-[xy])?\s*:[^;]*\bclip",
    "text-wrap (114)": r"\btext-wrap", "content-visibility (85)": r"\bcontent-visibility", "revert (84)": r":\s*revert",
    "underlines (87)": r"\btext-(underline-offset|decoration-thickness)", "subgrid (117)": r"\bsubgrid\b",
    "mixed colours (111)": r"\b(color-mix|oklch|oklab|lch|lab|light-dark)\(",
    "colours without commas": r"\b(rgb|hsl)a?\(\s*[\d.]+%?\s+[\d.]",
    "image sets without prefix (113)": r"(?<!-webkit-)\bimage-set\(",
    "masks without prefix (120)": r"(?<![-\w])mask(-\w+)?\s*:",
    "appearance without prefix (84)": r"(?<!none; )(?<![-\w])appearance\s*:",
}  # fmt: skip


def too_new(sheet: str) -> list[str]:
    return [what for what, shape in NEWER.items() if re.search(shape, sheet)]


def test_the_phone_sheet_is_flat_enough_for_old_web_views():
    text = without_comments((ROOT / "static" / "css" / "mobile.css").read_text())
    assert too_new(text) == []
    depth = 0
    for line in text.splitlines():
        if line.startswith(("@media", "@supports", "@keyframes")):
            depth = -1
        depth += line.count("{") - line.count("}")
        assert depth <= 1, line
        depth = 0 if line == "}" else depth


@pytest.mark.parametrize("rule", [
    "gap: 8px", "column-gap: 8px", "inset: 0", "inset-inline: 0", "aspect-ratio: 4 / 3", "height: 100dvh",
    "width: 50svw", "rotate: 90deg", "margin-inline: auto", "color: color-mix(in srgb, red, blue)", "color: rgb(0 0 0 / 50%)",
    "overflow: clip", "text-wrap: balance", "appearance: none", "background: image-set(url(a) 1x)", "all: revert",
    ".a:is(.b) { }", ".a:focus-visible { }", ".a:not(.b, .c) { }", "& .a { }", "@layer base { }",
    "@container (width > 1px) { }", "@media (width >= 600px) { }", "@supports selector(:focus) { }",
])  # fmt: skip
def test_the_check_of_the_phone_sheet_sees_what_is_too_new(rule):
    assert too_new(rule)


@pytest.mark.parametrize("rule", [
    "grid-gap: 8px", "-webkit-appearance: none; appearance: none", ":focus:not(:focus-visible) { }",
    "rgba(0, 0, 0, .5)", "@media (max-width: 600px) { }", "transform: rotate(1turn)", "margin: 0 auto", "text-overflow: clip", "zoom: 1.25",
])  # fmt: skip
def test_the_check_of_the_phone_sheet_lets_pass_what_is_old(rule):
    assert too_new(rule) == []


def tokens(text: str) -> dict[str, str]:
    text = re.sub(r"rgb\((\d+) (\d+) (\d+) / (\.\d+)\)", r"rgba(\1, \2, \3, 0\4)", without_comments(text))
    return {name: " ".join(value.split()) for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", text)}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_phone_sheet_has_the_tokens_of_the_desk(theme):
    halves = []
    for name in ("tokens.css", "mobile.css"):
        text = (ROOT / "static" / "css" / name).read_text()
        light, dark = text.split('[data-theme="dark"] {', 1)
        halves.append(tokens(light.split("[data-density")[0] if theme == "light" else dark.split("\n}")[0]))
    desk, phone = halves
    wrong = {n for n, v in phone.items() if desk.get(n) != v} - {"--h-ctl", "--h-ctl-s", "--h-ctl-l"}
    assert len(phone) > 40 and wrong == set()


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_the_desk_sheets_declare_the_order_of_layers_first_and_close_what_they_open(path):
    text = path.read_text()
    assert text.count("{") == text.count("}")
    if path.name in ("tokens.css", "base.css", "layout.css", "components.css", "paper.css", "wall.css"):
        first = re.search(r"@layer[^;{]*[;{]", without_comments(text))[0]
        assert first == "@layer vendor, reset, tokens, base, layout, components, utilities;"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_a_script_is_one_short_behaviour_without_eval(path):
    text = path.read_text()
    assert len(text.splitlines()) <= 150
    assert not re.search(r"\beval\(|new Function\(|document\.write\(|https?://(?!www\.w3\.org)", text)


@pytest.mark.parametrize("sheet", ["components.css", "mobile.css"])
def test_a_wrong_choice_keeps_the_arrow_that_is_drawn_as_its_background(sheet):
    (rule,) = re.findall(r'\.input\[aria-invalid="true"\] \{([^}]*)\}', (ROOT / "static" / "css" / sheet).read_text())
    assert "background-color:" in rule and "background:" not in rule
