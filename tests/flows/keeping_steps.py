"""What people and the clock do about records that end, in a line each."""

from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from bot.domain.keeping import dates
from bot.services.keeping import note_activity
from bot.store.keeping import Record
from bot.store.tables import Concern, JournalEntry
from tests.flows.action_steps import nine, said
from tests.flows.steps import Tap, answer_of, told
from tests.world import World

WARNING = "Records that end soon"
RAISED = date(2026, 11, 23)
# Of what was raised then and came to nothing: two years, with the warning 30 days before and the end 30 days after.
WARN_ON, REMOVE_ON, DESTROY_ON = date(2028, 10, 23), date(2028, 11, 22), date(2028, 12, 22)


async def on(world: World, day: date) -> None:
    """Let the clock come to 09:00 of a day."""
    await world.move_to(nine(day.isoformat()))


async def live_until(world: World, day: date) -> None:
    """Go through the days on which something happens to what was raised at first, up to that one."""
    for stage in (WARN_ON, REMOVE_ON, DESTROY_ON):
        if stage <= day:
            await on(world, stage)
    await on(world, day)


def warnings(world: World, slug: str = "inspector") -> list[str]:
    """The warnings that person has had."""
    return [text for text in told(world, slug) if WARNING in text]


def warning(world: World, slug: str = "inspector") -> Any:
    """The newest warning that person has had, with its buttons."""
    return [message for message in world.persona(slug).dms() if WARNING in message.text][-1]


async def row(world: World, reference: str) -> Concern | None:
    found = await world.rows(Concern, Concern.reference == reference)
    return found[0] if found else None


async def stage(world: World, reference: str) -> str:
    """How far the clock is with it."""
    concern = await row(world, reference)
    if concern is None:
        return "destroyed"
    return "removed" if concern.retired_at else "warned" if concern.warned_at else "kept"


async def reads(world: World, slug: str, reference: str) -> bool:
    """Whether that person can open it."""
    await world.persona(slug).command("/escalate", reference)
    page = world.persona(slug).modal
    if page is None:
        return False
    await world.persona(slug).close(page)
    return True


async def records(world: World, slug: str = "inspector") -> str:
    return await said(world, slug, "/soundings", "records", channel=None)


async def press(world: World, slug: str, words: str, label: str, **answers: str) -> str:
    """Press that button of what a command answers, and send the form it opens; the page that comes of it."""
    person = world.persona(slug)
    await said(world, slug, "/soundings", words, channel=None)
    listed = [message for message in person.messages(person.dm_id) if message.ephemeral][-1]
    return await fill(world, slug, listed, label, **answers)


async def fill(world: World, slug: str, message: Any, label: str, **answers: str) -> str:
    person = world.persona(slug)
    await person.press(message, label)
    outcome = await person.submit(person.modal, answers)
    assert outcome.ok, outcome
    await world.settle()
    text = person.modal.text
    await person.close(person.modal)
    return str(text)


async def refused(world: World, slug: str, words: str) -> str:
    """What is answered to a command that is refused."""
    await world.persona(slug).command("/soundings", words)
    assert world.persona(slug).modal is None
    return answer_of(world, slug)


async def forged(world: World, slug: str, listener: str, reference: str) -> str:
    """What is said to somebody who presses a button that they were never offered."""
    person = world.persona(slug)
    home = await person.open_home()
    tap = Tap(world, lambda payload: [one.update(action_id=listener, value=reference) for one in payload["actions"]])
    await person.press(home, "Help")
    world.pg.transport = tap.carry
    if person.modal is None:
        return answer_of(world, slug)
    text = person.modal.text
    await person.close(person.modal)
    return str(text)


async def hold(world: World, reference: str, slug: str = "colleague", reason: str = "The inquest.") -> str:
    person = world.persona(slug)
    await person.command("/soundings", f"hold {reference}")
    outcome = await person.submit(person.modal, {"reason": reason})
    assert outcome.ok, outcome
    text = person.modal.text
    await person.close(person.modal)
    return str(text)


async def add_answer(world: World, reference: str) -> None:
    """As an answer does."""
    concern = await row(world, reference)
    assert concern is not None
    async with world.bot.store.begin() as unit:
        await note_activity(unit, concern.key, world.now)


async def ahead(world: World, reference: str) -> tuple[date, date]:
    """The days on which it is removed and destroyed, as they now stand."""
    concern = await row(world, reference)
    assert concern is not None
    known = Record(*(getattr(concern, name) for name in Record.__dataclass_fields__))
    rules = world.bot.work.rules
    found = dates(known.kept(rules), rules.policy.retention, rules.today(world.now))
    return found.remove_on, found.destroy_on


async def entries_about(world: World, kind: str, key: int) -> list[JournalEntry]:
    async with world.bot.store.look() as unit:
        about = select(JournalEntry).where(JournalEntry.subject_kind == kind, JournalEntry.subject_id == key)
        return list(await unit.all(about.order_by(col(JournalEntry.id))))


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)
