"""The desks: each subject's listeners in one file, registered here."""

from bot.handlers.action import ActionDesk
from bot.handlers.concern import ConcernDesk
from bot.handlers.conflict import ConflictDesk
from bot.handlers.door import Door
from bot.handlers.escalation import EscalationDesk
from bot.handlers.front import FrontDesk
from bot.handlers.meeting import AgendaDesk
from bot.handlers.provider import ProviderDesk

DESKS = (ConcernDesk, EscalationDesk, ActionDesk, ConflictDesk, AgendaDesk, ProviderDesk, FrontDesk)


def open_desks(door: Door) -> None:
    """Give every listener its name."""
    for desk in DESKS:
        desk(door).register()
