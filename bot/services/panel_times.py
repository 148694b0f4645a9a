"""When a panel meets: people say when they can come; whoever convened it fixes a time, moves it, or calls it off."""

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.handling import Viewer
from bot.domain.panels import PanelState, check_time, may_become
from bot.domain.policy import Rules
from bot.errors import ChangedMeanwhile, FormErrors, NotFound, NotYours, WrongState
from bot.services.panel_news import announce, close_polls, refresh_poll, refresh_tally, say_withdrawn
from bot.services.panel_pack import ask_for_activity
from bot.services.panels import find_panel, missing, note, one_line
from bot.store import panels as asked
from bot.store.tables import Panel, PanelTime, PanelVote
from bot.store.unit import Unit


@dataclass(frozen=True)
class Move:
    """Another time for a panel, and why. `version` is the one the form showed."""

    day: date | None
    clock: time | None
    place: str
    why: str
    version: int


async def say_when(
    unit: Unit, time_id: int, can: bool, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[Panel, PanelTime, bool]:
    """Say whether one can come at a proposed time; and whether that is news. It can be changed until one is fixed.

    Raises `NotFound`, `NotYours` for somebody not invited, and `WrongState` once it is settled or past.
    """
    panel, proposed = await _time(unit, time_id, by, rules.today(now))
    if not any(one.invitee.person_id == by.person_id for one in await asked.invited_to(unit, panel.key)):
        raise NotYours(who="the people who are invited")
    if panel.state is not PanelState.PROPOSED:
        raise WrongState(what=panel.reference, now=panel.state, wanted="answered")
    if proposed.starts_at <= now:
        raise WrongState(what="That time", now="past", wanted="answered")
    vote = await asked.vote_of(unit, time_id, by.person_id)
    if vote and vote.can is can:
        return panel, proposed, False
    vote = vote or PanelVote(panel_time_id=time_id, person_id=by.person_id, can=can, at=now)
    vote.can, vote.at = can, now
    unit.add(vote)
    await unit.flush()
    await note(unit, panel, "panel answered", by, now, time=time_id, can=int(can))
    await refresh_poll(unit, panel, by.person_id, now)
    await refresh_tally(unit, panel, now)
    return panel, proposed, True


async def fix_time(unit: Unit, time_id: int, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Settle on a proposed time and tell everybody invited. The same again changes nothing.

    Raises `NotFound`, `NotYours` for another organisation's people, and `WrongState`.
    """
    panel, proposed = await _time(unit, time_id, by, rules.today(now))
    _check_ours(panel, by)
    if panel.state is PanelState.FIXED and panel.starts_at == proposed.starts_at:
        return panel
    if panel.state is not PanelState.PROPOSED:
        raise WrongState(what=panel.reference, now=panel.state, wanted="fixed at this time")
    if proposed.starts_at <= now:
        raise WrongState(what="That time", now="past", wanted="fixed")
    panel.starts_at = proposed.starts_at
    await _change(unit, panel, PanelState.FIXED, "panel fixed", by, now)
    return panel


async def move(unit: Unit, reference: str, to: Move, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Fix another time or place than was proposed or fixed, and tell everybody invited why. What has become so
    already, as when a form is sent twice, is left as it is.

    Raises `NotFound`, `NotYours`, `WrongState`, `FormErrors`, and `ChangedMeanwhile` if somebody else was quicker.
    """
    panel = await _ours(unit, reference, by, rules.today(now))
    moment = check_time(to.day, to.clock, now, rules.calendar)
    wanted = (PanelState.FIXED, moment, one_line(to.place), to.why.strip())
    if (panel.state, panel.starts_at, panel.place, panel.why) == wanted:
        return panel
    _check_state(panel, PanelState.FIXED, "moved")
    if panel.version != to.version:
        raise ChangedMeanwhile(what=f"panel {panel.reference}")
    errors = missing(place=to.place, why=to.why)
    if isinstance(moment, str):
        raise FormErrors(errors | {"day" if to.day is None or to.clock else "time": moment})
    if not errors and (panel.starts_at, panel.place) == (moment, one_line(to.place)):
        errors = {"day": "It is fixed at this time and place already."}
    if errors:
        raise FormErrors(errors)
    panel.starts_at, panel.place, panel.why = moment, one_line(to.place), to.why.strip()
    await _change(unit, panel, PanelState.FIXED, "panel moved", by, now)
    return panel


async def call_off(unit: Unit, reference: str, why: str, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """There will be no panel: tell everybody invited why. A second time changes nothing.

    Raises `NotFound`, `NotYours`, `WrongState` once it has been held, and `FormErrors` without a reason.
    """
    panel = await _ours(unit, reference, by, rules.today(now))
    if panel.state is PanelState.CANCELLED:
        return panel
    _check_state(panel, PanelState.CANCELLED, "called off")
    if errors := missing(why=why):
        raise FormErrors(errors)
    await cancel(unit, panel, why.strip(), by=by, now=now)
    return panel


async def cancel(unit: Unit, panel: Panel, why: str, *, by: Viewer, now: datetime) -> None:
    """Call off a panel that is still to come, whoever convened it, and tell everybody invited."""
    panel.why = why
    await _change(unit, panel, PanelState.CANCELLED, "panel called off", by, now)


async def call_off_withdrawn(unit: Unit, concern_id: int, *, by: Viewer, now: datetime) -> None:
    """Nobody meets about what has just been withdrawn: call off what was to come about this and nothing else."""
    for found in await asked.panels_to_come_about(unit, concern_id):
        panel = await asked.lock_panel(unit, found.key)
        if may_become(panel.state, PanelState.CANCELLED):
            await say_withdrawn(unit, panel, now)
            panel.state, panel.sequence = PanelState.CANCELLED, panel.sequence + 1
            unit.add(panel)
            await unit.flush()
            await note(unit, panel, "panel called off", by, now, sequence=panel.sequence)


async def to_change(unit: Unit, reference: str, *, by: Viewer, today: date) -> Panel:
    """The panel that this person may move or call off. Raises `NotFound` and `NotYours`."""
    return await _ours(unit, reference, by, today)


async def _change(unit: Unit, panel: Panel, to: PanelState, act: str, by: Viewer, now: datetime) -> None:
    """Save where it now stands as another version of people's calendars, and tell everybody invited."""
    polled = panel.state is PanelState.PROPOSED
    panel.state, panel.sequence = to, panel.sequence + 1
    unit.add(panel)
    await unit.flush()
    await note(unit, panel, act, by, now, sequence=panel.sequence)
    await announce(unit, panel, now)
    if polled:
        await close_polls(unit, panel, now)
    if to is PanelState.FIXED:
        await ask_for_activity(unit, panel, now)
    await refresh_tally(unit, panel, now)


async def _time(unit: Unit, time_id: int, by: Viewer, today: date) -> tuple[Panel, PanelTime]:
    """A proposed time and its panel, which nobody else changes until this unit ends."""
    found = await asked.panel_of_time(unit, time_id, by, today)
    if found is None:
        raise NotFound(what=str(time_id))
    return await asked.lock_panel(unit, found[0].key), found[1]


async def _ours(unit: Unit, reference: str, by: Viewer, today: date) -> Panel:
    panel = await asked.lock_panel(unit, (await find_panel(unit, reference, by, today)).key)
    _check_ours(panel, by)
    return panel


def _check_ours(panel: Panel, by: Viewer) -> None:
    if panel.organisation_id != by.organisation_id:
        raise NotYours(who="the organisation that convened the panel")


def _check_state(panel: Panel, to: PanelState, wanted: str) -> None:
    if not may_become(panel.state, to):
        raise WrongState(what=panel.reference, now=panel.state, wanted=wanted)
