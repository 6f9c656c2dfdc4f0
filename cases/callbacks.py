"""回访与回音: who still waits for an answer, who was not yet asked how it went, and whom the desk must decide about.

Everybody is answered by the door through which they came; a case closes only when nobody is owed an answer. A call that
does not get through is on record and settles nothing; after three of them the answer may be put under the code instead.
"""
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from cases import workflow
from cases.errors import AnswersRefused, MoveRefused
from cases.models import CallBack, Case, Opinion, Petitioner, Reply, Reporter, ReporterKind
from cases.states import Source, State

ANSWERABLE = (State.CHECKED, State.REJECTED)
ASKED_WITHIN = timedelta(days=30)  # who was answered longer ago is not called any more
MOST_CALLS = 3
SAME_CALL = timedelta(minutes=1)  # nobody rings twice in vain within it: it is the same press of the button
CHANNELS_WITH_TALK = (Reply.Channel.PHONE, Reply.Channel.VISIT)
COLUMNS = (
    "number", "source", "state", "version", "title", "due_clock", "due_at", "due_started_at", "warn_at", "paused_at",
    "closed_at", "category_id", "community_id", "public_code",
)  # fmt: skip


def _reaches(user: Any, permission: str) -> tuple[bool, bool]:
    """Whether a person may do this on ordinary cases, and on petitions."""
    reach = user.reach_of(permission)
    return "all" in reach, "petitions" in reach


def _with_case(rows: QuerySet) -> QuerySet:
    """With what a line of the queue says of the case."""
    return rows.select_related("case").defer("case__description", "case__result", "case__conclusion")


def _unreached() -> Count:
    return Count("call_backs", filter=Q(call_backs__reached=False))


def owed(user: Any) -> QuerySet[Reporter]:
    """Reporters who wait for the final answer, least time left first, with how often a call did not get through."""
    if not _reaches(user, "cases.reply_case")[0]:
        return Reporter.objects.none()
    waiting = Reporter.objects.owed().filter(case__state__in=ANSWERABLE)
    return _with_case(waiting).annotate(calls=_unreached()).order_by(F("case__due_at").asc(nulls_last=True), "pk")


def petitions_owed(user: Any) -> QuerySet[Case]:
    """Petitions whose petitioner waits, by code name; the petitioner's own table is only asked whether, never who."""
    if not _reaches(user, "cases.reply_case")[1]:
        return Case.objects.none()
    waiting = Petitioner.objects.owed().filter(case=OuterRef("pk"))
    cases = Case.objects.filter(Exists(waiting), source=Source.PETITION, state__in=ANSWERABLE)
    return cases.select_related("petition").order_by(F("due_at").asc(nulls_last=True), "pk")


def nameless(user: Any) -> QuerySet[Case]:
    """Reports of people who left no way to reach them: nobody is owed, but words under the code are read."""
    if not _reaches(user, "cases.reply_case")[0]:
        return Case.objects.none()
    reachable = Reporter.objects.filter(came_with=OuterRef("pk"), reply_owed=True)
    told = Reply.objects.filter(case=OuterRef("pk"), reporter=None, to_petitioner=False, final=True)
    cases = Case.objects.filter(~Exists(reachable), ~Exists(told), source=Source.SNAP, state=State.CHECKED)
    return cases.only(*COLUMNS).order_by(F("due_at").asc(nulls_last=True), "pk")


def unheard(user: Any, *, at: datetime) -> QuerySet[Reporter]:
    """Residents who were answered within thirty days and of whom nobody knows whether they are content."""
    if not _reaches(user, "cases.call_back_case")[0]:
        return Reporter.objects.none()
    spoke = CallBack.objects.filter(reporter=OuterRef("pk"), reached=True)
    judged = Opinion.objects.filter(reporter=OuterRef("pk"))
    people = Reporter.objects.filter(
        ~Exists(spoke), ~Exists(judged), kind=ReporterKind.RESIDENT, replied_at__gt=at - ASKED_WITHIN,
        case__state__in=(State.CHECKED, State.CLOSED),
    ).exclude(phone_index="")  # fmt: skip
    return _with_case(people).annotate(calls=_unreached()).filter(calls__lt=MOST_CALLS).order_by("replied_at", "pk")


def wishes(user: Any) -> QuerySet[Opinion]:
    """Reporters who say that nothing is solved, longest waiting first."""
    if not _reaches(user, "cases.reopen_case")[0]:
        return Opinion.objects.none()
    return _with_case(Opinion.objects.filter(wish=Opinion.Wish.ASKED)).order_by("at", "pk")


def called(user: Any) -> QuerySet[CallBack]:
    """The calls on record, latest first; those of petitions only for those who make them."""
    common, petitions = _reaches(user, "cases.call_back_case")
    kinds = (Q(pk__in=[]) | (~Q(case__source=Source.PETITION) if common else Q(pk__in=[]))
             | (Q(case__source=Source.PETITION) if petitions else Q(pk__in=[])))  # fmt: skip
    rows = CallBack.objects.filter(kinds).select_related("by", "reporter")
    return _with_case(rows).order_by("-at", "-pk")


def judged(user: Any) -> QuerySet[Opinion]:
    """What reporters said under their codes, latest first."""
    if not _reaches(user, "cases.call_back_case")[0]:
        return Opinion.objects.none()
    return _with_case(Opinion.objects.select_related("decided_by"))


# --- the words --------------------------------------------------------------------------------------------------------


