"""What somebody's own page of the bot shows: what awaits them, and what became of what they raised."""

from datetime import datetime

from bot.chat.port import Message
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState
from bot.messages.absences import current_line
from bot.messages.concerns import facts
from bot.messages.words import Templates
from bot.store.actions import owned_by
from bot.store.concerns import fates, raised_by
from bot.store.escalations import awaiting
from bot.store.groups import upcoming
from bot.store.handling import waiting_for
from bot.store.reminders import late_in
from bot.store.tables import Action, Concern
from bot.store.unit import Unit


async def home(
    unit: Unit, words: Templates, viewer: Viewer, rules: Rules, now: datetime
) -> tuple[Message, list[Concern | Action]]:
    """The page, and the concerns and actions that are in it, for the journal."""
    today = rules.today(now)
    mine = await raised_by(unit, viewer, today, limit=10)
    actions = await owned_by(unit, viewer.person_id, ActionState.OPEN)
    became = await fates(unit, [one.concern.key for one in mine])
    page = words.render(
        "home",
        viewer=viewer,
        today=today,
        away=await current_line(unit, viewer.person_id, now),
        escalations=await awaiting(unit, viewer, today),
        requests=await waiting_for(unit, viewer, today),
        actions=actions,
        late=await late_in(unit, viewer, today),
        meetings=await upcoming(unit, viewer.group_ids, now),
        concerns=[facts(one, rules) | {"escalations": became[one.concern.key]} for one in mine],
    )
    return page, [*(one.concern for one in mine), *(one.action for one in actions)]
