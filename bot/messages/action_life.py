"""What people read about the life of an action: its page and history, more time, what came back, what waits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat.port import Form, Message
from bot.domain.actions import DUE, PRIORITY, TIME_ASKED, TIME_DECIDED, Act, evidence_host
from bot.domain.terms import ActionState
from bot.messages.actions import seen_by
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.action_life import SeenLife, change_by_id, is_barred, see_request
from bot.store.actions import seen_by_id
from bot.store.tables import ActionChange, ActionRequest, Person

LINES = 15
"""Lines of an action's history on one page."""


@dataclass(frozen=True)
class Line:
    """One change as it is told: `before` and `after` are days where they were kept as days."""

    field: str
    at: datetime
    by: str
    before: str | date
    after: str | date
    reason: str


def page(words: Templates, life: SeenLife, acts: Collection[Act], *, decides: bool) -> Form:
    """All of one action, with the buttons for `acts`, which are this reader's."""
    lines = _lines(life)
    return words.page(
        "action.page",
        life=life,
        line=life.seen,
        may={act.name.lower() for act in acts},
        decides=decides,
        host=evidence_host(life.seen.action.evidence),
        lines=lines[-LINES:],
        earlier=max(0, len(lines) - LINES),
        states=ActionState,
    )


def whole_history(words: Templates, life: SeenLife, before: int) -> Form:
    """What had become of an action before its line with that number, the newest of it."""
    lines = _lines(life)[: max(0, before)]
    earlier = max(0, len(lines) - LINES)
    return words.page("action.history", line=life.seen, lines=lines[-LINES:], earlier=earlier)


async def time_asked(letter: Letter) -> Message | None:
    """To those who can grant an owner more time; once somebody has decided, who and how."""
    facts = await _about_time(letter)
    return letter.words.render("action.time_asked", **facts) if facts else None


async def time_decided(letter: Letter) -> Message | None:
    """To whoever asked for more time: whether they have it, who says so, and why."""
    facts = await _about_time(letter)
    return letter.words.render("action.time_decided", **facts) if facts else None


async def returned(letter: Letter) -> Message | None:
    """To the owner: it was sent back, or reopened, and why."""
    found = await seen_by(letter)
    if found is None or letter.reader is None or found.action.owner_id != letter.reader.person_id:
        return None
    letter.shows(found.action)
    change = await change_by_id(letter.unit, letter.about("change"))
    by = await letter.unit.get(Person, change.by_id)
    facts = {"reopened": change.before == ActionState.CLOSED, "states": ActionState}
    barred = await is_barred(letter.unit, found.action, letter.reader, letter.today)
    return letter.words.render("action.returned", line=found, reason="" if barred else change.reason, by=by, **facts)


async def unaccepted(letter: Letter) -> Message | None:
    """To whoever raised it: its owner has not said whether they take it on; once they have, that."""
    found = await seen_by(letter)
    if found is None or letter.reader is None:
        return None
    letter.shows(found.action)
    may = letter.reader.runs(found.action.group_id) and found.action.state is ActionState.OPEN
    return letter.words.render("action.unaccepted", line=found, may=may, states=ActionState)


async def going_round(letter: Letter) -> Message | None:
    """To the secretariat: it has been passed on by several people in a row."""
    found = await seen_by(letter)
    if found is None or found.action.state is not ActionState.OPEN:
        return None
    letter.shows(found.action)
    return letter.words.render("action.round", line=found, passes=letter.about("passes"))


async def _about_time(letter: Letter) -> dict[str, object] | None:
    """A request and its action, if this reader may see that."""
    request = await letter.unit.find(ActionRequest, letter.about("request"))
    if letter.reader is None or request is None:
        return None
    line = await seen_by_id(letter.unit, request.action_id, letter.reader, letter.today)
    if line is None:
        return None
    letter.shows(line.action)
    return {"line": line, "one": await see_request(letter.unit, request)}


def _lines(life: SeenLife) -> Sequence[Line]:
    return [_line(change, by) for change, by in life.changes if change.field != PRIORITY]


def _line(change: ActionChange, by: str) -> Line:
    before, after = change.before, change.after
    days = change.field in (DUE, TIME_ASKED)
    return Line(
        change.field,
        change.at,
        by,
        date.fromisoformat(before) if days else before,
        date.fromisoformat(after) if days or change.field == TIME_DECIDED else after,
        change.reason,
    )
