"""`/escalate drill`: finding out who can be reached, though nothing has happened."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Form, Open, Option, Reply, Say, Turn
from bot.handlers.door import Door, Visit
from bot.handlers.fields import OPTION_LIMIT, several
from bot.messages import drills as messages
from bot.services import drills as services
from bot.services.drills import Rehearsal
from bot.store.drills import drilled

MOST_OPTIONS = 100


@dataclass(frozen=True)
class DrillDesk:
    """A drill from both ends: who starts and stops it, and who says that they are there."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.forms["drill"] = opens(self.submit)
        at.buttons["drill.here"] = opens(self.here)
        at.buttons["drill.stop"] = opens(self.stop)

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        chosen = [_numbers(one) for one in several(ask.answers.get("organisations", ()))]
        async with self.door.store.begin() as unit:
            drill = await services.start_drill(
                unit, chosen, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules
            )
            return Turn(messages.started(self.door.words, drill, await drilled(unit, drill.key)))

    async def here(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            _, new = await services.say_here(unit, ask.value, by=visit.viewer, now=visit.now)
        return Open(messages.here(self.door.words, new=new))

    async def stop(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            new = await services.stop_drill(unit, ask.value, by=visit.viewer, now=visit.now)
        return Open(messages.stopped(self.door.words, new=new))


async def begin_drill(door: Door, visit: Visit) -> Reply:
    """The form that asks whom to rehearse."""
    async with door.store.look() as unit:
        found = await services.rehearsable(unit, visit.viewer, visit.today)
    if not found:
        return Say(messages.nobody(door.words))
    several_groups = len({one.place.group_id for one in found}) > 1
    offered = tuple(_option(one, named=several_groups) for one in found[:MOST_OPTIONS])
    initial = (offered[0].value,) if len(offered) == 1 else ()
    return Open(door.words.form(Form("drill", (Choice("organisations", offered, many=True, initial=initial),))))


def _option(one: Rehearsal, *, named: bool) -> Option:
    label = f"{one.body.short_name} ({one.place.name})" if named else one.body.short_name
    return Option(f"{one.place.group_id}:{one.body.key}", label[:OPTION_LIMIT])


def _numbers(value: str) -> tuple[int, int]:
    group_id, _, body = value.partition(":")
    return (int(group_id), int(body)) if group_id.isdecimal() and body.isdecimal() else (0, 0)
