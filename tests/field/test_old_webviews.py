"""The scripts of the pages under /m/ and /q/ hold nothing that a WebView of Chromium 80 cannot read."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHARED = [ROOT / "static" / "js" / f"{name}.js" for name in ("theme", "toast", "form", "compare")]
SCRIPTS = [*sorted((ROOT / "static" / "js" / "field").glob("*.js")), *sorted((ROOT / "static" / "js" / "sw").glob("*.js"))]
NEWER = {
    "logical assignment (85)": r"(\?\?|\|\||&&)=",
    "private members (84)": r"[\s.({]#[a-z]\w*\s*[=(;]",
    "static blocks (94)": r"\bstatic\s*\{",
    "top-level await (89)": r"^await\b",
    "at() (92)": r"\.at\(",
    "replaceAll (85)": r"\.replaceAll\(",
    "replaceChildren (86)": r"\.replaceChildren\(",
    "structuredClone (98)": r"\bstructuredClone\(",
    "randomUUID (92)": r"\brandomUUID\b",
    "Object.hasOwn (93)": r"\bObject\.hasOwn\(",
    "Promise.any (85)": r"\bPromise\.any\(",
    "findLast (97)": r"\.findLast(Index)?\(",
    "toSorted (110)": r"\.to(Sorted|Reversed|Spliced)\(",
    "groupBy (117)": r"\bgroupBy\(",
    "AbortSignal helpers (103)": r"\bAbortSignal\.(timeout|any)\(",
    "error cause (93)": r"cause:\s",
    "weak references (84)": r"\bWeakRef\b",
    "lookbehind is not everywhere": r"\(\?<[=!]",
    "numeric separators": r"\b\d+_\d",
    "private names asked for (91)": r"#[a-z]\w* in ",
    "regular expressions of sets and indices (112, 90)": r"(?<=/)[gimsuy]*[dv][gimsuy]*(?=[\s,;.)\]])",
    "Array.fromAsync (121)": r"\bfromAsync\(",
    "promises with resolvers (119)": r"\bwithResolvers\(",
    "with() (110)": r"\.with\(",
    "well-formed texts (111)": r"\b(isWellFormed|toWellFormed)\(",
    "aggregated errors (85)": r"\bAggregateError\b",
    "segments and names of Intl (81, 87)": r"\bIntl\.(Segmenter|DisplayNames|DurationFormat)\b",
    "checkVisibility, showPicker (105, 99)": r"\.(checkVisibility|showPicker)\(",
    "popovers and inert (114, 102)": r"\.(showPopover|hidePopover|togglePopover)\(|\.inert\b",
    "declarative abort (103)": r"\.throwIfAborted\(",
    "request streams (105)": r"\bduplex\s*:",
    "module workers and attributes of imports": r"\bimport\s*[({]|\bimport\.meta\b",
}
# On these a page falls back: without `submitter` (81) the form's first button, without `responseStatus` (109) no focus.
PAGES = [
    path for path in sorted((ROOT / "templates").rglob("*.html"))
    if path.parent.name in ("mobile", "public") or re.search(r'extends "(mobile|public)\.html"', path.read_text())
]  # fmt: skip


@pytest.mark.parametrize("path", [*SHARED, *SCRIPTS], ids=lambda path: path.name)
def test_a_script_of_the_phone_is_plain_enough(path):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.S)
    found = [what for what, shape in NEWER.items() if re.search(shape, text, flags=re.M)]
    assert not found, f"{path.name}: {found}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_of_the_field_needs_no_modules_since_the_worker_loads_it_too(path):
    text = path.read_text()
    assert not re.search(r"^\s*(import|export)\b", text, flags=re.M), "the worker of Chromium 80 has no modules"
    assert "?." not in text and "??" not in text, "a script that cannot be read leaves the plain form, so keep it readable"


def test_the_check_knows_every_script_that_the_phone_loads():
    frames = [ROOT / "templates" / f"{name}.html" for name in ("mobile", "public", "mobile/_field_scripts")]
    loaded: set[str] = set()
    for path in [*PAGES, *frames]:
        text = path.read_text()
        loaded |= {name for names in re.findall(r'(?:in|names=) ?"([a-z ]+)"', text) for name in names.split()}
        loaded |= set(re.findall(r"'js/(?:field/)?([a-z0-9-]+)\.js'", text))
    known = {path.stem for path in [*SHARED, *SCRIPTS]}
    assert loaded - known == set() and len(loaded) > 25
    assert all("await" not in path.read_text() for path in SHARED), "a module may wait at its top only since 89"


NEWER_MARKUP = r"\b(popover|inert|popovertarget|fetchpriority|blocking)\b(?=[\s=>])|<(search|selectlist|dialog)\b"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_of_the_phone_has_no_markup_that_an_old_webview_ignores(path):
    assert not re.search(NEWER_MARKUP, path.read_text())


@pytest.mark.parametrize("line", ["a ??= 1", "x.at(-1)", "s.replaceAll('a','b')", "box.replaceChildren()", "await fetch()",
    "/[a--b]/v.test(x)", "/a/d, b", "rows.with(0, 1)", "import('x')", "new Intl.Segmenter()", "box.inert = true",
])  # fmt: skip
def test_the_check_sees_what_is_too_new(line):
    assert any(re.search(shape, line, flags=re.M) for shape in NEWER.values())
