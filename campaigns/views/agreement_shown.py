"""What the pages of agreements show: the paper cut into runs, the signing board, the words of results."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from campaigns import agreement_parties as parties
from campaigns import agreement_templates as texts
from campaigns import agreements as acts
from campaigns.agreement_blocks import AUTOMATIC, lines_of, used_names
from campaigns.errors import AnswersRefused, StepForbidden, StepRefused
from campaigns.forms import agreements as forms
from campaigns.models import Agreement, AgreementStage, AgreementTemplate, Clause, PartyKind, TemplateEdit

TABS = (("parties", "签订对象"), ("variables", "变量"), ("clauses", "条款库"))
FIRST_SIGNED = 3
MOST_UNSIGNED, MOST_CLAUSES = 100, 60
NOTHING: Mapping[str, str] = {}


def number_in(words: Any) -> int:
    """A number out of a query or a hidden field; 0 for anything else."""
    return int(words) if isinstance(words, str) and words.isdecimal() and len(words) < 10 else 0


def try_form(form: Any, act: Callable[[], Any]) -> Any:
    """Make the act; what was filled in wrongly goes to its field, a refusal to the form's head."""
    try:
        return act()
    except AnswersRefused as wrong:
        for name, sentence in wrong.errors.items():
            form.add_error(name if name in form.fields else None, sentence)
    except StepForbidden:
        raise
    except StepRefused as refusal:
        form.add_error(None, str(refusal))
        form.refused = True
    return None


def try_rows(act: Callable[[], Any]) -> str:
    """Make the act; the sentence when what was filled in does not do."""
    try:
        act()
    except AnswersRefused as wrong:
        return str(wrong)
    return ""


def sheet(request: HttpRequest, page: str) -> str:
    """The dialog's inside (campaigns/_x.html) for htmx, the whole page (campaigns/x.html) otherwise."""
    folder, _, name = page.rpartition("/")
    return f"{folder}/_{name}" if request.htmx else page


def go(request: HttpRequest, address: str) -> HttpResponse:
    """On to another page, from a dialog too."""
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


# --- the editor -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A party on the board that has not signed: how it stands, and what it lacks."""

    agreement: Agreement
    missing: list[str]

    @property
    def words(self) -> str:
        """缺直接责任人, 12-20 已查看, 未查看, 待送签."""
        if self.missing:
            return f"缺{'、'.join(self.missing)}"
        if self.agreement.stage == AgreementStage.DRAFT:
            return "待送签"
        viewed = self.agreement.viewed_at
        return f"{timezone.localtime(viewed):%m-%d} 已查看" if viewed else "未查看"


def editor_context(
    template: AgreementTemplate, user: Any, query: Mapping[str, str], *, now: datetime
) -> dict[str, Any]:  # fmt: skip
    """All that the editor shows."""
    head = template.edits.head()
    unsigned = _unsigned(template, head)
    sample = _sample(template, unsigned, number_in(query.get("party")))
    values = acts.values_of(sample, head) if sample else _common(head)
    tab = query.get("tab") if query.get("tab") in dict(TABS) else "parties"
    may_write = user.has_perm("campaigns.manage_agreements")
    return {
        "template": template, "head": head, "lines": lines_of(head.blocks, values), "values": values, "sample": sample,
        "changes": len(texts.changes_since_last_version(template, head)), "tab": tab, "tabs": TABS, "now": now,
        "may_write": may_write, "may_remind": may_write or user.has_perm("campaigns.sign_agreements"),
        "to_fill": len({name for row in unsigned for name in row.missing}),
        **_board(template, unsigned), **(_pane(tab, head, sample, values) if may_write else {}),
    }  # fmt: skip


def _common(head: TemplateEdit) -> dict[str, str]:
    """Before there is any party: what is the same for all."""
    return {one["name"]: one["value"] for one in head.variables if one["value"]}


def _unsigned(template: AgreementTemplate, head: TemplateEdit) -> list[Row]:
    rows = parties.party_rows(template).unsigned().prefetch_related("values")[:MOST_UNSIGNED]
    draft = AgreementStage.DRAFT
    found = [Row(row, acts.lacking(row, head) if row.stage == draft else []) for row in rows]
    return sorted(found, key=lambda row: (not row.missing, row.agreement.stage == draft, not row.agreement.viewed_at))


def _sample(template: AgreementTemplate, unsigned: list[Row], wanted: int) -> Agreement | None:
    """Whose values the paper shows: the one asked for, else the first that has not signed, else the first."""
    rows = parties.party_rows(template).prefetch_related("values")
    if wanted and (found := rows.filter(pk=wanted).first()):
        return found
    return unsigned[0].agreement if unsigned else rows.first()


def _board(template: AgreementTemplate, unsigned: list[Row]) -> dict[str, Any]:
    """The progress of signing, from the parties' own rows."""
    mine = Agreement.objects.filter(template=template)
    kinds = mine.counts_by_kind()
    signed, total = (sum(pair[place] for pair in kinds.values()) for place in (0, 1))
    first = parties.party_rows(template).signed().order_by("signed_on", "signed_at", "pk")[:FIRST_SIGNED]
    return {
        "signed": signed, "total": total, "share": round(signed * 100 / total, 1) if total else 0,
        "unsigned_count": total - signed, "kinds": [(kind.label, *kinds[kind]) for kind in PartyKind if kind in kinds],
        "unsigned": unsigned, "missing": [row for row in unsigned if row.missing], "first_signed": list(first),
        "other_signed": max(0, signed - FIRST_SIGNED),
        "ready": sum(not row.missing and row.agreement.stage == AgreementStage.DRAFT for row in unsigned),
    }  # fmt: skip


