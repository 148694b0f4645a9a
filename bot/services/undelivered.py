"""What follows when a message did not reach somebody: silence is never an outcome."""

from datetime import datetime

from bot.domain.policy import Rules
from bot.domain.reminders import sending_time
from bot.domain.terms import Role
from bot.services.ladders import hasten
from bot.services.leavers import account_closed, tell_of_leaver
from bot.store.outbox import Telling, failure, tell
from bot.store.people import identity_of, seated, secretariats, viewer_by_id
from bot.store.tables import Group, OutboxRow, Person
from bot.store.unit import Unit

# The platform's word for a person's closed account. `account_inactive` speaks of the bot's own, and `user_not_found`
# may come of a wrong workspace: neither may shut people out.
CLOSED = "user_disabled"
LADDER_KINDS = ("escalation.notice", "escalation.reminder", "drill.notice", "drill.reminder")


async def recipient_gone(unit: Unit, row: OutboxRow, *, now: datetime, rules: Rules) -> None:
    """Whoever was to be told may be told no more: an escalation goes to the next rung at once, and the secretariat
    hears, once, of actions whose owner has left."""
    if row.kind in LADDER_KINDS:
        await hasten(unit, int(row.subject["addressee"]), row.person_id, now)
    today = rules.today(now)
    if row.kind == "people.left":  # who was to hear of a leaver has left as well
        leaver = await unit.get(Person, int(row.subject["person"]))
        await tell_of_leaver(unit, leaver, now=now, rules=rules)
    if row.kind == "action.reminder" and row.person_id and await viewer_by_id(unit, row.person_id, today) is None:
        if (await unit.get(Person, row.person_id)).deactivated_at:
            return  # word that their account was closed says it
        about: dict[str, int | str] = {"owner": row.person_id}
        for person in await secretariats(unit, today):
            await tell(unit, Telling("action.ownerless", about, person_id=person.key), now)


async def report_failure(unit: Unit, row: OutboxRow, *, now: datetime, rules: Rules) -> None:
    """The platform refused for good: tell the secretariat, and take an escalation to the next rung at once."""
    if row.kind in LADDER_KINDS:
        await hasten(unit, int(row.subject["addressee"]), row.person_id, now)
    if row.kind != "delivery.failed":  # a secretariat that cannot be reached is in the log and the metrics
        await _tell_of_failure(unit, row, now, rules)
    if row.person_id and (await failure(unit, row.key)).error == CLOSED:
        await account_closed(unit, identity_of(await unit.get(Person, row.person_id)), now=now, rules=rules)


async def _tell_of_failure(unit: Unit, row: OutboxRow, now: datetime, rules: Rules) -> None:
    today = rules.today(now)
    if row.group_id is not None:
        told = await seated(unit, row.group_id, today, Role.SECRETARIAT, Role.CHAIR)
    else:
        told = await secretariats(unit, today)
    for person in told:
        if person.key != row.person_id:
            await tell(unit, Telling("delivery.failed", {"outbox": row.key}, person_id=person.key), now)


async def note_channel(unit: Unit, group_id: int, *, present: bool, now: datetime, rules: Rules) -> None:
    """Remember whether the bot is in a group's channel; while it is missing, tell those who run
    the group once a working day."""
    group = await unit.get(Group, group_id)
    if group.channel_missing == present:
        group.channel_missing = not present
        unit.add(group)
    if not present and sending_time(now, rules.calendar, rules.policy.reminders):
        today = rules.today(now)
        about: dict[str, int | str] = {"group": group_id}
        for person in await seated(unit, group_id, today, Role.SECRETARIAT, Role.CHAIR):
            await tell(unit, Telling("channel.missing", about, person_id=person.key, slot=today.isoformat()), now)
