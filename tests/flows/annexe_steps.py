"""What people do with a restricted annexe, in a line each."""

from typing import Any

from bot.domain.terms import AnnexeKind
from bot.services import annexe as services
from bot.store.concerns import visible_concern
from bot.store.keys import KeyRing
from bot.store.tables import AnnexeGrant, Concern, JournalEntry
from tests.flows.steps import posts, viewer
from tests.world import PEOPLE as PERSONS
from tests.world import World

KEYS = "new:VVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVVU= old:MzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzM="
PEOPLE = "canary-people: Dr A. N. Other"
SOURCE = "canary-source: a trainee on nights"
REASON = "canary-reason: we visit on Monday"


def with_keys(world: World, text: str) -> None:
    """What the operator has set from now on."""
    world.bot.store.keys = KeyRing.read(text)


async def store(world: World, reference: str, slug: str = "inspector", **texts: str) -> None:
    """Store an annexe as the concern's form does: `people`, `source` or both."""
    async with world.bot.store.begin() as unit:
        by = await viewer(world, unit, slug)
        found = await visible_concern(unit, reference, by, world.now.date())
        for name, text in texts.items():
            kind = AnnexeKind[name.upper()]
            await services.store_annexe(unit, found.concern, kind, text, by=by, now=world.now)


async def agree(world: World, reference: str, to: str, by: str = "inspector", reason: str = REASON) -> AnnexeGrant:
    """What a second person's agreement comes to, without going through their message."""
    concern = await concern_of(world, reference)
    async with world.bot.store.begin() as unit:
        granted = await services.grant(
            unit,
            concern.key,
            world.ids[to],
            reason,
            change_id=None,
            by=await viewer(world, unit, by),
            now=world.now,
            rules=world.bot.work.rules,
        )
    await world.settle()
    return granted


async def concern_page(world: World, slug: str, reference: str) -> Any:
    """The page of a concern, opened from its post in the channel."""
    person = world.persona(slug)
    (post,) = [post for post in posts(world, slug) if reference in post.text and "Read the details" in post.buttons]
    await person.press(post, "Read the details")
    return person.modal


async def open_annexe(world: World, slug: str, reference: str) -> Any:
    """What the button on a concern's page leads to: a form or the annexe itself."""
    person = world.persona(slug)
    await person.press(await concern_page(world, slug, reference), "Restricted annexe")
    return person.modal


async def claim(world: World, reference: str, slug: str = "inspector", reason: str = REASON) -> Any:
    """Open one's own concern's annexe with a reason; the page."""
    person = world.persona(slug)
    outcome = await person.submit(await open_annexe(world, slug, reference), {"reason": reason})
    assert outcome.ok, outcome
    return person.modal


async def concern_of(world: World, reference: str) -> Concern:
    (concern,) = await world.rows(Concern, Concern.reference == reference)
    return concern


async def journal(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    """What the journal says of annexes, oldest first: the act, who, and the facts."""
    names = {world.ids[slug]: slug for slug, _ in PERSONS}
    entries = sorted(await world.rows(JournalEntry), key=lambda entry: entry.key)
    return [(one.act, names[one.person_id], one.facts) for one in entries if one.act.startswith("annexe")]
