"""What the pages show of patrols: the phone's shift with its counters, and the desk's list and log."""
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from accounts.models import User
from campaigns.forms.patrols import CloseForm, OutingForm
from campaigns.models import COUNTERS, FURTHER, MAIN, PatrolDuty, PatrolFinding, PatrolLog, PollutionAlert, Shift
from campaigns.patrols import TAG, TOTALS_OVER, date_of, patrol_of, shift_at
from campaigns.patrols_roster import leader_of
from cases.models import Case

GROUPS = (("今日出动", MAIN[:3]), ("今日查处", MAIN[3:]), ("其他记数", FURTHER))


@dataclass(frozen=True)
class Counter:
    """One counter of the phone's page."""

    name: str
    word: str
    unit: str
    value: int
    seen: int
    total: int


class PhonePage:
    """One team's shift: today's day or night shift, whichever was asked for or runs now."""

    def __init__(
        self, user: User, query: Mapping[str, str], *, at: datetime, form: OutingForm | None = None
    ) -> None:
        self.user, self.at, self.form = user, at, form
        asked = query.get("shift", "")
        self.shift = asked if asked in Shift.values else shift_at(at)
        self.day = date_of(self.shift, at)
        self.key = secrets.token_hex(16)

    @property
    def who(self) -> str:
        """The mark by which the phone's queue knows that the login is still the same."""
        return str(self.user.pk)

    @property
    def now_ms(self) -> int:
        """The server's clock in milliseconds, by which the phone knows how old this page is."""
        return int(self.at.timestamp() * 1000)

    @cached_property
    def log(self) -> PatrolLog | None:
        """The log, if it has begun."""
        return patrol_of(self.day, self.shift, self.user.department)

    @property
    def turn(self) -> int:
        """How often the log has changed."""
        return self.log.turn if self.log else 0

    @property
    def closed(self) -> bool:
        """Whether it was handed in."""
        return self.log is not None and not self.log.is_open

    @cached_property
    def alert(self) -> PollutionAlert | None:
        """The alert in force now."""
        return PollutionAlert.objects.at(self.at).first()

    @cached_property
    def duty(self) -> PatrolDuty | None:
        """Who leads this shift by the roster."""
        return leader_of(self.day, self.shift)

    @cached_property
    def totals(self) -> dict[str, int]:
        """近两月: sums over all the street's outings of the last 62 days."""
        return PatrolLog.objects.between(self.day - timedelta(days=TOTALS_OVER - 1), self.day).totals()

    @cached_property
    def groups(self) -> list[tuple[str, list[Counter]]]:
        """The six counters of the picture in two groups, and the log's further ones."""
        return [(word, [self._counter(name) for name in names]) for word, names in GROUPS]

    def _counter(self, name: str) -> Counter:
        word, unit = COUNTERS[name]
        seen = getattr(self.log, name) if self.log else 0
        typed = self.form.data.get(name, "") if self.form else ""
        value = int(typed) if typed.isdecimal() and len(typed) < 6 else seen
        return Counter(name, word, unit, value, seen, self.totals[name])

    @cached_property
    def close_form(self) -> CloseForm:
        """Where and what to say, with what was typed before a refusal."""
        return self.form if isinstance(self.form, CloseForm) else CloseForm()

    @property
    def asks_sure(self) -> bool:
        """Whether the plain form's next press hands in."""
        return bool(self.form) and "sure" in self.form.errors

    @cached_property
    def photos(self) -> list:
        """The pictures of this shift."""
        return list(self.log.photos.select_related("photo")) if self.log else []

    @cached_property
    def findings(self) -> list:
        """What was found on the way, with the cases it became."""
        return findings_of(self.log, self.user) if self.log else []

    @property
    def may_find(self) -> bool:
        """Whether this person may open cases."""
        return self.user.has_perm("cases.report_case")

    @property
    def may_fix(self) -> bool:
        """Whether this person may put right on the spot."""
        return self.user.has_perm("cases.fix_on_spot_case")


@dataclass(frozen=True)
class Figure:
    """One sum of a period."""

    word: str
    unit: str
    value: int


def figures(totals: Mapping[str, int]) -> list[Figure]:
    """Outings and the six counters of the monthly article."""
    return [Figure("出动班次", "班", totals["outings"])] + [Figure(*COUNTERS[name], totals[name]) for name in MAIN]


def findings_of(log: PatrolLog, user: User) -> list[tuple[PatrolFinding, bool]]:
    """Each finding with its case as it stands, and whether this person may read the case; two queries."""
    rows = list(log.findings.select_related("case__lead", "by"))
    cases = Case.objects.visible_to(user).filter(pk__in=[row.case_id for row in rows])
    mine = set(cases.values_list("pk", flat=True))
    return [(row, row.case_id in mine) for row in rows]


def case_side(request: HttpRequest, case: Case) -> SafeString:
    """On the page of a case that was found on a patrol: which one, for who sees patrols."""
    if not request.user.has_perm("campaigns.see_patrols") or TAG not in {tag.word for tag in case.tags.all()}:
        return SafeString("")
    finding = PatrolFinding.objects.filter(case=case.pk).select_related("log__team", "by").first()
    if not finding:
        return SafeString("")
    return render_to_string("campaigns/_patrol_case_side.html", {"finding": finding}, request=request)


class LogPage:
    """One log for somebody at the desk; cases are linked only for who may open them."""

    def __init__(self, log: PatrolLog, user: User) -> None:
        self.log, self.user = log, user

    @property
    def counters(self) -> list[Figure]:
        """The six counters, and of the further ones those that were counted: not recorded is not zero."""
        counted = self.log.counters()
        return [Figure(*COUNTERS[name], value) for name, value in counted.items() if name in MAIN or value]

    @cached_property
    def photos(self) -> list:
        """The pictures."""
        return list(self.log.photos.select_related("photo", "by"))

    @cached_property
    def findings(self) -> list:
        """发现-督办-反馈."""
        return findings_of(self.log, self.user)

    @cached_property
    def corrections(self) -> list:
        """What was put right afterwards."""
        return list(self.log.corrections.select_related("by"))

    @property
    def may_correct(self) -> bool:
        """Whether this person may put it right now."""
        return not self.log.is_open and self.user.has_perm("campaigns.roster_patrols")
