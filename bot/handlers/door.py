"""The one way in: who is asking is settled here, and every refusal or failure becomes one plain sentence here."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog

from bot.chat.port import Ask, Fix, Listener, Listeners, Reply, Sorry
from bot.domain.concern import new_reference
from bot.domain.handling import Place, Viewer
from bot.domain.policy import Rules
from bot.errors import (
    CannotDecide,
    Conflicted,
    FormErrors,
    NoGroup,
    NotEnrolled,
    NotFound,
    NotYours,
    Refusal,
    Unavailable,
    WrongKey,
    WrongPlace,
)
from bot.messages.words import Templates
from bot.metrics import ANSWERED
from bot.services.enrolment import admit, turn_away
from bot.store.journal import record
from bot.store.unit import DatabaseAway, Store

log = structlog.get_logger()

# The platform gives 3 seconds; what is left is for the network and for opening a form.
PATIENCE_SECONDS = 2.2

# Refusals that say somebody may not see or do something; others say that what they typed is not understood.
NOT_LET = (NotFound, NotYours, Conflicted, CannotDecide, NoGroup, WrongKey, WrongPlace)


@dataclass(frozen=True)
class Visit:
    """Who is asking, and when."""

    viewer: Viewer
    now: datetime
    today: date


Method = Callable[[Ask, Visit], Awaitable[Reply]]


@dataclass(frozen=True)
class Door:
    """What every desk works with, and the names its listeners go by."""

    store: Store
    words: Templates
    rules: Rules
    clock: Callable[[], datetime]
    listeners: Listeners = field(default_factory=Listeners)
    topics: dict[str, Method] = field(default_factory=dict)
    """What can be said after `/soundings`, by its first word; the rest arrives as the ask's words."""

    def opens(self, method: Method) -> Listener:
        """A desk's method as a listener: only the enrolled get in, and nothing gets out but a reply."""

        async def answer(ask: Ask) -> Reply:
            now = self.clock()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    with ANSWERED.labels(method.__qualname__).time():
                        return await self._answer(method, ask, await self._visit(ask, now))
            except FormErrors as wrong:
                return Fix(wrong.fields)
            except Refusal as refusal:
                log.info("refused", why=type(refusal).__name__, command=ask.command)
                return Sorry(str(refusal))
            except (DatabaseAway, TimeoutError) as error:
                reference = new_reference("X")
                log.error("database away", reference=reference, why=type(error).__name__)
                return Sorry(str(Unavailable(reference=reference)))

        return answer

    async def _answer(self, method: Method, ask: Ask, visit: Visit) -> Reply:
        """The method's reply. That somebody was not let at something is logged, though nothing else is saved."""
        try:
            return await method(ask, visit)
        except NOT_LET as refusal:
            async with self.store.begin() as unit:
                why, where = type(refusal).__name__, method.__qualname__
                record(unit, "refused", by=visit.viewer, now=visit.now, why=why, where=where)
            raise

    async def _visit(self, ask: Ask, now: datetime) -> Visit:
        async with self.store.look() as unit:
            viewer = await admit(unit, ask.who, now=now, rules=self.rules)
        if viewer is None:
            async with self.store.begin() as unit:
                await turn_away(unit, ask.who, now=now, rules=self.rules)
            raise NotEnrolled
        return Visit(viewer, now, self.rules.today(now))


def which_group(ask: Ask, words: str, viewer: Viewer, *, command: str) -> Place:
    """The group meant: named in words, or of the channel it was typed in, or the only one.

    Raises `WrongPlace`, and `NoGroup` for somebody who belongs to none.
    """
    if not viewer.groups:
        raise NoGroup
    wanted = words.strip().casefold()
    exact = [p for p in viewer.groups if wanted == p.slug]
    named = [p for p in viewer.groups if wanted and wanted in p.name.casefold()]
    here = [p for p in viewer.groups if not wanted and p.channel and p.channel == ask.channel]
    only = list(viewer.groups) if not wanted and len(viewer.groups) == 1 else []
    for fit in (exact, named, here, only):
        if len(fit) == 1:
            return fit[0]
    raise WrongPlace(command=command, groups=", ".join(place.slug for place in viewer.groups))
