"""Named questions about a meeting that is held: which one, who is there, its items and what is recorded of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.domain.terms import Level, MeetingState
from bot.store.actions import SeenAction, seen_actions
from bot.store.agenda_items import Business, business_of
from bot.store.barring import barred_among, current
from bot.store.concerns import SeenConcern
from bot.store.conclusions import SeenConclusion, conclusions_of
from bot.store.tables import Action, AgendaItem, Attendance, Conclusion, Group, Meeting, Organisation, Person
from bot.store.unit import Unit
from bot.store.visible_requests import visible_actions


@dataclass(frozen=True)
class Present:
    """Somebody who is or was at a meeting. `organisation` is whom they stood for; empty for a guest."""

    row: Attendance
    name: str
    organisation: str


@dataclass(frozen=True)
class Leaver:
    """Somebody who leaves for one item: they work at the provider, or have declared a conflict about it."""

    name: str
    works_there: bool


@dataclass(frozen=True)
class Matter:
    """One item of a meeting and what is recorded of it. `ref` names it within its meeting: `c` and a concern's number,
    `p` and a provider's, `i` and an arranged item's, `x` and that of a conclusion on what was raised at the meeting."""

    ref: str
    title: str
    provider_id: int | None
    provider: str
    concern: SeenConcern | None
    item: AgendaItem | None
    level: Level | None
    seen: SeenConclusion | None

    @property
    def concluded(self) -> bool:
        """Whether it has been said what was concluded."""
        return self.seen is not None and bool(self.seen.conclusion.text)


def submission(meeting_id: int, ref: str) -> str:
    """The unique key of what is concluded on an item, so that two who record it at once make one."""
    return f"sitting.{meeting_id}.{ref}"


def ref_of(row: Conclusion) -> str:
    """The item that a conclusion is on."""
    start = submission(row.meeting_id, "")
    return row.submit_key.removeprefix(start) if row.submit_key.startswith(start) else f"x{row.key}"


def action_key(meeting_id: int, ref: str, key: str) -> str:
    """The unique key of an action given on an item; with an empty `key`, what those of all of them begin with."""
    return f"{submission(meeting_id, ref)}:{key}"


async def matters_of(unit: Unit, meeting: Meeting, reader: Viewer | None, today: date) -> list[Matter]:
    """The items of a meeting in their order, as far as `reader` may see them, then what was raised at the meeting. Of
    a closed one, those on which something was concluded."""
    concluded = await conclusions_of(unit, meeting.key, reader, today)
    by_ref = {ref_of(one.conclusion): one for one in concluded}
    held = meeting.state is MeetingState.HELD
    business = [] if held else await business_of(unit, meeting, reader, today)
    matters = [_arranged(one, by_ref.pop(_business_ref(one), None)) for one in business]
    return matters + [_raised(ref, one) for ref, one in by_ref.items()]


async def attendance_of(unit: Unit, meeting_id: int) -> list[Present]:
    """Who is and was there, by organisation and name, guests last."""
    rows = await unit.rows(
        select(Attendance, col(Person.name), col(Organisation.short_name))
        .outerjoin(Person, col(Person.id) == col(Attendance.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Attendance.organisation_id))
        .where(Attendance.meeting_id == meeting_id)
    )
    found = [Present(row, name or row.guest, body or "") for row, name, body in rows]
    return sorted(found, key=lambda one: (not one.row.person_id, one.organisation.casefold(), one.name.casefold()))


async def leavers(unit: Unit, meeting: Meeting, provider_id: int | None, day: date) -> list[Leaver]:
    """Who of those at a meeting is barred from a provider on its day: they leave for what is about it."""
    there = [one for one in await attendance_of(unit, meeting.key) if one.row.person_id and provider_id]
    keys = [one.row.person_id or 0 for one in there]
    barred = await barred_among(unit, keys, [provider_id or 0], day) if keys else set()
    staff = {person for person, _, works in barred if works}
    those = {person for person, _, _ in barred}
    return [Leaver(one.name, one.row.person_id in staff) for one in there if one.row.person_id in those]


async def attendance_by(
    unit: Unit, meeting_id: int, *, person_ids: Collection[int] = (), keys: Collection[int] = ()
) -> Sequence[Attendance]:
    """The rows of these people, or with these numbers, at one meeting."""
    which = col(Attendance.person_id).in_(person_ids) if person_ids else col(Attendance.id).in_(keys)
    return await unit.all(select(Attendance).where(Attendance.meeting_id == meeting_id, which))


async def to_run(unit: Unit, group_id: int, since: datetime, until: datetime) -> Meeting | None:
    """The last meeting of a group that begins between two moments and was neither called off nor closed."""
    return await unit.first(
        select(Meeting)
        .where(
            Meeting.group_id == group_id,
            Meeting.starts_at >= since,
            Meeting.starts_at < until,
            Meeting.state == MeetingState.SCHEDULED,
        )
        .order_by(col(Meeting.starts_at).desc(), col(Meeting.id))
    )


async def never_closed(unit: Unit, since: datetime, before: datetime, today: date) -> Sequence[Meeting]:
    """The meetings that were to begin between two moments, of groups that exist, and are not closed."""
    return await unit.all(
        select(Meeting)
        .join(Group, col(Group.id) == col(Meeting.group_id))
        .where(
            Meeting.starts_at >= since,
            Meeting.starts_at < before,
            Meeting.state == MeetingState.SCHEDULED,
            col(Meeting.opened_at).is_not(None),
            current(Group, today),
        )
        .order_by(col(Meeting.starts_at))
    )


async def given_on(unit: Unit, meeting_id: int, viewer: Viewer, today: date) -> list[SeenAction]:
    """The actions given at a meeting, as this person may see them."""
    return await seen_actions(unit, visible_actions(viewer, today).where(Action.meeting_id == meeting_id))


def _business_ref(one: Business) -> str:
    if one.concern:
        return f"c{one.concern.concern.key}"
    if one.provider:
        return f"p{one.provider.key}"
    return f"i{one.item.key if one.item else 0}"


def _arranged(one: Business, seen: SeenConclusion | None) -> Matter:
    name = one.concern.provider if one.concern else one.provider.name if one.provider else ""
    return Matter(_business_ref(one), one.title, one.provider_id, name, one.concern, one.item, one.level, seen)


def _raised(ref: str, one: SeenConclusion) -> Matter:
    about = one.provider.name if one.provider else one.concern.provider if one.concern else ""
    return Matter(ref, one.title, one.conclusion.provider_id, about, one.concern, None, None, one)
