"""Being reminded: put a reminder off, and choose one's own times."""

from dataclasses import dataclass
from datetime import time

from bot.chat.port import Ask, Choice, Form, Offer, Open, Option, Reply, Search, Turn, Words
from bot.domain.own_times import ALL_WEEK, check_times, find_zones, times_of_day, zone_label
from bot.domain.reminders import Snooze
from bot.handlers.door import Door, Visit
from bot.handlers.fields import blank, chosen_term, several
from bot.messages import reminders as messages
from bot.services.snoozing import may_snooze, snooze
from bot.services.times import choose_times, own_times_of


@dataclass(frozen=True)
class RemindersDesk:
    """Reminders come when people work, and stay away when they say so."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        self.door.topics["times"] = self.times
        at.buttons["times"] = opens(self.times)
        at.forms["times"] = opens(self.choose)
        at.searches["times.zone"] = opens(self.search_zones)
        at.buttons["action.snooze"] = opens(self.snooze_form)
        at.forms["action.snooze"] = opens(self.snooze)

    async def times(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.look() as unit:
            mine = await own_times_of(unit, visit.viewer, self.door.rules)
        chosen = messages.clock(mine.at)
        clocks = [messages.clock(at) for at in times_of_day()]
        parts = (
            Choice("at", tuple(Option(at, at) for at in clocks), initial=(chosen,) if chosen in clocks else ()),
            Search("zone", "times.zone", initial=(_zone_option(mine.zone),)),
            Choice("works_on", blank(ALL_WEEK), many=True, radio=True, initial=tuple(mine.works_on)),
        )
        return Open(self.door.words.form(Form("times", parts)))

    async def choose(self, ask: Ask, visit: Visit) -> Reply:
        at = str(ask.answers.get("at") or "")
        zone = str(ask.answers.get("zone") or "")
        chosen = check_times(_time(at), zone, several(ask.answers.get("works_on")))
        async with self.door.store.begin() as unit:
            await choose_times(unit, chosen, by=visit.viewer, now=visit.now)
        following = chosen.next_time(visit.now, self.door.rules.calendar)
        return Turn(messages.times_saved(self.door.words, chosen, following))

    async def search_zones(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        return Offer(tuple(_zone_option(name) for name in find_zones(ask.words)))

    async def snooze_form(self, ask: Ask, visit: Visit) -> Reply:
        words, rules = self.door.words, self.door.rules
        async with self.door.store.look() as unit:
            may = await may_snooze(unit, ask.value, by=visit.viewer, now=visit.now, rules=rules)
        if not may.days:
            return Open(messages.may_not_snooze(words, may.found))
        parts = (
            Words(messages.snoozing(words, may.found, may.days)),
            Choice("until", blank(may.days), radio=True, initial=(str(next(iter(may.days))),)),
        )
        return Open(words.form(Form("action.snooze", parts, {"action": may.found.action.reference})))

    async def snooze(self, ask: Ask, visit: Visit) -> Reply:
        chosen = chosen_term(ask, "until", Snooze)
        async with self.door.store.begin() as unit:
            found = await snooze(
                unit, ask.memo["action"], chosen, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        return Turn(messages.put_off(self.door.words, found))


def _zone_option(name: str) -> Option:
    return Option(name, zone_label(name))


def _time(words: str) -> time | None:
    try:
        return time.fromisoformat(words)
    except ValueError:
        return None
