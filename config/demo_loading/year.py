"""What the report of 2016 printed, figure by figure, entered as a chief would enter it."""
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from accounts.models import User
from config.demo_loading.files import rows
from reports.year import enter_reported

YEAR = 2016


@transaction.atomic
def load_reported(folder: Path, *, at: datetime) -> str:
    """Its figures in its own words; what it gives as 余 or 近 stays words and is not reckoned with."""
    chief = User.objects.get(username="chief")
    lines = rows(folder, "reported")
    for row in lines:
        enter_reported(
            year=YEAR, key=row["key"], words=row["words"], value=Decimal(row["value"]) if row["value"] else None,
            exact=bool(row["value"]), source=row["source"], by=chief, at=at, is_demo=True,
        )  # fmt: skip
    return f"年度报告值 {len(lines)} 项"
