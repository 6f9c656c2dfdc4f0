"""Why something was not done to the ledger, each with a sentence for the person who tried."""


class HouseholdRefused(Exception):
    """The rules forbid it now (409): the state, money already bound, another pair of hands needed."""


class HouseholdConflict(HouseholdRefused):
    """Somebody else was faster (409); nothing was written."""


class HouseholdForbidden(HouseholdRefused):
    """This person may not do it (403)."""


class AnswersRefused(HouseholdRefused):
    """What was filled in does not do (422): `errors` maps the field to its sentence."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__("；".join(errors.values()))
