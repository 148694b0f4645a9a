"""What people do, in a line each, so that a test reads as a story."""

import asyncio
import copy
import itertools
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from typing import Any

from bot.domain.concern import Draft
from bot.domain.terms import Audience, Directness, Marking, Urgency, Wanted
from bot.services.actions import ActionDraft
from bot.services.actions import add_action as save_action
from bot.services.concerns import raise_concern as save_concern
from bot.services.escalating import EscalationDraft, start_escalation
from bot.store.people import viewer_by_id
from bot.store.tables import OutboxRow
from bot.store.unit import make_engine
from tests.world import MEMBERS, PEOPLE, QSG, World

FORM = {
    "headline": "Trainees left without a senior at night",
    "details": "Three trainees said so independently.",
    "theme": "education",
    "source": "learners",
}
REFERENCE = 8  # characters in “C-7Q4KM2”
KEYS = (f"given-{number}" for number in itertools.count(1))


async def given_concern(
    world: World, slug: str = "inspector", provider: str | None = "northgate", **values: Any
) -> str:
    """A concern that has been raised, without going through the form; its reference."""
    draft: dict[str, Any] = {
        "group_id": world.ids["qsg"],
        "provider_id": world.ids[provider] if provider else None,
        "directness": Directness.INDIRECT,
        "urgency": Urgency.ROUTINE,
        "wanted": Wanted.DISCUSSION,
        "audience": Audience.GROUP,
        "marking": Marking.AMBER_STRICT,
        "event_on": world.now.date(),
    }
    async with world.bot.store.begin() as unit:
        raised = await save_concern(
            unit, Draft(**(FORM | draft | values)), by=await viewer(world, unit, slug), **at_once(world)
        )
    await world.settle()
    return raised.concern.reference


async def given_escalation(
    world: World, to: list[str], slug: str = "inspector", concern: str = "", question: str = "", **values: Any
) -> str:
    """An escalation that has been started, without going through the form; its reference."""
    concern = concern or await given_concern(world, slug, **values)
    bodies = tuple(world.ids[f"org:{body}"] for body in to)
    draft = EscalationDraft(concern, "emerging_concern", bodies, Wanted.ACTION, "professionals", {"question": question})
    async with world.bot.store.begin() as unit:
        started = await start_escalation(unit, draft, by=await viewer(world, unit, slug), **at_once(world))
    await world.settle()
    return started.reference


async def given_action(world: World, due: date, owner: str = "dean", slug: str = "chair", **values: Any) -> str:
    """An action in the log, without going through the form; its reference."""
    draft = ActionDraft(world.ids["qsg"], values.pop("issue", "Ask for the rota"), world.ids[owner], due, **values)
    async with world.bot.store.begin() as unit:
        saved = await save_action(unit, draft, by=await viewer(world, unit, slug), **at_once(world))
    await world.settle()
    return saved.reference


async def viewer(world: World, unit: Any, slug: str) -> Any:
    return await viewer_by_id(unit, world.ids[slug], world.now.date())


def at_once(world: World) -> dict[str, Any]:
    return {"key": next(KEYS), "now": world.now, "rules": world.bot.work.rules}


async def raise_concern(world: World, slug: str = "inspector", words: str = "northgate", **values: Any) -> str:
    """Fill in the form and send it; the new concern's reference."""
    person = world.persona(slug)
    await person.command("/concern", words, channel=usual_channel(slug))
    outcome = await person.submit(person.modal, FORM | values)
    assert outcome.ok, outcome
    await world.settle()
    return reference_in(person.modal.text, "C-")


async def escalate(world: World, reference: str, to: list[str], slug: str = "inspector", **values: Any) -> str:
    """Escalate a concern to these organisations; the escalation's reference."""
    person = world.persona(slug)
    await choose_whom(world, reference, slug)
    organisations = [str(world.ids[f"org:{body}"]) for body in to]
    outcome = await person.submit(person.modal, {"organisations": organisations, **values})
    assert outcome.ok, outcome
    await world.settle()
    return reference_in(person.modal.text, "E-")


async def choose_whom(world: World, reference: str, slug: str = "inspector", category: str = "professionals") -> None:
    """Go as far as the form that asks whom to ask."""
    person = world.persona(slug)
    outcome = await person.command("/escalate", reference)
    assert outcome.ok, outcome
    outcome = await person.submit(person.modal, {"category": category})
    assert outcome.ok, outcome


