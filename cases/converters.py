"""The case number and the move as pieces of an address."""
from cases.workflow import MOVES


class NumberConverter:
    """DC-2016-076: two letters, the year of receipt, a serial of three digits or more."""

    regex = r"[A-Z]{2}-\d{4}-\d{3,}"

    def to_python(self, value: str) -> str:
        """The number as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The number as it stands."""
        return value


class MoveConverter:
    """The name of a move of the table that is made on a case that exists; any other word is no address."""

    regex = "|".join(sorted(set(MOVES) - {"report", "fix_on_spot"}, key=len, reverse=True))

    def to_python(self, value: str) -> str:
        """The name as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The name as it stands."""
        return value
