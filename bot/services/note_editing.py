"""Editing a note while it is a draft, and correcting one that was agreed: part by part, by those who run the group."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.handling import Viewer
from bot.domain.notes import PART_LIMIT, Part, Section, read_parts
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.sittings import NoteState
from bot.errors import ChangedMeanwhile, FormErrors
from bot.messages.note_draft import correction
from bot.messages.words import Templates
from bot.services.notes import SeenNote, add_version, check_runs, find_note, hold_note, noted, stored, wrong_state
from bot.store import notes as asked
from bot.store.tables import MeetingNote
from bot.store.unit import Unit

REASON_LIMIT = 500
ASKED_FOR = {"text": "Write something, such as “None identified”.", "reason": "Say why it is corrected."}


@dataclass(frozen=True)
class Edit:
    """A change of one part: `mark` is that of the part as the form showed it. `reason` is needed for a correction of a
    note that was agreed."""

    note_id: int
    mark: str
    text: str
    vouched: bool = False
    reason: str = ""


async def editing(
    unit: Unit, note_id: int, mark: str, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[SeenNote, Part]:
    """The part that somebody wants to edit, or to correct once it was agreed.

    Raises `NotFound`, `NotYours`, `WrongState` while it is with members, and `ChangedMeanwhile`.
    """
    seen = await find_note(unit, note_id, by=by, now=now, rules=rules)
    check_runs(seen.meeting, by)
    if seen.note.state not in (NoteState.DRAFT, NoteState.AGREED):
        raise wrong_state(seen.meeting, seen.note, "edited")
    part = next((one for one in seen.parts if one.mark == mark), None)
    if part is None:
        raise ChangedMeanwhile(what="this part of the note")
    return seen, part


async def edit_part(unit: Unit, edit: Edit, *, by: Viewer, now: datetime, rules: Rules) -> MeetingNote:
    """Save one part of a draft. The same form again changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState`, `FormErrors`, and `ChangedMeanwhile` if somebody else edited that part.
    """
    note, meeting, versions = await hold_note(unit, edit.note_id, by=by, now=now, rules=rules)
    if note.state is not NoteState.DRAFT or note is not versions[-1]:
        raise wrong_state(meeting, note, "edited")
    kinds = _check_texts({"text": edit.text}, vouched=edit.vouched)
    text = _tidy(edit.text)
    readable = await asked.parts_for(unit, read_parts(note.parts), by, rules.today(now))
    if edit.mark not in {one.mark for one in readable}:
        if any(one.text == text for one in readable):
            return note  # sent twice
        raise ChangedMeanwhile(what="this part of the note")
    note.parts = stored(_changed(read_parts(note.parts), edit.mark, text))
    unit.add(note)
    await unit.flush()
    noted(unit, note, meeting, "note edited", by, now, **kinds)
    return note


async def correct_part(
    unit: Unit, edit: Edit, words: Templates, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> MeetingNote:
    """Begin a version that corrects one part of what was agreed, with the reason beside it. What was agreed stands, as
    it is, until the correction is agreed as well. The same `key` again changes nothing.

    Raises as `edit_part` does.
    """
    note, meeting, versions = await hold_note(unit, edit.note_id, by=by, now=now, rules=rules)
    if earlier := next((one for one in versions if one.submit_key == key), None):
        return earlier
    if note is not versions[-1]:
        raise ChangedMeanwhile(what=f"the note of {meeting.slug}")
    if note.state is not NoteState.AGREED:
        raise wrong_state(meeting, note, "corrected")
    kinds = _check_texts({"text": edit.text, "reason": edit.reason}, vouched=edit.vouched)
    before = [one for one in read_parts(note.parts) if one.section is not Section.AGREEMENT]
    readable = await asked.parts_for(unit, before, by, rules.today(now))
    part = next((one for one in readable if one.mark == edit.mark), None)
    if part is None:
        raise ChangedMeanwhile(what="this part of the note")
    at = before.index(part)
    parts = [
        *_changed(before[: at + 1], part.mark, _tidy(edit.text)),
        correction(words, part, _tidy(edit.reason)),
        *before[at + 1 :],
    ]
    fresh = await add_version(unit, meeting, note.number + 1, parts, made_by_id=by.person_id, key=key, now=now)
    noted(unit, fresh, meeting, "note correction begun", by, now, **kinds)
    return fresh


def _check_texts(texts: Mapping[str, str], *, vouched: bool) -> dict[str, int]:
    """How many identifiers of each kind were kept. Raises `FormErrors` for what is empty, too long or identifies."""
    limits = {"text": PART_LIMIT, "reason": REASON_LIMIT}
    errors = {name: ASKED_FOR[name] for name, text in texts.items() if not text.strip()}
    long = [name for name, text in texts.items() if len(text) > limits[name]]
    errors |= {name: f"Write at most {limits[name]:,} characters." for name in long}
    if errors:
        raise FormErrors(errors)
    return {f"{kind}_kept": count for kind, count in check_identifiers(texts, vouched=vouched).items()}


def _changed(parts: Iterable[Part], mark: str, text: str) -> list[Part]:
    return [replace(one, text=text) if one.mark == mark else one for one in parts]


def _tidy(text: str) -> str:
    return "\n".join(text.strip().splitlines())