async def open_escalation(world: World, slug: str, reference: str) -> Any:
    """The page of an escalation, as that person opens it."""
    person = world.persona(slug)
    await person.command("/escalate", reference)
    return person.modal


async def acknowledge(world: World, slug: str, reference: str) -> None:
    page = await open_escalation(world, slug, reference)
    await world.persona(slug).press(page, "Acknowledge")
    await world.settle()


async def answer(world: World, slug: str, reference: str, outcome: str = "none", reason: str = "") -> Any:
    """Answer for one's organisation; what came of sending the form."""
    person = world.persona(slug)
    page = await open_escalation(world, slug, reference)
    await person.press(page, "Answer")
    sent = await person.submit(person.modal, {"outcome": outcome, "reason": reason})
    await world.settle()
    return sent


async def add_action(world: World, due: str, owner: str = "dean", slug: str = "chair", **values: Any) -> str:
    """Add an action for somebody; its reference."""
    person = world.persona(slug)
    await person.command("/action", "add Ask the trust for its rota", channel=QSG)
    outcome = await person.submit(person.modal, {"owner": f"{owner.title()} Person", "due_on": due, **values})
    assert outcome.ok, outcome
    await world.settle()
    return reference_in(person.modal.text, "A-")


def usual_channel(slug: str) -> str | None:
    """The group's channel for its members; their own messages for anybody else."""
    return QSG if dict(PEOPLE)[slug] in MEMBERS else None


def reference_in(text: str, kind: str) -> str:
    """The first reference of that kind in a text."""
    return text[text.index(kind) :][:REFERENCE]


def posts(world: World, slug: str = "dean", channel: str = QSG) -> list[Any]:
    """What the bot has posted in a channel for all to see, as that member sees it."""
    return [message for message in world.persona(slug).messages(channel) if not message.ephemeral]


def told(world: World, slug: str) -> list[str]:
    """Every direct message that person has had from the bot."""
    return [message.text for message in world.persona(slug).dms() if not message.ephemeral]


def answer_of(world: World, slug: str, channel: str | None = None) -> str:
    """The newest message only that person sees, in a channel or in their direct messages."""
    person = world.persona(slug)
    seen = [message for message in person.messages(channel or person.dm_id) if message.ephemeral]
    return seen[-1].text


def last_dm(world: World, slug: str) -> Any:
    """The newest direct message from the bot that stays."""
    return [message for message in world.persona(slug).dms() if not message.ephemeral][-1]


async def outbox(world: World, kind: str = "") -> list[OutboxRow]:
    """What has been queued, of one kind or all, oldest first."""
    rows = await world.rows(OutboxRow)
    return sorted((row for row in rows if kind in ("", row.kind)), key=lambda row: row.key)


class Tap:
    """Keeps every payload on its way to the bot, so that it can be sent again.

    `alter` forges the next ones; `copies` of each are sent at the same moment, and `answers` are theirs.
    """

    def __init__(self, world: World, alter: Callable[[dict[str, Any]], object] = lambda _: None) -> None:
        self.payloads: list[tuple[str, dict[str, Any]]] = []
        self.alter = alter
        self.copies = 1
        self.answers: list[dict[str, Any] | None] = []
        self.carry = world.pg.transport
        world.pg.transport = self

    async def __call__(self, kind: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        self.alter(payload)
        self.payloads.append((kind, copy.deepcopy(payload)))
        self.answers = await asyncio.gather(*(self.carry(kind, payload) for _ in range(self.copies)))
        return self.answers[0]

    @property
    def last(self) -> dict[str, Any]:
        return copy.deepcopy(self.payloads[-1][1])

    async def again(self, payload: dict[str, Any] | None = None) -> dict[str, Any] | None:
        """Send the last payload once more, or another of its kind."""
        return await self.carry(self.payloads[-1][0], payload or self.last)


@contextmanager
def database_away(world: World):
    """Nothing can be read or saved while this lasts: nobody listens where the database should be."""
    store = world.bot.store
    kept, store.engine = store.engine, make_engine("postgresql://nobody@127.0.0.1:1/none")
    try:
        yield
    finally:
        store.engine = kept
