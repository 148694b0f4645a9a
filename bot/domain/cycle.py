"""The business cycle: every provider within the set period, and the themes between [003 §94-95]."""

from enum import StrEnum


class ThemeState(StrEnum):
    """Where a theme somebody suggested stands."""

    SUGGESTED = "suggested"
    PLANNED = "planned"
    DECLINED = "declined"
    DISCUSSED = "discussed"
