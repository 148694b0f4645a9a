"""What people read of surveillance levels [003 §121-127]: a group's log, one provider's page, and what is asked of them
about it. A direct message says what is proposed or wanted; the reasons and the evidence are in the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat.port import Form, Message
from bot.domain.handling import Place, Viewer
from bot.domain.panels import ProposalState
from bot.domain.policy import Rules
from bot.domain.surveillance import LevelAct, LogView, held_until
from bot.domain.terms import Level, Role
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.actions import SeenAction, of_providers
from bot.store.barring import barred_from
from bot.store.clusters import Together
from bot.store.concerns import SeenConcern
from bot.store.groups import sites_of
from bot.store.people import people_by_id
from bot.store.proposals import Proposed, evidence_for, open_proposals, proposal_for
from bot.store.surveillance import Elsewhere, LogLine, elsewhere, log_of, meeting_days, standing_level
from bot.store.tables import Group, LevelReview, Person, Provider, SurveillanceLevel
from bot.store.unit import Unit


@dataclass(frozen=True)
class LogPage:
    """One page of a group's log, for one person. `counts` are by level; `never` are providers without one."""

    place: Place
    view: LogView
    counts: Mapping[str, int]
    lines: Sequence[LogLine]
    never: Sequence[Provider]
    page: int
    last: int


@dataclass(frozen=True)
class ProviderPage:
    """A provider's or system's level in a group, for one person. `people` are names by number, `held` when the meetings
    began at which it was decided, `hold` until when it stays on enhanced after assurance was gained."""

    place: Place
    provider: Provider
    line: LogLine | None
    people: Mapping[int, Person]
    held: Mapping[int, datetime]
    hold: date | None
    proposals: Sequence[Proposed]
    evidence: Sequence[SeenConcern]
    actions: Sequence[SeenAction]
    elsewhere: Sequence[Elsewhere]
    may: frozenset[LevelAct]


async def gather(
    unit: Unit, place: Place, provider: Provider, viewer: Viewer, may: frozenset[LevelAct], rules: Rules, today: date
) -> ProviderPage:
    """Everything about the level of a provider that this person, who may see it, may read."""
    lines = await log_of(unit, place.group_id, viewer, today, provider_id=provider.key)
    line = lines[0] if lines else None
    history = line.history if line else ()
    proposals = await open_proposals(unit, place.group_id, provider.key, viewer, today)
    actions = await of_providers(unit, await sites_of(unit, provider.key), viewer, today)
    named = {key for one in history for key in (one.decided_by_id, one.found_by_id) if key}
    return ProviderPage(
        place=place,
        provider=provider,
        line=line,
        people=await people_by_id(unit, named),
        held=await meeting_days(unit, history),
        hold=held_until(history[0].assured_on, rules.policy.levels.hold_months) if history else None,
        proposals=proposals,
        evidence=await evidence_for(unit, [one.proposal for one in proposals], viewer, today),
        actions=[one for one in actions if one.action.group_id == place.group_id],
        elsewhere=await elsewhere(unit, place.group_id, provider.key, viewer),
        may=may,
    )


def log_page(words: Templates, seen: LogPage, today: date) -> Form:
    """A page of the log, in the shape of [003 Annex E]."""
    return words.page("surveillance.log", s=seen, today=today)


def page(words: Templates, seen: ProviderPage, today: date) -> Form:
    """The page of one provider."""
    return words.page("surveillance.page", s=seen, today=today)


def proposal_page(
    words: Templates,
    one: Proposed,
    evidence: Sequence[SeenConcern],
    viewer: Viewer,
    together: Sequence[Together],
    rules: Rules,
) -> Form:
    """A proposal in full, with the buttons for whoever decides it; `together` is what the assistant's rests on, as it
    is now for this reader."""
    decides = viewer.holds(one.proposal.group_id, Role.CHAIR)
    member = one.proposal.group_id in viewer.group_ids
    joined = {"together": together, "themes": rules.policy.themes}
    return words.page("surveillance.proposal", one=one, evidence=evidence, decides=decides, member=member, **joined)


async def proposed(letter: Letter) -> Message | None:
    """To the chair: a change of level to decide."""
    found = await _proposal(letter, decided=False)
    if found is None or letter.reader is None or not letter.reader.holds(found.proposal.group_id, Role.CHAIR):
        return None
    return letter.words.render("surveillance.proposed", one=found)


