"""What people read about regulatory review panels. A direct message has a reference, times and buttons; never what it
is about, and nothing at all for who may no longer read that."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.chat.port import Attachment, Form, Message
from bot.domain.panels import PanelState, Tally, best_time
from bot.files.calendar_file import NAME, Entry, calendar_file
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.panels import SeenPanel, invited_people, see_panel, visible_panel_by_id
from bot.store.tables import Panel, PanelTime


@dataclass(frozen=True)
class TimeLine:
    """A proposed time with names, empty for who is not to be named: who can come, who cannot. `mine` is what the
    reader said, "" before they did."""

    tally: Tally
    can: list[str]
    cannot: list[str]
    mine: str
    best: bool


async def poll(letter: Letter) -> Message | None:
    """To somebody invited: which times suit? Once it is settled or off, only that."""
    seen = await _invited(letter)
    return letter.words.render("panel.poll", **_facts(seen, letter)) if seen else None


async def convener_tally(letter: Letter) -> Message | None:
    """To the convener: who can come when, and a button for each time; replaced in place as people answer."""
    seen = await _invited(letter)
    return letter.words.render("panel.tally", **_facts(seen, letter)) if seen else None


async def settled(letter: Letter) -> Message | None:
    """To everybody invited: when and where it is, or is now, with the entry for their calendar. An older word of it
    that a newer one has overtaken is not sent."""
    seen = await _invited(letter)
    if seen is None or seen.panel.sequence != letter.about("sequence") or seen.panel.state is not PanelState.FIXED:
        return None
    return _with_entry(letter.words.render("panel.settled", **_facts(seen, letter)), seen.panel, letter.now)


async def off(letter: Letter) -> Message | None:
    """To everybody invited: it is called off, and why; and what takes it out of their calendar, if it was in it."""
    seen = await _invited(letter)
    if seen is None or seen.panel.state is not PanelState.CANCELLED:
        return None
    return _with_entry(letter.words.render("panel.off", **_facts(seen, letter)), seen.panel, letter.now)


async def withdrawn(letter: Letter) -> Message | None:
    """To somebody who had word of it: it is off, since what it was about is withdrawn, so that it can no longer be
    opened. Nothing but what takes it out of their calendar."""
    panel = await letter.unit.find(Panel, letter.about("panel"))
    if panel is None or letter.reader is None or panel.state is not PanelState.CANCELLED:
        return None
    if letter.reader.person_id not in await invited_people(letter.unit, panel.key):
        return None
    return _with_entry(letter.words.render("panel.withdrawn", panel=panel), panel, letter.now)


async def reminder(letter: Letter) -> Message | None:
    """To those who are coming: today, or on the next working day."""
    seen = await _invited(letter)
    if seen is None or seen.panel.state is not PanelState.FIXED or not _is_to_come(seen.panel, letter.now):
        return None
    return letter.words.render("panel.reminder", **_facts(seen, letter))


async def unfixed(letter: Letter) -> Message | None:
    """To the convener: it has been some days, and no time is fixed."""
    seen = await _invited(letter)
    if seen is None or seen.panel.state is not PanelState.PROPOSED:
        return None
    return letter.words.render("panel.unfixed", **_facts(seen, letter))


def reading(words: Templates, seen: SeenPanel, reader_id: int, now: datetime, *, already: bool = False) -> Form:
    """The page of one panel. `already` is whether they meant to convene one, and it is there."""
    facts = {"seen": seen, "panel": seen.panel, "lines": _lines(seen, reader_id), "states": PanelState}
    return words.page("panel.page", **facts, already=already, now=now)


def answered(words: Templates, panel: Panel, proposed: PanelTime, *, can: bool, news: bool) -> Message:
    """What is now noted of somebody's answer, or that it has been noted before."""
    return words.render("panel.answered", panel=panel, proposed=proposed, can=can, news=news)


def _facts(seen: SeenPanel, letter: Letter) -> dict[str, object]:
    reader_id = letter.reader.person_id if letter.reader else 0
    outside = [one for one in seen.invited if one.invitee.person_id is None]
    convener = seen.panel.convened_by_id == reader_id
    return {
        "seen": seen,
        "panel": seen.panel,
        "states": PanelState,
        "lines": _lines(seen, reader_id),
        "outside": outside if convener else [],
        "now": letter.now,
        "today": seen.panel.starts_at is not None and letter.rules.today(seen.panel.starts_at) == letter.today,
    }


def _lines(seen: SeenPanel, reader_id: int) -> list[TimeLine]:
    best = best_time(seen.times)
    said = {True: "can", False: "cannot"}
    return [
        TimeLine(
            one,
            _names(seen, one.can),
            _names(seen, one.cannot),
            said[reader_id in one.can] if reader_id in one.can | one.cannot else "",
            one == best,
        )
        for one in seen.times
    ]


def _names(seen: SeenPanel, people: frozenset[int]) -> list[str]:
    return [one.name for one in seen.invited if one.invitee.person_id in people]


def _with_entry(message: Message, panel: Panel, now: datetime) -> Message:
    if panel.starts_at is None:
        return message
    entry = Entry(
        uid=f"{panel.reference.lower()}@soundings",
        sequence=panel.sequence,
        summary=f"Regulatory review panel {panel.reference}",
        starts_at=panel.starts_at,
        minutes=panel.minutes,
        place=panel.place,
        cancelled=panel.state is PanelState.CANCELLED,
    )
    return replace(message, files=(Attachment(NAME, calendar_file(entry, now)),))


def _is_to_come(panel: Panel, now: datetime) -> bool:
    return panel.starts_at is not None and panel.starts_at > now


async def _invited(letter: Letter) -> SeenPanel | None:
    """The panel, if this reader is invited to it, may still read what it is about, and that stands."""
    if letter.reader is None:
        return None
    panel = await visible_panel_by_id(letter.unit, letter.about("panel"), letter.reader, letter.today)
    seen = await see_panel(letter.unit, panel, letter.reader, letter.today) if panel else None
    return seen if seen and seen.invited_here and not seen.withdrawn else None
