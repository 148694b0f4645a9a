"""The tables, by subject. `Concern` and what hangs on it are read through `store/visibility.py` only."""

from bot.store.tables.actions import Action, ActionChange
from bot.store.tables.concerns import Concern, ConcernAudience
from bot.store.tables.delivery import JournalEntry, OutboxRow
from bot.store.tables.escalations import Addressee, Escalation, LadderRung
from bot.store.tables.groups import Footprint, Group, Meeting, Membership, Seat, SurveillanceLevel
from bot.store.tables.organisations import Absence, Conflict, NominatedPerson, Organisation, Person
from bot.store.tables.providers import Provider, ProviderWord

__all__ = [
    "Absence",
    "Action",
    "ActionChange",
    "Addressee",
    "Concern",
    "ConcernAudience",
    "Conflict",
    "Escalation",
    "Footprint",
    "Group",
    "JournalEntry",
    "LadderRung",
    "Meeting",
    "Membership",
    "NominatedPerson",
    "Organisation",
    "OutboxRow",
    "Person",
    "Provider",
    "ProviderWord",
    "Seat",
    "SurveillanceLevel",
]
