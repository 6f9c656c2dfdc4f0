"""Finding cases by words: pairs of Chinese characters, numbers by their beginning, phones by their last four.

Chinese has no spaces, so each run of characters is kept as overlapping pairs (西井大街 → 西井 井大 大街 街) and a
search is a phrase of pairs: two characters are one look-up in the index, whatever the database. Single characters
would make every common one a long list to intersect; a word list would miss the street's own names.
"""
import re
from collections.abc import Iterable
from typing import Any

from django.db import connections
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from accounts import audit
from accounts.encryption import last_four_index
from cases.models import Assignment, Case, CaseText, Petitioner, Reporter
from cases.models.case import DETAIL_NAMES
from cases.querysets import CaseQuerySet
from cases.secrecy import scrub
from cases.states import Source
from grid.addresses import other_names
from grid.locate import place_of_grid

RUNS = re.compile(r"[\u3400-\u9fff]+|[0-9a-z]+")
NUMBER = re.compile(rf"^({'|'.join(Source.values).lower()})(\d{{4}})?(\d+)?$")
LAST_FOUR = re.compile(r"^\d{4}$")
MASKED = re.compile(r"[\dA-Za-z]*\*+[\dA-Za-z]*")
LONGEST_SEARCH = 60  # characters; beyond that nobody types, and a pasted page must not become a query
MOVING = frozenset({"category", "lead", "result"})  # columns whose change alters `turn`
DETAIL_WORDS = {
    "notice": ("doc_no", "issuing_unit"), "transfer": ("doc_no", "sender"), "hotline": ("outside_number",),
    "petition": ("doc_no", "code_name"), "snap": ("outside_number",), "grid_event": ("outside_number",),
}  # fmt: skip
WORD_COLUMNS = (
    "number", "title", "description", "address", "result", "category__major", "category__name", "lead__name",
    "lead__short_name", "community__name", "grid__name", "site__name", "thing__code",
)  # fmt: skip


def pairs(text: str) -> str:
    """A text as the index keeps it: lower case, Chinese runs as overlapping pairs and their last character."""
    return " ".join(token for run in RUNS.findall(text.lower()) for token in _of_run(run))


def _bare(text: str) -> str:
    """A text without phones and ID numbers; a masked one would still be found by its last four, unlogged."""
    return MASKED.sub(" ", scrub(text))


def _of_run(run: str) -> list[str]:
    if run[0] < "\u3400":
        return [run]
    return [run[place : place + 2] for place in range(len(run))]


def phrase(term: str) -> tuple[list[str], bool]:
    """The tokens that must stand side by side for a term, and whether the last one is only a beginning."""
    runs = RUNS.findall(term.lower())
    if not runs:
        return [], False
    *before, last = runs
    tokens = [token for run in before for token in _of_run(run)]
    if last[0] < "\u3400":
        return [*tokens, last], True
    return [*tokens, *(_of_run(last)[:-1] or [last])], len(last) == 1


def phrases(text: str) -> list[list[tuple[list[str], bool]]]:
    """What a search asks: all of its terms, each as one of the phrases that mean it.

    A case number may be typed without its strokes, and a place is found under each of its names.
    """
    found = []
    for term in text[:LONGEST_SEARCH].split():
        number = NUMBER.match(term.lower())
        if number:
            found.append([([part for part in number.groups() if part], True)])
        else:
            found.append([one for one in map(phrase, (term, *other_names(term))) if one[0]])
    return [term for term in found if term]


def _for_sqlite(wanted: list, open_only: bool) -> str:
    """The search in FTS5's language; tokens hold letters, digits and Chinese only, so nothing needs escaping."""

    def term(alternatives: list, column: str = "") -> str:
        ways = (f'{column}"{" ".join(tokens)}"{" *" if begins else ""}' for tokens, begins in alternatives)
        return f"({' OR '.join(ways)})"

    anywhere, in_head = " AND ".join(map(term, wanted)), " AND ".join(term(one, "head : ") for one in wanted)
    return f"(({anywhere}) NOT head : ^ xf) OR ({in_head})" if open_only else anywhere


def _for_postgresql(wanted: list) -> str:
    """The search as a tsquery."""

    def way(tokens: list[str], begins: bool) -> str:
        return "(" + " <-> ".join(f"'{token}'" for token in tokens) + (":*" if begins else "") + ")"

    return " & ".join("(" + " | ".join(way(*one) for one in alternatives) + ")" for alternatives in wanted)


def _match(wanted: list, *, vendor: str, open_only: bool) -> Q:
    """The cases whose words hold every phrase; of petitions only their heads count when only the open words do.

    One look-up either way: the wall stands inside the index, since a condition beside it would make the planner
    read every case.
    """
    if vendor == "postgresql":
        column = "open_tokens" if open_only else "tokens"
        sql = f"SELECT case_id FROM cases_casetext WHERE {column} @@ %s::tsquery"
        return Q(pk__in=RawSQL(sql, [_for_postgresql(wanted)]))
    sql = "SELECT rowid FROM cases_casetext_fts WHERE cases_casetext_fts MATCH %s"
    return Q(pk__in=RawSQL(sql, [_for_sqlite(wanted, open_only)]))


def _reads_titles_only(user: Any) -> bool:
    """Whether there are petitions of which this person reads the title alone (as in cases.views.shown)."""
    reads = user.has_perm("cases.see_petition_text") or user.has_perm("cases.see_petitions")
    return user.has_perm("cases.see_petition_titles") and not reads


