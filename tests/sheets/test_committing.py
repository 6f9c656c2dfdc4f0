"""Writing a batch, all or nothing, once; taking it back; what is kept and for how long."""
import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import AuditEntry, Notification
from sheets import preview, tasks
from sheets.batches import name_columns, open_batch
from sheets.committing import commit_batch, order_writing, undo_batch
from sheets.errors import AnswerRefused, ImportConflict, ImportForbidden
from sheets.forgetting import drop_old_drafts, forget_cells
from sheets.models import Decision, ImportBatch, ImportRow, Result, Stage
from sheets.preview import decide_row, judge_batch
from tests.make import NOW
from tests.sheets.ledger import HEAD, identity, workbook
from tests.sheets.test_preview import GOOD, changed, row, take_in

pytestmark = pytest.mark.django_db


def fit(batch):
    batch.refresh_from_db()
    return batch.counts.get("fine", 0) + batch.counts.get("warned", 0)


def write(batch, clerk, **over):
    return commit_batch(batch, **{"by": clerk, "at": NOW, "count": fit(batch), **over})


def test_the_chosen_rows_are_written_and_the_wrong_ones_left(ledger, clerk):
    batch = take_in(clerk, GOOD, changed(phone="1", address="x"))
    assert write(batch, clerk) == 1 and [home.householder for home in ledger.homes.values()] == ["李小兰"]
    batch.refresh_from_db()
    assert batch.stage == Stage.DONE and batch.content == "" and row(batch, 3).written_number == "XJ-001"
    entry = AuditEntry.objects.get(action="sheet_committed")
    assert entry.detail["count"] == 1 and "李小兰" not in str(entry.detail)


def test_wrong_rows_must_be_left_out_on_purpose(ledger, clerk):
    batch = take_in(clerk, GOOD, changed(phone="1", address="x"))
    with pytest.raises(AnswerRefused, match="还有 1 行"):
        write(batch, clerk, leave_bad=False)
    assert not ledger.homes
    assert write(batch, clerk, leave_bad=True) == 1


def test_the_number_on_the_button_must_still_be_right(ledger, clerk):
    batch = take_in(clerk, GOOD)
    with pytest.raises(ImportConflict, match="现在可导入 1 行"):
        write(batch, clerk, count=2)
    assert not ledger.homes and write(batch, clerk) == 1


def test_a_second_press_writes_nothing(ledger, clerk):
    batch = take_in(clerk, GOOD)
    write(batch, clerk)
    with pytest.raises(ImportConflict, match="已导入"):
        write(batch, clerk)
    assert ledger.written == 1


def test_a_row_that_the_ledger_refuses_leaves_nothing_written_and_says_which(ledger, clerk):
    ledger.refuses = "王海"
    batch = take_in(clerk, GOOD, changed(householder="王海", address="x"))
    with pytest.raises(ImportConflict, match="第 4 行没有写进台账：这一户在拆迁范围内。"):
        write(batch, clerk)
    batch.refresh_from_db()
    assert batch.stage == Stage.READY and row(batch, 3).written_pk is None
    assert row(batch, 4).result == Result.ERROR and batch.counts["error"] == 1
    ledger.refuses, ledger.homes = "", {}
    assert write(batch, clerk) == 1


def test_all_rows_that_the_ledger_refuses_are_told_at_once(ledger, clerk):
    ledger.refuses = "王海"
    batch = take_in(clerk, GOOD, *[changed(householder="王海", address=f"x{n}") for n in range(3)])
    with pytest.raises(ImportConflict, match="第 4 行等 3 行没有写进台账"):
        write(batch, clerk)
    batch.refresh_from_db()
    assert batch.counts["error"] == 3 and batch.counts["fine"] == 1


def test_a_ledger_that_changed_since_the_preview_is_looked_at_again(ledger, clerk):
    batch = take_in(clerk, GOOD)
    ledger.add(householder="李小兰", address="琅山村 12 号")
    with pytest.raises(ImportConflict, match="1 行的结果不同了"):
        write(batch, clerk)
    assert row(batch, 3).result == Result.DUPLICATE and ledger.written == 0
    decide_row(batch, 3, decision=Decision.UPDATE, by=clerk, at=NOW)
    assert write(batch, clerk) == 1 and len(ledger.homes) == 1


def test_the_same_file_twice_changes_nothing(ledger, clerk, monkeypatch):
    rows = [[*GOOD, identity(1)], [*changed(householder="王海", address="x"), identity(2)]]
    write(take_in(clerk, *rows, head=[*HEAD, "身份证号"]), clerk)
    again = take_in(clerk, *rows, head=[*HEAD, "身份证号"])
    assert [one.result for one in again.rows.order_by("number")][1:] == [Result.SAME, Result.SAME]
    with pytest.raises(AnswerRefused, match="没有可导入的行"):
        write(again, clerk)
    assert ledger.written == 2


def test_a_ledger_that_recognises_nothing_is_protected_by_the_rows_fingerprint(ledger, clerk, monkeypatch):
    from sheets import targets

    monkeypatch.setitem(targets._OFFERED, "homes", ledger.target(known=targets.nothing_known))
    first = take_in(clerk, GOOD)
    write(first, clerk)
    again = take_in(clerk, GOOD, changed(address="新地址"))
    assert row(again, 3).result == Result.SAME and row(again, 4).result == Result.FINE
    assert row(again, 3).problems[0]["sentence"] == f"第 {first.pk} 批第 3 行已经导入。"
    undo_batch(first, by=clerk, at=NOW)
    assert row(take_in(clerk, GOOD), 3).result == Result.FINE


