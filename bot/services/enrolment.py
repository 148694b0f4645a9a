"""Who is let in, and what happens when somebody is not."""

from datetime import datetime

from bot.domain.handling import Identity, Viewer
from bot.domain.policy import Rules
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import secretariats, viewer_of
from bot.store.unit import Unit


async def admit(unit: Unit, who: Identity, *, now: datetime, rules: Rules) -> Viewer | None:
    """The enrolled person behind a chat identity, or None."""
    return await viewer_of(unit, who, rules.today(now))


async def turn_away(unit: Unit, who: Identity, *, now: datetime, rules: Rules) -> None:
    """Log that a stranger asked, and tell each secretariat once, ever, about that stranger."""
    record(unit, "stranger refused", by=None, now=now, workspace=who.workspace, user=who.user)
    about: dict[str, int | str] = {"user": who.user, "workspace": who.workspace}
    for person in await secretariats(unit, rules.today(now)):
        await tell(unit, Telling("people.stranger", about, person_id=person.key), now)
