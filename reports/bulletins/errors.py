"""Why something was not done with a bulletin, each with a sentence for the person who tried."""


class BulletinRefused(Exception):
    """What was filled in or written does not do (422)."""


class BulletinConflict(BulletinRefused):
    """Its state forbids it, or somebody else was faster (409); nothing was written."""


class BulletinForbidden(BulletinRefused):
    """This person may not do it (403): other eyes are wanted."""
