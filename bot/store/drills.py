"""Named questions about drills: escalations about nothing, which no other list, figure or summary knows of."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from bot.domain.escalation import RungRole
from bot.domain.kinds import DRILL
from bot.store.ladders import lines_of
from bot.store.outbox import NEVER_SENT, Telling, told_people
from bot.store.people import organisations_by_id, people_by_id
from bot.store.tables import Addressee, Escalation, LadderRung, Organisation, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class DrilledRung:
    """One person on the ladder: when it came to them, after how many minutes they said that they were there, and
    whether word of it could not be delivered."""

    name: str
    role: RungRole
    told_at: datetime | None
    minutes: int | None
    undelivered: bool


@dataclass(frozen=True)
class DrilledLine:
    """One organisation in a drill, with its ladder as far as there is one."""

    addressee: Addressee
    organisation: str
    rungs: list[DrilledRung]
    turn: str


async def drill_by_reference(unit: Unit, reference: str) -> Escalation | None:
    return await unit.first(select(Escalation).where(Escalation.reference == reference, Escalation.kind == DRILL))


async def drill_by_id(unit: Unit, key: int) -> Escalation | None:
    """That drill; None for an escalation in earnest."""
    return await unit.first(select(Escalation).where(Escalation.id == key, Escalation.kind == DRILL))


async def being_drilled(unit: Unit, organisation_ids: Collection[int]) -> Sequence[str]:
    """The names of those of these organisations of which a drill runs. Nobody starts one of them until this unit
    ends."""
    await unit.all(
        select(Organisation)
        .where(col(Organisation.id).in_(organisation_ids))
        .order_by(col(Organisation.id))
        .with_for_update()
    )
    running = (
        select(Addressee.organisation_id)
        .join(Escalation, col(Escalation.id) == col(Addressee.escalation_id))
        .where(
            col(Addressee.organisation_id).in_(organisation_ids),
            Escalation.kind == DRILL,
            col(Escalation.ended_at).is_(None),
        )
    )
    return await unit.all(
        select(Organisation.short_name).where(col(Organisation.id).in_(running)).order_by(Organisation.short_name)
    )


async def reached_in_drill(unit: Unit, escalation_id: int, person_id: int) -> Sequence[Addressee]:
    """The lines of a drill that have come to this person, which nobody else changes until this unit ends."""
    theirs = select(LadderRung.addressee_id).where(
        LadderRung.person_id == person_id, col(LadderRung.told_at).is_not(None)
    )
    asked = select(Addressee).where(Addressee.escalation_id == escalation_id, col(Addressee.id).in_(theirs))
    return await unit.all(asked.order_by(col(Addressee.id)).with_for_update())


async def drilled(unit: Unit, escalation_id: int) -> list[DrilledLine]:
    """Every organisation in a drill, by name, and how far it came with each."""
    lines = await lines_of(unit, escalation_id)
    bodies = await organisations_by_id(unit, [line.organisation_id for line in lines if line.organisation_id])
    rungs = await unit.all(
        select(LadderRung)
        .where(col(LadderRung.addressee_id).in_([line.key for line in lines]))
        .order_by(col(LadderRung.position))
    )
    people = await people_by_id(unit, [rung.person_id for rung in rungs])
    lost = await _undelivered(unit, rungs)
    found = []
    for line in lines:
        theirs = [rung for rung in rungs if rung.addressee_id == line.key]
        turn = next((people[rung.person_id].name for rung in theirs if rung.position == line.position), "")
        shown = [_rung(rung, line, people[rung.person_id], rung in lost) for rung in theirs]
        found.append(DrilledLine(line, bodies[line.organisation_id or 0].short_name, shown, turn))
    return sorted(found, key=lambda line: line.organisation)


def _rung(rung: LadderRung, line: Addressee, person: Person, undelivered: bool) -> DrilledRung:
    minutes = None
    if rung.told_at and line.acknowledged_at and line.acknowledged_by_id == rung.person_id:
        minutes = int((line.acknowledged_at - rung.told_at).total_seconds() // 60)
    return DrilledRung(person.name, rung.role, rung.told_at, minutes, undelivered)


async def _undelivered(unit: Unit, rungs: Sequence[LadderRung]) -> list[LadderRung]:
    """Those whom word of their turn never reached."""
    notices = [Telling("drill.notice", {"addressee": rung.addressee_id}, person_id=rung.person_id) for rung in rungs]
    rows = await told_people(unit, notices)
    lost = {row.once for row in rows if row.state in NEVER_SENT}
    return [rung for rung, notice in zip(rungs, notices, strict=True) if notice.once in lost]
