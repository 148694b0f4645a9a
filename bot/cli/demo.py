"""`soundings demo`: the unchanged bot on SQLite, and a local workspace in the browser, with nobody else's help."""

import asyncio
import errno
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import typer
import yaml
from rich.console import Console

from bot.app import Soundings, build
from bot.cli.show import MISTAKEN, MISUSED, complain
from bot.cli.story import DEPUTY, INSPECTOR, OPENING, Stage, StoryBroken, play
from bot.domain.terms import Tier
from bot.files.network import Network
from bot.files.network_check import load_network
from bot.playground import MovableClock, Playground, Seed, SeedChannel, SeedCommand, SeedShortcut, SeedUser
from bot.services.network import apply
from bot.settings import Settings
from bot.store.keys import new_key
from bot.store.migrate import migrate

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
NETWORK = DEPLOY / "example-network.yaml"
MANIFEST = DEPLOY / "slack-manifest.yaml"


def run_demo(*, port: int, stay: bool | None) -> None:
    """Play the story; then, on a terminal or when told to stay, keep the playground open until Ctrl-C."""
    open_for_more = sys.stdin.isatty() and sys.stdout.isatty() if stay is None else stay
    try:
        asyncio.run(_demo(port if open_for_more else 0, stay=open_for_more))
    except StoryBroken as broken:
        complain(f"The story stopped: {broken} did not arrive.")
        raise typer.Exit(MISTAKEN) from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        complain(f"Port {port} is in use. Choose another: soundings demo --port 0 takes any free one.")
        raise typer.Exit(MISUSED) from None
    except KeyboardInterrupt:
        return


async def _demo(port: int, *, stay: bool) -> None:
    console = Console(highlight=False)
    network = load_network(NETWORK)
    clock = MovableClock(OPENING, running=True)
    with tempfile.TemporaryDirectory(prefix="soundings-") as folder:
        async with Playground(workspace(network), port=port, clock=clock) as pg:
            soundings = build(settings(pg, Path(folder) / "demo.db"), clock=clock)
            await prepare(soundings, network)
            async with soundings.running(), soundings.connected():
                await pg.bot_connected(10)
                await play(Stage(pg, console))
                if stay:
                    console.print(f"\n[bold]The playground is open at {page(pg)}[/bold]")
                    console.print("Be anybody, two at a time. Press Ctrl-C here to close it.")
                    await asyncio.Event().wait()
    console.print("\nThe story is over. Nothing is left running.")


def page(pg: Playground) -> str:
    """The address of the page with the two people of the escalation side by side."""
    return f"{pg.url}/?left={INSPECTOR}&right={DEPUTY}"


def settings(pg: Playground, database: Path) -> Settings:
    """The bot's settings for a playground: only the addresses and the pace differ from Slack's."""
    return Settings.model_validate(
        {
            "DATABASE_URL": f"sqlite:///{database}",
            "SLACK_BOT_TOKEN": pg.bot_token,
            "SLACK_APP_TOKEN": pg.app_token,
            "SLACK_SIGNING_SECRET": pg.signing_secret,
            "SLACK_API_URL": pg.api_url,
            "SOUNDINGS_TICK_SECONDS": 0.25,
            "SOUNDINGS_KEYS": new_key("demo"),
        }
    )


async def prepare(soundings: Soundings, network: Network) -> None:
    """Load the example network into an empty database."""
    await migrate(soundings.store)
    now = soundings.work.clock()
    async with soundings.store.begin() as unit:
        await apply(unit, network, soundings.work.rules.today(now), now)


def workspace(network: Network) -> Seed:
    """A workspace with everybody in the network file, and the commands of the app's manifest."""
    users = tuple(
        SeedUser(person.slack, slug, person.name, f"{network.organisations[body].short_name}: {person.title}")
        for body, slug, person in network.people()
        if person.slack
    )
    whole = yaml.safe_load(MANIFEST.read_text("utf-8"))
    manifest = whole["features"]
    return Seed(
        users=(*users, SeedUser("U_STRANGER", "stranger", "Somebody not enrolled", "Not enrolled")),
        channels=tuple(_channels(network)),
        commands=tuple(
            SeedCommand(one["command"], one["usage_hint"], one["description"]) for one in manifest["slash_commands"]
        ),
        shortcuts=tuple(SeedShortcut(one["callback_id"], one["name"], one["type"]) for one in manifest["shortcuts"]),
        events=tuple(whole["settings"]["event_subscriptions"]["bot_events"]),
        scopes=frozenset(whole["oauth_config"]["scopes"]["bot"]),
    )


def _channels(network: Network) -> Iterator[SeedChannel]:
    """Each group's private channel, with everybody who works at a member organisation or holds a seat, but for those
    with a conflict about a provider that the group watches: nothing about it could be posted while they read it.

    Local groups come first: the page opens on the first, and theirs is the daily work.
    """
    for group in sorted(network.groups.values(), key=lambda one: one.tier is not Tier.LOCAL):
        seats = {group.chair, *group.secretariat}
        members = tuple(
            person.slack
            for body, slug, person in network.people()
            if person.slack
            and (body in group.members or slug in seats)
            and not {conflict.provider for conflict in person.conflicts} & set(group.footprint)
        )
        if group.channel:
            yield SeedChannel(
                group.channel, group.channel.removeprefix("C_").lower().replace("_", "-"), members=members
            )