def draft_words(case: Case, whom: Any) -> str:
    """The answer by template: what it was about and what was done; a person reads it over before it goes out."""
    result = case.result.strip().rstrip("。")
    if case.state == State.REJECTED or not result:
        result = "已经处理" if case.state == State.CHECKED else "不属于受理范围"
    if whom == "petitioner":
        return f"您反映的事项已办理：{result}。"
    opening = "贵单位转来的" if isinstance(whom, Reporter) and whom.kind == ReporterKind.UNIT else "您反映的"
    return f"{opening}“{_subject(case, whom)}”已处理：{result}。感谢您对街道工作的监督。"


def _subject(case: Case, whom: Any) -> str:
    """The title for who gave it; class and place for who joined or was merged, since the title is another's words."""
    if not isinstance(whom, Reporter) or whom.kind == ReporterKind.UNIT or not _joined(whom):
        return whom.came_with.title if isinstance(whom, Reporter) else case.title
    what = case.category.name if case.category else "问题"
    return f"{case.community.name}{what}" if case.community else what


def _joined(reporter: Reporter) -> bool:
    report = getattr(reporter, "field_report", None)
    return bool(report and report.joined)


def usual_channel(case: Case, whom: Any) -> str:
    """How this one is answered."""
    if isinstance(whom, Reporter):
        return whom.usual_channel
    return Reply.Channel.LETTER if whom == "petitioner" else Reply.Channel.CODE


def alike(case: Case, whom: Any) -> list[Reporter]:
    """The others of this case who wait and came by WeChat: one answer may go to all of them."""
    if not isinstance(whom, Reporter):
        return []
    waiting = case.reporters.owed().exclude(pk=whom.pk)
    return [row for row in waiting if row.usual_channel == Reply.Channel.WECHAT]


# --- the verbs --------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(
    case: Case, whom: Any, *, by: Any, at: datetime, channel: str, words: str = "", reached: bool | None = None,
    solved: bool | None = None, satisfaction: str = "", note: str = "", everybody: bool = False,
) -> bool:  # fmt: skip
    """Answer a reporter, "petitioner" or "code", finally, and keep what they said to it; False when nobody picked up.

    A call that did not get through is recorded and the answer stays owed. `everybody` gives the same words to those of
    the case who wait at WeChat. Raises what the moves raise, and MoveRefused when the answer was given already.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    _refuse_second(case, whom)
    if channel == Reply.Channel.PHONE and reached is None:
        raise AnswersRefused({"reached": "电话答复请选择是否接通。"})
    if channel == Reply.Channel.PHONE and not reached:
        _record_call(case, whom, by=by, at=at, reached=False, note=note)
        return False
    others = alike(case, whom) if everybody else []
    _reply(case, whom, by=by, at=at, channel=channel, words=words)
    for other in others:
        _reply(case, other, by=by, at=at, channel=Reply.Channel.WECHAT, words=words)
    if channel in CHANNELS_WITH_TALK and (reached or solved is not None or satisfaction):
        _record_call(case, whom, by=by, at=at, reached=True, solved=solved, satisfaction=satisfaction, note=note)
    return True


def _reply(case: Case, whom: Any, *, by: Any, at: datetime, channel: str, words: str) -> None:
    workflow.make("reply", case, by=by, at=at, to_whom=whom, channel=channel, words=words, final=True)


def _record_call(
    case: Case, whom: Any, *, by: Any, at: datetime, reached: bool, solved: bool | None = None,
    satisfaction: str = "", note: str = "",
) -> None:  # fmt: skip
    if not reached and _rang_just_now(case, whom, by=by, at=at):
        return
    told = {"solved": solved, "satisfaction": satisfaction, "words": note.strip()}
    given = {name: value for name, value in told.items() if value not in (None, "")}
    workflow.make("call_back", case, by=by, at=at, called=whom, reached=reached, **given)


def _rang_just_now(case: Case, whom: Any, *, by: Any, at: datetime) -> bool:
    """Whether this very call is on record: a double press is not a second vain call, of which three are enough."""
    who = whom if isinstance(whom, Reporter) else None
    return case.call_backs.filter(reporter=who, by=by, reached=False, at__gt=at - SAME_CALL).exists()


def _refuse_second(case: Case, whom: Any) -> None:
    """Two at one queue: whoever comes second is told, and nobody is called twice."""
    if isinstance(whom, Reporter):
        given = Reporter.objects.filter(pk=whom.pk).values_list("replied_at", flat=True).get()
    elif whom == "petitioner":
        given = Petitioner.objects.filter(case=case).values_list("replied_at", flat=True).first()
    else:
        told = Reply.objects.filter(case=case, reporter=None, to_petitioner=False, final=True)
        given = told.values_list("at", flat=True).first()
    if given:
        when = f"{timezone.localtime(given):%m-%d %H:%M}"
        raise MoveRefused(f"{case.number}：已于 {when} 答复过，没有重复记录。请看最新情况。")


def hear(
    case: Case, reporter: Reporter, *, by: Any, at: datetime, reached: bool, solved: bool | None = None,
    satisfaction: str = "", note: str = "",
) -> None:  # fmt: skip
    """回访: ask somebody who was answered how it went. Raises MoveRefused when a colleague has just asked."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        if reporter.call_backs.filter(reached=True).exists():
            raise MoveRefused(f"{case.number}：这位上报人已经回访过，没有重复记录。请看最新情况。")
        _record_call(
            case, reporter, by=by, at=at, reached=reached, solved=solved, satisfaction=satisfaction, note=note
        )
