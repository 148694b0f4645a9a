"""What the people of one addressee may know of each other: who answers for it, who acknowledged and who answered."""

from dataclasses import dataclass

from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.store.tables import Addressee, LadderRung, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class Receipt:
    """Names of people at the reader's own organisation; empty for somebody of another."""

    answer_for_it: tuple[str, ...] = ()
    acknowledged_by: str = ""
    answered_by: str = ""


async def receipt_of(unit: Unit, line: Addressee, viewer: Viewer) -> Receipt:
    """The receipt of one addressee, for one of its people."""
    climbs = await unit.all(
        select(LadderRung.person_id).where(LadderRung.addressee_id == line.key).order_by(col(LadderRung.position))
    )
    wanted = {*climbs, line.acknowledged_by_id, line.responded_by_id}
    own = select(Person).where(col(Person.id).in_(wanted), Person.organisation_id == viewer.organisation_id)
    names = {person.key: person.name for person in await unit.all(own)}
    return Receipt(
        tuple(names[key] for key in climbs if key in names),
        names.get(line.acknowledged_by_id or 0, ""),
        names.get(line.responded_by_id or 0, ""),
    )
