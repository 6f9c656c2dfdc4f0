"""Ledger numbers and steps as pieces of an address."""
from campaigns.steps import STEPS


class StructureConverter:
    """WJ2016-064: two letters, the year, a serial of three digits or more."""

    regex = r"[A-Z]{2}\d{4}-?\d{3,}"

    def to_python(self, value: str) -> str:
        """The number as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The number as it stands."""
        return value


class StepConverter:
    """The name of a step of the table; any other word is no address."""

    regex = "|".join(sorted(STEPS, key=len, reverse=True))

    def to_python(self, value: str) -> str:
        """The name as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The name as it stands."""
        return value
