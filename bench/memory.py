"""Memory of the bot at rest, beside a process that has only loaded its two largest libraries."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil

from bench.counts import Counts
from bench.databases import Databases
from bench.figures import Line, Section
from bot.playground import Playground
from tests.world import SEED

LOADED = "import slack_bolt.async_app, sqlmodel, sys; print(flush=True); sys.stdin.read()"
MEGABYTE = 1024 * 1024


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section(f"Resident memory, idle for {counts.idle_seconds:g} s")
    async with running("-c", LOADED) as bare:
        assert bare.stdout is not None
        await bare.stdout.readline()
        for kind in databases.kinds:
            ours = await _serving(databases.new(kind), counts)
            section.lines.append(
                Line("soundings serve", kind, ours, "slack_bolt and sqlmodel imported", resident(bare), "MiB")
            )
    section.notes.append("The bot is connected over Socket Mode and has looked at its timetable; nobody is using it.")
    return section


async def _serving(database: str, counts: Counts) -> float:
    async with Playground(SEED) as pg:
        settings = {
            "DATABASE_URL": database,
            "SLACK_BOT_TOKEN": pg.bot_token,
            "SLACK_APP_TOKEN": pg.app_token,
            "SLACK_SIGNING_SECRET": pg.signing_secret,
            "SLACK_API_URL": pg.api_url,
            "SOUNDINGS_PORT": "0",
        }
        async with running("-m", "bot", "serve", **settings) as bot:
            await pg.bot_connected(30)
            await asyncio.sleep(counts.idle_seconds)
            return resident(bot)


@asynccontextmanager
async def running(*arguments: str, **settings: str) -> AsyncIterator[Process]:
    """A Python process that is stopped on leaving."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | settings,
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.communicate()


def resident(process: Process) -> float:
    """Resident memory, MiB."""
    return psutil.Process(process.pid).memory_info().rss / MEGABYTE
