"""How long somebody waits at `/concern`, beside a Bolt app that does next to nothing.

The same signed requests go to every app in the same process, in turn, so that whatever slows the machine slows all.
"""

import time
from collections import defaultdict
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bench.counts import Counts
from bench.databases import Databases, counted
from bench.figures import Line, Section, spread
from bench.storing import WideRow
from bot.playground import Playground
from tests.playground.transport import answer, encoded, signed
from tests.world import QSG, World, open_world

WORDS = "northgate"
FORM = {
    "headline": "Trainees left without a senior at night",
    "details": "Three trainees said so, each on their own. " * 10,
    "theme": "education",
    "source": "learners",
}
OURS, BARE, DOING = "Soundings", "bare", "doing"
OPENING, SAVING = "/concern opens its form", "its form is sent and saved"
WARM = 3


class Stopwatch:
    """Carries payloads to the apps and times the dispatch alone: not the signing, nor what the playground does."""

    def __init__(self, apps: dict[str, AsyncApp], secret: str) -> None:
        self.apps = apps
        self.secret = secret
        self.to = OURS
        self.turn = 0
        self.seconds: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    async def __call__(self, kind: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        if kind == "slash_commands":  # a trigger works once, so each app is sent a command of its own
            return await self._timed(self.to, OPENING, kind, payload)
        answers = {name: await self._timed(name, SAVING, kind, payload) for name in self.turns()}
        return answers[OURS]

    def turns(self) -> list[str]:
        """The apps, each first in its turn."""
        names = list(self.apps)
        first = self.turn % len(names)
        return names[first:] + names[:first]

    async def _timed(self, app: str, what: str, kind: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        body, content_type = encoded(kind, payload)
        request = AsyncBoltRequest(body=body, headers=signed(body, content_type, self.secret))
        began = time.perf_counter()
        response = await self.apps[app].async_dispatch(request)
        self.seconds[app, what].append(time.perf_counter() - began)
        answered = answer(response)
        assert answered is not None, f"{app}: {response.status} {response.body}"
        return answered


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("/concern acknowledged")
    for kind in databases.kinds:
        async with open_world(databases.new(kind)) as world:
            await _measure(world, kind, counts, section)
    section.notes.append(
        "“+ views.open” also opens the very form of Soundings over loopback; “+ a commit” also saves one row as wide "
        "as a concern. What is left of the difference is Soundings: who is asking, finding the provider, drawing up "
        "the form; and, on saving, the audience, the audit entry, the messages queued, and reading it all back."
    )
    return section


async def _measure(world: World, kind: str, counts: Counts, section: Section) -> None:
    watch = Stopwatch({OURS: world.bot.slack}, world.pg.signing_secret)
    world.pg.transport = watch
    opening, saving = await _statements(world)
    section.notes.append(f"{kind}: opening the form takes {opening} statements, saving it {saving} and a commit.")
    row = await WideRow.create(world.bot.store)
    view = await _form(world)
    watch.apps |= {BARE: bare_app(world.pg), DOING: doing_app(world.pg, view, row)}
    for number in range(WARM + counts.rounds):
        if number == WARM:
            watch.seconds.clear()
        watch.turn = number
        await _round(world, watch)
    section.lines += _lines(kind, watch)


async def _round(world: World, watch: Stopwatch) -> None:
    """A command to each app in turn, then one submission that each of them is sent."""
    person = world.persona("inspector")
    for name in watch.turns():
        watch.to = name
        await person.command("/concern", WORDS, channel=QSG)
        if person.modal and name != OURS:
            await person.close(person.modal)
        elif person.modal:
            outcome = await person.submit(person.modal, FORM)
            assert not outcome.errors, outcome.errors
            await person.close(person.modal)


def _lines(kind: str, watch: Stopwatch) -> list[Line]:
    lines: list[Line] = []
    for what, also in ((OPENING, "+ views.open"), (SAVING, "+ a commit")):
        ours = watch.seconds[OURS, what]
        lines += spread(what, kind, ours, "bare Bolt app", watch.seconds[BARE, what])
        lines += spread(what, kind, ours, f"bare Bolt app {also}", watch.seconds[DOING, what])
    return lines


async def _statements(world: World) -> tuple[int, int]:
    """How many statements opening and saving take."""
    person = world.persona("inspector")
    with counted(world.bot.store) as sent:
        await person.command("/concern", WORDS, channel=QSG)
        opening = len(sent)
        await person.submit(person.modal, FORM)
        await person.close(person.modal)
    return opening, len(sent) - opening


async def _form(world: World) -> dict[str, Any]:
    """Soundings' own form, as it sends it."""
    person = world.persona("inspector")
    await person.command("/concern", WORDS, channel=QSG)
    view = dict(person.modal.body)
    await person.close(person.modal)
    return view


def bare_app(pg: Playground) -> AsyncApp:
    """Acknowledges, and that is all."""
    app = _new_app(pg)

    @app.command("/concern")
    async def command(ack: Any) -> None:
        await ack()

    @app.view("concern")
    async def submit(ack: Any) -> None:
        await ack()

    return app


def doing_app(pg: Playground, view: dict[str, Any], row: WideRow) -> AsyncApp:
    """Makes the one call, or the one commit, that no app could leave out."""
    app = _new_app(pg)

    @app.command("/concern")
    async def command(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()

    @app.view("concern")
    async def submit(ack: Any) -> None:
        await row.commit()
        await ack()

    return app


def _new_app(pg: Playground) -> AsyncApp:
    client = AsyncWebClient(token=pg.bot_token, base_url=pg.api_url, timeout=10)
    return AsyncApp(client=client, signing_secret=pg.signing_secret, process_before_response=True)
