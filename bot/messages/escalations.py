"""What people read about escalations. A direct message carries a reference and a button: no content until opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.port import Form, Message
from bot.domain.deadlines import Due, what_is_due
from bot.domain.escalation import AWAITED, AddresseeState
from bot.domain.handling import Viewer
from bot.domain.kinds import Kind
from bot.domain.policy import Rules
from bot.domain.terms import Urgency
from bot.messages.concerns import facts
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.escalations import (
    GridLine,
    OpenEscalation,
    concerns_of,
    grid,
    name_of,
    origin_of,
    standing,
    visible_escalation_by_id,
)
from bot.store.ladders import ladder, progress_of
from bot.store.people import away, people_by_id
from bot.store.tables import Addressee, Escalation, Person


@dataclass(frozen=True)
class _Line:
    """An addressed organisation's line as this reader may know it. `origin` is empty when it is not to be named;
    `in_place_of` names whoever asked, if they cannot be reached and this reader hears in their place."""

    escalation: Escalation
    addressee: Addressee
    organisation: str
    origin: str
    kind: Kind
    in_place_of: str = ""


async def notice(letter: Letter) -> Message | None:
    """To the person whose turn it is: which organisation asks which, how urgent, and by when."""
    line = await _line(letter)
    if line is None or letter.reader is None or line.addressee.state not in AWAITED:
        return None
    skipped = await _skipped(letter, line.addressee)
    return letter.words.render("escalation.notice", line=line, skipped=skipped, urgent=_urgent(line))


async def reminder(letter: Letter) -> Message | None:
    """At half time, to the same person, unless somebody has acknowledged since."""
    line = await _line(letter)
    if line is None or line.addressee.state is not AddresseeState.NOTIFIED:
        return None
    return letter.words.render("escalation.reminder", line=line, urgent=_urgent(line))


async def chase(letter: Letter) -> Message | None:
    """To whoever acknowledged and has not answered or, if they are away or gone, to the next on the ladder."""
    line = await _line(letter)
    if line is None or line.addressee.state is not AddresseeState.ACKNOWLEDGED:
        return None
    by = line.addressee.acknowledged_by_id
    name = (await letter.unit.get(Person, by)).name if by and letter.reader and letter.reader.person_id != by else ""
    return letter.words.render("escalation.chase", line=line, acknowledged_by=name)


async def silent(letter: Letter) -> Message | None:
    """To the originator: acknowledged, and then nothing."""
    line = await _line(letter)
    if line is None or line.addressee.state is not AddresseeState.ACKNOWLEDGED:
        return None
    return letter.words.render("escalation.silent", line=line)


async def asked(letter: Letter) -> Message | None:
    """To the originator: somebody needs to know more. What they ask is in the page."""
    line = await _line(letter)
    return letter.words.render("escalation.asked", line=line) if line else None


async def unreplied(letter: Letter) -> Message | None:
    """To the originator: they still wait for the reply, and their clock waits with them."""
    line = await _line(letter)
    if line is None or line.addressee.state is not AddresseeState.ASKS:
        return None
    return letter.words.render("escalation.unreplied", line=line)


async def nobody(letter: Letter) -> Message | None:
    """To originator and chair: nobody at that organisation has acknowledged, so telephone them."""
    line = await _line(letter)
    if line is None or line.addressee.state is not AddresseeState.NOTIFIED:
        return None
    rungs = await ladder(letter.unit, line.addressee.key)
    people = await people_by_id(letter.unit, [rung.person_id for rung in rungs])
    contacts = [people[rung.person_id] for rung in rungs]
    return letter.words.render("escalation.nobody", line=line, contacts=contacts)


async def answered(letter: Letter) -> Message | None:
    """To the originator: which organisation answered. The answer itself is in the page."""
    line = await _line(letter)
    return letter.words.render("escalation.answered", line=line) if line else None


async def answered_anew(letter: Letter) -> Message | None:
    """To the originator: which organisation changed its answer. Both are in the page."""
    line = await _line(letter)
    return letter.words.render("escalation.answered_anew", line=line) if line else None


async def originators_grid(letter: Letter) -> Message | None:
    """To the originator: where every addressed organisation stands; replaced in place as they answer."""
    if letter.reader is None:
        return None
    key = letter.about("escalation")
    escalation = await visible_escalation_by_id(letter.unit, key, letter.reader, letter.today)
    if escalation is None:
        return None
    lines, into = await grid(letter.unit, key), None
    if escalation.merged_into_id:
        into = await visible_escalation_by_id(letter.unit, escalation.merged_into_id, letter.reader, letter.today)
    return letter.words.render("escalation.grid", escalation=escalation, grid=lines, standing=standing, into=into)


def reading(words: Templates, opened: OpenEscalation, rules: Rules, *, again: bool = False) -> Form:
    """The page of one escalation: what is asked, the concerns themselves, and who has answered. `again` is after a
    second click on what had been done."""
    policy, escalation, mine = rules.policy, opened.escalation, opened.mine
    category = policy.categories.get(escalation.category)
    pace, calendar = policy.pace(escalation.kind, escalation.urgency), opened.calendar or rules.calendar
    return words.page(
        "escalation.page",
        opened=opened,
        kind=policy.kind(escalation.kind),
        category=category.label if category else "",
        concerns=[facts(one, rules) for one in opened.concerns],
        standing=standing,
        again=again,
        due=what_is_due(progress_of(mine), mine.next_step_at, pace=pace, calendar=calendar) if mine else Due(),
    )


def thanks(words: Templates, escalation: Escalation, lines: Sequence[GridLine]) -> Form:
    """The page that takes the form's place once an escalation has started."""
    return words.page("escalation.thanks", escalation=escalation, grid=lines, standing=standing)


