"""What people read about how long things are kept: references and dates, never what a concern says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.chat.port import Form, Message
from bot.domain.handling import Viewer
from bot.domain.keeping import Dates, dates, label_of
from bot.domain.policy import Rules
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store import keeping as asked
from bot.store.escalations import awaiting_among
from bot.store.keeping import Record
from bot.store.tables import Hold
from bot.store.unit import Unit
from bot.store.warning import ending_for

AHEAD = timedelta(days=90)
SHOWN = 20
NONE_HELD: Mapping[int, Hold] = {}


@dataclass(frozen=True)
class Line:
    """One concern's keeping as a template sees it. `hold` is the reader's own organisation's, and `waiting` whether an
    answer about it is still awaited, so that it does not end."""

    reference: str
    label: str
    answered_on: date
    ahead: Dates
    removed: bool
    hold: Hold | None
    waiting: bool


@dataclass(frozen=True)
class Sections:
    """What one person is shown, in the order of the page; `more` says how many of each are left out."""

    mine: list[Line]
    ours: list[Line]
    removed: list[Line]
    held: list[Line]
    more: dict[str, int]


async def warning(letter: Letter) -> Message | None:
    """To whoever is warned: what ends, and what they can do about it; the rest of many is in their list."""
    records = await ending_for(letter.unit, letter.reader, letter.now, letter.rules) if letter.reader else []
    lines = [_line(one, letter.rules, letter.today) for one in records]
    return letter.words.render("keeping.warning", lines=lines[:SHOWN], more=len(lines[SHOWN:])) if lines else None


async def listed(unit: Unit, words: Templates, viewer: Viewer, rules: Rules, today: date) -> Message:
    """What will happen when to somebody's own concerns, and for a records lead to their organisation's."""
    sections = await gather(unit, viewer, rules, today)
    return words.render("keeping.list", s=sections, viewer=viewer, today=today)


async def gather(unit: Unit, viewer: Viewer, rules: Rules, today: date) -> Sections:
    """Each list soonest first, as much of it as is shown."""
    soon = today + AHEAD - timedelta(days=rules.policy.retention.warn_days)
    lead = viewer.records_lead
    found = {
        "mine": await asked.own_records(unit, viewer, today),
        "ours": await asked.organisations_records(unit, viewer, today, rules, by=soon) if lead else [],
        "removed": await asked.removed_records(unit, viewer, today),
        "held": await asked.held_records(unit, viewer, today),
    }
    held = await asked.holds_of(unit, viewer.organisation_id)
    found["removed"] = asked.still_there(found["removed"], held, rules, today)
    waiting = await awaiting_among(unit, [one.id for several in found.values() for one in several])
    lines = {
        name: _soonest(_line(one, rules, today, held=held, waiting=waiting) for one in several)
        for name, several in found.items()
    }
    shown = {name: several[:SHOWN] for name, several in lines.items()}
    if not lead:
        shown["held"] = []
    return Sections(**shown, more={name: len(several[SHOWN:]) for name, several in lines.items()})


async def page(unit: Unit, words: Templates, one: Record, viewer: Viewer, rules: Rules, today: date) -> Form:
    """The page that takes a form's place: how one concern now stands."""
    held = await asked.holds_of(unit, viewer.organisation_id, one.id)
    line = _line(one, rules, today, held=held, waiting=await awaiting_among(unit, [one.id]))
    return words.page("keeping.page", line=line, lead=viewer.records_lead)


def _line(
    one: Record, rules: Rules, today: date, *, held: Mapping[int, Hold] = NONE_HELD, waiting: Iterable[int] = ()
) -> Line:
    kept, policy = one.kept(rules), rules.policy.retention
    return Line(
        one.reference,
        label_of(one.retention, policy),
        kept.active_on,
        dates(kept, policy, today),
        one.retired_at is not None,
        held.get(one.id),
        one.id in waiting,
    )


def _soonest(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.waiting, line.ahead.remove_on, line.reference))
