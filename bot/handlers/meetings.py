"""All of `/meeting`: when one's groups meet, adding a meeting, moving it, calling it off, and a file for calendars."""

import re
from dataclasses import dataclass
from datetime import date, time

from bot.chat.port import Ask, Choice, Day, Form, Open, Option, Reply, Say, Text, Turn
from bot.domain.handling import Place
from bot.domain.meetings import LENGTHS, USUAL_LENGTH, starting_times
from bot.errors import NoGroup, NotFound, NotYours, WrongPlace
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import blank, chosen_number
from bot.handlers.meeting_pack import PackDesk
from bot.handlers.note import NoteDesk
from bot.handlers.sitting import SittingDesk
from bot.messages import meetings as messages
from bot.messages.notes import standing_line
from bot.services import meetings as services
from bot.services.meeting_news import send_calendar
from bot.services.meetings import CALLED_OFF, MeetingDraft, Move
from bot.store.meetings import coming, meeting_named
from bot.store.tables import Meeting
from bot.store.unit import Unit

HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WHY = Text("why", 500, multiline=True)


@dataclass(frozen=True)
class MeetingDesk:
    """When groups meet [003 §91]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["meeting"] = opens(self.command)
        at.buttons["meeting.open"] = opens(self.open)
        at.buttons["meeting.add"] = opens(self.add_form)
        at.forms["meeting"] = opens(self.add)
        at.buttons["meeting.move"] = opens(self.move_form)
        at.forms["meeting.move"] = opens(self.move)
        at.buttons["meeting.off"] = opens(self.off_form)
        at.forms["meeting.off"] = opens(self.off)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        verb, _, rest = ask.words.strip().partition(" ")
        verbs = {
            "help": self.help,
            "add": self._add_form,
            "calendar": self.calendar,
            "note": NoteDesk(self.door).command,
            "run": SittingDesk(self.door).run,
            "pack": PackDesk(self.door).command,
        }
        if act := verbs.get(verb.casefold()):
            return await act(ask, rest, visit)
        async with self.door.store.look() as unit:
            if verb and await meeting_named(unit, ask.words, visit.viewer.group_ids):
                return Open(await self._page(unit, ask.words, visit))
            places = self._places(ask, ask.words, visit)
            groups = await messages.listed(unit, places, visit.now, self.door.rules.calendar)
        return Say(messages.overview(self.door.words, groups, visit.viewer))

    async def help(self, _ask: Ask, _words: str, _visit: Visit) -> Reply:
        return Say(self.door.words.render("help.meeting"))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            return Open(await self._page(unit, ask.value, visit))

    async def calendar(self, ask: Ask, words: str, visit: Visit) -> Reply:
        keys = [place.group_id for place in self._places(ask, words, visit)]
        async with self.door.store.begin() as unit:
            planned = await coming(unit, keys, visit.now, messages.horizon(visit.now, self.door.rules.calendar))
            if planned:
                await send_calendar(unit, keys, by=visit.viewer, key=ask.key, now=visit.now)
        return Say(self.door.words.render("meeting.sent", count=len(planned)))

    async def add_form(self, ask: Ask, visit: Visit) -> Reply:
        return await self._add_form(ask, "", visit)

    async def add(self, ask: Ask, visit: Visit) -> Reply:
        draft = MeetingDraft(
            group_id=chosen_number(ask, "group"),
            day=_day(ask),
            clock=_clock(ask),
            minutes=chosen_number(ask, "minutes"),
            place=_typed(ask, "place"),
        )
        async with self.door.store.begin() as unit:
            meeting = await services.add_meeting(unit, draft, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, meeting.slug, visit))

    async def move_form(self, ask: Ask, visit: Visit) -> Reply:
        meeting = await self._to_arrange(ask, visit, "moved")
        local = self.door.rules.calendar.local(meeting.starts_at)
        parts = (
            Day("day", initial=local.date()),
            Choice("time", _hours(local.time()), initial=(f"{local:%H:%M}",)),
            Text("place", 300, initial=meeting.place),
            WHY,
        )
        memo = {"meeting": meeting.slug, "version": str(meeting.version)}
        return Open(self.door.words.form(Form("meeting.move", parts, memo)))

    async def move(self, ask: Ask, visit: Visit) -> Reply:
        to = Move(_day(ask), _clock(ask), _typed(ask, "place"), _typed(ask, "why"), int(ask.memo["version"]))
        async with self.door.store.begin() as unit:
            meeting = await services.move_meeting(
                unit, ask.memo["meeting"], to, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._page(unit, meeting.slug, visit))

    async def off_form(self, ask: Ask, visit: Visit) -> Reply:
        meeting = await self._to_arrange(ask, visit, CALLED_OFF)
        return Open(self.door.words.form(Form("meeting.off", (WHY,), {"meeting": meeting.slug})))

    async def off(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            meeting = await services.call_off_meeting(
                unit, ask.memo["meeting"], _typed(ask, "why"), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._page(unit, meeting.slug, visit))

    async def _add_form(self, ask: Ask, words: str, visit: Visit) -> Reply:
        run = [place for place in visit.viewer.groups if visit.viewer.runs(place.group_id)]
        if not visit.viewer.groups:
            raise NoGroup
        if not run:
            raise NotYours(who=services.THOSE_WHO_RUN)
        meant = self._places(ask, words, visit)
        here = tuple(str(place.group_id) for place in run if meant == (place,))
        groups = tuple(Option(str(place.group_id), place.name) for place in run)
        parts = (
            Choice("group", groups, initial=here or (groups[0].value,)),
            Day("day"),
            Choice("time", _hours()),
            Choice("minutes", blank(map(str, LENGTHS)), initial=(str(USUAL_LENGTH),)),
            Text("place", 300),
        )
        return Open(self.door.words.form(Form("meeting", parts)))

    @staticmethod
    def _places(ask: Ask, words: str, visit: Visit) -> tuple[Place, ...]:
        """The group that is named, or in whose channel it was typed; otherwise all of theirs. Raises `NoGroup`,
        `NotFound` for words that name no group of theirs, and `WrongPlace` for words that name several."""
        wanted = words.strip().casefold()
        try:
            return (which_group(ask, words, visit.viewer, command="/meeting"),)
        except WrongPlace:
            if not wanted:
                return visit.viewer.groups
            if any(wanted in place.name.casefold() for place in visit.viewer.groups):
                raise
            raise NotFound(what=words.strip()) from None

    async def _to_arrange(self, ask: Ask, visit: Visit, wanted: str) -> Meeting:
        async with self.door.store.look() as unit:
            return await services.to_arrange(unit, ask.value, by=visit.viewer, now=visit.now, wanted=wanted)

    async def _page(self, unit: Unit, name: str, visit: Visit) -> Form:
        seen = await services.open_meeting(unit, name, by=visit.viewer, today=visit.today)
        note = await standing_line(unit, seen.meeting, visit.viewer, self.door.rules.today(seen.meeting.starts_at))
        return messages.page(self.door.words, seen, visit.now, self.door.rules.calendar, note)


def _hours(kept: time | None = None) -> tuple[Option, ...]:
    return tuple(Option(f"{clock:%H:%M}", f"{clock:%H:%M}") for clock in starting_times(kept))


def _typed(ask: Ask, field: str) -> str:
    return str(ask.answers.get(field) or "")


def _day(ask: Ask) -> date | None:
    chosen = ask.answers.get("day")
    return chosen if isinstance(chosen, date) else None


def _clock(ask: Ask) -> time | None:
    hour = HOUR.fullmatch(_typed(ask, "time"))
    return time.fromisoformat(hour[0]) if hour else None
