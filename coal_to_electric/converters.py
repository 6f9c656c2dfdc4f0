"""Ledger and batch numbers, and the steps of the table, as pieces of an address."""
from coal_to_electric.progress import STEPS


class _AsItStands:
    """What an address says is what the view gets."""

    regex = ""

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


class HouseholdConverter(_AsItStands):
    """MGD2016-049: the season and a serial; other offices' lists may bring other numbers of capitals and digits."""

    regex = r"[A-Z]{2,6}\d{0,4}-\d{1,6}"


class BatchConverter(_AsItStands):
    """BT2016-01."""

    regex = r"BT\d{4}-\d{2,}"


class StepConverter(_AsItStands):
    """A step of the table; any other word is no address."""

    regex = "|".join(sorted(STEPS, key=len, reverse=True))
