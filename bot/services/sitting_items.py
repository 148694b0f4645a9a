"""What is recorded on one item of a meeting, as it is said: what was concluded, who disagrees, who does what.

What was concluded is a draft until the meeting is closed. An action is given, and a concern concluded, at once: their
owner is in the room and can still say no (decision 28).
"""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.actions import missed_day
from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.sittings import BOARD_LIMIT, Board, Decided, decided_errors
from bot.errors import FormErrors
from bot.services.actions import ActionDraft, log_action
from bot.services.sitting_core import UNREACHABLE, At, able, check_version, new_draft, note_item, on_item
from bot.services.sittings import kept
from bot.store.actions import action_by_submission
from bot.store.groups import levels
from bot.store.sittings import Matter, action_key, leavers
from bot.store.tables import Action, Conclusion, Meeting
from bot.store.unit import Unit


@dataclass(frozen=True)
class ItemTask:
    """Something that a meeting gives somebody to do."""

    issue: str
    owner_id: int
    due_on: date | None


@dataclass(frozen=True)
class ToBoard:
    """What a safeguarding board is to be told, and by whom [003 §79]. Without a board, nothing is."""

    board: Board | None
    message: str
    by_id: int | None


async def conclude(unit: Unit, at: At, told: Decided, *, by: Viewer, now: datetime, rules: Rules) -> Meeting:
    """Save what was concluded on an item, as often as needed until the meeting is closed. The same again changes
    nothing.

    Raises as `recordable` does, `NotFound`, `FormErrors`, and `ChangedMeanwhile` if somebody else was quicker.
    """
    meeting, matter = await on_item(unit, at, by, rules.today(now))
    row = matter.seen.conclusion if matter.seen else None
    if row and row.text and as_decided(row) == _tidy(told):
        return meeting
    check_version(row, at)
    await _check(unit, meeting, matter, told, rules.today(now))
    texts = {"text": told.text, "level_reason": told.level_reason, "tell_why_not": told.tell_why_not}
    kinds = check_identifiers(texts, vouched=at.vouched)
    row = row or await new_draft(unit, meeting, matter, by, now)
    for name, value in vars(_tidy(told)).items():
        setattr(row, name, value)
    row.recorded_by_id, row.recorded_at = by.person_id, now
    unit.add(row)
    await unit.flush()
    absent = await leavers(unit, meeting, matter.provider_id, rules.calendar.day(meeting.starts_at))
    note_item(unit, meeting, row, "item concluded", by, now, left=len(absent), **kept(kinds))
    return meeting


async def tell_board(unit: Unit, at: At, told: ToBoard, *, by: Viewer, now: datetime, rules: Rules) -> Meeting:
    """Save what a safeguarding board is to be told, or that none is. Raises as `conclude` does."""
    meeting, matter = await on_item(unit, at, by, rules.today(now))
    row = matter.seen.conclusion if matter.seen else None
    message = told.message.strip()
    if row and as_to_board(row) == ToBoard(told.board, message, told.by_id):
        return meeting
    check_version(row, at)
    errors = {}
    if told.board is None and (message or told.by_id):
        errors["board"] = "Choose the board, or leave all of this empty."
    elif told.board and not message:
        errors["message"] = "Say what the board is to be told."
    if len(message) > BOARD_LIMIT:
        errors["message"] = f"At most {BOARD_LIMIT} characters. Shorten it."
    people = await able(unit, meeting, matter, [told.by_id or 0], rules.today(now))
    if told.board and not people:
        errors["by"] = UNREACHABLE if told.by_id else "Choose who tells the board."
    if errors:
        raise FormErrors(errors)
    kinds = check_identifiers({"message": message}, vouched=at.vouched)
    row = row or await new_draft(unit, meeting, matter, by, now)
    row.board, row.board_message, row.board_by_id = told.board, message, told.by_id
    unit.add(row)
    await unit.flush()
    note_item(unit, meeting, row, "item board noted", by, now, **kept(kinds))
    return meeting


async def give_action(
    unit: Unit, at: At, task: ItemTask, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Action:
    """Give somebody something to do, and tell them. The same `key` again changes nothing. Raises as `disagree`."""
    today = rules.today(now)
    meeting, matter = await on_item(unit, at, by, today)
    submit_key = action_key(meeting.key, at.ref, key)
    if earlier := await action_by_submission(unit, submit_key):
        return earlier
    people = await able(unit, meeting, matter, [task.owner_id], today)
    errors = {} if task.issue.strip() else {"issue": "Say what is to be done."}
    if wrong := missed_day(task.due_on, today):
        errors["due_on"] = wrong
    if not people:
        errors["owner"] = UNREACHABLE
    if errors or task.due_on is None:
        raise FormErrors(errors)
    kinds = check_identifiers({"issue": task.issue}, vouched=at.vouched)
    row = matter.seen.conclusion if matter.seen else await new_draft(unit, meeting, matter, by, now)
    draft = ActionDraft(
        meeting.group_id, task.issue, task.owner_id, task.due_on, matter.provider_id, meeting_id=meeting.key
    )
    action = await log_action(unit, draft, people[0], by=by, key=submit_key, now=now, rules=rules)
    note_item(unit, meeting, row, "item action given", by, now, action=action.key, **kept(kinds))
    return action


async def _check(unit: Unit, meeting: Meeting, matter: Matter, told: Decided, today: date) -> None:
    about = [matter.provider_id] if matter.provider_id else []
    standing = await levels(unit, group_ids=[meeting.group_id], provider_ids=about)
    level = standing[0].level.level if standing else None
    errors = decided_errors(told, about_provider=bool(about), standing=level, today=today)
    named = {"find_out": told.find_out_id, "tell_by": told.tell_by_id}
    here = {one.key for one in await able(unit, meeting, matter, list(named.values()), today)}
    errors |= {name: UNREACHABLE for name, key in named.items() if key and key not in here and name not in errors}
    if errors:
        raise FormErrors(errors)


def _tidy(told: Decided) -> Decided:
    return Decided(
        told.text.strip(),
        told.level,
        told.level_reason.strip(),
        told.find_out_id,
        told.find_out_by,
        told.tell_by_id,
        told.tell_why_not.strip(),
    )


def as_decided(row: Conclusion | None) -> Decided:
    """What is concluded on an item so far."""
    if row is None:
        return Decided("")
    return Decided(
        row.text,
        row.level,
        row.level_reason,
        row.find_out_id,
        row.find_out_by,
        row.tell_by_id,
        row.tell_why_not,
    )


def as_to_board(row: Conclusion | None) -> ToBoard:
    """What a safeguarding board is to be told so far."""
    return ToBoard(row.board, row.board_message, row.board_by_id) if row else ToBoard(None, "", None)
