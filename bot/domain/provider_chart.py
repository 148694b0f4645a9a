"""What a chart of a provider shows: concerns by month and organisation, and the level that stood in each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.cadence import months_on
from bot.domain.terms import Level

MONTHS = 12  # (ours)
NAMED = 5  # organisations with bars of their own (ours); the others are taken together
GRAVEST = (Level.RISK_SUMMIT, Level.ENHANCED, Level.FURTHER_INFORMATION, Level.ROUTINE)


@dataclass(frozen=True)
class Decided:
    """That a group put it on a level on a day."""

    group_id: int
    provider_id: int
    level: Level
    on: date


def months_to(today: date) -> list[date]:
    """The first days of the last twelve months, this one the last."""
    return [months_on(today.replace(day=1), -back) for back in reversed(range(MONTHS))]


def counted(raised: Sequence[tuple[str, date]], months: Sequence[date]) -> dict[str, tuple[int, ...]]:
    """How many each organisation raised in each of these months, those with most first; the name is empty for those
    taken together: whoever may not be named, and all beyond the first few."""
    wanted = [(name, on.replace(day=1)) for name, on in raised if on.replace(day=1) in months]
    total: dict[str, int] = {}
    for name, _ in wanted:
        total[name] = total.get(name, 0) + 1
    named = sorted((name for name in total if name), key=lambda name: (-total[name], name))[:NAMED]
    rows = {name: [0] * len(months) for name in [*named, ""]}
    for name, month in wanted:
        rows[name if name in named else ""][months.index(month)] += 1
    return {name: tuple(row) for name, row in rows.items() if any(row)}


def level_at(decisions: Sequence[Decided], day: date) -> Level | None:
    """The gravest level that stood at the end of that day in any group, for the provider or one of its sites; None
    where none had been set."""
    newest: dict[tuple[int, int], Level] = {}
    for one in sorted(decisions, key=lambda one: one.on):
        if one.on <= day:
            newest[one.group_id, one.provider_id] = one.level
    return next((level for level in GRAVEST if level in newest.values()), None)


def band(decisions: Sequence[Decided], months: Sequence[date], today: date) -> list[Level | None]:
    """The level at the end of each of these months, and today in the one that is not over."""
    ends = [months_on(month, 1) for month in months]
    return [level_at(decisions, min(date.fromordinal(end.toordinal() - 1), today)) for end in ends]
