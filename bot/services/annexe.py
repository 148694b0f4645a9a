"""The restricted annexe: kept apart and locked, opened for a reason and for a time, each reading logged [003 §115]."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import AnnexeKind
from bot.errors import FormErrors, NotFound, NotYours, WrongKey
from bot.store import annexe as asked
from bot.store.concerns import SeenConcern, visible_concern
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.tables import AnnexeGrant, Concern
from bot.store.unit import Unit
from bot.store.visibility import any_concern

NOT_OPEN = "somebody it has been opened for, and only until their time is over,"


@dataclass(frozen=True)
class WayIn:
    """How somebody comes to the annexe of a concern they may read: by a grant that stands, or by giving a reason.

    `own` is whether they raised the concern, and so need nobody else to agree.
    """

    concern: SeenConcern
    grant: AnnexeGrant | None
    own: bool


async def store_annexe(unit: Unit, concern: Concern, kind: AnnexeKind, text: str, *, by: Viewer, now: datetime) -> None:
    """Lock it away. Nothing but spaces is not stored; the same concern and kind again changes nothing.

    Raises `NoKeys`.
    """
    if not text.strip():
        return
    part = asked.lock(unit, concern.key, kind, text.strip(), by_id=by.person_id, now=now)
    if await unit.insert_once(part):
        facts = {"kind": kind.name.lower()}
        subject = ("concern", concern.key)
        record(unit, "annexe stored", by=by, now=now, subject=subject, group_id=concern.group_id, **facts)


async def way_in(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules, alone: bool = False) -> WayIn:
    """What somebody who presses the button needs next.

    Raises `NotFound` whether the concern is hidden or has no annexe, and `WrongKey` before anybody is asked to agree
    to what could not be opened. With `alone`, others who ask so wait until this unit ends.
    """
    seen = await visible_concern(unit, reference, by, rules.today(now))
    parts = await asked.parts_of(unit, seen.concern.key, alone=alone) if seen else []
    if seen is None or not parts:
        raise NotFound(what=reference)
    if not all(asked.can_unlock(unit, part) for part in parts):
        raise WrongKey
    standing = await asked.standing_grant(unit, seen.concern.key, by.person_id, now)
    return WayIn(seen, standing, own=seen.concern.raised_by_id == by.person_id)


async def open_annexe(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> asked.OpenedAnnexe:
    """Read it, and log the reading. Only for who may read the concern now and holds a grant that stands.

    Raises `NotFound`, `NotYours`, and `WrongKey`, also when only a part of it cannot be opened.
    """
    way = await way_in(unit, reference, by=by, now=now, rules=rules)
    if way.grant is None:
        raise NotYours(who=NOT_OPEN)
    return await _read(unit, way.concern, way.grant, by, now)


async def claim_own(
    unit: Unit, reference: str, reason: str, *, by: Viewer, now: datetime, rules: Rules
) -> asked.OpenedAnnexe:
    """Whoever raised the concern opens its annexe with a reason, at once. The same reason again, while it is open,
    opens it again under the same grant.

    Raises `FormErrors`, `NotFound`, `NotYours` and `WrongKey`.
    """
    way = await way_in(unit, reference, by=by, now=now, rules=rules, alone=True)
    if not way.own:
        raise NotYours(who="whoever raised the concern")
    check_reason(reason)
    granted = way.grant
    if granted is None or granted.reason != reason.strip():
        concern = way.concern.concern
        granted = await _granted(unit, concern.key, by.person_id, reason, None, now, rules)
        facts = {"grant": granted.key, "person": by.person_id}
        subject = ("concern", concern.key)
        record(unit, "annexe granted", by=by, now=now, subject=subject, group_id=concern.group_id, **facts)
    return await _read(unit, way.concern, granted, by, now)


async def grant(
    unit: Unit,
    concern_id: int,
    person_id: int,
    reason: str,
    *,
    change_id: int | None,
    by: Viewer,
    now: datetime,
    rules: Rules,
) -> AnnexeGrant:
    """Let somebody open it, now that a second person, `by`, has agreed; they are told. One grant for one change.

    Whether they may read the concern is asked when they open it, not here. Raises `NotYours` for a grant to oneself.
    """
    if person_id == by.person_id:
        raise NotYours(who="a second person")
    earlier = await asked.grant_by_change(unit, change_id) if change_id else None
    if earlier:
        return earlier
    granted = await _granted(unit, concern_id, person_id, reason, change_id, now, rules)
    about: dict[str, int | str] = {"concern": concern_id, "grant": granted.key}
    facts = {"grant": granted.key, "person": person_id, "change": change_id or 0}
    concern = await unit.first(any_concern(concern_id))
    group_id = concern.group_id if concern else None
    record(unit, "annexe granted", by=by, now=now, subject=("concern", concern_id), group_id=group_id, **facts)
    await tell(unit, Telling("annexe.granted", about, person_id=person_id), now)
    return granted


async def destroy_annexe(unit: Unit, concern_id: int) -> int:
    """Delete the annexe, the keys it was locked with and its grants; says how many parts there were.

    The caller records why. On SQLite the bytes are gone from the files after the next checkpoint.
    """
    return await asked.delete_annexe(unit, concern_id)


def check_reason(reason: str) -> None:
    """Raise `FormErrors` when no reason is given."""
    if not reason.strip():
        raise FormErrors({"reason": "Say why you need to open it: it is kept with the opening."})


async def _granted(
    unit: Unit, concern_id: int, person_id: int, reason: str, change_id: int | None, now: datetime, rules: Rules
) -> AnnexeGrant:
    row = AnnexeGrant(
        concern_id=concern_id,
        person_id=person_id,
        reason=reason.strip(),
        change_id=change_id,
        granted_at=now,
        expires_at=now + timedelta(hours=rules.policy.handling.annexe_hours),
    )
    unit.add(row)
    await unit.flush()
    return row


async def _read(unit: Unit, seen: SeenConcern, granted: AnnexeGrant, by: Viewer, now: datetime) -> asked.OpenedAnnexe:
    parts = await asked.parts_of(unit, seen.concern.key)
    read = tuple((part.kind, asked.unlock(unit, part)) for part in parts)
    subject, group_id = ("concern", seen.concern.key), seen.concern.group_id
    record(unit, "annexe read", by=by, now=now, subject=subject, group_id=group_id, grant=granted.key)
    return asked.OpenedAnnexe(seen, read, granted.expires_at)
