"""The present day (stub)."""
PREPARED, RETIRED = "demo_present_loaded", "demo_present_retired"


def keep_present(folder, *, now, say):
    """Nothing yet."""
