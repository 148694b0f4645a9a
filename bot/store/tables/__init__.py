"""The tables, by subject. `Concern` and what hangs on it are read through `store/visibility.py` only."""

from bot.store.tables.actions import Action, ActionChange, ActionRequest
from bot.store.tables.concerns import Concern, ConcernAudience
from bot.store.tables.delivery import JournalEntry, OutboxRow, Witness
from bot.store.tables.escalations import (
    Addressee,
    Escalation,
    EscalationChange,
    EscalationConcern,
    Exchange,
    LadderRung,
    PastAnswer,
)
from bot.store.tables.groups import (
    Footprint,
    Group,
    Meeting,
    MeetingReply,
    Membership,
    Seat,
    SurveillanceLevel,
)
from bot.store.tables.handling import (
    Annexe,
    AnnexeGrant,
    Disclosure,
    DisclosurePosition,
    HandlingChange,
    Hold,
    Tombstone,
)
from bot.store.tables.organisations import (
    Absence,
    Conflict,
    EnrolmentRequest,
    NominatedPerson,
    Organisation,
    Person,
    Preference,
)
from bot.store.tables.panels import (
    LevelProposal,
    Panel,
    PanelContribution,
    PanelInvitee,
    PanelTime,
    PanelVote,
)
from bot.store.tables.providers import Provider, ProviderWord

__all__ = [
    "Absence",
    "Action",
    "ActionChange",
    "ActionRequest",
    "Addressee",
    "Annexe",
    "AnnexeGrant",
    "Concern",
    "ConcernAudience",
    "Conflict",
    "Disclosure",
    "DisclosurePosition",
    "EnrolmentRequest",
    "Escalation",
    "EscalationChange",
    "EscalationConcern",
    "Exchange",
    "Footprint",
    "Group",
    "HandlingChange",
    "Hold",
    "JournalEntry",
    "LadderRung",
    "LevelProposal",
    "Meeting",
    "MeetingReply",
    "Membership",
    "NominatedPerson",
    "Organisation",
    "OutboxRow",
    "Panel",
    "PanelContribution",
    "PanelInvitee",
    "PanelTime",
    "PanelVote",
    "PastAnswer",
    "Person",
    "Preference",
    "Provider",
    "ProviderWord",
    "Seat",
    "SurveillanceLevel",
    "Tombstone",
    "Witness",
]
