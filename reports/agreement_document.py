"""A responsibility agreement as a document of blocks: the same layout as every official paper of the street."""
from typing import Any

from django.conf import settings

from campaigns.agreements import PaperBlock, paper_of
from campaigns.models import Agreement
from reports.documents import blocks as b

MARK = "演示数据"
WIDTHS = {4: (1.4, 8.8, 3.2, 2.2), 3: (1.4, 10.4, 3.8)}


def agreement_document(agreement: Agreement) -> b.Document:
    """The agreement as it is printed, persons' names masked."""
    blocks = tuple(_block(block) for block in paper_of(agreement))
    mark = MARK if agreement.is_demo or settings.DEMO else ""
    return b.Document(f"责任书 {agreement.number or agreement.party_name}", blocks, mark=mark)


def _block(block: PaperBlock) -> b.Block:
    if block.kind == "title":
        return b.Title(block.text)
    if block.kind == "heading":
        return b.Heading(block.text)
    if block.kind in ("table", "tasks"):
        head, *rows = (tuple(map(str, row)) for row in block.rows)
        return b.Table(head, tuple(rows), widths=WIDTHS.get(len(head), ()), left=frozenset({1}))
    if block.kind == "signatures":
        return b.Signatures(tuple(_party(row) for row in block.rows))
    return b.Paragraph(block.text)


def _party(row: list[Any]) -> tuple[str, tuple[str, ...]]:
    """A party, with who signed and when, or the lines to sign on."""
    name, signer, day = row
    return name, (f"签字：{signer or '＿＿＿＿＿＿'}", f"日期：{day or '＿＿＿＿＿＿'}", "（盖章）")
