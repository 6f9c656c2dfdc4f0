"""The case number as a piece of an address."""


class NumberConverter:
    """DC-2016-076: two letters, the year of receipt, a serial of three digits or more."""

    regex = r"[A-Z]{2}-\d{4}-\d{3,}"

    def to_python(self, value: str) -> str:
        """The number as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The number as it stands."""
        return value
