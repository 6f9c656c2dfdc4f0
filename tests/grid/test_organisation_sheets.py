"""Organisations by tables with their papers: had, lacking, run out; out and back; refused in the preview; taken back."""
import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from grid.models import Organisation
from grid.organisation_sheets import ORGANISATIONS, read_paper
from grid.organisations import keep_licence, record_organisation
from grid.registering import RegisterRefused
from sheets import exporting
from sheets.committing import undo_batch
from tests.grid.test_people import inside
from tests.grid.test_register_sheets import errors, table, take_in, write
from tests.make import NOW

pytestmark = pytest.mark.django_db
HEAD = ["编号", "名称", "类别", "营业执照", "食品经营许可证", "经度", "纬度"]
DAY = datetime.date(2028, 10, 12)


@pytest.fixture
def where(xijing):
    """A position as a table has it."""
    at = inside(xijing)
    return [f"{at['lon']:.6f}", f"{at['lat']:.6f}"]


def papers(shop):
    """What stands in the register, by kind."""
    return {one.kind: one.words for one in shop.licences.all()}


@pytest.mark.parametrize(("cell", "paper"), [
    ("JY111", {"number": "JY111", "valid_until": None}), ("JY111 至 2028-10-12", {"number": "JY111", "valid_until": DAY}),
    ("JY111（有效期至2028年10月12日）", {"number": "JY111", "valid_until": DAY}), ("缺证", {"missing": True}),
    ("无", {"missing": True}), (" ", None),
])  # fmt: skip
def test_a_cell_says_what_is_had_and_what_is_missing(cell, paper):
    assert read_paper(cell, "营业执照") == paper


@pytest.mark.parametrize(("cell", "sentence"), [("JY111 至 2028-13-40", "有效期"), ("J" * 41, "有 41 个字，最多 40 个字")])
def test_a_cell_that_is_not_understood_is_told_before_anything_is_written(clerk, where, cell, sentence):
    with pytest.raises(RegisterRefused, match=sentence):
        read_paper(cell, "营业执照")
    batch = take_in(clerk, table(HEAD, ["", "西井早点铺", "商户", cell, "", *where]), "organisations")
    assert batch.counts == {"error": 1} and sentence in errors(batch) and not Organisation.objects.exists()


def test_shops_come_in_with_their_papers_go_out_and_back_and_are_taken_back(clerk, where):
    batch = take_in(clerk, table(HEAD, ["", "西井早点铺", "商户", "JY111 至 2028-10-12", "缺证", *where]), "organisations")
    write(batch, clerk)
    shop = Organisation.objects.get()
    assert papers(shop) == {"business": "JY111 至 2028-10-12", "food": "缺证"}
    rows = Organisation.objects.for_export()
    content = b"".join(exporting.answer(ORGANISATIONS, rows, kind="csv", by=clerk, at=NOW).streaming_content)
    assert take_in(clerk, content, "organisations").counts.get("same") == 1
    head = ["编号", "食品经营许可证", "烟草专卖零售许可证"]
    second = take_in(clerk, table(head, [shop.code, "JY222", "YC1"]), "organisations")
    write(second, clerk)
    assert papers(shop) == {"business": "JY111 至 2028-10-12", "food": "JY222", "tobacco": "YC1"}
    undo_batch(second, by=clerk, at=NOW)
    assert papers(shop) == {"business": "JY111 至 2028-10-12", "food": "缺证"}
    assert AuditEntry.objects.filter(action="licence_taken_back").count() == 1


def test_the_same_paper_once_more_changes_nothing(clerk, xijing):
    shop = record_organisation(name="西井早点铺", kind="shop", by=clerk, at=NOW, **inside(xijing))
    for _ in range(2):  # the second with the version that the first form was opened with
        keep_licence(Organisation.objects.get(), kind="food", number="JY1", version=1, by=clerk, at=NOW)
    shop.refresh_from_db()
    assert shop.version == 2 and AuditEntry.objects.filter(action="licence_kept").count() == 1


def test_more_papers_cost_no_more_queries(clerk, xijing):
    def queries():
        rows = Organisation.objects.for_export().order_by("code")
        with CaptureQueriesContext(connection) as asked:
            b"".join(exporting.answer(ORGANISATIONS, rows, kind="csv", by=clerk, at=NOW).streaming_content)
        return len(asked)

    def build(count):
        for _ in range(count):
            shop = record_organisation(name="西井早点铺", kind="shop", by=clerk, at=NOW, **inside(xijing))
            keep_licence(shop, kind="food", missing=True, version=1, by=clerk, at=NOW)
        return queries()

    queries()  # the first one reads the rights
    assert build(2) == build(4)
