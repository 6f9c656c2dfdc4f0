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


def test_the_phone_sheet_is_flat_enough_for_old_web_views():
    text = without_comments((ROOT / "static" / "css" / "mobile.css").read_text())
    for modern in ("@layer", ":has(", ":is(", ":where(", "dvh", "&", "inset:", "aspect-ratio", "translate:", "rotate:"):
        assert modern not in text, modern
    assert not re.search(r"(?<![-\w])gap:", text), "gap in a flexible box"
    assert not re.search(r"rgb\(\d+ ", text), "space-separated colours"
    depth = 0
    for line in text.splitlines():
        if line.startswith(("@media", "@supports", "@keyframes")):
            depth = -1
        depth += line.count("{") - line.count("}")
        assert depth <= 1, line
        depth = 0 if line == "}" else depth


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