def note(words: Templates, kind: Kind, reasons: Sequence[tuple[str, list[str]]]) -> Message:
    """What stands above the form of this kind of request: each reason, and who is proposed for it."""
    return words.render("escalation.note", kind=kind, reasons=reasons)


def nothing_to_escalate(words: Templates) -> Message:
    return words.render("escalation.none")


def nobody_to_ask(words: Templates, kind: Kind) -> Form:
    """There is nobody here to whom this kind of request could go."""
    return words.page("escalation.nobody_here", kind=kind)


def _urgent(line: _Line) -> bool:
    return line.escalation.urgency is Urgency.URGENT


async def _line(letter: Letter) -> _Line | None:
    if letter.reader is None:
        return None
    addressee = await letter.unit.find(Addressee, letter.about("addressee"))
    if addressee is None:
        return None
    escalation = await visible_escalation_by_id(letter.unit, addressee.escalation_id, letter.reader, letter.today)
    if escalation is None:
        return None
    kind = letter.rules.policy.kind(escalation.kind)
    name = await name_of(letter.unit, addressee)
    concerns = await concerns_of(letter.unit, escalation.key, letter.reader, letter.today)
    origin = await origin_of(letter.unit, escalation, concerns)
    return _Line(escalation, addressee, name, origin, kind, await _in_place_of(letter, escalation, letter.reader))


async def _in_place_of(letter: Letter, escalation: Escalation, reader: Viewer) -> str:
    starter = escalation.raised_by_id
    if reader.person_id == starter or reader.organisation_id != escalation.organisation_id:
        return ""
    absent = await away(letter.unit, [starter], letter.now, letter.today)
    return (await letter.unit.get(Person, starter)).name if absent else ""


async def _skipped(letter: Letter, addressee: Addressee) -> list[Person]:
    """Who came before this reader on the ladder and is away, so that a deputy knows why it is theirs."""
    rungs = await ladder(letter.unit, addressee.key)
    earlier = [rung.person_id for rung in rungs if rung.position < addressee.position]
    absent = await away(letter.unit, earlier, letter.now, letter.today)
    people = await people_by_id(letter.unit, absent)
    return [people[key] for key in earlier if key in absent]
