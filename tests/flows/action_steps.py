"""What people do with actions, meetings and summaries, in a line each."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlmodel import col

from bot.domain.calendar import LONDON
from bot.store.providers import index_providers
from bot.store.tables import Concern, JournalEntry, Meeting, Person, Provider
from tests.flows.steps import answer_of, posts, told
from tests.world import QSG, World

# For what does not depend on the database.
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

REMINDER = "Your actions, "
DIGEST = "agenda digest"


def nine(day: str) -> datetime:
    """09:00 in London on a day."""
    return datetime.combine(date.fromisoformat(day), time(9), LONDON).astimezone(UTC)


def reminders(world: World, slug: str = "dean") -> list[str]:
    """The reminders that person has had."""
    return [text for text in told(world, slug) if text.startswith(REMINDER)]


def digests(world: World) -> list[Any]:
    """The digests in the group's channel."""
    return [post for post in posts(world) if DIGEST in post.text.splitlines()[0]]


async def said(world: World, slug: str, command: str, words: str = "", channel: str | None = QSG) -> str:
    """What a command answers, for that person's eyes."""
    outcome = await world.persona(slug).command(command, words, channel=channel)
    assert outcome.ok, outcome
    return answer_of(world, slug, channel)


async def agenda(world: World, slug: str = "dean") -> str:
    return await said(world, slug, "/agenda")


async def summary(world: World, slug: str = "dean", words: str = "northgate") -> str:
    return await said(world, slug, "/provider", words)


async def summary_page(world: World, button: str, slug: str = "dean", words: str = "northgate") -> str:
    """A page behind the summary, as that person opens it by its button."""
    await summary(world, slug, words)
    person = world.persona(slug)
    await person.press(person.messages(QSG)[-1], button)
    return person.modal.text


async def say_done(world: World, slug: str, reference: str, resolution: str = "The rota is here.") -> Any:
    """Say that an action is done; what came of sending the form."""
    person = world.persona(slug)
    await person.command("/action", f"done {reference}")
    sent = await person.submit(person.modal, {"resolution": resolution})
    await world.settle()
    return sent


async def open_change(world: World, slug: str, reference: str) -> Any:
    person = world.persona(slug)
    await person.command("/action", f"change {reference}")
    return person.modal


async def acts(world: World, kind: str) -> list[str]:
    """What the journal says was done to things of that kind, oldest first; not who has read them."""
    done = col(JournalEntry.act).not_in(("told", "shown"))
    entries = await world.rows(JournalEntry, JournalEntry.subject_kind == kind, done)
    return [entry.act for entry in sorted(entries, key=lambda entry: entry.key)]


async def add(world: World, *rows: Any) -> None:
    """Put rows into the store."""
    async with world.bot.store.begin() as unit:
        unit.add(*rows)


async def add_site(world: World, name: str = "Northgate Maternity Unit") -> Provider:
    """A site of Northgate's."""
    site = Provider(code="RZZ01A", name=name, town="Marram", parent_id=world.ids["northgate"])
    async with world.bot.store.begin() as unit:
        unit.add(site)
        await unit.flush()
        await index_providers(unit, [site])
    return site


async def set_meeting(world: World, **values: Any) -> None:
    """Change the group's only meeting."""
    (meeting,) = await world.rows(Meeting)
    for name, value in values.items():
        setattr(meeting, name, value)
    await world.change(meeting)


async def set_person(world: World, slug: str, **values: Any) -> None:
    """Change what the store holds about somebody."""
    (person,) = await world.rows(Person, Person.slug == slug)
    for name, value in values.items():
        setattr(person, name, value)
    await world.change(person)


async def copy_concern(world: World, times: int, **values: Any) -> None:
    """More concerns like the only one, of which nobody is told."""
    (concern,) = await world.rows(Concern)
    like = concern.model_dump(exclude={"id"})
    more = [
        {"reference": f"C-MORE{n:02}", "submit_key": f"more-{n}", "headline": f"Matter {n:02}"} for n in range(times)
    ]
    await add(world, *(Concern(**(like | one | values)) for one in more))


@contextmanager
def nobody_answers(world: World):
    """Slack cannot be reached at all while this lasts."""
    client = world.bot.work.chat.client
    kept = client.base_url, client.retry_handlers
    client.base_url, client.retry_handlers = "http://127.0.0.1:9/api/", []  # its own tries would take a second each
    try:
        yield
    finally:
        client.base_url, client.retry_handlers = kept
