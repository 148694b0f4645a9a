"""`soundings network`: check and load the file of organisations, people, groups and meetings."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.app import make_rules, wall_clock
from bot.cli.database import opened
from bot.cli.show import MISUSED, complain, readable, say
from bot.files.network import Network
from bot.files.network_check import check as check_file
from bot.files.network_file import NetworkFile, read_network
from bot.files.policy import load_policy
from bot.services.network import Plan, apply, plan
from bot.services.network_compare import Act
from bot.services.network_warnings import warnings
from bot.settings import Settings, read_settings
from bot.store.network import known_codes

network_app = typer.Typer(no_args_is_help=True, help="Check and load the network file.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The network file, such as deploy/example-network.yaml.")]
MARKS = {Act.ADDED: ("+", "green"), Act.CHANGED: ("~", "yellow"), Act.ENDED: ("-", "red")}


@network_app.command()
def check(file: File) -> None:
    """Say what is wrong in a network file, line by line. Changes nothing."""
    with readable():
        asyncio.run(_check(read_settings(), file))


@network_app.command()
def load(file: File, yes: Annotated[bool, typer.Option("--yes", help="Load without asking.")] = False) -> None:
    """Show what loading a network file would change, ask, and load it."""
    with readable():
        asyncio.run(_load(read_settings(), file, agreed=yes))


async def _check(settings: Settings, path: Path) -> None:
    file = read_network(path)
    known: frozenset[str] = frozenset()
    # The database is opened only for providers the file does not declare itself.
    if elsewhere := file.codes_elsewhere():
        async with opened(settings) as store, store.look() as unit:
            known = await known_codes(unit, elsewhere)
    network = _sound(settings, file, known)
    today = make_rules(settings).today(wall_clock())
    _warn(tuple(warnings(network, today)))
    people = len(list(network.people()))
    counts = f"{len(network.organisations)} organisations, {people} people, {len(network.groups)} groups"
    say(f"{path.name} has no mistakes: {counts}, {len(network.providers)} providers.")


async def _load(settings: Settings, path: Path, *, agreed: bool) -> None:
    file = read_network(path)
    async with opened(settings) as store:
        async with store.look() as unit:
            network = _sound(settings, file, await known_codes(unit, file.codes_elsewhere()))
            proposed = await plan(unit, network, make_rules(settings).today(wall_clock()))
        _show(proposed)
        if not proposed.changes:
            say("Nothing to change: everything in the file is loaded already.")
            return
        _agree(agreed=agreed)
        async with store.begin() as unit:
            now = wall_clock()
            done = await apply(unit, network, make_rules(settings).today(now), now)
    say("Loaded: " + ", ".join(f"{count} {act}" for act, count in done.counts().items()) + ".")


def _sound(settings: Settings, file: NetworkFile, known: frozenset[str]) -> Network:
    return check_file(file, known, load_policy(settings.policy).categories)


def _show(proposed: Plan) -> None:
    for act, (mark, colour) in MARKS.items():
        for line in proposed.lines(act):
            say(f"{mark} {line}", style=colour)
    _warn(proposed.warnings)


def _warn(sentences: tuple[str, ...]) -> None:
    if sentences:
        say("Needs attention:", *(f"! {sentence}" for sentence in sentences), style="yellow")


def _agree(*, agreed: bool) -> None:
    """Ask on a terminal; elsewhere somebody must have said --yes."""
    if agreed:
        return
    if not sys.stdin.isatty():
        complain("Nothing was changed. Add --yes to load without being asked.")
        raise typer.Exit(MISUSED)
    typer.confirm("Load this?", abort=True)
