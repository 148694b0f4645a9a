"""The reports that move between tiers [003 §33, §90, §127, Annexes C, E, F and G]."""

from enum import StrEnum


class ReportKind(StrEnum):
    """Which annex a report has the shape of."""

    COMMISSIONER = "commissioner to local"
    LOCAL = "local to regional"
    REGIONAL = "regional to national"
    SURVEILLANCE = "quarterly surveillance"


class ReportState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    RECEIVED = "received"
