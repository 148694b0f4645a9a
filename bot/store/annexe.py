"""Named questions about restricted annexes and who may open them. Nobody else asks these two tables.

Each part of an annexe is locked for its own concern and kind, so that it opens in no other's place.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import col, func, select

from bot.domain.terms import AnnexeKind
from bot.store.concerns import SeenConcern
from bot.store.keys import Sealed
from bot.store.tables import Annexe, AnnexeGrant
from bot.store.unit import Unit

BATCH = 200


@dataclass(frozen=True)
class OpenedAnnexe:
    """A concern's annexe as shown to one person: each part's kind and text, and until when they may see it."""

    concern: SeenConcern
    parts: tuple[tuple[AnnexeKind, str], ...]
    expires_at: datetime


def about(concern_id: int, kind: AnnexeKind) -> str:
    """What a part of an annexe is bound to when it is locked."""
    return f"annexe {concern_id} {kind}"


def lock(unit: Unit, concern_id: int, kind: AnnexeKind, text: str, *, by_id: int, now: datetime) -> Annexe:
    """A new part, not yet saved. Raises `NoKeys`."""
    locked = unit.keys.seal(text.encode(), about(concern_id, kind))
    return Annexe(concern_id=concern_id, kind=kind, added_by_id=by_id, added_at=now, **vars(locked))


def unlock(unit: Unit, part: Annexe) -> str:
    """What it says. Raises `WrongKey`."""
    return unit.keys.open(_sealed(part), about(part.concern_id, part.kind)).decode()


def can_unlock(unit: Unit, part: Annexe) -> bool:
    return unit.keys.opens(_sealed(part), about(part.concern_id, part.kind))


def lock_again(unit: Unit, part: Annexe) -> None:
    """Put its own key under the ring's first key. Raises `WrongKey` and `NoKeys`."""
    locked = unit.keys.rewrap(_sealed(part), about(part.concern_id, part.kind))
    part.key_id, part.wrapped_key = locked.key_id, locked.wrapped_key
    unit.add(part)


def _sealed(part: Annexe) -> Sealed:
    return Sealed(part.key_id, part.wrapped_key, part.sealed)


async def has_annexe(unit: Unit, concern_id: int) -> bool:
    """Whether there is one: for those who may read the concern, and nobody else."""
    return await unit.first(select(col(Annexe.id)).where(Annexe.concern_id == concern_id)) is not None


async def with_annexes(unit: Unit, concern_ids: Sequence[int]) -> Sequence[int]:
    """Which of these concerns have an annexe, and nothing of what is in it. For concerns that may be read."""
    return await unit.all(select(Annexe.concern_id).where(col(Annexe.concern_id).in_(concern_ids)).distinct())


async def parts_of(unit: Unit, concern_id: int, *, alone: bool = False) -> Sequence[Annexe]:
    """The parts of a concern's annexe, still locked; with `alone`, others who ask so wait until this unit ends."""
    asked = select(Annexe).where(Annexe.concern_id == concern_id).order_by(col(Annexe.id))
    return await unit.all(asked.with_for_update() if alone else asked)


async def standing_grant(unit: Unit, concern_id: int, person_id: int, now: datetime) -> AnnexeGrant | None:
    """Somebody's leave to open it at this moment, the one that lasts longest."""
    return await unit.first(
        select(AnnexeGrant)
        .where(AnnexeGrant.concern_id == concern_id, AnnexeGrant.person_id == person_id, AnnexeGrant.expires_at > now)
        .order_by(col(AnnexeGrant.expires_at).desc(), col(AnnexeGrant.id).desc())
        .limit(1)
    )


async def grant_by_change(unit: Unit, change_id: int) -> AnnexeGrant | None:
    """The grant that a second person's agreement has already become."""
    return await unit.first(select(AnnexeGrant).where(AnnexeGrant.change_id == change_id))


async def by_key(unit: Unit) -> dict[str, int]:
    """How many parts are locked with each key, by its name."""
    counted = await unit.rows(select(Annexe.key_id, func.count()).group_by(Annexe.key_id).order_by(Annexe.key_id))
    return dict(counted)


async def unopenable(unit: Unit) -> dict[str, int]:
    """How many parts no key of the ring opens, by the name of the key they were locked with."""
    asked = select(Annexe.key_id, Annexe.wrapped_key, Annexe.concern_id, Annexe.kind).order_by(Annexe.key_id)
    return Counter(
        key_id
        for key_id, wrapped, concern_id, kind in await unit.rows(asked)
        if not unit.keys.opens(Sealed(key_id, wrapped, b""), about(concern_id, kind))
    )


async def locked_otherwise(unit: Unit, after: int) -> Sequence[Annexe]:
    """Some of the parts that are not locked with the ring's first key, with numbers after this one."""
    other = select(Annexe).where(Annexe.key_id != unit.keys.primary, col(Annexe.id) > after)
    return await unit.all(other.order_by(col(Annexe.id)).limit(BATCH).with_for_update())


async def delete_annexe(unit: Unit, concern_id: int) -> int:
    """Delete every part, with its own key, and every grant; says how many parts there were."""
    await unit.write(delete(AnnexeGrant).where(col(AnnexeGrant.concern_id) == concern_id))
    return await unit.write(delete(Annexe).where(col(Annexe.concern_id) == concern_id))
