"""A busy network, put in with bulk statements: each open escalation to one organisation, and as many open actions."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import SQLModel

from bench.databases import settle
from bench.storing import concern_values
from bot.domain.escalation import RungRole
from bot.domain.terms import ActionState, Basis, Urgency, Wanted
from bot.store.providers import batches
from bot.store.tables import Action, Addressee, Concern, ConcernAudience, Escalation, EscalationConcern, LadderRung
from bot.store.unit import Store
from tests.world import MEMBERS, MONDAY, World

DUE_AT = MONDAY + timedelta(hours=3)
WAITING = MONDAY + timedelta(days=2)
LATER = MONDAY + timedelta(days=30)
_STATES = (ActionState.OPEN, ActionState.CLOSED, ActionState.OPEN, ActionState.COMPLETED)
LADDER = (("gmc1", RungRole.NOMINATED), ("gmc2", RungRole.DEPUTY), ("gmc3", RungRole.REPRESENTATIVE))


async def seed(world: World, size: int, due: int) -> None:
    """Open escalations, of which the first are due at `DUE_AT` and the others later, and open actions to be reminded of
    much later."""
    store = world.bot.store
    for table, rows in (
        (Concern, _concerns(world, size)),
        (ConcernAudience, _audience(world, size)),
        (Escalation, _escalations(world, size)),
        (EscalationConcern, _about(world, size)),
        (Addressee, _addressees(world, size, due)),
        (LadderRung, _rungs(world, size)),
        (Action, _actions(world, size)),
    ):
        await insert(store, table, list(rows))
    await settle(store)


async def seed_log(world: World, size: int) -> None:
    """Actions of one group: of ten, two are overdue, one waits to be closed and three are closed. Every third is about
    a provider."""
    rows = list(_actions(world, size))
    for number, row in enumerate(rows):
        row["due_on"] = (MONDAY + timedelta(days=number % 10 - 2)).date()
        row["state"] = _STATES[number % 10 // 3]
        row["provider_id"] = world.ids["northgate"] if number % 3 == 0 else None
        row["resolution"] = "It was looked into, and the rota is here." if number % 2 else ""
    await insert(world.bot.store, Action, rows)
    await settle(world.bot.store)


async def insert(store: Store, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Put in plain rows, a batch at a time."""
    for some in batches(rows):
        async with store.begin() as unit:
            await unit.insert_many(SQLModel.metadata.tables[str(table.__tablename__)], list(some))


def _concerns(world: World, size: int) -> Iterator[dict[str, Any]]:
    values = concern_values(world.ids["qsg"], world.ids["inspector"], world.ids["org:cqc"])
    for number in range(1, size + 1):
        yield {**values, "id": number, "reference": f"C-{number:06}", "submit_key": f"c{number}"}


def _audience(world: World, size: int) -> Iterator[dict[str, Any]]:
    """The whole group, as resolved when a concern was shared with it."""
    lines = [(world.ids[f"org:{slug}"], Basis.ORIGIN if slug == "cqc" else Basis.GROUP) for slug in MEMBERS]
    for number in range(1, size + 1):
        for organisation_id, basis in lines:
            yield {"concern_id": number, "organisation_id": organisation_id, "basis": basis, "shared_at": MONDAY}


def _escalations(world: World, size: int) -> Iterator[dict[str, Any]]:
    values = Escalation(
        reference="",
        submit_key="",
        kind="emerging_concern",
        group_id=world.ids["qsg"],
        category="systems",
        wanted=Wanted.INFORMATION,
        urgency=Urgency.ROUTINE,
        raised_by_id=world.ids["inspector"],
        organisation_id=world.ids["org:cqc"],
        started_at=MONDAY,
    ).model_dump()
    for number in range(1, size + 1):
        own = {"id": number, "reference": f"E-{number:06}", "submit_key": f"e{number}"}
        yield {**values, **own}


def _about(world: World, size: int) -> Iterator[dict[str, Any]]:
    for number in range(1, size + 1):
        line = {"escalation_id": number, "concern_id": number}
        yield {**line, "added_at": MONDAY, "added_by_id": world.ids["inspector"]}


def _addressees(world: World, size: int, due: int) -> Iterator[dict[str, Any]]:
    """The nominated person has been told; half of the lines are due a reminder, half the next rung."""
    values = Addressee(escalation_id=0, organisation_id=world.ids["org:gmc"], added_at=MONDAY, position=0).model_dump()
    for number in range(1, size + 1):
        at = DUE_AT + timedelta(seconds=number) if number <= due else WAITING
        own = {"id": number, "escalation_id": number, "reminded": number % 2 == 0, "next_step_at": at}
        yield {**values, **own}


def _rungs(world: World, size: int) -> Iterator[dict[str, Any]]:
    for number in range(1, size + 1):
        for position, (slug, role) in enumerate(LADDER):
            told_at = None if position else MONDAY
            person = {"person_id": world.ids[slug], "role": role, "told_at": told_at}
            yield {"addressee_id": number, "position": position, **person}


def _actions(world: World, size: int) -> Iterator[dict[str, Any]]:
    values = Action(
        reference="",
        submit_key="",
        group_id=world.ids["qsg"],
        provider_id=world.ids["northgate"],
        issue="Confirm senior cover at night",
        owner_id=world.ids["dean"],
        owner_organisation_id=world.ids["org:hee"],
        raised_by_id=world.ids["chair"],
        raised_on=MONDAY.date(),
        due_on=LATER.date(),
        remind_on=LATER.date(),
    ).model_dump(exclude={"id"})
    for number in range(1, size + 1):
        yield {**values, "reference": f"A-{number:06}", "submit_key": f"a{number}"}
