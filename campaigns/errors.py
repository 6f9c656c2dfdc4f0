"""Why a step of a ledger was not made, each with a sentence for the person who tried."""


class StepRefused(Exception):
    """The rules forbid it now (409): the stage, a photo that is missing, a figure still open."""


class StepConflict(StepRefused):
    """Somebody else was faster (409); nothing was written."""


class StepForbidden(StepRefused):
    """This person may not do it (403)."""


class AnswersRefused(StepRefused):
    """What was filled in does not do (422): `errors` maps the field to its sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("；".join(errors.values()))
