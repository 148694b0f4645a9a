"""Information requests: who asks a provider for what, once, and shares the answer [000 4.16, 5.2, R12]."""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.errors import NotYours, WrongState

WANTED_LIMIT, REASON_LIMIT, WORDS_LIMIT, RESULT_LIMIT, WHY_LIMIT = 500, 1000, 1000, 3000, 500
RECENT = timedelta(days=365)
"""How long what a provider was asked counts as recent *(ours)*."""


class RequestState(StrEnum):
    """Where a request stands, from being thought of to its answer."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    ASKED = "asked"
    RECEIVED = "received"
    DROPPED = "dropped"


class Holding(StrEnum):
    """What an organisation says of what another one is about to ask for."""

    HOLDS = "holds it"
    HAS_ASKED = "has asked for it"
    NEITHER = "neither"
    BEST_PLACED = "is best placed to ask"


class RequestAct(StrEnum):
    """What can be done with a request."""

    SAY = "spoken to"
    AGREE = "agreed"
    ASK = "marked as asked"
    RECEIVE = "answered"
    DROP = "dropped"


class Part(StrEnum):
    """What somebody is to a request. `HOLDER` is whoever is agreed to ask and has said that they hold it already, or
    have asked for it: they may share it without asking again."""

    MEMBER = "a member organisation of the group"
    PROPOSER = "whoever proposed it"
    OFFICER = "the chair or the secretariat of the group"
    ASKER = "the organisation agreed to ask"
    HOLDER = "an organisation that holds it"


@dataclass(frozen=True)
class Step:
    """One line of the table: the state that an act leads to, and who may do it."""

    leads: RequestState
    by: frozenset[Part]


_P, _A, _Q = RequestState.PROPOSED, RequestState.AGREED, RequestState.ASKED
_MEMBERS, _OFFICERS = frozenset({Part.MEMBER}), frozenset({Part.OFFICER})
_ASKERS = frozenset({Part.ASKER}) | _OFFICERS

OPEN = frozenset({_P, _A, _Q})
KNOWN = frozenset({Holding.HOLDS, Holding.HAS_ASKED})
STEPS: Mapping[tuple[RequestState, RequestAct], Step] = {
    (_P, RequestAct.SAY): Step(_P, _MEMBERS),
    (_A, RequestAct.SAY): Step(_A, _MEMBERS),
    (_Q, RequestAct.SAY): Step(_Q, _MEMBERS),
    (_P, RequestAct.AGREE): Step(_A, _OFFICERS),
    # Agreed anew: another organisation, for one that left or cannot; or another day.
    (_A, RequestAct.AGREE): Step(_A, _OFFICERS),
    (_A, RequestAct.ASK): Step(_Q, _ASKERS),
    (_A, RequestAct.RECEIVE): Step(RequestState.RECEIVED, frozenset({Part.HOLDER})),
    (_Q, RequestAct.RECEIVE): Step(RequestState.RECEIVED, _ASKERS),
    (_P, RequestAct.DROP): Step(RequestState.DROPPED, _OFFICERS | {Part.PROPOSER}),
    (_A, RequestAct.DROP): Step(RequestState.DROPPED, _ASKERS),
    (_Q, RequestAct.DROP): Step(RequestState.DROPPED, _ASKERS),
}
"""The one table of what may follow what, and by whom. What was received or dropped stays so."""
_SAID = {
    RequestAct.SAY: "a member organisation of the group",
    RequestAct.AGREE: "the chair or the secretariat of the group",
    RequestAct.ASK: "the organisation agreed to ask, the chair or the secretariat",
    RequestAct.RECEIVE: "the organisation agreed to ask, the chair or the secretariat",
    RequestAct.DROP: "whoever proposed it, the organisation agreed to ask, the chair or the secretariat",
}


@dataclass(frozen=True)
class Facts:
    """What decides somebody's parts: who proposed it, who is agreed to ask, which organisations of the group may be
    asked about it, and what each has said."""

    proposed_by_id: int
    asker_id: int | None
    members: frozenset[int]
    said: Mapping[int, Holding]


def parts_of(person_id: int, organisation_id: int, facts: Facts, *, officer: bool) -> frozenset[Part]:
    """What this person, who may see the request, is to it. An organisation that has left the group asks no more."""
    parts = {Part.OFFICER} if officer else set()
    parts |= {Part.PROPOSER} if person_id == facts.proposed_by_id else set()
    if organisation_id in facts.members:
        parts.add(Part.MEMBER)
        if organisation_id == facts.asker_id:
            parts.add(Part.ASKER)
            parts |= {Part.HOLDER} if facts.said.get(organisation_id) in KNOWN else set()
    return frozenset(parts)


def acts_open_to(state: RequestState, parts: AbstractSet[Part]) -> frozenset[RequestAct]:
    """Everything that somebody with these parts may do with a request in that state."""
    return frozenset(act for (at, act), step in STEPS.items() if at is state and step.by & parts)


def check_act(act: RequestAct, state: RequestState, parts: AbstractSet[Part], what: str) -> RequestState:
    """The state that this act by such a person leads to. Raises `NotYours`, and `WrongState`."""
    ever = frozenset[Part]().union(*(step.by for (_, one), step in STEPS.items() if one is act))
    step = STEPS.get((state, act))
    if not ever & parts or (step is not None and not step.by & parts):
        raise NotYours(who=_SAID[act])
    if step is None:
        raise WrongState(what=what, now=state, wanted=act)
    return step.leads


@dataclass(frozen=True)
class Tally:
    """The organisations that have said each thing, and those that have said nothing."""

    said: Mapping[Holding, tuple[int, ...]]
    silent: tuple[int, ...]


def tally(said: Mapping[int, Holding], members: Collection[int]) -> Tally:
    """What the organisations have said, in the order of `Holding`. What one said that has left since still counts."""
    counted = {one: tuple(sorted(key for key, word in said.items() if word is one)) for one in Holding}
    return Tally({one: keys for one, keys in counted.items() if keys}, tuple(key for key in members if key not in said))


def asked_error(asked_on: date | None, proposed_on: date, today: date) -> str:
    """What to say beside the day on which the provider was asked; "" for a day that can be."""
    if asked_on is None:
        return "Choose the day on which the provider was asked."
    if asked_on > today:
        return "This day is still to come. Choose today or an earlier day."
    return "This is before the request was proposed here. Choose a later day." if asked_on < proposed_on else ""


def words_error(text: str, limit: int, missing: str = "") -> str:
    """What to say beside words that cannot be kept: `missing` where they are needed and there are none; "" if they
    can."""
    if missing and not text.strip():
        return missing
    return f"At most {limit} characters can be kept. Shorten it." if len(text.strip()) > limit else ""
