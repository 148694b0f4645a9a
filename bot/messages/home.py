"""What somebody's own page of the bot shows: what awaits them, and what became of what they raised."""

from datetime import datetime

from bot.chat.port import Message
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState
from bot.messages.concerns import facts
from bot.messages.words import Templates
from bot.store.actions import owned_by
from bot.store.concerns import fates, raised_by
from bot.store.escalations import awaiting
from bot.store.groups import upcoming
from bot.store.unit import Unit


async def home(unit: Unit, words: Templates, viewer: Viewer, rules: Rules, now: datetime) -> Message:
    today = rules.today(now)
    mine = await raised_by(unit, viewer, today, limit=10)
    became = await fates(unit, [one.concern.key for one in mine])
    return words.render(
        "home",
        viewer=viewer,
        today=today,
        escalations=await awaiting(unit, viewer, today),
        actions=await owned_by(unit, viewer.person_id, ActionState.OPEN),
        meetings=await upcoming(unit, viewer.group_ids, now),
        concerns=[facts(one, rules) | {"escalations": became[one.concern.key]} for one in mine],
    )
