"""Information requests: who asks a provider for what, once, and shares the answer [000 4.16, 5.2, R12]."""

from enum import StrEnum


class RequestState(StrEnum):
    """Where a request stands, from being thought of to its answer."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    ASKED = "asked"
    RECEIVED = "received"
    DROPPED = "dropped"


class Holding(StrEnum):
    """What an organisation says of what another one is about to ask for."""

    HOLDS = "holds it"
    HAS_ASKED = "has asked for it"
    NEITHER = "neither"
    BEST_PLACED = "is best placed to ask"
