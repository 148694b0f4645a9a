"""Asking more people to a panel that has been convened and not yet held."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panels import MOST_INVITED, PanelState, may_become, read_outsiders
from bot.domain.policy import Rules
from bot.errors import FormErrors, NotFound, WrongState
from bot.services.panel_guests import check_guests, share_with_guests
from bot.services.panel_news import ask_guests, refresh_tally
from bot.services.panel_pack import ask_for_activity
from bot.services.panel_times import to_change
from bot.services.panels import note, put_on_list
from bot.store import panels as asked
from bot.store.concerns import SeenConcern
from bot.store.tables import Escalation, Panel
from bot.store.unit import Unit


@dataclass(frozen=True)
class Inviting:
    """Who is to be asked as well: people of the network, and people from outside as typed, one a line."""

    people: Collection[int]
    outside: str


async def inviting(unit: Unit, reference: str, *, by: Viewer, today: date) -> tuple[Panel, list[SeenConcern]]:
    """A panel to which this person may invite more, and what it is about. Nobody else changes it until this unit ends.

    Raises `NotFound`, `NotYours`, and `WrongState` once it has been held or is off.
    """
    panel = await to_change(unit, reference, by=by, today=today)
    escalation = await unit.get(Escalation, panel.escalation_id)
    concerns = await asked.asked_about(unit, escalation, by, today)
    if not concerns:
        raise NotFound(what=reference)
    if not may_become(panel.state, PanelState.CANCELLED) or asked.over(concerns):
        raise WrongState(what=panel.reference, now=panel.state, wanted="added to")
    return panel, concerns


async def invite(unit: Unit, reference: str, more: Inviting, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Ask them as the others were asked: for times while none is fixed, then for the time. Who is invited already is
    not asked again. Raises as `inviting` does, and `FormErrors`."""
    today = rules.today(now)
    panel, concerns = await inviting(unit, reference, by=by, today=today)
    there = [one.invitee for one in await asked.invited_to(unit, panel.key)]
    outsiders = [one for one in read_outsiders(more.outside) if one.email not in {invitee.email for invitee in there}]
    known = {invitee.person_id for invitee in there}
    new = [person_id for person_id in dict.fromkeys(more.people) if person_id not in known]
    if not more.people and not more.outside.strip():
        raise FormErrors({"others": "Choose somebody, or write who comes from outside."})
    if len(there) + len(new) + len(outsiders) > 2 * MOST_INVITED:
        raise FormErrors({"others": f"At most {MOST_INVITED} people, and as many from outside, can be invited."})
    unread = await check_guests(unit, (), new, {}, concerns, by=by, today=today)
    if not new and not outsiders:
        return panel
    await share_with_guests(unit, concerns, unread, by=by, now=now)
    put_on_list(unit, panel, new, outsiders, by=by, now=now)
    await unit.flush()
    await note(unit, panel, "panel invited", by, now, people=len(new), outside=len(outsiders))
    await ask_guests(unit, panel, new, now)
    await refresh_tally(unit, panel, now)
    if panel.state is PanelState.FIXED:
        await ask_for_activity(unit, panel, now)
    return panel