def _own_petitions(user: Any) -> Q | None:
    """What a person who reads titles only reads whole all the same: the petitions of the own department."""
    by_department = user.has_perm("cases.see_department_cases") or user.has_perm("cases.see_community_cases")
    if not by_department or not user.department_id:
        return None
    own = Assignment.objects.filter(case=OuterRef("pk"), department=user.department_id)
    return Q(source=Source.PETITION) & Q(Exists(own))


def search(queryset: CaseQuerySet, text: str, user: Any) -> CaseQuerySet:
    """The cases of a queryset (already those visible to the user) that hold a text; all of them for no text.

    Finds number, title, description, places, document numbers, class, department and result; four digits also find
    the last four of a reporter's phone for those who may, which leaves an audit entry without the digits.
    """
    text = text.strip()
    if not text:
        return queryset
    wanted = phrases(text)
    if not wanted:
        return queryset.none()
    vendor = connections[queryset.db].vendor
    open_only = _reads_titles_only(user)
    found = _match(wanted, vendor=vendor, open_only=open_only)
    own = _own_petitions(user) if open_only else None
    if own is not None:
        found |= own & _match(wanted, vendor=vendor, open_only=False)
    if LAST_FOUR.match(text):
        found |= _by_last_four(text, user)
    return queryset.filter(found)


def _by_last_four(digits: str, user: Any) -> Q:
    """The cases of reporters whose phone ends so; petitioners' only for those who may reveal them."""
    index, found = last_four_index(digits), Q(pk__in=[])
    reporters, petitioners = user.has_perm("cases.search_phone"), user.has_perm("cases.reveal_petitioner")
    if reporters:
        found |= Q(pk__in=Reporter.objects.filter(last_four_index=index).values("case"))
    if petitioners:
        found |= Q(pk__in=Petitioner.objects.filter(last_four_index=index).values("case"))
    if reporters or petitioners:
        _note_phone_search(digits, user)
    return found


def _note_phone_search(digits: str, user: Any) -> None:
    """One entry for each text searched in one request, however often the page counts its results."""
    noted = user.__dict__.setdefault("_noted_phone_searches", set())
    if digits not in noted:
        noted.add(digits)
        audit.record("phone_searched", actor=user)


# --- what is kept --------------------------------------------------------------------------------------------------


def compose_text(case: Case, where: tuple[str, str] | None = None) -> CaseText:
    """The search text of a case, unsaved; its related rows should be selected (see `with_words`).

    `where` are the names of community and grid, if they are known without those rows.
    """
    head = f"{case.number} {case.title}"
    where = where or (case.community.name if case.community else "", case.grid.name if case.grid else "")
    body = [case.description, case.address, *where, case.site.name if case.site else "", *_detail_words(case)]
    code = case.thing.code if case.thing else ""  # never scrubbed: its digits look like those of a person
    words = " ".join(pairs(_bare(part)) for part in body if part)
    return CaseText(
        case=case, head=pairs(_bare(head)), body=f"{words} {code}".strip(),
        turn=compose_turn(case),
    )  # fmt: skip


def compose_turn(case: Case) -> str:
    """What the way through the office adds."""
    category = f"{case.category.major} {case.category.name}" if case.category else ""
    lead = f"{case.lead.name} {case.lead.short_name}" if case.lead else ""
    return " ".join(pairs(part) for part in (category, lead, _bare(case.result)) if part)


def _detail_words(case: Case) -> list[str]:
    name = DETAIL_NAMES[Source(case.source)]
    detail = getattr(case, name, None)
    return [getattr(detail, column) for column in DETAIL_WORDS[name]] if detail else []


def with_words(cases: CaseQuerySet, source: str = "") -> CaseQuerySet:
    """Cases with everything their text is made of and nothing else; a known source spares five joins."""
    wanted = (DETAIL_NAMES[source],) if source else tuple(DETAIL_WORDS)
    details = [f"{name}__{column}" for name in wanted for column in DETAIL_WORDS[name]]
    return cases.select_related(
        "category", "lead", "community", "grid", "site", "thing", *wanted
    ).only("source", *WORD_COLUMNS, *details)


def write_texts(texts: Iterable[CaseText]) -> None:
    """Keep search texts, new ones and changed ones alike."""
    CaseText.objects.bulk_create(
        texts, update_conflicts=True, unique_fields=["case"], update_fields=["head", "body", "turn"], batch_size=500
    )


def index_new(case: Case) -> None:
    """Keep the words of a case just opened: its own rows are at hand, the names of its place in memory."""
    place = place_of_grid(case.grid_id)
    known = place is not None and place.community_id == case.community_id
    write_texts([compose_text(case, (place.community_name, place.grid_name) if known else None)])


def index_case(case: Case) -> None:
    """Keep the words of one case as it stands in the database, inside the caller's transaction."""
    write_texts([compose_text(with_words(Case.objects.filter(pk=case.pk), case.source).get())])


def keep_up(case: Case, changed: Iterable[str]) -> None:
    """After a move: the words that its changed columns alter; usually none, or one update."""
    changed = set(changed)
    if {"grid", "community", "thing"} & changed:
        index_case(case)
    elif changed & MOVING:
        CaseText.objects.filter(case=case).update(turn=compose_turn(case))


def reindex(cases: CaseQuerySet | None = None) -> int:
    """Write the words of many cases again; returns how many."""
    count, batch = 0, []
    for case in with_words(Case.objects.all() if cases is None else cases).iterator(chunk_size=500):
        batch.append(compose_text(case))
        if len(batch) == 500:
            write_texts(batch)
            count, batch = count + len(batch), []
    write_texts(batch)
    return count + len(batch)
