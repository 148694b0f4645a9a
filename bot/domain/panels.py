"""Regulatory review panels as rules: holders of information meet, share it, and agree who does what [000 4.26]."""

from enum import StrEnum


class PanelState(StrEnum):
    """Where a panel stands."""

    PROPOSED = "times proposed"
    FIXED = "fixed"
    HELD = "held"
    CANCELLED = "called off"


class PanelOutcome(StrEnum):
    """What a panel can conclude; closing it needs one of these and a rationale."""

    NO_ACTION = "no further action"
    MONITOR = "monitor"
    ONE_ACTS = "one organisation acts"
    JOINT_ACTION = "joint action"
    EXISTING = "refer to an existing process"
    AGENDA = "quality surveillance group agenda"
    RISK_SUMMIT = "risk summit"


class TellProvider(StrEnum):
    """Whether the provider is told what was concluded."""

    YES = "yes"
    NO = "no"
    NOT_YET = "not yet"


class ContributionKind(StrEnum):
    """What an organisation contributes."""

    ACTIVITY = "existing activity"
    SAID = "contribution"


class ProposalState(StrEnum):
    """Where a proposal to change a surveillance level stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