def test_only_what_differs_is_given_to_the_ledger(ledger, clerk):
    home = ledger.add(phone="13812341234", area=None)
    cells = ["XJ-001", "周*英", home.address, "西井社区", "138****1234", "空气源热泵", "约80"]
    batch = take_in(clerk, cells, head=["台账编号", *HEAD])
    write(batch, clerk)
    assert (home.householder, home.phone) == ("周桂英", "13812341234")
    assert (home.equipment, home.area, home.approximate, home.version) == ("pump", 80, True, 2)


def test_a_batch_is_taken_back_within_a_day_but_for_rows_touched_since(ledger, clerk):
    batch = take_in(clerk, GOOD, changed(householder="王海", address="x"))
    write(batch, clerk)
    ledger.homes[1].version = 9
    assert undo_batch(ImportBatch.objects.get(), by=clerk, at=NOW + timedelta(hours=23)) == (1, 1)
    assert list(ledger.homes) == [1] and row(batch, 3).kept_back == "XJ-001 导入之后有人改过。"
    with pytest.raises(ImportConflict, match="已撤销"):
        undo_batch(ImportBatch.objects.get(), by=clerk, at=NOW)
    assert AuditEntry.objects.get(action="sheet_undone").detail["kept"] == 1


def test_a_batch_is_not_taken_back_after_a_day_nor_by_a_stranger(ledger, clerk, handler):
    batch = take_in(clerk, GOOD)
    write(batch, clerk)
    with pytest.raises(ImportForbidden):
        undo_batch(ImportBatch.objects.get(), by=handler, at=NOW)
    with pytest.raises(ImportConflict, match="超过 24 小时"):
        undo_batch(ImportBatch.objects.get(), by=clerk, at=NOW + timedelta(hours=25))
    assert len(ledger.homes) == 1
    assert undo_batch(ImportBatch.objects.get(), by=clerk, at=NOW + timedelta(hours=1)) == (1, 0)


def test_an_update_is_taken_back_to_what_it_was(ledger, clerk):
    home = ledger.add(phone="13800000001")
    batch = take_in(clerk, ["XJ-001", *changed(phone=13812340917)], head=["台账编号", *HEAD])
    write(batch, clerk)
    assert home.phone == "13812340917"
    undo_batch(ImportBatch.objects.get(), by=clerk, at=NOW)
    assert home.phone == "13800000001"


# --- large files -------------------------------------------------------------------------------------------------


def test_a_large_batch_is_judged_and_written_by_the_worker_and_its_owner_told(ledger, clerk, monkeypatch):
    monkeypatch.setattr(preview, "LARGE", 2)
    batch = open_batch(workbook(HEAD, GOOD, changed(address="x"), changed(address="y")), name="大表.xlsx", key="homes", by=clerk, at=NOW)
    assert preview.is_large(batch)
    name_columns(batch, mapping={int(k): v for k, v in batch.mapping.items()}, by=clerk, at=NOW)
    tasks.work_on(batch.pk)
    batch.refresh_from_db()
    assert batch.stage == Stage.READY and batch.progress == batch.total == 3
    order_writing(batch, count=3, leave_bad=True, by=clerk, at=NOW)
    tasks.work_on(batch.pk)
    tasks.work_on(batch.pk)
    assert ledger.written == 3 and ImportBatch.objects.get().stage == Stage.DONE
    assert "已写入煤改电台账 3 行" in Notification.objects.get(user=clerk).text


def test_what_the_worker_lost_is_taken_up_again(ledger, clerk):
    batch = open_batch(workbook(HEAD, GOOD), name="a.xlsx", key="homes", by=clerk, at=NOW)
    name_columns(batch, mapping={int(k): v for k, v in batch.mapping.items()}, by=clerk, at=NOW)
    tasks.take_up_stuck()
    assert ImportBatch.objects.get().stage == Stage.READY
    assert not judge_batch(batch, at=NOW)  # a second worker comes too late


def test_a_writing_that_the_ledger_refuses_tells_its_owner_why(ledger, clerk):
    batch = take_in(clerk, GOOD)
    order_writing(batch, count=1, leave_bad=True, by=clerk, at=NOW)
    ledger.refuses = "李小兰"
    tasks.work_on(batch.pk)
    assert ImportBatch.objects.get().stage == Stage.READY
    assert "没有写入：第 3 行" in Notification.objects.get(user=clerk).text


# --- forgetting --------------------------------------------------------------------------------------------------


def test_drafts_go_after_thirty_days_and_what_written_files_said_after_one(ledger, clerk):
    draft, done = take_in(clerk, GOOD), take_in(clerk, changed(address="x"))
    write(done, clerk)
    assert drop_old_drafts(at=NOW + timedelta(days=29)) == 0 and forget_cells(at=NOW + timedelta(hours=23)) == 0
    assert row(done, 3).personal
    assert forget_cells(at=NOW + timedelta(hours=25)) == 1 and forget_cells(at=NOW + timedelta(hours=25)) == 0
    kept = row(done, 3)
    assert (kept.personal, kept.undo, kept.cells, kept.written_number) == ("", "", {}, "XJ-001")
    assert drop_old_drafts(at=NOW + timedelta(days=31)) == 1
    assert not ImportRow.objects.filter(batch=draft).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_press_at_once_one_writes(ledger, clerk):
    batch = take_in(clerk, GOOD)
    count, told, gate = fit(batch), [], threading.Barrier(2)

    def press():
        try:
            gate.wait()
            told.append(commit_batch(ImportBatch.objects.get(pk=batch.pk), by=clerk, at=NOW, count=count))
        except ImportConflict as refusal:
            told.append(str(refusal))
        finally:
            connection.close()

    people = [threading.Thread(target=press) for _ in range(2)]
    [one.start() for one in people]
    [one.join() for one in people]
    assert ledger.written == 1 and sorted(map(str, told))[0] == "1" and "已导入" in "".join(map(str, told))
