"""The forms of the cases: every move has one, built from what the move asks."""
from cases.forms.moves import MoveForm, move_form

__all__ = ["MoveForm", "move_form"]
