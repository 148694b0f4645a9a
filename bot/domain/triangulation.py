"""Triangulation: when what several organisations know, put together, points to a problem [003 §15]."""

from enum import IntEnum, StrEnum


class Strength(IntEnum):
    """How much several voices make together, by their independence *(ours)*."""

    ONE_VOICE = 0
    ECHO = 1
    CORROBORATED = 2
    CONVERGENT = 3


class MatchState(StrEnum):
    """Where a blind match of two restricted concerns stands. No reply is no."""

    ASKED = "asked"
    INTRODUCED = "introduced"
    OVER = "over"
