"""Every message that is delivered from the outbox, by its kind."""

from bot.messages import actions, agenda, concerns, conflicts, escalations, running
from bot.messages.letter import Composer

MESSAGES: dict[str, Composer] = {
    "concern.receipt": concerns.receipt,
    "concern.posted": concerns.posted,
    "concern.shared": concerns.shared,
    "concern.unmatched": concerns.unmatched,
    "conflict.declared": conflicts.declared,
    "conflict.over": conflicts.over,
    "conflict.ended": conflicts.ended,
    "escalation.notice": escalations.notice,
    "escalation.reminder": escalations.reminder,
    "escalation.chase": escalations.chase,
    "escalation.silent": escalations.silent,
    "escalation.nobody": escalations.nobody,
    "escalation.answered": escalations.answered,
    "escalation.grid": escalations.originators_grid,
    "action.given": actions.given,
    "action.reminder": actions.reminder,
    "action.completed": actions.completed,
    "action.ownerless": actions.ownerless,
    "agenda.digest": agenda.digest,
    "people.stranger": running.stranger,
    "delivery.failed": running.failed,
    "channel.missing": running.channel_missing,
}
