"""That a cluster reached a strength, and what was put to the chair of it: once for each fact."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.triangulation import Reading
from bot.store.clusters import Spot
from bot.store.tables import Cluster, Firing
from bot.store.unit import Unit


async def note_firing(unit: Unit, spot: Spot, reading: Reading, now: datetime) -> Firing | None:
    """Keep that this fact was reached; None if it was before, on whatever theme."""
    if await unit.first(_firings(spot).where(Firing.fact == reading.fact)):
        return None
    cluster = await unit.first(select(Cluster).where(*_of(spot), Cluster.theme == reading.theme))
    if cluster is None:
        return None
    row = Firing(cluster_id=cluster.key, strength=reading.strength, fact=reading.fact, fired_at=now)
    unit.add(row)
    await unit.flush()
    return row


async def last_put(unit: Unit, spot: Spot) -> datetime | None:
    """When something about a provider was last put to the chair of a group."""
    put = _firings(spot).where(col(Firing.proposal_id).is_not(None)).order_by(col(Firing.fired_at).desc())
    newest = await unit.first(put.limit(1))
    return newest.fired_at if newest else None


async def waiting_firings(unit: Unit) -> Sequence[Firing]:
    """What was reached on a day on which the chair had been told of the same provider already, the oldest first."""
    waits = (col(Firing.proposal_id).is_(None), col(Firing.set_aside_at).is_(None))
    return await unit.all(select(Firing).where(*waits).order_by(col(Firing.id)))


async def spot_of(unit: Unit, firing_id: int) -> Spot | None:
    """Which provider in which group a firing is about, which nobody else renews until this unit ends."""
    own = select(Cluster).join(Firing, col(Firing.cluster_id) == col(Cluster.id)).where(Firing.id == firing_id)
    cluster = await unit.first(own)
    if cluster is None:
        return None
    spot = Spot(cluster.group_id, cluster.provider_id)
    await unit.all(select(col(Cluster.id)).where(*_of(spot), Cluster.theme == "").with_for_update())
    return spot


async def forget_firing(unit: Unit, firing_id: int) -> None:
    """It was never put to anybody, and is so no more: should it be reached again, it is as if for the first time."""
    await unit.write(delete(Firing).where(col(Firing.id) == firing_id))


async def set_aside(unit: Unit, proposal_id: int, person_id: int, now: datetime) -> None:
    """The chair does not follow it; the reason is in the proposal."""
    said = {"set_aside_by_id": person_id, "set_aside_at": now}
    await unit.write(update(Firing).where(col(Firing.proposal_id) == proposal_id).values(**said))


def _firings(spot: Spot) -> SelectOfScalar[Firing]:
    return select(Firing).join(Cluster, col(Cluster.id) == col(Firing.cluster_id)).where(*_of(spot))


def _of(spot: Spot) -> tuple[bool, bool]:
    return Cluster.group_id == spot.group_id, Cluster.provider_id == spot.provider_id
