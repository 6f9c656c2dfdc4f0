"""What the report of 2016 says of the district's assessment and of honours, entered as a chief would enter it."""
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from accounts.models import User
from config.demo_loading.files import rows
from reports import received


@transaction.atomic
def load_received(folder: Path, *, at: datetime) -> str:
    """每月考评 and honours; the months' exact ranks are not in the report, so its own words stand there."""
    chief = User.objects.get(username="chief")
    rankings, honours = rows(folder, "received"), rows(folder, "honours")
    for row in rankings:
        received.enter_ranking(
            period=row["period"], score=Decimal(row["score"]) if row["score"] else None,
            rank=int(row["rank"]) if row["rank"] else None, of=int(row["of"]), words=row["words"],
            source_document=row["source_document"], by=chief, at=at, is_demo=True,
        )  # fmt: skip
    for row in honours:
        received.enter_honour(
            name=row["name"], holder=row["holder"], year=int(row["year"]), source_document=row["source_document"],
            by=chief, at=at, is_demo=True,
        )  # fmt: skip
    return f"区考评 {len(rankings)} 期、荣誉 {len(honours)} 项"
