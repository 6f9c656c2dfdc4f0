"""Who is owed an answer, and how it is settled: each reporter that can be reached, and of a petition the petitioner."""
from typing import Any

from cases.models import Case, Petitioner, Reply, Reporter


def petitioner_is_owed(case: Case) -> bool:
    """Whether the petitioner of this case waits; their own table is only asked whether, never who."""
    return case.is_petition and Petitioner.objects.owed().filter(case=case).exists()


def owed_to(case: Case) -> int:
    """How many still wait for a final answer."""
    return case.reporters.owed().count() + petitioner_is_owed(case)


def record_reply(step: Any, whom: Any, channel: str, words: str, *, final: bool) -> None:
    """One row of reply; `whom` is a Reporter, "petitioner", or "code": whoever asks by the code of this case."""
    to_petitioner = whom == "petitioner"
    reporter = None if whom in ("petitioner", "code") else whom
    Reply.objects.create(
        case=step.case, reporter=reporter, to_petitioner=to_petitioner, channel=channel, words=words, final=final,
        by=step.by, at=step.at,
    )  # fmt: skip
    if final and to_petitioner:
        Petitioner.objects.filter(case=step.case).update(replied_at=step.at)
    elif final and reporter:
        Reporter.objects.filter(pk=reporter.pk).update(replied_at=step.at)


def answer_everyone(step: Any, words: str) -> None:
    """A final answer to each who waits, in one act (不予受理, 作废)."""
    waiting = list(step.case.reporters.owed())
    for reporter in waiting:
        record_reply(step, reporter, reporter.usual_channel, words, final=True)
    if petitioner_is_owed(step.case):
        record_reply(step, "petitioner", Reply.Channel.LETTER, words, final=True)
    step.facts.update(public_words=words, answered=len(waiting))
