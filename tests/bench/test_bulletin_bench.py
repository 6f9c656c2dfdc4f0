"""A monthly bulletin with both documents within three seconds."""
import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from accounts.models import User
from grid.models import Photo, PhotoState
from reports import facts
from tests.make import make_user

pytestmark = pytest.mark.slow


def give_the_photos_bytes():
    """The filled street has rows of photos without files behind them."""
    buffer = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(buffer, "JPEG", quality=82)
    for name in Photo.objects.filter(state=PhotoState.READY).values_list("image", flat=True).distinct():
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(buffer.getvalue()))


def test_a_monthly_bulletin_with_both_documents_takes_at_most_three_seconds(db):
    from tests.bench.bulletin import MOST_SECONDS, measure_bulletin
    from tests.bench.fill import fill

    now = timezone.localtime()
    fill(400, now=now, seed=7)
    give_the_photos_bytes()
    facts.rebuild(at=now)
    if not User.objects.with_permission("reports.compose_bulletin").exists():
        make_user("chief", "chief")
    steps = measure_bulletin(now=now)
    assert steps["all"] <= MOST_SECONDS, steps