async def decided(letter: Letter) -> Message | None:
    """To whoever proposed it: what the chair decided, and why."""
    found = await _proposal(letter, decided=True)
    return letter.words.render("surveillance.decided", one=found) if found else None


async def moved(letter: Letter) -> Message | None:
    """To whoever proposed it and to the chair: it is about another provider now, since the first has ended. None for
    whoever may be told nothing about the first."""
    found = await _proposal(letter, decided=False)
    was = await letter.unit.find(Provider, letter.about("was"))
    if found is None or was is None or not await _open_to_reader(letter, was.key):
        return None
    return letter.words.render("surveillance.moved", one=found, was=was.name)


async def find_out(letter: Letter) -> Message | None:
    """To whoever was named to find out."""
    wanted = await _to_find(letter)
    if wanted is None:
        return None
    level, provider, group = wanted
    return letter.words.render("surveillance.find_out", level=level, provider=provider.name, group=group.name)


async def reminder(letter: Letter) -> Message | None:
    """To the same: before the day, on it, and after it."""
    wanted = await _to_find(letter)
    if wanted is None:
        return None
    level, provider, group = wanted
    context = {"provider": provider.name, "group": group.name, "today": letter.today}
    return letter.words.render("surveillance.reminder", level=level, **context)


async def found(letter: Letter) -> Message | None:
    """To the chair and whoever proposed the level: something was found."""
    about = await _about(letter, await letter.unit.find(SurveillanceLevel, letter.about("level")))
    if about is None or about[0].found_at is None:
        return None
    level, provider, _ = about
    member = letter.reader is not None and level.group_id in letter.reader.group_ids
    return letter.words.render("surveillance.found", level=level, provider=provider.name, member=member)


async def finder_gone(letter: Letter) -> Message | None:
    """To the chair: whoever was to find out has left."""
    about = await _about(letter, await letter.unit.find(SurveillanceLevel, letter.about("level")))
    if about is None or about[0].found_at or about[0].find_out_id is None or not await _stands(letter, about[0]):
        return None
    level, provider, _ = about
    who = await letter.unit.get(Person, about[0].find_out_id)
    return letter.words.render("surveillance.finder_gone", level=level, provider=provider.name, who=who.name)


async def review(letter: Letter) -> Message | None:
    """To the chair: the position of a provider long on enhanced is to be reviewed. None once it was, or has left it."""
    row = await letter.unit.find(LevelReview, letter.about("review"))
    if row is None or row.reviewed_at is not None:
        return None
    since = await letter.unit.get(SurveillanceLevel, row.level_id)
    about = await _about(letter, since)
    standing = await standing_level(letter.unit, row.group_id, row.provider_id)
    if about is None or standing is None or standing.level is not Level.ENHANCED:
        return None
    names = {"provider": about[1].name, "group": about[2].name}
    return letter.words.render("surveillance.review", review=row, since=since, **names)


async def _to_find(letter: Letter) -> tuple[SurveillanceLevel, Provider, Group] | None:
    """What the reader is still to find out about, if they may be told of it."""
    about = await _about(letter, await letter.unit.find(SurveillanceLevel, letter.about("level")))
    if about is None or letter.reader is None:
        return None
    level = about[0]
    asked = level.find_out_id == letter.reader.person_id and level.found_at is None
    return about if asked and await _stands(letter, level) else None


async def _about(letter: Letter, level: SurveillanceLevel | None) -> tuple[SurveillanceLevel, Provider, Group] | None:
    """A decision with what it is about, unless the reader may be told nothing of that provider."""
    if level is None or not await _open_to_reader(letter, level.provider_id):
        return None
    if letter.reader is not None and level.group_id not in letter.reader.group_ids:
        return None
    return level, await letter.unit.get(Provider, level.provider_id), await letter.unit.get(Group, level.group_id)


async def _stands(letter: Letter, level: SurveillanceLevel) -> bool:
    standing = await standing_level(letter.unit, level.group_id, level.provider_id)
    return standing is not None and standing.key == level.key


async def _open_to_reader(letter: Letter, provider_id: int) -> bool:
    reader = letter.reader
    return reader is not None and not await barred_from(letter.unit, reader, [provider_id], letter.today)


async def _proposal(letter: Letter, *, decided: bool) -> Proposed | None:
    """The proposal, unless it has become otherwise since."""
    if letter.reader is None:
        return None
    one = await proposal_for(letter.unit, letter.about("proposal"), letter.reader, letter.today)
    if one is None or (one.proposal.state is not ProposalState.PROPOSED) != decided:
        return None
    return one
