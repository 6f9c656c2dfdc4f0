"""What a case can be found by: its words cut into pairs of characters, kept beside it."""
from django.db import models

from cases.models.case import Case


class CaseText(models.Model):
    """The words of a case as the search reads them (see cases.search); never a petitioner's name or phone.

    `head` is what everybody reads who sees the case at all (number and title), `body` what came with it, `turn` what
    its way through the office adds: class, department, result. The database keeps its own full-text index over the
    three (SQLite FTS5, PostgreSQL tsvector), so that rows written in bulk are found as well.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="text")
    head = models.TextField("案号和事项")
    body = models.TextField("登记内容", blank=True)
    turn = models.TextField("办理内容", blank=True)

    class Meta:
        verbose_name = "检索文本"
        verbose_name_plural = "检索文本"

    def __str__(self) -> str:
        """Whose words."""
        return str(self.case_id)
