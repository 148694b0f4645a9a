"""What of a provider's summary is sent as a file, by direct message, to whoever asks."""

from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.unit import Unit


async def send_chart(unit: Unit, provider_id: int, *, by: Viewer, now: datetime) -> None:
    """Send the chart to whoever asks, once a minute at most."""
    letter = Telling("provider.chart", {"provider": provider_id}, person_id=by.person_id, slot=_minute(now))
    if await tell(unit, letter, now):
        record(unit, "provider chart asked", by=by, now=now, subject=("provider", provider_id))


async def send_look_back(unit: Unit, provider_id: int, day: date, *, by: Viewer, now: datetime) -> None:
    """Send what was known at the end of that day as a document to whoever asks, once a minute at most."""
    about: dict[str, int | str] = {"provider": provider_id, "day": day.isoformat()}
    if await tell(unit, Telling("provider.look_back", about, person_id=by.person_id, slot=_minute(now)), now):
        subject = ("provider", provider_id)
        record(unit, "look-back asked", by=by, now=now, subject=subject, day=day.isoformat())


def _minute(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H:%M}"
