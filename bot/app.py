"""The one place that knows every part and puts them together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import holidays
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.homes import Homes
from bot.chat.slack import SlackChat
from bot.chat.slack_listeners import SlackListeners
from bot.domain.calendar import WorkingCalendar
from bot.domain.policy import Rules
from bot.errors import BadSetting, FormExpired
from bot.files.policy import load_policy
from bot.handlers import open_desks
from bot.handlers.door import Door
from bot.messages.words import Templates
from bot.schedules.deliver import deliver
from bot.schedules.timetable import TIMETABLE, Tick, look
from bot.schedules.work import Work
from bot.settings import Settings
from bot.store.keys import KeyRing
from bot.store.migrate import migrate
from bot.store.unit import DatabaseAway, Store

log = structlog.get_logger()
LAST_LOOK_SECONDS = 5.0


def wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass
class Soundings:
    """The running bot: a Slack app, a deliverer, and a scheduler that only rings the bell."""

    settings: Settings
    store: Store
    slack: AsyncApp
    work: Work
    door: Door
    bell: asyncio.Event
    scheduler: AsyncIOScheduler = field(default_factory=lambda: AsyncIOScheduler(timezone=UTC))
    deliverer: asyncio.Task[None] | None = None
    socket: AsyncSocketModeHandler | None = None
    looking: set[asyncio.Task[Any]] = field(default_factory=set)
    stopping: bool = False

    @property
    def delivering(self) -> bool:
        return self.deliverer is not None and not self.deliverer.done()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Soundings"]:
        """Bring the database up to date, then deliver and look at the timetable until left."""
        await migrate(self.store)
        for tick in TIMETABLE:
            self.scheduler.add_job(
                self._look,
                "interval",
                args=[tick],
                id=tick.name,
                seconds=self.settings.tick_seconds * tick.beats,
                next_run_time=datetime.now(UTC),
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )
        self.scheduler.add_job(self.bell.set, "interval", id="deliver", seconds=min(2, self.settings.tick_seconds))
        self.scheduler.start()
        self.deliverer = asyncio.create_task(self._deliver_forever())
        try:
            yield self
        finally:
            self.scheduler.remove_all_jobs()
            # What is being looked at is finished first: the scheduler would break it off and call that a failure.
            if self.looking:
                await asyncio.wait(set(self.looking), timeout=LAST_LOOK_SECONDS)
            self.scheduler.shutdown(wait=False)
            await self._stop_delivering(self.deliverer)
            await self.store.close()

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Listen over Socket Mode until left."""
        token = _secret(self.settings.slack_app_token.get_secret_value(), "SLACK_APP_TOKEN")
        self.socket = AsyncSocketModeHandler(self.slack, token, web_client=self.slack.client)
        try:
            await self.socket.connect_async()  # type: ignore[no-untyped-call]
            yield
        finally:
            await self.socket.close_async()  # type: ignore[no-untyped-call]

    async def _look(self, tick: Tick) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # the scheduler runs each look as a task
        self.looking.add(task)
        try:
            await look(tick, self.work)
        finally:
            self.looking.discard(task)

    async def _stop_delivering(self, deliverer: asyncio.Task[None]) -> None:
        """Let what is being sent be marked as sent; broken off there, it would be sent again after a restart."""
        self.stopping = True
        self.bell.set()
        await asyncio.wait({deliverer}, timeout=LAST_LOOK_SECONDS)
        deliverer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await deliverer

    async def _deliver_forever(self) -> None:
        while True:
            await self.bell.wait()
            if self.stopping:
                return
            self.bell.clear()
            try:
                await deliver(self.work)
            except DatabaseAway as away:
                log.error("deliverer waits", why=str(away))


def build(settings: Settings, *, clock: Callable[[], datetime] = wall_clock) -> Soundings:
    """Put the parts together. Nothing is opened, sent or asked yet. Raises `BadFile` or `BadSetting`."""
    bell = asyncio.Event()
    store = Store(settings.database_url, bell=bell.set, keys=key_ring(settings))
    rules = make_rules(settings)
    words = Templates(settings.templates)
    client = AsyncWebClient(
        token=_secret(settings.slack_bot_token.get_secret_value(), "SLACK_BOT_TOKEN"),
        base_url=settings.slack_api_url,
        timeout=10,
    )
    slack = AsyncApp(
        client=client,
        signing_secret=settings.slack_signing_secret.get_secret_value() or None,
        # In default mode a listener that fails just after its acknowledgement loses it.
        process_before_response=True,
    )
    door = Door(store, words, rules, clock)
    open_desks(door)
    SlackListeners(door.listeners, lambda sentence: words.page("notice", sentence=sentence), late).connect(slack)
    work = Work(store, SlackChat(client, Homes(clock)), words, rules, clock)
    return Soundings(settings, store, slack, work, door, bell)


def make_rules(settings: Settings) -> Rules:
    policy = load_policy(settings.policy)
    england = holidays.country_holidays("GB", subdiv="ENG")

    def is_bank_holiday(day: date) -> bool:
        return day in england

    def holiday_name(day: date) -> str:
        return england.get(day, "")

    calendar = WorkingCalendar(is_bank_holiday, opens=policy.opens, closes=policy.closes, holiday_name=holiday_name)
    return Rules(policy, calendar)


async def open_store(settings: Settings) -> Store:
    """The database, brought up to date."""
    store = Store(settings.database_url, keys=key_ring(settings))
    await migrate(store)
    return store


def key_ring(settings: Settings) -> KeyRing:
    """The operator's keys. Raises `BadSetting`."""
    return KeyRing.read(settings.keys.get_secret_value())


def late(what: str) -> str:
    return str(FormExpired(command=what))


def signing_secret(settings: Settings) -> str:
    """What Slack signs its calls with. Raises `BadSetting` if it is not set."""
    return _secret(settings.slack_signing_secret.get_secret_value(), "SLACK_SIGNING_SECRET")


def _secret(value: str, variable: str) -> str:
    if not value:
        raise BadSetting(variable=variable, problem="this must be set; the README says where Slack shows it.")
    return value
