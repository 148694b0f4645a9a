"""What people read about the handling of a concern, and about changes that a second person decides."""

from datetime import date
from typing import Any

from bot.chat.port import Form, Message
from bot.domain.escalation import AddresseeState
from bot.domain.handling import Viewer
from bot.domain.kinds import DRILL
from bot.domain.policy import Rules
from bot.domain.terms import ChangeState
from bot.messages.concerns import facts
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.barring import barred_from
from bot.store.concerns import SeenConcern, seen, visible_by_id
from bot.store.escalations import name_of, visible_escalation_by_id
from bot.store.handling import Handling, Named, change_by_id, named
from bot.store.tables import Addressee, Escalation, HandlingChange
from bot.store.unit import Unit
from bot.store.visibility import any_concern


async def asked(letter: Letter) -> Message | None:
    """To the second person: who asks for what, and why; replaced by what became of it. The headline is only for those
    who may read the concern."""
    change = await change_by_id(letter.unit, letter.about("change"))
    if change is None or letter.reader is None:
        return None
    context = await _request(letter.unit, change, letter.reader, letter.rules, letter.today)
    about = context["about"]
    if about is not None:
        letter.names(about.concern.provider_id)
    if context["headline"]:
        letter.shows(about.concern)
    return letter.words.render("handling.asked", **context)


async def decided(letter: Letter) -> Message | None:
    """To whoever asked: agreed, declined or lapsed. What the second person said, only if they may still read it."""
    found = await _change(letter)
    if found is None or letter.reader is None:
        return None
    line, about = found
    if line.change.asked_by_id != letter.reader.person_id:
        return None
    if not line.concern and line.change.state is not ChangeState.LAPSED:
        return None  # what it was about has been removed; only that nobody replied is still news
    return letter.words.render("handling.decided", line=line, readable=about is not None)


async def changed(letter: Letter) -> Message | None:
    """To whoever raised it: what a colleague has changed."""
    context = await _to_originator(letter)
    return letter.words.render("handling.changed", **context) if context else None


async def overridden(letter: Letter) -> Message | None:
    """To whoever raised it, and their representative: who shared it further, with whom, why, and on what basis."""
    context = await _to_originator(letter)
    return letter.words.render("handling.overridden", **context) if context else None


async def withdrawn(letter: Letter) -> Message | None:
    """To those who were asked under an escalation: it is withdrawn from them. Nothing of what it was about."""
    addressee = await letter.unit.find(Addressee, letter.about("addressee"))
    if addressee is None or addressee.state is not AddresseeState.STOPPED or not _belongs(letter.reader, addressee):
        return None
    escalation = await letter.unit.get(Escalation, addressee.escalation_id)
    if escalation.kind == DRILL:
        return None
    readable = letter.reader and await visible_escalation_by_id(
        letter.unit, escalation.key, letter.reader, letter.today
    )
    name = await name_of(letter.unit, addressee)
    facts = {"reference": escalation.reference, "organisation": name, "readable": readable is not None}
    return letter.words.render("escalation.withdrawn", **facts)


def reading(words: Templates, handling: Handling, rules: Rules) -> Form:
    """The page of one concern's handling."""
    context = facts(handling.concern, rules) | {"readers": handling.readers}
    return words.page("handling.page", handling=handling, bases=rules.policy.legal_bases, **context)


async def request(
    unit: Unit, words: Templates, change: HandlingChange, viewer: Viewer, rules: Rules, today: date
) -> Form:
    """The page of one request, as the second person sees it: to be decided, or what became of it."""
    return words.page("handling.request", **await _request(unit, change, viewer, rules, today))


async def saved(unit: Unit, words: Templates, change: HandlingChange, viewer: Viewer, rules: Rules) -> Form:
    """The page that takes a form's place: what is so now, or who was asked."""
    line = await named(unit, change, viewer)
    return words.page("handling.saved", line=line, bases=rules.policy.legal_bases)


def _belongs(reader: Viewer | None, addressee: Addressee) -> bool:
    """Whether they are of the organisation that was addressed, or answer for the group that was."""
    if reader is None:
        return False
    if addressee.group_id is not None:
        return reader.runs(addressee.group_id)
    return reader.organisation_id == addressee.organisation_id


async def _request(unit: Unit, change: HandlingChange, viewer: Viewer, rules: Rules, today: date) -> dict[str, Any]:
    """`about` is the concern for who may decide of it; None once that is somebody else's, or no longer theirs."""
    line = await named(unit, change, viewer)
    about: SeenConcern | None = None
    if line.origin and change.approver_id == viewer.person_id:
        for one in await seen(unit, any_concern(change.concern_id), by=viewer):
            provider = one.concern.provider_id
            about = None if provider and await barred_from(unit, viewer, [provider], today) else one
    readable = about and await visible_by_id(unit, change.concern_id, viewer, today)
    headline = readable.concern.headline if readable else ""
    return {"line": line, "about": about, "headline": headline, "bases": rules.policy.legal_bases}


async def _to_originator(letter: Letter) -> dict[str, Any] | None:
    """What a message about a change says; None to those who may not read the concern any more."""
    line, about = await _change(letter) or (None, None)
    if about is None:
        return None
    letter.shows(about.concern)
    return facts(about, letter.rules) | {"line": line, "bases": letter.rules.policy.legal_bases}


async def _change(letter: Letter) -> tuple[Named, SeenConcern | None] | None:
    """The change, and its concern if this reader may read it."""
    change = await change_by_id(letter.unit, letter.about("change"))
    if change is None or letter.reader is None:
        return None
    about = await visible_by_id(letter.unit, change.concern_id, letter.reader, letter.today)
    return await named(letter.unit, change, letter.reader), about
