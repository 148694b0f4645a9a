"""What people read in a drill. Every message says first that nothing has happened, and none is ever sent in earnest."""

from bot.chat.port import Form, Message
from bot.domain.escalation import AddresseeState
from bot.domain.kinds import DRILL
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.drills import DrilledLine, drill_by_id, drilled
from bot.store.escalations import name_of
from bot.store.ladders import ladder
from bot.store.tables import Addressee, Escalation, Organisation


async def notice(letter: Letter) -> Message | None:
    """To the person whose turn it is."""
    found = await _for_the_next(letter)
    return letter.words.render("drill.notice", **found) if found else None


async def reminder(letter: Letter) -> Message | None:
    """At half time, to the same person."""
    found = await _for_the_next(letter)
    return letter.words.render("drill.reminder", **found) if found else None


async def running(letter: Letter) -> Message | None:
    """To whoever started it: whom it goes to first, and a button to stop it."""
    found = await _for_who_started(letter)
    return letter.words.render("drill.running", **found) if found else None


async def report(letter: Letter) -> Message | None:
    """To whoever started it, once it is over: who was reached, after how long, and who was not."""
    found = await _for_who_started(letter)
    return letter.words.render("drill.report", **found) if found else None


def started(words: Templates, drill: Escalation, lines: list[DrilledLine]) -> Form:
    """The page that takes the form's place."""
    return words.page("drill.started", drill=drill, lines=lines)


def here(words: Templates, *, new: bool) -> Form:
    """The page for who has said that they are there."""
    return words.page("drill.here", new=new)


def stopped(words: Templates, *, new: bool) -> Form:
    """The page for who has stopped a drill."""
    return words.page("drill.stopped", new=new)


def nobody(words: Templates) -> Message:
    """There is nobody whom this person may rehearse."""
    return words.render("drill.nobody")


async def _for_the_next(letter: Letter) -> dict[str, object] | None:
    line = await letter.unit.find(Addressee, letter.about("addressee"))
    if line is None or letter.reader is None or line.state is not AddresseeState.NOTIFIED:
        return None
    drill = await drill_by_id(letter.unit, line.escalation_id)
    climbing = {rung.person_id for rung in await ladder(letter.unit, line.key)}
    if drill is None or drill.ended_at or letter.reader.person_id not in climbing:
        return None
    organisation = await name_of(letter.unit, line)
    starter = await letter.unit.get(Organisation, drill.organisation_id)
    return {"drill": drill, "organisation": organisation, "starter": starter.short_name}


async def _for_who_started(letter: Letter) -> dict[str, object] | None:
    drill = await letter.unit.find(Escalation, letter.about("drill"))
    if drill is None or drill.kind != DRILL or letter.reader is None:
        return None
    if letter.reader.person_id != drill.raised_by_id:
        return None
    return {"drill": drill, "lines": await drilled(letter.unit, drill.key)}
