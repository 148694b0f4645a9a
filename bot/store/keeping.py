"""Named questions about how long concerns are kept, and about holds. Nothing here reads what a concern says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.handling import Viewer
from bot.domain.keeping import Due, Kept, due, last_active
from bot.domain.policy import Rules
from bot.store.escalations import awaiting_answers
from bot.store.outbox import NEVER_SENT
from bot.store.people import enrolled
from bot.store.tables import Concern, Hold, OutboxRow, Person
from bot.store.unit import Unit
from bot.store.visibility import concerns_kept, held_concerns, keeping_set, retired_concerns, visible_concerns


@dataclass(frozen=True)
class Record:
    """What the clock knows of a concern: nothing of what it says."""

    id: int
    reference: str
    group_id: int
    raised_by_id: int
    organisation_id: int
    retention: str
    active_at: datetime
    warned_at: datetime | None
    retired_at: datetime | None

    def kept(self, rules: Rules) -> Kept:
        """Its keeping in local days."""
        warned, retired = (rules.today(at) if at else None for at in (self.warned_at, self.retired_at))
        return Kept(self.retention, rules.today(self.active_at), warned, retired)


async def due_records(
    unit: Unit, rules: Rules, by: date, *, organisation_id: int | None = None, concern_id: int | None = None
) -> list[Record]:
    """The records to be warned of or removed by that day, but for those in which an answer is still awaited.

    One `concern_id` alone is locked until the unit ends.
    """
    asked = concerns_kept().where(
        col(Concern.retired_at).is_(None), _ending(rules, by), col(Concern.id).not_in(awaiting_answers())
    )
    if organisation_id is not None:
        asked = asked.where(Concern.organisation_id == organisation_id)
    if concern_id is not None:
        asked = asked.where(Concern.id == concern_id).with_for_update()
    return await _records(unit, asked)


async def destroyable(unit: Unit, rules: Rules, today: date, *, limit: int = 500) -> list[int]:
    """The concerns removed long enough ago that no hold keeps, oldest first."""
    return [record.id for record in await _records(unit, _ripe(rules, today).limit(limit))]


async def destroyable_record(unit: Unit, concern_id: int, rules: Rules, today: date) -> Record | None:
    """One of them if it still is: nobody can restore it until this unit ends. Holds are to be asked again."""
    found = await _records(unit, _ripe(rules, today).where(Concern.id == concern_id).with_for_update())
    # Whoever held it meanwhile had it locked: what the first question saw of holds may be older than that.
    return found[0] if found and not await unit.all(_standing().where(Hold.concern_id == concern_id)) else None


async def own_records(unit: Unit, viewer: Viewer, today: date) -> list[Record]:
    """What somebody raised for the organisation they still belong to, and can still read."""
    return await _records(unit, _raised(visible_concerns(viewer, today), viewer))


async def organisations_records(unit: Unit, viewer: Viewer, today: date, rules: Rules, *, by: date) -> list[Record]:
    """What others of this person's organisation raised, may be read by this person, and is warned of by that day."""
    others = visible_concerns(viewer, today).where(
        Concern.organisation_id == viewer.organisation_id, Concern.raised_by_id != viewer.person_id, _ending(rules, by)
    )
    return await _records(unit, others)


async def removed_records(unit: Unit, viewer: Viewer, today: date) -> list[Record]:
    """What was removed and this person may bring back: their own, and all of their organisation's for its lead."""
    removed = retired_concerns(viewer, today)
    if viewer.records_lead:
        return await _records(unit, removed.where(Concern.organisation_id == viewer.organisation_id))
    return await _records(unit, _raised(removed, viewer))


async def held_records(unit: Unit, viewer: Viewer, today: date) -> list[Record]:
    """What this person's organisation holds now, never what others do."""
    held = select(Hold.concern_id).where(Hold.organisation_id == viewer.organisation_id, col(Hold.lifted_at).is_(None))
    return await _records(unit, held_concerns(viewer, today).where(col(Concern.id).in_(held)))


async def record_of(unit: Unit, reference: str, viewer: Viewer, today: date, rules: Rules) -> Record | None:
    """The concern with that reference, if this person can read it, or could until it was removed; it is locked.

    What is kept from destruction only by others' holds is as good as destroyed, or it would give them away.
    """
    for asked in (visible_concerns, retired_concerns, held_concerns):
        named = asked(viewer, today).where(Concern.reference == reference.strip().upper())
        found = await _records(unit, named.with_for_update())
        if found:
            known = still_there(found, await holds_of(unit, viewer.organisation_id, found[0].id), rules, today)
            return known[0] if known else None
    return None


