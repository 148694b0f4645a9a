"""What the note of a meeting is drafted from: who was there, what was concluded, the actions, what was not reached.

Of concerns only what the group's channel may show is cited; what was concluded on any other stays out of the note.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from bot.store.attendance import coming
from bot.store.notes import members_on
from bot.store.people import people_by_id
from bot.store.tables import (
    Action,
    AgendaItem,
    Attendance,
    Concern,
    Conclusion,
    Dissent,
    Group,
    Meeting,
    Organisation,
    Person,
    Provider,
)
from bot.store.unit import Unit
from bot.store.visibility import channel_concerns
from bot.store.visible_requests import channel_actions


@dataclass(frozen=True)
class Came:
    """Somebody who was there, whom they stood for, and from when to when. `provider_id` is set for a guest who came for
    a provider that is no member: whoever is barred from it must not learn that it was spoken of."""

    name: str
    organisation: str
    arrived_at: datetime
    left_at: datetime | None
    provider_id: int | None


@dataclass(frozen=True)
class Agreed:
    """An action agreed at the meeting."""

    action: Action
    owner: str
    organisation: str


@dataclass(frozen=True)
class Concluded:
    """A conclusion with the names to show it; `reference` is that of its concern."""

    row: Conclusion
    provider_id: int | None
    reference: str
    dissents: Sequence[tuple[str, str]]
    find_out: str
    board_by: str
    tell_by: str


@dataclass(frozen=True)
class Unreached:
    """An item of the agenda on which nothing was concluded."""

    title: str
    provider_id: int | None
    concern_id: int | None
    reference: str


@dataclass(frozen=True)
class Record:
    """All of it. `apologies` are pairs of a name and an organisation; `nobody` are members for which nobody came and
    nobody sent apologies; `providers` the names of those it speaks of."""

    meeting: Meeting
    group: Group
    came: Sequence[Came]
    apologies: Sequence[tuple[str, str]]
    nobody: Sequence[str]
    concluded: Sequence[Concluded]
    actions: Sequence[Agreed]
    unreached: Sequence[Unreached]
    providers: Mapping[int, str]


async def record_of(unit: Unit, meeting: Meeting, day: date, today: date) -> Record:
    """The record of a meeting that was held on `day`."""
    group = await unit.get(Group, meeting.group_id)
    members = await members_on(unit, group.key, day, today)
    came, there, bodies = await _came(unit, meeting, members)
    seen = await coming(unit, meeting, today)
    declined = {one.person.key: one for body in seen.delegations for one in body.apologies}
    apologies = [(one.person.name, one.organisation.short_name) for key, one in declined.items() if key not in there]
    excused = {one.organisation.key for one in declined.values()}
    nobody = [name for key, name in members.items() if key not in bodies | excused]
    conclusions = await unit.all(
        select(Conclusion)
        .where(Conclusion.meeting_id == meeting.key)
        .order_by(col(Conclusion.position), col(Conclusion.id))
    )
    items = await unit.all(
        select(AgendaItem)
        .where(AgendaItem.meeting_id == meeting.key, col(AgendaItem.off).is_(False))
        .order_by(col(AgendaItem.position), col(AgendaItem.id))
    )
    concerns = await _shown(
        unit, group.key, [one.concern_id for one in conclusions] + [one.concern_id for one in items]
    )
    concluded = await _concluded(unit, [one for one in conclusions if one.settled_at], concerns)
    unreached = _unreached(items, conclusions, concerns)
    actions = await _actions(unit, meeting)
    about = [one.provider_id for one in came] + [one.provider_id for one in concluded]
    about += [one.provider_id for one in unreached] + [one.action.provider_id for one in actions]
    names = await _provider_names(unit, {key for key in about if key is not None})
    return Record(meeting, group, came, apologies, nobody, concluded, actions, unreached, names)


async def _came(
    unit: Unit, meeting: Meeting, members: Mapping[int, str]
) -> tuple[list[Came], set[int | None], set[int | None]]:
    """Who was there, by name; their numbers, and those of the organisations they stood for."""
    rows = await unit.rows(
        select(Attendance, Person, Organisation)
        .outerjoin(Person, col(Person.id) == col(Attendance.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Attendance.organisation_id))
        .where(Attendance.meeting_id == meeting.key)
        .order_by(col(Attendance.arrived_at), col(Attendance.id))
    )
    came = []
    for row, person, body in rows:
        provider = body.provider_id if body and body.key not in members else None
        name = person.name if person else row.guest
        came.append(Came(name, body.short_name if body else "", row.arrived_at, row.left_at, provider))
    came.sort(key=lambda one: (one.organisation.casefold(), one.name.casefold()))
    return came, {row.person_id for row, _, _ in rows}, {row.organisation_id for row, _, _ in rows}


async def _shown(unit: Unit, group_id: int, ids: Collection[int | None]) -> dict[int | None, Concern]:
    """Those of these concerns that may be cited to the whole group."""
    wanted = [key for key in ids if key is not None]
    if not wanted:
        return {}
    return {one.key: one for one in await unit.all(channel_concerns(group_id).where(col(Concern.id).in_(wanted)))}


async def _concluded(
    unit: Unit, conclusions: Sequence[Conclusion], concerns: Mapping[int | None, Concern]
) -> list[Concluded]:
    cited = [one for one in conclusions if one.concern_id is None or one.concern_id in concerns]
    dissents: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for key, body, reason in await unit.rows(
        select(col(Dissent.conclusion_id), col(Organisation.short_name), col(Dissent.reason))
        .join(Organisation, col(Organisation.id) == col(Dissent.organisation_id))
        .where(col(Dissent.conclusion_id).in_([one.key for one in cited]))
        .order_by(col(Organisation.short_name))
    ):
        dissents[key].append((body, reason))
    named = {key for one in cited for key in (one.find_out_id, one.board_by_id, one.tell_by_id) if key}
    people = await people_by_id(unit, named)
    found = []
    for one in cited:
        concern = concerns.get(one.concern_id)
        provider = one.provider_id or (concern.provider_id if concern else None)
        names = [people[key].name if key else "" for key in (one.find_out_id, one.board_by_id, one.tell_by_id)]
        found.append(Concluded(one, provider, concern.reference if concern else "", dissents[one.key], *names))
    return found


def _unreached(
    items: Sequence[AgendaItem], conclusions: Sequence[Conclusion], concerns: Mapping[int | None, Concern]
) -> list[Unreached]:
    reached = {("item", one.item_id) for one in conclusions}
    reached |= {("concern", one.concern_id) for one in conclusions if one.concern_id}
    reached |= {("provider", one.provider_id) for one in conclusions if one.provider_id}
    found = []
    for one in items:
        keys = {("item", one.key), ("concern", one.concern_id), ("provider", one.provider_id)}
        hidden = one.concern_id is not None and one.concern_id not in concerns
        if hidden or keys & reached:
            continue
        concern = concerns.get(one.concern_id)
        provider = one.provider_id or (concern.provider_id if concern else None)
        found.append(Unreached(one.title, provider, one.concern_id, concern.reference if concern else ""))
    return found


async def _actions(unit: Unit, meeting: Meeting) -> list[Agreed]:
    agreed = channel_actions(meeting.group_id).where(col(Action.meeting_id) == meeting.key)
    rows = await unit.rows(
        agreed.join(Person, col(Person.id) == col(Action.owner_id))
        .join(Organisation, col(Organisation.id) == col(Action.owner_organisation_id))
        .add_columns(col(Person.name), col(Organisation.short_name))
        .order_by(col(Action.due_on), col(Action.id))
    )
    return [Agreed(action, owner, body) for action, owner, body in rows]


async def _provider_names(unit: Unit, keys: Collection[int]) -> dict[int, str]:
    rows = await unit.all(select(Provider).where(col(Provider.id).in_(keys)))
    return {one.key: one.name for one in rows}
