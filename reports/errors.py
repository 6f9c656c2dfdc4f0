"""Why something was not done with figures, rankings or the wall; each says where, why and what to do."""


class ReportRefused(Exception):
    """What was filled in does not do (422)."""


class ReportConflict(ReportRefused):
    """It was done already, or somebody else was faster (409); nothing was written."""