def _pane(tab: str, head: TemplateEdit, sample: Agreement | None, values: Mapping[str, str]) -> dict[str, Any]:
    """What the open tab alone needs; the names of variables are for the menu above the paper."""
    names = [*AUTOMATIC, *(one["name"] for one in head.variables)]
    found: dict[str, Any] = {"names": names}
    if tab == "variables":
        found["variable_rows"] = forms.VariableSet(initial=head.variables, prefix="variable")
        found["fields"] = fill_fields(head, values) if sample else []
    elif tab == "clauses":
        clauses = Clause.objects.filter(active=True).order_by("title")[:MOST_CLAUSES]
        found["clauses"] = [(one, lines_of(one.blocks, {}), f"clause-{one.pk}") for one in clauses]
    return found


def fill_fields(head: TemplateEdit, values: Mapping[str, str], wrong: Mapping[str, str] = NOTHING) -> list[dict]:
    """The variables that a party fills, those the text names and that are not the same for all, and what is `wrong`."""
    used = set(used_names(head.blocks))
    return [
        {**one, "now": values.get(one["name"], ""), "id": f"fill-{place}", "error": wrong.get(one["name"], "")}
        for place, one in enumerate(head.variables) if one["name"] in used and not one["value"]
    ]  # fmt: skip


def saved_words(template: AgreementTemplate, edit: TemplateEdit) -> dict[str, Any]:
    """What the editor is told after saving."""
    return {
        "revision": edit.revision, "version": edit.version, "saved": f"{timezone.localtime(edit.at):%H:%M}",
        "changes": len(texts.changes_since_last_version(template, edit)),
        "names": [*AUTOMATIC, *(one["name"] for one in edit.variables)],
    }  # fmt: skip


def sent_words(sent: parties.Sent) -> str:
    """已送签 5 家；2 家没有送签：….."""
    done = f"已送签 {len(sent.done)} 家" if sent.done else "没有可送签的对象"
    why = "，".join(f"{agreement.party_name}{reason}" for agreement, reason in sent.refused[:5])
    return f"{done}；{len(sent.refused)} 家没有送签：{why}" if sent.refused else done


def reminded_words(reminded: parties.Reminded) -> str:
    """已提醒 5 家；2 家今天已提醒过；1 家没有账号，请电话联系：…"""
    parts = [f"已提醒 {reminded.done} 家"] if reminded.done else []
    parts += [f"{reminded.already} 家今天已提醒过"] if reminded.already else []
    names = "、".join(reminded.unreachable[:5])
    parts += [f"{len(reminded.unreachable)} 家没有可收提醒的账号，请电话联系：{names}"] if reminded.unreachable else []
    return "；".join(parts) or "没有未签的对象"


def narrowed(rows: Any, *, stage: str, kind: str, text: str) -> Any:
    """The board's rows by stage, kind of party and name."""
    if stage == "unsigned":
        rows = rows.unsigned()
    elif stage in AgreementStage.values:
        rows = rows.of_stage(stage)
    if kind in PartyKind.values:
        rows = rows.of_party_kind(kind)
    return rows.named_like(text.strip()[:60]) if text.strip() else rows


# --- settings ---------------------------------------------------------------------------------------------------------


class SettingsSheet:
    """The three forms of the settings page; only the part that was sent is bound."""

    def __init__(self, template: AgreementTemplate, data: Any, part: str) -> None:
        self.template, self.part, self.band_error = template, part, ""
        mine: dict[str, Any] = {part: data} if data is not None else {}
        now = texts.settings_of(template)
        self.frame = forms.FrameForm(mine.get("frame"), initial=now["frame"][0])
        self.bands = forms.BandSet(mine.get("bands"), initial=now["bands"], prefix="band")
        self.tasks = forms.TemplateTaskSet(mine.get("tasks"), initial=now["tasks"], prefix="task")
        # A form that comes back was still written upon what its page showed first.
        self.seen = {name: texts.digest_of(rows) for name, rows in now.items()}
        if data is not None and part in self.seen:
            self.seen[part] = data.get("seen", "")
        self.spans = texts.band_words(template.bands.all())

    def keep(self, *, by: Any, at: datetime) -> bool:
        """Keep the part that was sent; False when something in it must be changed."""
        how = {"by": by, "at": at, "seen": self.seen.get(self.part)}
        sent = {"frame": self.frame, "bands": self.bands, "tasks": self.tasks}.get(self.part)
        if sent is None or not sent.is_valid():
            return False
        if self.part == "bands":
            self.band_error = try_rows(lambda: texts.set_bands(self.template, rows=self.bands.kept(), **how))
        elif self.part == "tasks":
            texts.set_tasks(self.template, rows=self.tasks.kept(), **how)
        else:
            texts.set_frame(self.template, fields=self.frame.cleaned_data, **how)
        return not self.band_error
