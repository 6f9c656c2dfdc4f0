"""The tables of the coal-to-electric ledger."""
from coal_to_electric.models.household import Household, HouseholdPhoto, HouseholdStep, Moment, Revisit
from coal_to_electric.models.money import (
    OffPeakRate,
    OffPeakReading,
    PaymentBatch,
    PaymentLine,
    SubsidyPolicy,
)
from coal_to_electric.models.programme import EquipmentKind, EquipmentModel, Programme, StageLimit

__all__ = [
    "EquipmentKind", "EquipmentModel", "Household", "HouseholdPhoto", "HouseholdStep", "Moment", "OffPeakRate",
    "OffPeakReading", "PaymentBatch", "PaymentLine", "Programme", "Revisit", "StageLimit", "SubsidyPolicy",
]  # fmt: skip
