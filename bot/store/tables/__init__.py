"""The tables, by subject. `Concern` and what hangs on it are read through `store/visibility.py` only."""

from bot.store.tables.actions import Action, ActionChange, ActionRequest
from bot.store.tables.agenda import AgendaItem, DigestVersion
from bot.store.tables.answers import ConcernAnswer
from bot.store.tables.concerns import Concern, ConcernAudience
from bot.store.tables.cycle import PlannedTheme
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
from bot.store.tables.information import InformationHolding, InformationRequest
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
    Panel,
    PanelContribution,
    PanelInvitee,
    PanelTime,
    PanelVote,
)
from bot.store.tables.providers import Provider, ProviderPart, ProviderWord
from bot.store.tables.reports import Feedback, Report
from bot.store.tables.sittings import Attendance, Conclusion, Dissent, MeetingNote, NoteReply
from bot.store.tables.surveillance import LevelProposal, LevelReview, SurveillanceLevel
from bot.store.tables.triangulation import Cluster, ClusterMember, Firing

__all__ = [
    "Absence",
    "Action",
    "ActionChange",
    "ActionRequest",
    "Addressee",
    "AgendaItem",
    "Annexe",
    "AnnexeGrant",
    "Attendance",
    "Cluster",
    "ClusterMember",
    "Concern",
    "ConcernAnswer",
    "ConcernAudience",
    "Conclusion",
    "Conflict",
    "DigestVersion",
    "Disclosure",
    "DisclosurePosition",
    "Dissent",
    "EnrolmentRequest",
    "Escalation",
    "EscalationChange",
    "EscalationConcern",
    "Exchange",
    "Feedback",
    "Firing",
    "Footprint",
    "Group",
    "HandlingChange",
    "Hold",
    "InformationHolding",
    "InformationRequest",
    "JournalEntry",
    "LadderRung",
    "LevelProposal",
    "LevelReview",
    "Meeting",
    "MeetingNote",
    "MeetingReply",
    "Membership",
    "NominatedPerson",
    "NoteReply",
    "Organisation",
    "OutboxRow",
    "Panel",
    "PanelContribution",
    "PanelInvitee",
    "PanelTime",
    "PanelVote",
    "PastAnswer",
    "Person",
    "PlannedTheme",
    "Preference",
    "Provider",
    "ProviderPart",
    "ProviderWord",
    "Report",
    "Seat",
    "SurveillanceLevel",
    "Tombstone",
    "Witness",
]
