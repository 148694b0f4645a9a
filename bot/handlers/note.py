"""The note of a meeting: its page, drafting and editing it, sending it to members, settling it, and the document."""

import re
from dataclasses import dataclass

from bot.chat.port import Ask, Form, Open, Reply, Say, Text, Tick, Turn, Words
from bot.domain.handling import Place
from bot.domain.notes import PART_LIMIT
from bot.domain.sittings import NoteState
from bot.errors import NotFound
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import number_in
from bot.messages import notes as messages
from bot.services import note_agreeing as agreeing
from bot.services import note_editing as changing
from bot.services import notes as services
from bot.services.note_editing import REASON_LIMIT, Edit
from bot.store.groups import last_meeting
from bot.store.meetings import meeting_named
from bot.store.tables import Meeting, MeetingNote
from bot.store.unit import Unit

MARKED = re.compile(r"(\d+)\.([0-9a-f]{16})")
PAGED = re.compile(r"(\d+)(?:\.(\d{1,3}))?")


@dataclass(frozen=True)
class NoteDesk:
    """For each meeting a note is produced, and agreed by the group [003 §130, §132]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["note.of"] = opens(self.of_meeting)
        at.buttons["note.open"] = opens(self.open)
        at.buttons["note.draft"] = opens(self.draft)
        at.buttons["note.redraft"] = opens(self.redraft)
        at.buttons["note.edit"] = opens(self.edit_form)
        at.forms["note.edit"] = opens(self.edit)
        at.forms["note.correct"] = opens(self.correct)
        at.buttons["note.send"] = opens(self.send)
        at.buttons["note.change"] = opens(self.change)
        at.buttons["note.settle"] = opens(self.settle)
        at.buttons["note.file"] = opens(self.file)

    async def command(self, ask: Ask, words: str, visit: Visit) -> Reply:
        """`/meeting note`, of the meeting named, or of the last one of the group."""
        async with self.door.store.begin() as unit:
            meeting = await meeting_named(unit, words, visit.viewer.group_ids) if words.strip() else None
            if meeting is None:
                place: Place = which_group(ask, words, visit.viewer, command="/meeting note")
                meeting = await last_meeting(unit, place.group_id, visit.now)
            if meeting is None:
                return Say(self.door.words.render("note.none", meeting=None, runs=False))
            return await self._of(unit, meeting, visit)

    async def of_meeting(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            meeting = await meeting_named(unit, ask.value, visit.viewer.group_ids)
            if meeting is None:
                raise NotFound(what=ask.value)
            return await self._of(unit, meeting, visit)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        asked = PAGED.fullmatch(ask.value)
        if asked is None:
            raise NotFound(what=ask.value)
        async with self.door.store.begin() as unit:
            return Open(await self._page(unit, int(asked[1]), visit, int(asked[2] or 1)))

    async def draft(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            note = await services.draft_note(
                unit,
                number_in(ask.value),
                self.door.words,
                by=visit.viewer,
                key=f"note {ask.key}",
                now=visit.now,
                rules=self.door.rules,
            )
            return Open(await self._page(unit, note.key, visit))

    async def redraft(self, ask: Ask, visit: Visit) -> Reply:
        key, by, rules = f"note {ask.key}", visit.viewer, self.door.rules
        async with self.door.store.begin() as unit:
            note = await services.redraft(
                unit, number_in(ask.value), self.door.words, by=by, key=key, now=visit.now, rules=rules
            )
            return Turn(await self._page(unit, note.key, visit))

    async def edit_form(self, ask: Ask, visit: Visit) -> Reply:
        """To edit a part of a draft, or to correct one of what was agreed."""
        asked = MARKED.fullmatch(ask.value)
        if asked is None:
            raise NotFound(what=ask.value)
        async with self.door.store.look() as unit:
            seen, part = await changing.editing(
                unit, int(asked[1]), asked[2], by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        about = Words(self.door.words.render("note.part", part=part))
        text = Text("text", PART_LIMIT, multiline=True, initial=part.text)
        memo = {"note": str(seen.note.key), "mark": part.mark, "opened": f"note {ask.key}"}
        if seen.note.state is NoteState.DRAFT:
            return Open(self.door.words.form(Form("note.edit", (about, text, Tick("vouched")), memo)))
        reason = Text("reason", REASON_LIMIT, multiline=True)
        return Open(self.door.words.form(Form("note.correct", (about, text, reason, Tick("vouched")), memo)))

    async def edit(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            note = await changing.edit_part(unit, _edit(ask), by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, note.key, visit))

    async def correct(self, ask: Ask, visit: Visit) -> Reply:
        key, rules = ask.memo["opened"], self.door.rules
        async with self.door.store.begin() as unit:
            note = await changing.correct_part(
                unit, _edit(ask), self.door.words, by=visit.viewer, key=key, now=visit.now, rules=rules
            )
            return Turn(await self._page(unit, note.key, visit))

    async def send(self, ask: Ask, visit: Visit) -> Reply:
        key, rules = number_in(ask.value), self.door.rules
        async with self.door.store.begin() as unit:
            note = await agreeing.send_note(unit, key, by=visit.viewer, now=visit.now, rules=rules)
            return Turn(await self._page(unit, note.key, visit))

    async def change(self, ask: Ask, visit: Visit) -> Reply:
        key, rules = f"note {ask.key}", self.door.rules
        async with self.door.store.begin() as unit:
            note = await services.change_note(
                unit, number_in(ask.value), by=visit.viewer, key=key, now=visit.now, rules=rules
            )
            return Turn(await self._page(unit, note.key, visit))

    async def settle(self, ask: Ask, visit: Visit) -> Reply:
        words, rules = self.door.words, self.door.rules
        async with self.door.store.begin() as unit:
            note = await agreeing.settle_note(
                unit, number_in(ask.value), words, by=visit.viewer, now=visit.now, rules=rules
            )
            return Turn(await self._page(unit, note.key, visit))

    async def file(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            await services.ask_for_file(
                unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        return Say(self.door.words.render("note.filing"))

    async def _of(self, unit: Unit, meeting: Meeting, visit: Visit) -> Reply:
        """The version that stands, as far as this person may read one."""
        day = self.door.rules.today(meeting.starts_at)
        note: MeetingNote | None = await messages.standing_line(unit, meeting, visit.viewer, day)
        if note is None:
            runs = visit.viewer.runs(meeting.group_id)
            return Say(self.door.words.render("note.none", meeting=meeting, runs=runs))
        return Open(await self._page(unit, note.key, visit))

    async def _page(self, unit: Unit, note_id: int, visit: Visit, number: int = 1) -> Form:
        by, rules = visit.viewer, self.door.rules
        seen = await services.open_note(unit, note_id, by=by, now=visit.now, rules=rules)
        gathered = await messages.gather(unit, seen.note, seen.meeting, by, now=visit.now, rules=rules)
        return messages.page(self.door.words, gathered, number)


def _edit(ask: Ask) -> Edit:
    text, reason = (str(ask.answers.get(name) or "") for name in ("text", "reason"))
    return Edit(number_in(ask.memo["note"]), ask.memo["mark"], text, bool(ask.answers.get("vouched")), reason)
