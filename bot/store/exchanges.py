"""Named questions about what originator and addressees write to each other: who said it, and who else may read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col, select

from bot.domain.escalation import AddresseeState
from bot.domain.handling import Viewer
from bot.store.tables import Addressee, Escalation, Exchange, LadderRung, Person
from bot.store.unit import Unit

LATEST = 3
THREADS_IN_FULL = 10


@dataclass(frozen=True)
class Said:
    """One message as one person may know it: `organisation` is empty where it is not to be named, `person` for people
    of other organisations. `own` is whether their side said it, so that they may share it."""

    exchange: Exchange
    organisation: str
    person: str
    own: bool


@dataclass(frozen=True)
class Thread:
    """What the originator and one addressee have written, oldest first. `replies` is whether the reader may write for
    the originator, `remarks` whether for the addressee."""

    addressee: Addressee
    organisation: str
    said: Sequence[Said]
    replies: bool
    remarks: bool

    @property
    def latest(self) -> Sequence[Said]:
        return self.said[-LATEST:]

    @property
    def newest(self) -> int:
        return self.said[-1].exchange.key if self.said else 0


@dataclass(frozen=True)
class Conversation:
    """All that one person may read of what was written about an escalation. `threads` are those of their own sides,
    first those that wait for a reply, then the newest; `shared` is what others have shared with all who were asked."""

    threads: Sequence[Thread] = ()
    shared: Sequence[Said] = ()

    @property
    def in_full(self) -> Sequence[Thread]:
        """As many as a page has room for."""
        return self.threads[:THREADS_IN_FULL]

    @property
    def others(self) -> Sequence[Thread]:
        return self.threads[THREADS_IN_FULL:]


@dataclass(frozen=True)
class Side:
    """Who reads: for the originator or not, and of which addressees, by number, with whether they answer for it."""

    viewer: Viewer
    ours: bool
    lines: Mapping[int, bool]

    def reads(self, addressee_id: int) -> bool:
        """Whether what is between the originator and that addressee is theirs to read."""
        return self.ours or addressee_id in self.lines


async def conversation(
    unit: Unit, lines: Mapping[int, tuple[Addressee, str]], side: Side, *, origin: str
) -> Conversation:
    """What this person may read of what was written, in one question. `lines` are all addressees of one escalation, by
    number, with their names; `origin` is the originator's name as they may know it."""
    if not (side.ours or side.lines):
        return Conversation()
    said: dict[int, list[Said]] = {key: [] for key in lines}
    for one in await _said(unit, {key: name for key, (_, name) in lines.items()}, side, origin):
        said[one.exchange.addressee_id].append(one)
    threads = [
        Thread(line, name, said[key], side.ours, side.lines.get(key, False))
        for key, (line, name) in lines.items()
        if side.reads(key) and (said[key] or side.lines.get(key))
    ]
    return Conversation(
        sorted(threads, key=lambda one: (one.addressee.state is not AddresseeState.ASKS, -one.newest)),
        [one for key in lines if not side.reads(key) for one in said[key]],
    )


async def _said(unit: Unit, names: Mapping[int, str], side: Side, origin: str) -> list[Said]:
    own = [key for key in names if side.reads(key)]
    rows = await unit.rows(
        select(Exchange, col(Person.name), col(Person.organisation_id))
        .join(Person, col(Person.id) == col(Exchange.person_id))
        .where(
            col(Exchange.addressee_id).in_(names),
            or_(col(Exchange.addressee_id).in_(own), col(Exchange.shared_at).is_not(None)),
        )
        .order_by(col(Exchange.id))
    )
    return [
        Said(
            row,
            origin if row.ours else names[row.addressee_id],
            person if organisation_id == side.viewer.organisation_id else "",
            side.ours if row.ours else side.lines.get(row.addressee_id, False),
        )
        for row, person, organisation_id in rows
    ]


async def written(unit: Unit, addressee_ids: Sequence[int]) -> dict[int, list[Exchange]]:
    """All that was written in these threads, oldest first. Whoever shows it says who may read what of it."""
    asked = select(Exchange).where(col(Exchange.addressee_id).in_(addressee_ids)).order_by(col(Exchange.id))
    found: dict[int, list[Exchange]] = {key: [] for key in addressee_ids}
    for row in await unit.all(asked):
        found[row.addressee_id].append(row)
    return found


async def submitted_exchange(unit: Unit, submit_key: str) -> Exchange | None:
    """What a form has already become, for answering a resend of it as the first time."""
    return await unit.first(select(Exchange).where(Exchange.submit_key == submit_key))


async def writers(unit: Unit, addressee_id: int, *, ours: bool) -> Sequence[int]:
    """The people who have written for the originator, or for the addressee, in one thread."""
    return await unit.all(
        select(Exchange.person_id).where(Exchange.addressee_id == addressee_id, col(Exchange.ours).is_(ours)).distinct()
    )


async def people_asked(unit: Unit, escalation: Escalation) -> set[int]:
    """Everybody who has been told of an escalation or has acknowledged it, but for those it was withdrawn from."""
    asked = (Addressee.escalation_id == escalation.key, col(Addressee.state) != AddresseeState.STOPPED)
    told = select(LadderRung.person_id).join(Addressee, col(Addressee.id) == col(LadderRung.addressee_id))
    acknowledged = select(col(Addressee.acknowledged_by_id)).where(*asked)
    people = {*await unit.all(told.where(*asked, col(LadderRung.told_at).is_not(None))), *await unit.all(acknowledged)}
    return {key for key in people if key is not None}
