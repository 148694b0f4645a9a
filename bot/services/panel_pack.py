"""A panel's pack: each organisation is asked for what it does already, and each invitee is sent what came together."""

from datetime import datetime, timedelta

from bot.domain.handling import Viewer
from bot.domain.panel_record import pack_due_at
from bot.domain.panels import PanelState
from bot.domain.policy import Rules
from bot.errors import NotFound, NotYours
from bot.services.panel_record import noted
from bot.store import panel_record as asked
from bot.store.outbox import Telling, tell
from bot.store.panels import visible_panel
from bot.store.tables import Panel
from bot.store.unit import Unit


async def ask_for_activity(unit: Unit, panel: Panel, now: datetime) -> None:
    """Ask each enrolled invitee, once, for what their organisation does already about the provider [000 4.26]. To be
    called whenever a time is fixed or somebody is invited to a panel that has one."""
    about: dict[str, int | str] = {"panel": panel.key}
    for person_id in await _enrolled_invitees(unit, panel):
        await tell(unit, Telling("panel_record.asked", about, person_id=person_id), now)


async def ask_for_pack(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Send the pack as it now is to whoever asks, once a minute at most.

    Raises `NotFound`, and `NotYours` for anybody but an invitee and the people of the organisation that convened it.
    """
    panel = await visible_panel(unit, reference, by, rules.today(now))
    if panel is None:
        raise NotFound(what=reference)
    if not await may_have_pack(unit, panel, by):
        raise NotYours(who="the people invited to this panel")
    slot = f"asked {now:%Y-%m-%dT%H:%M}"
    if await tell(unit, Telling("panel_record.pack", {"panel": panel.key}, person_id=by.person_id, slot=slot), now):
        await noted(unit, panel, "panel pack asked", by, now)
    return panel


async def may_have_pack(unit: Unit, panel: Panel, by: Viewer) -> bool:
    """Whether this person, who may see the panel, is sent its pack."""
    return panel.organisation_id == by.organisation_id or by.person_id in await _enrolled_invitees(unit, panel)


async def packs_due(unit: Unit, *, now: datetime, rules: Rules) -> list[int]:
    """The panels whose pack should have been sent by now."""
    # A working day is never more than a week of ordinary days; the slack covers runs of bank holidays.
    horizon = now + timedelta(days=7 * rules.policy.panels.pack_before + 14)
    coming = await asked.packs_to_send(unit, now, horizon)
    return [panel.key for panel in coming if _due(panel, now, rules)]


async def queue_packs(unit: Unit, panel_id: int, *, now: datetime, rules: Rules) -> None:
    """Queue the pack for each enrolled invitee; does nothing for those for whom it has been queued for that day."""
    panel = await unit.get(Panel, panel_id)
    if panel.state is not PanelState.FIXED or panel.starts_at is None or not _due(panel, now, rules):
        return
    slot = rules.today(panel.starts_at).isoformat()  # a panel that is moved has a pack for its new day
    queued = 0
    for person_id in await _enrolled_invitees(unit, panel):
        telling = Telling("panel_record.pack", {"panel": panel.key}, person_id=person_id, slot=slot)
        queued += await tell(unit, telling, now)
    if queued:
        await noted(unit, panel, "panel packs sent", None, now, invitees=queued)


def _due(panel: Panel, now: datetime, rules: Rules) -> bool:
    starts_at = panel.starts_at
    policy = rules.policy
    return starts_at is not None and pack_due_at(starts_at, rules.calendar, policy.panels, policy.digest) <= now


async def _enrolled_invitees(unit: Unit, panel: Panel) -> list[int]:
    people = await asked.invited(unit, panel.key)
    return [one.invitee.person_id for one in people if one.invitee.person_id is not None]
