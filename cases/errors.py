"""Why a move was not made, each with a sentence for the person who tried."""


class MoveRefused(Exception):
    """The rules forbid it now (409): the state, a clock, a reply still owed, another pair of hands needed."""


class MoveConflict(MoveRefused):
    """Somebody else was faster (409); nothing was written."""


class MoveForbidden(MoveRefused):
    """This person may not do it (403)."""


class AnswersRefused(MoveRefused):
    """What was filled in does not do (422): `errors` maps the field to its sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("；".join(errors.values()))
