"""After a panel: looking again at what it concluded, and a proposal to change a surveillance level, which goes to the
chair like any other [003 §121]."""

from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import recall_day, review_errors
from bot.domain.panels import PanelState
from bot.domain.policy import Rules
from bot.domain.terms import Role
from bot.errors import ChangedMeanwhile, FormErrors, NotFound, NotYours
from bot.services.concerns import first_to_hear
from bot.services.level_proposals import ProposalDraft, Wish, propose
from bot.services.panel_record import noted, tasks_for
from bot.store import panel_record as asked
from bot.store.outbox import Telling, tell
from bot.store.panels import lock_panel
from bot.store.people import away, seated
from bot.store.tables import Escalation, LevelProposal, Panel
from bot.store.unit import Unit

NO_PROVIDER = "This panel is not about one provider of the directory, so there is no level to change."


async def recall(unit: Unit, panel_id: int, *, now: datetime, rules: Rules) -> None:
    """Remind whoever convened it and the chair that a panel is to be looked at again; once for each day it is due."""
    panel = await unit.get(Panel, panel_id)
    if panel.state is not PanelState.HELD or panel.reviewed_at or panel.review_on is None:
        return
    today = rules.today(now)
    day = recall_day(panel.review_on, today, rules.calendar, rules.policy.panels)
    if day is None:
        return
    about: dict[str, int | str] = {"panel": panel.key}
    for person_id in await _reviewers(unit, panel, now, today):
        await tell(unit, Telling("panel_record.review", about, person_id=person_id, slot=day.isoformat()), now)


async def to_review(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """The panel, for the organisation that convened it and for the chair. Raises `NotFound` and `NotYours`."""
    panel = await asked.reviewable_panel(unit, reference, by, rules.today(now))
    if panel is None:
        raise NotFound(what=reference)
    escalation = await unit.get(Escalation, panel.escalation_id)
    if panel.organisation_id != by.organisation_id and not by.holds(escalation.group_id, Role.CHAIR):
        raise NotYours(who="the organisation that convened this panel, or the chair,")
    return panel


async def reviewed(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Nothing more is to be done about it. A second time changes nothing. Raises as `to_review` does."""
    panel = await to_review(unit, reference, by=by, now=now, rules=rules)
    panel = await lock_panel(unit, panel.key)  # so that whoever is second reads that it was done
    if panel.reviewed_at is None:
        panel.reviewed_at = now
        unit.add(panel)
        await unit.flush()
        await noted(unit, panel, "panel reviewed", by, now)
    return panel


async def postpone(
    unit: Unit, reference: str, review_on: date, version: int, *, by: Viewer, now: datetime, rules: Rules
) -> Panel:
    """Look at it again on another day. The same day again changes nothing.

    Raises as `to_review` does, `FormErrors`, and `ChangedMeanwhile` for one changed since the form was opened.
    """
    panel = await to_review(unit, reference, by=by, now=now, rules=rules)
    if panel.reviewed_at or panel.version != version:
        if panel.review_on == review_on and not panel.reviewed_at:
            return panel
        raise ChangedMeanwhile(what=f"panel {panel.reference}")
    if errors := review_errors(review_on, rules.today(now), rules.calendar):
        raise FormErrors(errors)
    panel.review_on = review_on
    unit.add(panel)
    await unit.flush()
    await noted(unit, panel, "panel review moved", by, now)
    return panel


async def provider_of(unit: Unit, panel: Panel) -> int:
    """The provider whose level a panel may propose to change. Raises `FormErrors` if it is about none, or several."""
    providers = await asked.providers_of(unit, panel)
    if len(providers) != 1:
        raise FormErrors({"level": NO_PROVIDER})
    return providers[0]


async def propose_level(
    unit: Unit, reference: str, wish: Wish, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> LevelProposal:
    """Put a change of level to the group's chair. The same `key` again changes nothing.

    Raises `NotFound`, `NotYours`, `NotBegun`, `WrongState`, and `FormErrors` naming the field at fault.
    """
    panel, _ = await tasks_for(unit, reference, by=by, now=now, rules=rules)
    group_id = (await unit.get(Escalation, panel.escalation_id)).group_id
    draft = ProposalDraft(group_id, await provider_of(unit, panel), wish, panel_id=panel.key)
    return await propose(unit, draft, by=by, key=key, now=now, rules=rules)


async def _reviewers(unit: Unit, panel: Panel, now: datetime, today: date) -> list[int]:
    """Who convened it, or somebody of that organisation while they are away; and who chairs the group."""
    group_id = (await unit.get(Escalation, panel.escalation_id)).group_id
    convener = [panel.convened_by_id]
    if await away(unit, convener, now, today):
        convener = await first_to_hear(unit, group_id, [panel.organisation_id], now, today) or convener
    chairs = await seated(unit, group_id, today, Role.CHAIR)
    return list(dict.fromkeys([*convener, *(one.key for one in chairs)]))
