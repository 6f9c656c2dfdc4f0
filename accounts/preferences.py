"""How the pages look and listen for one person."""
from accounts.models import User


def set_preferences(user: User, *, theme: str, shortcuts_on: bool) -> None:
    """Keep a person's choice of light or dark and of single-key shortcuts."""
    user.theme, user.shortcuts_on = theme, shortcuts_on
    user.save(update_fields=["theme", "shortcuts_on"])
