"""The commands."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Annotated, Any

import typer
from aiohttp import web
from slack_sdk.errors import SlackApiError

from bot.app import Soundings, build
from bot.chat.port import Busy, Channel
from bot.cli.audit import audit_app
from bot.cli.demo import run_demo
from bot.cli.export import export
from bot.cli.keys import NO_KEY, keys_amiss, keys_app
from bot.cli.network import network_app
from bot.cli.providers import providers_app
from bot.cli.show import MISTAKEN, complain, readable, say
from bot.logs import set_up_logs
from bot.services.channel import company_of, unfit
from bot.services.route_warnings import route_warnings
from bot.settings import read_settings
from bot.store.groups import with_channels
from bot.store.migrate import migrate
from bot.store.tables import Group
from bot.web import make_web

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Soundings: soft intelligence about the quality of care, shared between meetings.",
)
app.add_typer(network_app, name="network")
app.add_typer(providers_app, name="providers")
app.add_typer(keys_app, name="keys")
app.add_typer(audit_app, name="audit")
app.command()(export)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the playground's page; 0 for any free one.")] = 8090,
    stay: Annotated[bool | None, typer.Option(help="Keep the playground open; by default only on a terminal.")] = None,
) -> None:
    """Play the story on SQLite and the local playground, then leave it open in the browser."""
    with readable():
        set_up_logs(level=logging.WARNING, json=False)
        run_demo(port=port, stay=stay)


@app.command()
def serve(
    http: Annotated[bool, typer.Option("--http", help="Let Slack call us, instead of Socket Mode.")] = False,
) -> None:
    """Run the bot until it is told to stop."""
    with readable():
        set_up_logs()
        asyncio.run(_serve(build(read_settings()), http=http))


@app.command()
def check() -> None:
    """Check the settings, the database, Slack and every group's channel. Changes nothing but old tables."""
    with readable():
        soundings = build(read_settings())
        wrong = asyncio.run(_check(soundings))
    if not soundings.store.keys.primary:
        complain(NO_KEY)
    if wrong:
        complain(*wrong)
        raise typer.Exit(MISTAKEN)
    say("Everything is ready.")


async def _serve(soundings: Soundings, *, http: bool) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(make_web(soundings, slack_over_http=http), access_log=None)
    async with soundings.running():
        await runner.setup()
        await web.TCPSite(runner, soundings.settings.host, soundings.settings.port).start()
        listening = None if http else asyncio.create_task(_listen(soundings))
        try:
            # While Slack cannot be reached the client goes on trying; being told to stop must not wait for that.
            await _first_of(stop.wait(), listening)
        finally:
            await runner.cleanup()


async def _listen(soundings: Soundings) -> None:
    async with soundings.connected():
        await asyncio.Event().wait()


async def _first_of(stopped: Coroutine[Any, Any, Any], listening: asyncio.Task[None] | None) -> None:
    """Until told to stop, or until listening fails, which it raises."""
    stopping = asyncio.ensure_future(stopped)
    await asyncio.wait([stopping, *([listening] if listening else [])], return_when=asyncio.FIRST_COMPLETED)
    if listening and listening.done():
        listening.result()
    for task in (stopping, listening):
        if task:
            task.cancel()
    await asyncio.gather(*(task for task in (stopping, listening) if task), return_exceptions=True)


async def _check(soundings: Soundings) -> list[str]:
    wrong = []
    await migrate(soundings.store)
    wrong += await keys_amiss(soundings.store)
    await _routes(soundings)
    try:
        await soundings.slack.client.auth_test()
        wrong += await _channels(soundings)
    except (SlackApiError, ConnectionError, OSError) as error:
        wrong.append(f"Slack cannot be used with SLACK_BOT_TOKEN and SLACK_API_URL: {type(error).__name__}.")
    await soundings.store.close()
    return wrong


async def _routes(soundings: Soundings) -> None:
    """Say what the policy's routes name and the directory does not have: it stops nothing, and proposes nobody."""
    rules = soundings.work.rules
    async with soundings.store.look() as unit:
        found = await route_warnings(unit, rules.policy, rules.today(soundings.work.clock()))
    if found:
        say("Needs attention:", *(f"! {sentence}" for sentence in found), style="yellow")


async def _channels(soundings: Soundings) -> list[str]:
    """Groups whose channel the bot could not post in, or in which somebody is who may not be."""
    async with soundings.store.look() as unit:
        groups = await with_channels(unit, soundings.work.rules.today(soundings.work.clock()))
    wrong = []
    for group in groups:
        if await soundings.work.chat.present(Channel(group.platform, group.workspace or "", group.channel or "")):
            wrong += await _strays(soundings, group)
        else:
            wrong.append(f"The assistant is not in the channel of {group.name}: invite it there.")
    return wrong


async def _strays(soundings: Soundings, group: Group) -> list[str]:
    """Who is in a group's channel and may not be, whatever is said there."""
    work = soundings.work
    try:
        company = await company_of(work.chat, group)
    except Busy as busy:
        return [f"Slack asks to wait {busy.seconds:g} seconds before saying who is in the channel of {group.name}."]
    if company.code:
        return [f"Who is in the channel of {group.name} cannot be seen, so nothing is posted there: {company.code}."]
    async with work.store.look() as unit:
        found = await unfit(unit, company, (), now=work.clock(), rules=work.rules)
    return [
        f"In the channel of {group.name}: {one.name or one.who.user}, {one.why}. Nothing is posted there meanwhile."
        for one in found
    ]


def main() -> None:
    app()
