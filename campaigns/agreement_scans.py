"""Signed pages: photos become evidence like any other, a PDF is kept as it came and only ever downloaded."""
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse

from campaigns.errors import AnswersRefused, StepRefused
from campaigns.models import AgreementScan
from grid.photos import LARGEST_BYTES, PhotoRefused, photo_response, store_photo

MOST_SCANS = 10
PDF = b"%PDF-"


def take_scans(files: Iterable[UploadedFile], *, by: Any, at: datetime) -> list[AgreementScan]:
    """Store the uploads, before and apart from the signature's own transaction: files are not rolled back."""
    files = list(files)
    if len(files) > MOST_SCANS:
        raise AnswersRefused({"scans": f"签字页最多 {MOST_SCANS} 页，现为 {len(files)} 页。请合成一个 PDF。"})
    scans: list[AgreementScan] = []
    with taken_back_if_refused(scans):
        for file in files:
            scans.append(_scan(file, by=by, at=at))
    return scans


def _scan(file: UploadedFile, *, by: Any, at: datetime) -> AgreementScan:
    scan = AgreementScan(added_at=at, added_by=by)
    head = file.read(len(PDF))
    file.seek(0)
    if head == PDF:
        if file.size > LARGEST_BYTES:
            raise AnswersRefused({"scans": f"PDF 有 {file.size / 1024 / 1024:.1f} MB，最大 20 MB。请降低扫描分辨率。"})
        scan.file.save(f"{uuid.uuid4().hex}.pdf", ContentFile(file.read()), save=False)
        return scan
    try:
        scan.photo = store_photo(file, by=by, at=at)
    except PhotoRefused as refusal:
        raise AnswersRefused({"scans": f"{refusal} 签字页也可以是 PDF。"}) from refusal
    return scan


@contextmanager
def taken_back_if_refused(scans: Iterable[AgreementScan]) -> Iterator[None]:
    """Files of a signature that was not entered do not stay; photos that hang on nothing are swept anyway."""
    try:
        yield
    except StepRefused:
        for scan in scans:
            if scan.file:
                scan.file.storage.delete(scan.file.name)
        raise


def scan_response(scan: AgreementScan) -> FileResponse:
    """A page for somebody whom the caller has found entitled: the clean picture, or the PDF as a download."""
    if scan.photo_id:
        response = photo_response(scan.photo, "image")
        response["Cache-Control"] = "private, no-store"
        return response
    name = f"signed-{scan.agreement_id}-{scan.pk}.pdf"
    response = FileResponse(
        scan.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
