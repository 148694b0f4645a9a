"""The quarter's surveillance report of each group to its parent [003 §127], drafted by the clock for a person."""

from datetime import datetime, timedelta

from bot.domain.escalation_figures import Quarter
from bot.domain.policy import Rules
from bot.domain.reports import ReportKind
from bot.messages.words import Templates
from bot.services.report_drafting import start_report
from bot.services.report_news import tell_waiting
from bot.store.report_lists import without_quarter
from bot.store.reports import Way
from bot.store.tables import Group
from bot.store.unit import Unit

# A group that starts in the middle of a quarter is not asked for the one before; a bot that was away catches up.
CATCHES_UP = timedelta(days=31)


async def groups_due(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The groups with a parent whose report for the quarter that has just ended is not drafted."""
    today = rules.today(now)
    quarter = Quarter.of(today).back(1)
    if today - quarter.last > CATCHES_UP:
        return []
    return await without_quarter(unit, quarter, today)


async def draft_quarterly(unit: Unit, group_id: int, *, now: datetime, rules: Rules, words: Templates) -> None:
    """Draft it, and tell the chair and the secretariat that it waits for them. Asked again, it changes nothing."""
    group = await unit.get(Group, group_id)
    receiver = await unit.find(Group, group.parent_id) if group.parent_id else None
    if receiver is None:
        return
    way = Way(ReportKind.SURVEILLANCE, group, receiver)
    key = f"quarterly {group_id} {Quarter.of(rules.today(now)).back(1).number}"
    report = await start_report(unit, way, by=None, key=key, now=now, rules=rules, words=words)
    await tell_waiting(unit, report, now=now, today=rules.today(now))
