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
}


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


@pytest.mark.parametrize("line", ["a ??= 1", "x.at(-1)", "s.replaceAll('a','b')", "box.replaceChildren()", "await fetch()"])
def test_the_check_sees_what_is_too_new(line):
    assert any(re.search(shape, line, flags=re.M) for shape in NEWER.values())