def still_there(records: Sequence[Record], held: Collection[int], rules: Rules, today: date) -> list[Record]:
    """Those of these records that an organisation with these holds may know to be there."""
    policy = rules.policy.retention
    return [one for one in records if one.id in held or due(one.kept(rules), policy, today) is not Due.DESTROY]


async def readable_ids(unit: Unit, viewer: Viewer, today: date, concern_ids: Sequence[int]) -> set[int]:
    """Which of these concerns this person can read."""
    found: set[int] = set()
    for start in range(0, len(concern_ids), 500):
        some = visible_concerns(viewer, today).where(col(Concern.id).in_(concern_ids[start : start + 500]))
        found |= {record.id for record in await _records(unit, some)}
    return found


async def set_keeping(unit: Unit, concern_id: int, **values: object) -> None:
    """Change when a concern was answered, warned of or removed, whoever else is saving it at this moment."""
    await unit.write(keeping_set(concern_id, **values))


async def concern_row(unit: Unit, concern_id: int) -> Concern | None:
    """The whole row of a concern, for whoever keeps the channel's post of it as it should be."""
    return await unit.first(concerns_kept().where(Concern.id == concern_id))


async def holds_of(unit: Unit, organisation_id: int, concern_id: int | None = None) -> dict[int, Hold]:
    """An organisation's standing holds, by the concern held: of one concern or of all."""
    held = _standing().where(Hold.organisation_id == organisation_id)
    rows = await unit.all(held if concern_id is None else held.where(Hold.concern_id == concern_id))
    return {row.concern_id: row for row in rows}


async def records_leads(unit: Unit, organisation_ids: Sequence[int], today: date) -> Sequence[Person]:
    """The records leads of these organisations who are enrolled and have chat."""
    return await unit.all(
        select(Person).where(
            col(Person.organisation_id).in_(organisation_ids),
            col(Person.records_lead).is_(True),
            col(Person.chat_user).is_not(None),
            enrolled(today),
        )
    )


async def not_to_be_warned(unit: Unit, kind: str, since: datetime) -> set[int]:
    """The people to whom such a message could not be delivered since then."""
    failed = select(col(OutboxRow.person_id)).where(
        OutboxRow.kind == kind, col(OutboxRow.state) == NEVER_SENT[0], OutboxRow.created_at >= since
    )
    return {person_id for person_id in await unit.all(failed) if person_id is not None}


def _raised(statement: SelectOfScalar[Concern], viewer: Viewer) -> SelectOfScalar[Concern]:
    return statement.where(Concern.raised_by_id == viewer.person_id, Concern.organisation_id == viewer.organisation_id)


def _ending(rules: Rules, by: date) -> ColumnElement[bool]:
    """Whether a warning is due by that day: for each class a latest moment of the last answer."""
    policy = rules.policy.retention
    clauses = []
    for retention, day in last_active(policy, by):
        known = col(Concern.retention)
        of_class = known == retention if retention else known.not_in(list(policy.classes))
        clauses.append(and_(of_class, col(Concern.active_at) < _end_of(day, rules)))
    return or_(*clauses)


def _ripe(rules: Rules, today: date) -> SelectOfScalar[Concern]:
    removed_by = today - timedelta(days=rules.policy.retention.restore_days)
    held = select(Hold.concern_id).where(col(Hold.lifted_at).is_(None))
    ripe = (col(Concern.retired_at) < _end_of(removed_by, rules), col(Concern.id).not_in(held))
    return concerns_kept().where(*ripe).order_by(col(Concern.retired_at), col(Concern.id))


def _end_of(day: date, rules: Rules) -> datetime:
    return rules.calendar.at(day + timedelta(days=1), time(0))


def _standing() -> SelectOfScalar[Hold]:
    return select(Hold).where(col(Hold.lifted_at).is_(None))


async def _records(unit: Unit, statement: SelectOfScalar[Concern]) -> list[Record]:
    columns = [getattr(Concern, name) for name in Record.__dataclass_fields__]
    return [Record(*row) for row in await unit.rows(statement.with_only_columns(*columns))]
