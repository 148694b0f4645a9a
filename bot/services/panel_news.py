"""What is told about a panel: the poll, its tally kept up to date in place, what was settled, and reminders."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.domain.panels import PanelState, expected, reminded_on
from bot.domain.policy import Rules
from bot.store import panels as asked
from bot.store.journal import record
from bot.store.outbox import Telling, tell, times_replaced, told_people
from bot.store.tables import Escalation, Panel
from bot.store.unit import Unit


async def ask_when(unit: Unit, panel: Panel, now: datetime) -> None:
    """Ask everybody invited when they can come, and give the convener the tally."""
    for person_id in await _people(unit, panel):
        if person_id != panel.convened_by_id:
            await tell(unit, _poll(panel, person_id), now)
    await tell(unit, _tally(panel), now)


async def ask_guests(unit: Unit, panel: Panel, people: Sequence[int], now: datetime) -> None:
    """The same for people invited later: when they can come, or where and when it is once that is fixed."""
    for person_id in people:
        fixed = panel.state is PanelState.FIXED
        await tell(unit, _settled(panel, person_id) if fixed else _poll(panel, person_id), now)


async def announce(unit: Unit, panel: Panel, now: datetime) -> None:
    """Tell everybody invited, once, where and when it is, or that it is off."""
    for person_id in await _people(unit, panel):
        if panel.state is PanelState.CANCELLED:
            await tell(unit, Telling("panel.off", _about(panel), person_id=person_id), now)
        else:
            await tell(unit, _settled(panel, person_id), now)


async def say_withdrawn(unit: Unit, panel: Panel, now: datetime) -> None:
    """Tell those who have had word of a panel, and only them, that it is off since its subject is withdrawn."""
    for person_id in await _people(unit, panel):
        earlier = (_poll(panel, person_id), _tally(panel), _settled(panel, person_id))
        rows = await told_people(unit, [one for one in earlier if one.person_id == person_id])
        if any(row.handle for row in rows):
            await tell(unit, Telling("panel.withdrawn", _about(panel), person_id=person_id), now)


async def refresh_poll(unit: Unit, panel: Panel, person_id: int, now: datetime) -> None:
    """Bring somebody's own poll up to date, in place."""
    await _replace(unit, _poll(panel, person_id), now)


async def close_polls(unit: Unit, panel: Panel, now: datetime) -> None:
    """Take the buttons out of everybody's poll, in place, now that it is settled or off."""
    for person_id in await _people(unit, panel):
        if person_id != panel.convened_by_id:
            await refresh_poll(unit, panel, person_id, now)


async def refresh_tally(unit: Unit, panel: Panel, now: datetime) -> None:
    """Bring the convener's tally up to date, in place."""
    await _replace(unit, _tally(panel), now)


async def due_panels(unit: Unit, *, now: datetime, rules: Rules) -> tuple[list[int], list[int]]:
    """The panels whose people may be to be reminded today, and those whose convener is to hear that no time has been
    fixed and has not heard it."""
    today, policy = rules.today(now), rules.policy.panels
    last = rules.calendar.shift(today, max([*policy.working_days_before, 0])) + timedelta(days=1)
    meeting = await asked.panels_to_meet(unit, now, rules.calendar.at(last, time(0)))
    # Those convened so many working days ago; what is convened on a day off counts from the next working day.
    since = rules.calendar.shift(today, 1 - policy.unfixed_after)
    open_still = await asked.panels_without_time(unit, rules.calendar.at(since, time(0)))
    heard = {row.once for row in await told_people(unit, [_unfixed(panel) for panel in open_still])}
    unheard = [panel.key for panel in open_still if _unfixed(panel).once not in heard]
    return [key for key in meeting if key], unheard


async def remind(unit: Unit, panel_id: int, *, now: datetime, rules: Rules) -> None:
    """If it is the day for it, remind those who are coming; not whoever was told of the time today."""
    panel = await unit.find(Panel, panel_id)
    today = rules.today(now)
    if panel is None or panel.state is not PanelState.FIXED or panel.starts_at is None or panel.starts_at <= now:
        return
    day = rules.calendar.day(panel.starts_at)
    if not reminded_on(day, today, rules.calendar, rules.policy.panels.working_days_before):
        return
    invited = await asked.invited_to(unit, panel.key)
    people = frozenset(one.invitee.person_id for one in invited if one.invitee.person_id)
    coming = expected(people, await asked.tallies(unit, panel.key, invited), panel.starts_at)
    rows = await told_people(unit, [_settled(panel, person_id) for person_id in coming])
    fresh = {row.person_id for row in rows if rules.calendar.day(row.created_at) == today}
    slot = f"{panel.sequence} {today.isoformat()}"
    letters = [
        Telling("panel.reminder", _about(panel), person_id=person_id, slot=slot) for person_id in sorted(coming - fresh)
    ]
    await _tell_and_note(unit, panel, "panel reminded", letters, now)


async def note_unfixed(unit: Unit, panel_id: int, *, now: datetime) -> None:
    """Tell the convener, once, that no time has been fixed yet."""
    panel = await unit.find(Panel, panel_id)
    if panel and panel.state is PanelState.PROPOSED:
        await _tell_and_note(unit, panel, "panel without a time", [_unfixed(panel)], now)


async def _tell_and_note(unit: Unit, panel: Panel, act: str, letters: Sequence[Telling], now: datetime) -> None:
    queued = [await tell(unit, letter, now) for letter in letters]
    if any(queued):
        escalation = await unit.get(Escalation, panel.escalation_id)
        record(unit, act, by=None, now=now, subject=("panel", panel.key), group_id=escalation.group_id)


async def _replace(unit: Unit, first: Telling, now: datetime) -> None:
    number = await times_replaced(unit, first.once) + 1
    await tell(unit, replace(first, slot=str(number), edits=first.once), now)


async def _people(unit: Unit, panel: Panel) -> list[int]:
    invited = await asked.invited_to(unit, panel.key)
    return [one.invitee.person_id for one in invited if one.invitee.person_id]


def _about(panel: Panel) -> dict[str, int | str]:
    return {"panel": panel.key}


def _poll(panel: Panel, person_id: int) -> Telling:
    return Telling("panel.poll", _about(panel), person_id=person_id)


def _tally(panel: Panel) -> Telling:
    return Telling("panel.tally", _about(panel), person_id=panel.convened_by_id)


def _unfixed(panel: Panel) -> Telling:
    return Telling("panel.unfixed", _about(panel), person_id=panel.convened_by_id)


def _settled(panel: Panel, person_id: int) -> Telling:
    """Word of the time as it was fixed or moved just now; an older one not yet delivered is withheld."""
    slot, beside = str(panel.sequence), {"sequence": panel.sequence}
    return Telling("panel.settled", _about(panel), person_id=person_id, slot=slot, beside=beside)
