"""延期与挂账: more time or a pause, asked for by the hand that works and decided by the chief; effects of moves."""
from typing import Any

from cases import deadlines
from cases.models import CaseRequest
from cases.states import Clock


def request_extension(step: Any) -> None:
    """A wish for more time; the clock goes on."""
    CaseRequest.objects.create(
        case=step.case, kind=CaseRequest.Kind.EXTENSION, until=step.answers["until"], reason=step.words[:300],
        requested_by=step.by, requested_at=step.at,
    )  # fmt: skip
    step.facts.update(until=step.answers["until"].isoformat())


def request_suspension(step: Any) -> None:
    """A wish for a pause; the clock goes on."""
    CaseRequest.objects.create(
        case=step.case, kind=CaseRequest.Kind.SUSPENSION, review_on=step.answers["review_on"],
        reason=step.words[:300], requested_by=step.by, requested_at=step.at,
    )  # fmt: skip
    step.facts.update(review_on=step.answers["review_on"].isoformat())


def decide(step: Any, granted: bool) -> None:
    """The chief's word on a wish."""
    request = step.request
    request.granted, request.decided_by, request.decided_at = granted, step.by, step.at
    request.decision_words = step.words[:300]
    request.save(update_fields=["granted", "decided_by", "decided_at", "decision_words"])


def grant_extension(step: Any) -> None:
    """The due moves, and 应结案 with it."""
    decide(step, True)
    until = step.request.until
    step.clocks.extend(Clock.HANDLE, until)
    step.clocks.extend(Clock.CLOSE, deadlines.closing_due(until, step.case, standards=step.standards))
    step.facts.update(until=until.isoformat())


def refuse_request(step: Any) -> None:
    """The wish is refused; nothing else changes."""
    decide(step, False)


def grant_suspension(step: Any) -> None:
    """处置 and 应结案 pause from now, not backwards."""
    decide(step, True)
    step.clocks.pause(at=step.at)
    step.changes.update(review_on=step.request.review_on)
    step.facts.update(review_on=step.request.review_on.isoformat())


def resume(step: Any) -> None:
    """The clocks go on with the time they had left."""
    step.clocks.resume(at=step.at, caps=(step.case.required_at, step.case.statutory_at))
    step.changes.update(review_on=None)
