"""The demonstration's agreements: the 72 of 2016 as the files have them, closed, each figure from its rows."""
import csv
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.models import AuditEntry
from campaigns import agreement_parties as parties
from campaigns import agreement_templates as texts
from campaigns.models import Agreement, AgreementTask, AgreementTemplate, Clause
from config.demo_loading import agreements as demo
from config.demo_loading import catalogue, people
from grid.models import Organisation
from tests.make import moment

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FOLDER = Path("config/demo/2016")
NOW = moment("2026-11-25 17:00")


def rows(name):
    with open(FOLDER / f"{name}.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def loaded(db, settings):
    """The street with its agreements."""
    settings.ZEAL_ALLOWLIST = [{"model": "*"}]  # a loader reads row by row
    catalogue.load_places(FOLDER, at=NOW)
    people.load_people(FOLDER, at=NOW)
    demo.load_year(FOLDER, at=NOW)
    demo.load_today(FOLDER, at=NOW, say=lambda line: None)


def test_the_year_and_the_present_are_as_the_files_and_the_design_have_them(loaded):
    year, present = AgreementTemplate.objects.order_by("year")
    mine = Agreement.objects.filter(template=year)
    assert mine.counts_by_kind() == {"organisation": (38, 38), "community": (20, 20), "station": (14, 14)}
    assert set(mine.values_list("stage", flat=True)) == {"closed"} and mine.filter(is_demo=True).count() == 72
    assert sorted(mine.values_list("number", flat=True)) == sorted(row["agreement_no"] for row in rows("agreements"))
    signed = {row["agreement_no"]: row for row in rows("agreements")}
    for agreement in mine:
        row = signed[agreement.number]
        assert (str(agreement.signed_on), agreement.signer) == (row["signed_date"], row["party_signer"])
        assert agreement.at_meeting == (row["at_mobilisation_meeting"] == "1")
    tasks = AgreementTask.objects.filter(agreement__template=year).select_related("agreement")
    assert tasks.count() == 323
    wanted = {(row["agreement_no"], int(row["seq"])): row for row in rows("agreement_tasks")}
    for task in tasks:
        row = wanted[task.agreement.number, task.seq]
        assert (task.text, str(task.due_on), str(task.finished_on)) == (row["task"], row["due_date"], row["finished_date"])
        assert task.on_time == (row["on_time"] == "1")
        assert task.check_score == (Decimal(row["check_score"]) if row["check_score"] else None)
    late = sum(row["on_time"] == "0" for row in rows("agreement_tasks"))
    assert tasks.late(today=NOW.date()).count() == late
    assert Organisation.objects.count() == 38 and Clause.objects.exists()
    _check_scores(mine)
    _check_present(present)


def _check_scores(mine):
    for agreement in mine.select_related("template"):
        scores = [task.check_score for task in agreement.tasks.all() if task.check_score is not None]
        if scores:
            assert abs(agreement.score - sum(scores) / len(scores)) < Decimal("0.01")
        assert agreement.band == texts.band_for(agreement.template.bands.all(), agreement.score).name


def _check_present(present):
    mine = Agreement.objects.filter(template=present)
    assert mine.counts_by_kind() == {"organisation": (31, 38), "community": (20, 20)}
    sending = parties.preview(present)
    assert sorted(names for _, names in sending.missing) == [["点位"], ["直接责任人"]] and len(sending.ready) == 2
    assert mine.filter(stage="issued", viewed_at__isnull=False).count() == 2
    head = present.edits.head()
    assert head.version == 3 and len(texts.changes_since_last_version(present, head)) == 4
    assert present.sign_by == (NOW + timedelta(days=4)).date()
    before = Agreement.objects.count(), AuditEntry.objects.count()
    demo.load_today(FOLDER, at=NOW, say=lambda line: None)
    assert (Agreement.objects.count(), AuditEntry.objects.count()) == before
