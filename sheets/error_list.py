"""The list of rows that need mending (错误清单): physical row numbers, what is wrong, personal cells masked."""
import io

from sheets.exporting import safe
from sheets.models import ImportBatch, Result
from sheets.preview import draft_of
from sheets.targets import Target

LISTED = (Result.ERROR, Result.DUPLICATE, Result.WARNED, Result.SKIPPED)


def error_list_of(batch: ImportBatch, target: Target) -> bytes:
    """A workbook with one line for each row that is wrong, doubtful, twice there or left out."""
    from openpyxl import Workbook  # 10 MB of a web worker that never makes one

    mapped = set(batch.mapping.values())
    columns = [column for column in target.ways_in if column.name in mapped]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("错误清单")
    sheet.append([safe(f"{batch.file_name} 的错误清单，行号为原文件中的行号，个人信息已脱敏")])
    sheet.append(["行号", "结果", "问题与建议", *(safe(column.title) for column in columns)])
    for row in batch.rows.with_result(*LISTED).iterator(chunk_size=500):
        cells = draft_of(row).cells
        sentences = "".join(problem["sentence"] for problem in row.complaints)
        shown = [safe(column.masked(cells.get(column.name, ""))) for column in columns]
        sheet.append([row.number, row.get_result_display(), safe(sentences), *shown])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()
