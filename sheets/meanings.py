"""What reading a cell gives: its value, or the sentence why it is not understood."""
import unicodedata
from dataclasses import dataclass
from typing import Any

from sheets.targets import Suggestion


@dataclass(frozen=True)
class Value:
    """A cell's value, whether it is only approximate, and a doubt about it."""

    value: Any
    approximate: bool = False
    doubt: str = ""


class Refused(Exception):
    """A cell that is not understood: the sentence for the user, and what was probably meant."""

    def __init__(self, sentence: str, suggestion: Suggestion | None = None) -> None:
        super().__init__(sentence)
        self.sentence, self.suggestion = sentence, suggestion


def half_width(text: str) -> str:
    """Full-width digits and letters as plain ones, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip()
