"""All of `/away`: say when one is away, say that one is back; and, for a group's secretariat, the same for others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Day, Field, Form, Offer, Open, Reply, Say, Search, Turn, Words
from bot.domain.absences import DAY, Days, day_in
from bot.errors import FormErrors, NotYours, WhoIsAway
from bot.handlers.action import person_option
from bot.handlers.door import Door, Visit
from bot.handlers.fields import number_in
from bot.messages import absences as messages
from bot.services.absences import come_back, end_absence, say_away, whom
from bot.store.enrolment import holder_of
from bot.store.journal import record
from bot.store.people import find_people
from bot.store.tables import Absence, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class AwayDesk:
    """Whoever is away is passed over at once, so that an escalation reaches somebody who is there."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["away"] = opens(self.command)
        at.forms["away"] = opens(self.submit)
        at.searches["away.person"] = opens(self.search)
        at.buttons["away.form"] = opens(self.form)
        at.buttons["away.end"] = opens(self.end)
        at.buttons["away.back"] = opens(self.back)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        """`/away`, days, `back`, `list` or `help`; after `@` and a name, of that person."""
        words, person = ask.words.strip(), None
        if words.startswith("@"):
            person, words = await self._mentioned(ask, visit), words.partition(" ")[2].strip()
        match words.casefold():
            case "help":
                return Say(self.door.words.render("help.away", viewer=visit.viewer))
            case "":
                return await self._form(visit, person)
            case "list" if person is None:
                return await self.list(visit)
            case "back":
                return await self._back(person.key if person else visit.viewer.person_id, visit)
            case _:
                return await self._say(person.key if person else visit.viewer.person_id, words, visit)

    async def form(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        return await self._form(visit, None)

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        first, last = ask.answers.get("first"), ask.answers.get("last")
        if not isinstance(first, date) or not isinstance(last, date):
            missing = "last" if isinstance(first, date) else "first"
            raise FormErrors({missing: "Choose a day."})
        chosen = str(ask.answers.get("whom") or "")
        return await self._say(number_in(chosen) if chosen else visit.viewer.person_id, Days(first, last), visit)

    async def search(self, ask: Ask, visit: Visit) -> Reply:
        """The people for whom this person may speak."""
        async with self.door.store.look() as unit:
            found = await find_people(unit, ask.words, visit.viewer.secretariat_of, visit.today)
        return Offer(tuple(person_option(person) for person in found))

    async def end(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            key = number_in(ask.value)
            ended = await end_absence(unit, key, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._list(unit, visit, ended))

    async def back(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        return await self._back(visit.viewer.person_id, visit)

    async def list(self, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await self._list(unit, visit))

    async def _say(self, person_id: int, said: Days | str, visit: Visit) -> Reply:
        viewer, now = visit.viewer, visit.now
        async with self.door.store.begin() as unit:
            done = await say_away(unit, person_id, said, by=viewer, now=now, rules=self.door.rules)
            words = self.door.words
            answer = await messages.saved(unit, words, done.absence, done.gaps, viewer, warned=done.warned, now=now)
            return Say(answer)

    async def _back(self, person_id: int, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            ended = await come_back(unit, person_id, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._list(unit, visit, ended))

    async def _form(self, visit: Visit, person: Person | None) -> Reply:
        """Tomorrow is proposed and no last day, so that a form sent unread changes nothing at once."""
        async with self.door.store.look() as unit:
            mine = await messages.mine(unit, self.door.words, visit.viewer, visit.now)
            here = day_in(visit.now, (await unit.get(Person, visit.viewer.person_id)).timezone)
        parts: list[Field | Words] = [Words(mine)] if mine else []
        if visit.viewer.secretariat_of:
            chosen = (person_option(person),) if person else ()
            parts.append(Search("whom", "away.person", required=False, initial=chosen))
        parts += [Day("first", initial=here + DAY), Day("last")]
        return Open(self.door.words.form(Form("away", tuple(parts))))

    async def _mentioned(self, ask: Ask, visit: Visit) -> Person:
        """Whom the words begin with. Raises `WhoIsAway`, and `NotYours` unless they may speak for that person."""
        if not visit.viewer.secretariat_of:
            raise NotYours(who="the secretariat of a group they belong to, or they themselves,")
        async with self.door.store.look() as unit:
            person = await holder_of(unit, ask.mentions[0]) if ask.mentions else None
            if person is None:
                raise WhoIsAway
            return await whom(unit, person.key, by=visit.viewer, today=visit.today)

    async def _list(self, unit: Unit, visit: Visit, ended: Sequence[Absence] | None = None) -> Form:
        for group_id in visit.viewer.secretariat_of:
            about = ("group", group_id)
            record(unit, "absences listed", by=visit.viewer, now=visit.now, subject=about, group_id=group_id)
        words, viewer = self.door.words, visit.viewer
        return await messages.listed(unit, words, viewer, now=visit.now, today=visit.today, ended=ended)
