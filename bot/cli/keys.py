"""`soundings keys`: make a key, show the public ones, and lock every annexe with the newest."""

import asyncio
from typing import Annotated

import typer

from bot.app import key_ring, wall_clock
from bot.cli.database import opened
from bot.cli.show import MISTAKEN, complain, readable, say
from bot.errors import BadSetting
from bot.services.keys import Relocked, annexes_without_key, named, relock_annexes
from bot.settings import Settings, read_settings
from bot.store.keys import VARIABLE, KeyRing, new_key
from bot.store.unit import Store

keys_app = typer.Typer(no_args_is_help=True, help="Make and change the keys that lock restricted annexes.")

NO_KEY = (
    f"No key is set in {VARIABLE}: restricted annexes are not offered, and the journal’s heads are not signed."
    " `soundings keys new` makes one."
)


@keys_app.command()
def new(
    name: Annotated[str, typer.Argument(help="What to call it; by default, today’s date.")] = "",
) -> None:
    """Make a key. It is shown once and kept nowhere."""
    with readable():
        say(new_key(name or f"{wall_clock():%Y-%m-%d}"))
    complain(
        f"Put this line first in {VARIABLE}, before older keys, with a space between. Keep a copy apart from the"
        " database and its backups: what it locks can be opened with nothing else.",
        "Start every process of the bot again. If there were older keys, then run: soundings keys rotate",
    )


@keys_app.command()
def public() -> None:
    """Show each key’s public half as NAME:BASE64, with which anybody can check what it signed."""
    with readable():
        say(*(f"{name}:{key}" for name, key in _ring(read_settings()).public_keys().items()))


@keys_app.command()
def rotate() -> None:
    """Lock every annexe with the first key. May be broken off and run again."""
    with readable():
        settings = read_settings()
        ring = _ring(settings)
        done = asyncio.run(_rotate(settings))
    _report(done, ring)


async def keys_amiss(store: Store) -> list[str]:
    """What is wrong with the keys, in a sentence each."""
    lost = await annexes_without_key(store)
    return [f"{VARIABLE} does not open every restricted annexe: put back {named(lost)}, as it was."] if lost else []


async def _rotate(settings: Settings) -> Relocked:
    async with opened(settings) as store:
        return await relock_annexes(store, wall_clock())


def _ring(settings: Settings) -> KeyRing:
    ring = key_ring(settings)
    if not ring.primary:
        raise BadSetting(variable=VARIABLE, problem="no key is set. `soundings keys new` makes one.")
    return ring


def _report(done: Relocked, ring: KeyRing) -> None:
    say(f"Parts of annexes locked again with “{ring.primary}”: {done.parts}.")
    if done.unused:
        say(
            f"No annexe needs these keys any more, and they may be taken out of {VARIABLE}: {', '.join(done.unused)}."
            " First keep their lines of `soundings keys public`: they check what was signed until now."
        )
    if done.refused:
        complain(
            f"Left as they were, since the key is not the same any more or they were altered: {named(done.refused)}."
        )
        raise typer.Exit(MISTAKEN)
