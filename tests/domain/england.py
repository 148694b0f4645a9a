"""England's working calendar and the shipped policy, as the app itself puts them together."""

from datetime import datetime

from hypothesis import strategies as st

from bot.app import make_rules
from bot.domain.calendar import LONDON
from bot.settings import Settings

RULES = make_rules(Settings(policy=None))
ENGLAND, POLICY = RULES.calendar, RULES.policy


def at(local: str) -> datetime:
    """A moment as London's clocks show it, such as `2026-11-23 09:00`."""
    return datetime.fromisoformat(local).replace(tzinfo=LONDON)


def shown(moment: datetime) -> str:
    return f"{ENGLAND.local(moment):%Y-%m-%d %H:%M}"


# Whole minutes over two years, which hold four changes of the clocks and two Easters.
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(LONDON)).map(  # noqa: DTZ001
    lambda moment: moment.replace(second=0, microsecond=0)
)
days = st.dates(at("2026-01-01 00:00").date(), at("2027-12-31 00:00").date())
