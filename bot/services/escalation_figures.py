"""Telling people of the figures about escalations: the organisations themselves first, then the officers of groups."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.escalation_figures import Quarter, seen_by_all_on
from bot.domain.policy import Rules
from bot.store import escalation_figures as asked
from bot.store.outbox import Telling, tell, told_people
from bot.store.unit import Unit

Readers = Mapping[int, Sequence[int]]


async def organisations_to_tell(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The organisations that were asked something in the last quarter, and of which somebody has not been told how they
    did. Their day is the first working day after it, when this is first asked."""
    quarter = last_quarter(now, rules)
    bodies = await asked.organisations_asked(unit, *_period(quarter, rules), rules.today(now))
    readers = await asked.who_answers(unit, bodies, rules.today(now))
    return await _untold(unit, {key: _own(key, quarter, people) for key, people in readers.items()})


async def groups_to_tell(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The groups in which something was asked in the last quarter, and of whose officers somebody has not been told,
    once the organisations have had their own figures long enough."""
    quarter = last_quarter(now, rules)
    if not for_officers(quarter, now, rules):
        return []
    groups = await asked.groups_asked(unit, *_period(quarter, rules))
    readers = await asked.officers(unit, groups, rules.today(now))
    return await _untold(unit, {key: _all(key, quarter, people) for key, people in readers.items()})


async def tell_organisation(unit: Unit, organisation_id: int, *, now: datetime, rules: Rules) -> None:
    """Queue the last quarter's own figures for those who answer for an organisation, each once."""
    readers = await asked.who_answers(unit, [organisation_id], rules.today(now))
    for telling in _own(organisation_id, last_quarter(now, rules), readers[organisation_id]):
        await tell(unit, telling, now)


async def tell_group(unit: Unit, group_id: int, *, now: datetime, rules: Rules) -> None:
    """Queue for a group's officers, each once, that they can see the figures of all its organisations."""
    readers = await asked.officers(unit, [group_id], rules.today(now))
    for telling in _all(group_id, last_quarter(now, rules), readers[group_id]):
        await tell(unit, telling, now)


def last_quarter(now: datetime, rules: Rules) -> Quarter:
    """The newest quarter that is over."""
    return Quarter.of(rules.today(now)).back(1)


def for_officers(quarter: Quarter, now: datetime, rules: Rules) -> bool:
    """Whether the officers of a group may see by now how all its organisations did in that quarter."""
    return rules.today(now) >= seen_by_all_on(quarter, rules.calendar, rules.policy.figures_days)


def _own(organisation_id: int, quarter: Quarter, people: Sequence[int]) -> list[Telling]:
    about: dict[str, int | str] = {"organisation": organisation_id, "quarter": quarter.number}
    return [Telling("escalations.own", about, person_id=person_id) for person_id in people]


def _all(group_id: int, quarter: Quarter, people: Sequence[int]) -> list[Telling]:
    about: dict[str, int | str] = {"group": group_id, "quarter": quarter.number}
    return [Telling("escalations.ready", about, person_id=person_id) for person_id in people]


def _period(quarter: Quarter, rules: Rules) -> tuple[datetime, datetime]:
    return quarter.begins(rules.calendar), quarter.back(-1).begins(rules.calendar)


async def _untold(unit: Unit, tellings: Mapping[int, Sequence[Telling]]) -> list[int]:
    """Those of these of which a message has not been queued yet."""
    told = {row.once for row in await told_people(unit, [one for several in tellings.values() for one in several])}
    return [key for key, several in tellings.items() if any(one.once not in told for one in several)]
