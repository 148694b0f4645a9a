"""What timed jobs work with, and the loop that gives each item a unit of its own."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.chat.port import Chat
from bot.domain.policy import Rules
from bot.messages.words import Templates
from bot.metrics import FAILED_ITEMS
from bot.store.unit import Store

log = structlog.get_logger()


@dataclass(frozen=True)
class Work:
    """The parts a timed job may use."""

    store: Store
    chat: Chat
    words: Templates
    rules: Rules
    clock: Callable[[], datetime]


async def each(job: str, items: Iterable[int], act: Callable[[int], Awaitable[None]]) -> None:
    """Do `act` for every item. One that fails is logged and left for the next tick; the others go on."""
    for item in items:
        try:
            await act(item)
        except Exception as error:  # noqa: BLE001  # the one broad except: a bad row must not stop the sweep
            FAILED_ITEMS.labels(job).inc()
            log.error("item failed", job=job, item=item, why=type(error).__name__)
