"""Sums of areas and quantities, exact on every database."""
from decimal import Decimal

NOTHING, CENT = Decimal(0), Decimal("0.01")


def exact(value: Decimal | None) -> Decimal:
    """A sum as its columns are, two decimals; SQLite sums decimals as floats, 15 digits of which are sure."""
    return NOTHING if value is None else value.quantize(CENT)
