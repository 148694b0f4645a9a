"""`/meeting run`: the record of a meeting that is being held, who is there and until when, and closing it."""

from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import partial

from bot.chat.port import Ask, Choice, Form, Open, Option, Reply, Search, Text, Turn
from bot.domain.sittings import usual_time
from bot.errors import FormErrors, NotFound, NothingToRun
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import OPTION_LIMIT, number_in, several
from bot.messages import sittings as messages
from bot.services import sittings as services
from bot.services.sitting_close import Issues, close_meeting, plan_closing
from bot.services.sittings import BODY_LIMIT, NAME_LIMIT, Guest
from bot.store.journal import record_shown
from bot.store.meetings import meeting_named
from bot.store.sittings import attendance_of, to_run
from bot.store.tables import Meeting
from bot.store.unit import Unit

MOST = 100  # people in one list
RECENT = timedelta(days=14)  # (ours) an older meeting is run only if it is named


@dataclass(frozen=True)
class SittingDesk:
    """What happens at a meeting is recorded while it happens [003 §130]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["sitting.open"] = opens(self.open)
        at.buttons["sitting.back"] = opens(self.back)
        at.buttons["sitting.here"] = opens(self.here_form)
        at.forms["sitting.here"] = opens(self.here)
        at.buttons["sitting.left"] = opens(self.left_form)
        at.forms["sitting.left"] = opens(self.left)
        at.buttons["sitting.guest"] = opens(self.guest_form)
        at.forms["sitting.guest"] = opens(self.guest)
        at.buttons["sitting.closing"] = opens(self.closing)
        at.buttons["sitting.close"] = opens(self.close)

    async def run(self, ask: Ask, words: str, visit: Visit) -> Reply:
        """The meeting that is named, or that of today."""
        async with self.door.store.look() as unit:
            named = await meeting_named(unit, words, visit.viewer.group_ids) if words.strip() else None
            meeting = named or await self._todays(unit, ask, words, visit)
        return Open(await self._opened(meeting.key, visit))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        return Open(await self._opened(number_in(ask.value), visit))

    async def back(self, ask: Ask, visit: Visit) -> Reply:
        return Turn(await self._opened(number_in(ask.value), visit))

    async def here_form(self, ask: Ask, visit: Visit) -> Reply:
        """Everybody who may come and is not here; those who said so are ticked, until anybody has been marked."""
        async with self.door.store.look() as unit:
            meeting = await services.recordable(unit, number_in(ask.value), by=visit.viewer, lock=False)
            marked = await attendance_of(unit, meeting.key)
            there = {one.row.person_id for one in marked if one.row.left_at is None}
            people = await services.expected_at(unit, meeting, self.door.rules, visit.now)
        absent = [one for one in people if one.person.key not in there][:MOST]
        if not absent:
            raise FormErrors({"": "Everybody who was expected is here. Add anybody else with “Somebody else is here”."})
        names = tuple(
            Option(str(one.person.key), f"{one.person.name}, {one.organisation.short_name}"[:OPTION_LIMIT])
            for one in absent
        )
        ticked = tuple(str(one.person.key) for one in absent if one.comes and not marked)
        choice = Choice("here", names, many=True, radio=True, initial=ticked)
        return self._form(Form("sitting.here", (choice,)), ask, meeting, visit)

    async def here(self, ask: Ask, visit: Visit) -> Reply:
        meeting_id, at = number_in(ask.memo["meeting"]), typed(ask, "at")
        people = [int(key) for key in several(ask.answers.get("here"))]
        async with self.door.store.begin() as unit:
            await services.mark_here(
                unit, meeting_id, people, at, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        return Turn(await self._opened(meeting_id, visit))

    async def left_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            meeting = await services.recordable(unit, number_in(ask.value), by=visit.viewer, lock=False)
            there = [one for one in await attendance_of(unit, meeting.key) if one.row.left_at is None][:MOST]
        if not there:
            raise FormErrors({"": "Nobody is marked as here."})
        names = tuple(
            Option(str(one.row.key), ", ".join(filter(None, (one.name, one.organisation)))[:OPTION_LIMIT])
            for one in there
        )
        return self._form(Form("sitting.left", (Choice("left", names, many=True, radio=True),)), ask, meeting, visit)

    async def left(self, ask: Ask, visit: Visit) -> Reply:
        meeting_id, at = number_in(ask.memo["meeting"]), typed(ask, "at")
        keys = [int(key) for key in several(ask.answers.get("left"))]
        async with self.door.store.begin() as unit:
            await services.mark_left(unit, meeting_id, keys, at, by=visit.viewer, now=visit.now, rules=self.door.rules)
        return Turn(await self._opened(meeting_id, visit))

    async def guest_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            meeting = await services.recordable(unit, number_in(ask.value), by=visit.viewer, lock=False)
        parts = (
            Search("person", "person", required=False),
            Text("name", NAME_LIMIT, required=False),
            Text("organisation", BODY_LIMIT, required=False),
        )
        return self._form(Form("sitting.guest", parts), ask, meeting, visit)

    async def guest(self, ask: Ask, visit: Visit) -> Reply:
        meeting_id, chosen = number_in(ask.memo["meeting"]), typed(ask, "person")
        guest = Guest(number_in(chosen) if chosen else None, typed(ask, "name"), typed(ask, "organisation"))
        key, at = ask.memo["opened"], typed(ask, "at")
        async with self.door.store.begin() as unit:
            await services.add_guest(
                unit, meeting_id, guest, at, by=visit.viewer, key=key, now=visit.now, rules=self.door.rules
            )
        return Turn(await self._opened(meeting_id, visit))

    async def closing(self, ask: Ask, visit: Visit) -> Reply:
        """What closing would do, and what is missing."""
        async with self.door.store.begin() as unit:
            meeting = await services.recordable(unit, number_in(ask.value), by=visit.viewer)
            plan = await plan_closing(unit, meeting.key, by=visit.viewer, now=visit.now, rules=self.door.rules)
            services.note(unit, meeting, "meeting closing read", visit.viewer, visit.now)
            return Turn(messages.closing_page(self.door.words, meeting, plan))

    async def close(self, ask: Ask, visit: Visit) -> Reply:
        meeting_id, stamp = (number_in(part) for part in two_parts(ask.value))
        async with self.door.store.begin() as unit:
            meeting = await services.open_sitting(
                unit, meeting_id, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            words = self.door.words
            issues = Issues(
                partial(messages.issue_to_provider, words, meeting), partial(messages.issue_to_board, words, meeting)
            )
            await close_meeting(unit, meeting_id, stamp, issues, by=visit.viewer, now=visit.now, rules=self.door.rules)
        return Turn(await self._opened(meeting_id, visit))

    async def _todays(self, unit: Unit, ask: Ask, words: str, visit: Visit) -> Meeting:
        """The meeting of the group meant that is on today, or the last of these days that is not closed.

        Raises `NothingToRun`, `NotFound` for words that name neither a meeting nor a group, and as `which_group` does.
        """
        run = visit.viewer.runs_groups
        place = next((one for one in visit.viewer.groups if run == (one.group_id,) and not words.strip()), None)
        if words.strip() and not any(
            words.strip().casefold() in f"{p.slug} {p.name.casefold()}" for p in visit.viewer.groups
        ):
            raise NotFound(what=words.strip())
        place = place or which_group(ask, words, visit.viewer, command="/meeting run")
        calendar = self.door.rules.calendar
        tomorrow = calendar.at(visit.today + timedelta(days=1), time.min)
        meeting = await to_run(unit, place.group_id, tomorrow - RECENT, tomorrow)
        if meeting is None:
            raise NothingToRun(group=place.name)
        return meeting

    async def _opened(self, meeting_id: int, visit: Visit) -> Form:
        """The page of the record, which is open from now on; the reading is logged."""
        rules = self.door.rules
        async with self.door.store.begin() as unit:
            meeting = await services.open_sitting(unit, meeting_id, by=visit.viewer, now=visit.now, rules=rules)
            seen, shown = await messages.gather(unit, meeting, visit.viewer, visit.today, rules.calendar)
            services.note(unit, meeting, "meeting record read", visit.viewer, visit.now)
            record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where="sitting.page")
            return messages.page(self.door.words, seen)

    def _form(self, form: Form, ask: Ask, meeting: Meeting, visit: Visit) -> Reply:
        """The form with a time of the meeting's day at its end."""
        usual = usual_time(meeting.starts_at, meeting.minutes, visit.now)
        at = Text("at", 5, initial=f"{self.door.rules.calendar.local(usual):%H:%M}")
        memo = {"meeting": str(meeting.key), "opened": f"sitting.{ask.key}"}
        return Open(self.door.words.form(replace(form, parts=(*form.parts, at), memo=memo)))


def two_parts(value: str) -> tuple[str, str]:
    """The meeting's number and what follows it in a button's value. Raises `NotFound` for anything else."""
    first, dot, second = value.partition(".")
    if not dot:
        raise NotFound(what=value)
    return first, second


def typed(ask: Ask, name: str) -> str:
    """The words or the option in a field; empty for one left open."""
    return str(ask.answers.get(name) or "")
