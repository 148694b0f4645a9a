"""What people read of information requests. A direct message says what is wanted; results and reasons for dropping one
stand in its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Form, Message
from bot.domain.handling import Place, Viewer
from bot.domain.information import KNOWN, OPEN, Holding, RequestAct, RequestState, acts_open_to, tally
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.groups import watching
from bot.store.information import (
    Burden,
    Said,
    SeenRequest,
    askable,
    burden_of,
    family_of,
    parts_in,
    request_by_id,
    said_of,
)
from bot.store.people import people_by_id
from bot.store.unit import Unit

Known = Sequence[tuple[SeenRequest, Sequence[Said]]]


@dataclass(frozen=True)
class Opened:
    """A request as one person may read it: what each organisation says, by name; which have said nothing; whether the
    group watches the provider; how much that is asked; who shared the answer; and what this person may do. `held` is
    whether the organisation agreed on holds it, or has asked for it, already; `ours` whether it is this person's."""

    seen: SeenRequest
    said: Sequence[Said]
    counts: Mapping[Holding, tuple[str, ...]]
    silent: tuple[str, ...]
    watched: bool
    burden: Burden
    told_by: str
    held: bool
    ours: bool
    acts: frozenset[RequestAct]

    @property
    def may(self) -> set[str]:
        """The names of what this person may do."""
        return {act.name.lower() for act in self.acts}


@dataclass(frozen=True)
class ListPage:
    """One page of a group's requests, for one person, with how much each provider on it is asked."""

    place: Place
    lines: Sequence[SeenRequest]
    burdens: Mapping[int, Burden]
    page: int
    more: bool


async def gather(unit: Unit, seen: SeenRequest, viewer: Viewer, today: date) -> Opened:
    """Everything about a request that this person, who has been found to be able to see it, may read."""
    request = seen.request
    said = await said_of(unit, [request.key])
    words = {one.holding.organisation_id: one.holding.holding for one in said}
    bodies = {one.key: one.short_name for one in await askable(unit, request, today)}
    names = bodies | {one.holding.organisation_id: one.organisation for one in said}
    counted = tally(words, list(bodies))
    watched = {one.key for one in await watching(unit, await family_of(unit, request.provider_id), today)}
    people = await people_by_id(unit, [request.told_by_id] if request.told_by_id else [])
    return Opened(
        seen=seen,
        said=said,
        counts={word: tuple(names[key] for key in keys) for word, keys in counted.said.items()},
        silent=tuple(names[key] for key in counted.silent),
        watched=request.group_id in watched,
        burden=(await burden_of(unit, [request.provider_id], viewer, today))[request.provider_id],
        told_by="".join(one.name for one in people.values()),
        held=request.asked_on is None and words.get(request.asker_id or 0) in KNOWN,
        ours=request.asker_id == viewer.organisation_id,
        acts=acts_open_to(request.state, await parts_in(unit, request, viewer, today)),
    )


def list_page(words: Templates, seen: ListPage, today: date) -> Form:
    """A group's open and recent requests, by provider."""
    return words.page("information.list", s=seen, today=today)


def page(words: Templates, one: Opened, today: date) -> Form:
    """All of one request, with the buttons for what its reader may do."""
    return words.page("information.page", one=one, today=today)


def known(words: Templates, lines: Known, burden: Burden, *, watched: bool) -> Message:
    """What is asked or held already about a provider, within the form."""
    return words.render("information.known", lines=lines, burden=burden, watched=watched)


async def asked(letter: Letter) -> Message | None:
    """To somebody at each member organisation: do they hold it, have they asked, are they best placed to ask?"""
    one = await _opened(letter)
    if one is None or letter.reader is None:
        return None
    ours = [line for line in one.said if line.holding.organisation_id == letter.reader.organisation_id]
    return letter.words.render("information.asked", one=one, ours=ours)


async def tallied(letter: Letter) -> Message | None:
    """To whoever proposed it and those who decide: how the answers stand, and what was agreed."""
    one = await _opened(letter)
    return letter.words.render("information.tally", one=one) if one else None


async def agreed(letter: Letter) -> Message | None:
    """To the organisation that is to ask, or to share; to one that was, that it is another's now or over."""
    one = await _opened(letter)
    if one is None:
        return None
    letter_to = letter.about("organisation")
    theirs = one.ours and one.seen.request.asker_id == letter_to and one.seen.request.state in OPEN
    return letter.words.render("information.agreed", one=one, theirs=theirs)


async def shared(letter: Letter) -> Message | None:
    """To the group's members: there is an answer, to be read in the page."""
    one = await _opened(letter, RequestState.RECEIVED)
    return letter.words.render("information.shared", one=one) if one else None


async def dropped(letter: Letter) -> Message | None:
    """To whoever proposed it and the organisation that was to ask: it was dropped; the reason is in the page."""
    one = await _opened(letter, RequestState.DROPPED)
    return letter.words.render("information.dropped", one=one) if one else None


async def overdue(letter: Letter) -> Message | None:
    """To the organisation that asks and to whoever proposed it: the day has passed."""
    one = await _opened(letter, RequestState.AGREED, RequestState.ASKED)
    return letter.words.render("information.overdue", one=one) if one else None


async def _opened(letter: Letter, *states: RequestState) -> Opened | None:
    """The request that a message is about, if its reader may see it and it is in one of these states, or in any."""
    if letter.reader is None:
        return None
    seen = await request_by_id(letter.unit, letter.about("request"), letter.reader, letter.today)
    if seen is None or (states and seen.request.state not in states):
        return None
    letter.names(seen.request.provider_id)
    return await gather(letter.unit, seen, letter.reader, letter.today)
