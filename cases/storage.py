"""Room for evidence: what is left on the disk and what came in today, judged, and told to the admins once a day."""
import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.models import User
from accounts.notify import tell_many
from cases.limits import KIB_A_MB, uploaded_mb

GIB = 1024**3
COUNTED_FOR = 60  # seconds; anybody may ask /healthz


def free_gb() -> float:
    """Free space in GiB where the evidence lies; a folder not made yet will lie on its parent's disk."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free / GIB


def is_full() -> bool:
    """Whether evidence will soon find no room."""
    return free_gb() < settings.DISK_LEAST_FREE_GB


def is_flooded(*, at: datetime) -> bool:
    """Whether more came in today without a login than honest reports bring."""
    return uploaded_mb(at=at) > settings.UPLOAD_ALARM_GB_A_DAY * KIB_A_MB


def storage_state(*, at: datetime) -> str:
    """ok, low (little free space) or flooded (many uploads), for /healthz; at most a minute old."""
    judged = cache.get("storage-state")
    if judged is None:
        judged = "low" if is_full() else "flooded" if is_flooded(at=at) else "ok"
        cache.set("storage-state", judged, COUNTED_FOR)
    return judged


def tell_of_storage(*, at: datetime) -> int:
    """Tell the admins of either, once a day each; returns how many notices are new."""
    day, new = f"{timezone.localdate(at):%Y%m%d}", 0
    least, most = settings.DISK_LEAST_FREE_GB, settings.UPLOAD_ALARM_GB_A_DAY
    worries = (
        ("low", is_full(), f"照片存储的剩余空间不足 {least} GB。请清理或扩容，否则照片将存不下。"),
        ("flooded", is_flooded(at=at), f"今天未登录上传的照片已超过 {most} GB。请核对是否有人滥用。"),
    )
    for name, worried, words in worries:
        if worried:
            admins = User.objects.with_permission("accounts.enter_admin")
            new += tell_many(admins, text=words, at=at, kind="warn", slot=f"storage-{name}:{day}")
    return new
