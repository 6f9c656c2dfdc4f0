"""Why an import does not go on, each with a sentence for the person who tried."""


class ImportConflict(Exception):
    """The batch is not where the person saw it (409): somebody was faster, or the ledger changed meanwhile."""


class ImportOvertaken(ImportConflict):
    """Somebody else did it at the same moment (409)."""


class ImportForbidden(Exception):
    """This person may not do it (403)."""


class AnswerRefused(Exception):
    """What was filled in does not do (422)."""
