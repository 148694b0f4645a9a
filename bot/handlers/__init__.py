"""The desks: each subject's listeners in one file, registered here."""

from bot.handlers.action import ActionDesk
from bot.handlers.action_from import ActionFromDesk
from bot.handlers.action_life import ActionLifeDesk
from bot.handlers.action_log import ActionLogDesk
from bot.handlers.agenda import AgendaDesk
from bot.handlers.annexe import AnnexeDesk
from bot.handlers.answer import AnswerDesk
from bot.handlers.away import AwayDesk
from bot.handlers.concern import ConcernDesk
from bot.handlers.conflict import ConflictDesk
from bot.handlers.cycle import CycleDesk
from bot.handlers.digest import DigestDesk
from bot.handlers.disclosure import DisclosureDesk
from bot.handlers.door import Door
from bot.handlers.drill import DrillDesk
from bot.handlers.escalation import EscalationDesk
from bot.handlers.escalation_change import EscalationChangeDesk
from bot.handlers.escalation_form import EscalatingDesk
from bot.handlers.escalations import EscalationsDesk
from bot.handlers.exchange import ExchangeDesk
from bot.handlers.find import FindDesk
from bot.handlers.front import FrontDesk
from bot.handlers.handling import HandlingDesk
from bot.handlers.information import InformationDesk
from bot.handlers.information_course import InformationCourseDesk
from bot.handlers.level_duties import LevelDutiesDesk
from bot.handlers.level_proposal import LevelProposalDesk
from bot.handlers.meeting_pack import PackDesk
from bot.handlers.meeting_reply import MeetingReplyDesk
from bot.handlers.meetings import MeetingDesk
from bot.handlers.note import NoteDesk
from bot.handlers.note_reply import NoteReplyDesk
from bot.handlers.overdue import OverdueDesk
from bot.handlers.panel import PanelDesk
from bot.handlers.panel_record import PanelRecordDesk
from bot.handlers.panel_review import PanelReviewDesk
from bot.handlers.people import PeopleDesk
from bot.handlers.provider import ProviderDesk
from bot.handlers.records import RecordsDesk
from bot.handlers.reminders import RemindersDesk
from bot.handlers.sitting import SittingDesk
from bot.handlers.sitting_items import SittingItemsDesk
from bot.handlers.surveillance import SurveillanceDesk
from bot.handlers.terms_of_reference import TermsDesk
from bot.handlers.tier_reports import TierReportDesk

DESKS = (
    ConcernDesk,
    FindDesk,
    AnswerDesk,
    EscalationDesk,
    EscalatingDesk,
    ExchangeDesk,
    EscalationsDesk,
    PanelDesk,
    DrillDesk,
    EscalationChangeDesk,
    ActionDesk,
    ActionLifeDesk,
    RemindersDesk,
    OverdueDesk,
    ActionFromDesk,
    ActionLogDesk,
    AwayDesk,
    ConflictDesk,
    DisclosureDesk,
    AnnexeDesk,
    HandlingDesk,
    AgendaDesk,
    DigestDesk,
    MeetingDesk,
    PackDesk,
    MeetingReplyDesk,
    NoteDesk,
    NoteReplyDesk,
    SittingDesk,
    SittingItemsDesk,
    TermsDesk,
    CycleDesk,
    TierReportDesk,
    ProviderDesk,
    PeopleDesk,
    RecordsDesk,
    PanelRecordDesk,
    PanelReviewDesk,
    SurveillanceDesk,
    LevelProposalDesk,
    LevelDutiesDesk,
    InformationDesk,
    InformationCourseDesk,
    FrontDesk,
)


def open_desks(door: Door) -> None:
    """Give every listener its name."""
    for desk in DESKS:
        desk(door).register()
