"""The directory as it changes under an escalation that is on its way, in a line each."""

from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import event

from bot.domain.terms import OrganisationKind, ProtocolStatus
from bot.store.tables import Addressee, NominatedPerson, Organisation, Person
from tests.flows.action_steps import add
from tests.world import World


async def set_body(world: World, slug: str, **values: Any) -> None:
    """Change what the store holds about an organisation."""
    (body,) = await world.rows(Organisation, Organisation.slug == slug)
    for name, value in values.items():
        setattr(body, name, value)
    await world.change(body)


async def end_body(world: World, slug: str, successor: str | None = None, on: date = date(2026, 11, 23)) -> None:
    """That organisation's last day, and whoever takes its place."""
    await set_body(world, slug, ends_on=on, successor_id=world.ids[f"org:{successor}"] if successor else None)


async def nominate(world: World, body: str, slug: str, rung: int = 0, **values: Any) -> None:
    named = NominatedPerson(organisation_id=world.ids[f"org:{body}"], person_id=world.ids[slug], rung=rung, **values)
    await add(world, named)


async def end_nomination(world: World, slug: str) -> None:
    """They were named until yesterday, and still work there."""
    for row in await world.rows(NominatedPerson, NominatedPerson.person_id == world.ids[slug]):
        row.ends_on = world.now.date() - timedelta(days=1)
        await world.change(row)


async def line_of(world: World, body: str) -> Addressee:
    """Where an organisation stands in the only escalation it is asked in."""
    (line,) = await world.rows(Addressee, Addressee.organisation_id == world.ids[f"org:{body}"])
    return line


async def set_line(world: World, line: Addressee, **values: Any) -> None:
    for name, value in values.items():
        setattr(line, name, value)
    await world.change(line)


async def next_step(world: World, body: str = "gmc") -> datetime | None:
    return (await line_of(world, body)).next_step_at


async def many_bodies(world: World, count: int) -> list[str]:
    """Signatories, each with one nominated person who is in no chat of this test's."""
    slugs = [f"body{number:02}" for number in range(count)]
    signed = {"kind": OrganisationKind.PROFESSIONAL_REGULATOR, "protocol_status": ProtocolStatus.SIGNATORY}
    bodies = [Organisation(slug=slug, name=slug, short_name=slug, **signed) for slug in slugs]
    await add(world, *bodies)
    rows = {body.slug: body.key for body in await world.rows(Organisation)}
    people = [
        Person(slug=f"p-{slug}", name=slug, organisation_id=rows[slug], workspace="T0SOUND", chat_user=f"X{slug}")
        for slug in slugs
    ]
    await add(world, *people)
    for person in await world.rows(Person):
        if person.slug.startswith("p-body"):
            await add(world, NominatedPerson(organisation_id=person.organisation_id, person_id=person.key))
    world.ids.update({f"org:{slug}": rows[slug] for slug in slugs})
    return slugs


@contextmanager
def statements(world: World):
    """Every statement sent meanwhile."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, _p: Any, _context: Any, _many: bool) -> None:
        sent.append(statement)

    engine = world.bot.store.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
