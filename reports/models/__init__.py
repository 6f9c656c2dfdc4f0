"""What the street tells: counted facts, rankings, what was received, the wall."""
from reports.models.bulletins import (
    Bulletin,
    BulletinCounter,
    BulletinKind,
    BulletinNumber,
    BulletinSchedule,
    BulletinSlot,
    BulletinState,
    BulletinStep,
)
from reports.models.facts import (
    CHECK_COLUMNS,
    DUE_MEASURES,
    CaseFact,
    CountedCase,
    Counters,
    DailyFact,
    Dimension,
    FactMark,
    Measure,
    MonthlyFact,
)
from reports.models.publicity import PublishedMonth
from reports.models.rankings import (
    PublishedPlace,
    PublishedRanking,
    RankingKind,
    RankingPoints,
    RankingWeights,
)
from reports.models.received import DistrictRanking, Honour
from reports.models.targets import FigureTarget
from reports.models.wall import FigureSubscription, WallLink
from reports.models.year import ReportedFigure

__all__ = [
    "CHECK_COLUMNS", "DUE_MEASURES", "Bulletin", "BulletinCounter", "BulletinKind", "BulletinNumber",
    "BulletinSchedule", "BulletinSlot", "BulletinState", "BulletinStep", "CaseFact", "CountedCase", "Counters",
    "DailyFact", "Dimension", "DistrictRanking", "FactMark", "FigureSubscription", "FigureTarget", "Honour", "Measure",
    "MonthlyFact", "PublishedMonth", "PublishedPlace", "PublishedRanking", "RankingKind", "RankingPoints",
    "RankingWeights", "ReportedFigure", "WallLink",
]  # fmt: skip
