"""Convening a regulatory review panel about an escalation [000 4.26], and opening it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.domain.concern import new_reference
from bot.domain.escalation import EscalationState
from bot.domain.handling import Viewer
from bot.domain.panels import (
    LENGTHS,
    Outsider,
    Slot,
    check_times,
    read_outsiders,
)
from bot.domain.policy import Rules
from bot.errors import FormErrors, NotFound, NotYours, WrongState
from bot.services.keeping import note_activity
from bot.services.panel_guests import Guests, check_guests, proposed_guests, share_with_guests
from bot.services.panel_news import ask_when
from bot.store import panels as asked
from bot.store.concerns import SeenConcern
from bot.store.escalation_changes import standing_for
from bot.store.journal import record
from bot.store.tables import Escalation, Panel, PanelInvitee, PanelTime, PanelVote
from bot.store.unit import Unit

HOLDERS = "the organisation that asked, and those that hold information or will join a panel,"


@dataclass(frozen=True)
class PanelDraft:
    """What somebody typed into the form that convenes a panel. `slots` are the proposed times as they were chosen,
    `invited` those proposed that are kept, `others` those added, `outside` people from outside, one a line."""

    escalation: str
    purpose: str
    slots: tuple[Slot, ...]
    minutes: int
    place: str
    invited: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    outside: str = ""


@dataclass(frozen=True)
class Convening:
    """What a panel about one escalation would start from. `unnamed` are proposed too, but may not be named to whoever
    convenes it; they are always invited. `standing` is the panel that is convened already."""

    escalation: Escalation
    concerns: Sequence[SeenConcern]
    proposed: Guests
    unnamed: tuple[int, ...]
    standing: Panel | None


async def prepare(unit: Unit, reference: str, *, by: Viewer, today: date) -> Convening:
    """Whether this person may convene a panel about that escalation, and whom to propose. Raises `NotFound`,
    `NotYours`, and `WrongState` when there is nothing left to meet about."""
    escalation = await standing_for(unit, reference, by, today)
    concerns = await asked.asked_about(unit, escalation, by, today) if escalation else []
    if escalation is None or not concerns:
        raise NotFound(what=reference)
    if not await asked.may_be_convened_by(unit, escalation, by):
        raise NotYours(who=HOLDERS)
    standing = await asked.open_panel(unit, escalation.key)
    if standing is None:
        _check_open(escalation, concerns)
    guests = await proposed_guests(unit, escalation, concerns, by, today)
    kept_back = asked.kept_back(concerns)
    unnamed = tuple(key for key, (_, body) in guests.items() if body.key in kept_back)
    proposed = {key: guest for key, guest in guests.items() if key not in unnamed}
    return Convening(escalation, concerns, proposed, unnamed, standing)


async def convene(unit: Unit, draft: PanelDraft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Panel:
    """Propose times to everybody invited [000 4.26]. The same `key` again changes nothing and answers the same.

    Gives the panel that stands already, if there is one about that escalation: there is never a second. Raises as
    `prepare` does, and `FormErrors` naming every field at fault.
    """
    earlier = await asked.panel_by_submission(unit, key)
    if earlier:
        return earlier
    today = rules.today(now)
    about = await prepare(unit, draft.escalation, by=by, today=today)
    # Nobody else convenes one about it until this unit ends.
    escalation = await unit.get(Escalation, about.escalation.key, lock=True)
    standing = await asked.open_panel(unit, about.escalation.key)
    if standing:
        return standing
    _check_open(escalation, about.concerns)
    times = _check(draft, about, now, rules)
    unread = await check_guests(unit, draft.invited, draft.others, about.proposed, about.concerns, by=by, today=today)
    panel = await _save(unit, draft, about.escalation, by, key, now)
    await share_with_guests(unit, about.concerns, unread, by=by, now=now)
    people = dict.fromkeys([by.person_id, *about.unnamed, *draft.invited, *draft.others])
    await _invite(unit, panel, people, draft.outside, times, by=by, now=now)
    for one in about.concerns:
        await note_activity(unit, one.concern.key, now, acted_on=True)
    await note(unit, panel, "panel convened", by, now)
    await ask_when(unit, panel, now)
    return panel


async def open_panel(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> asked.SeenPanel:
    """Read one panel, and log the reading. Raises `NotFound`."""
    panel = await find_panel(unit, reference, by, rules.today(now))
    seen = await asked.see_panel(unit, panel, by, rules.today(now))
    if seen is None:
        raise NotFound(what=reference)
    about = ",".join(str(one.concern.key) for one in seen.concerns)
    await note(unit, panel, "panel read", by, now, concerns=about)
    return seen


def _check_open(escalation: Escalation, concerns: Sequence[SeenConcern]) -> None:
    """Nobody meets about what is withdrawn, nor about what has become part of another."""
    state = escalation.state
    if state is not EscalationState.OPEN or asked.over(concerns):
        now = state if state is not EscalationState.OPEN else EscalationState.WITHDRAWN
        raise WrongState(what=escalation.reference, now=now, wanted="put to a panel")


def _check(draft: PanelDraft, about: Convening, now: datetime, rules: Rules) -> list[datetime]:
    """The proposed times. Raises `FormErrors` naming every field at fault."""
    errors = missing(purpose=draft.purpose, place=draft.place)
    times: list[datetime] = []
    if draft.minutes not in LENGTHS:
        errors["minutes"] = "Choose one from the list."
    try:
        times = check_times(draft.slots, now, rules.calendar)
    except FormErrors as wrong:
        errors |= wrong.fields
    try:
        outsiders = read_outsiders(draft.outside)
    except FormErrors as wrong:
        errors |= wrong.fields
    else:
        if not (draft.invited or draft.others or about.unnamed or outsiders):
            errors["others"] = "Invite at least one other person."
    if errors:
        raise FormErrors(errors)
    return times


def missing(**typed: str) -> dict[str, str]:
    """What to say beside each of these fields that was left empty."""
    sentences = {
        "purpose": "Say what the panel is for.",
        "place": "Say where, or give the link.",
        "why": "Say why. Everybody invited reads it.",
    }
    return {name: sentences[name] for name, text in typed.items() if not text.strip()}


def one_line(text: str) -> str:
    """What was typed, as a single line."""
    return " ".join(text.split())


async def _save(unit: Unit, draft: PanelDraft, escalation: Escalation, by: Viewer, key: str, now: datetime) -> Panel:
    row = Panel(
        reference="",
        submit_key=key,
        escalation_id=escalation.key,
        organisation_id=by.organisation_id,
        convened_by_id=by.person_id,
        convened_at=now,
        purpose=draft.purpose.strip(),
        minutes=draft.minutes,
        place=one_line(draft.place),
    )
    while True:
        row.reference = new_reference("P")
        await unit.insert_once(row)
        saved = await asked.panel_by_submission(unit, key)
        if saved:
            return saved


async def _invite(
    unit: Unit,
    panel: Panel,
    people: Iterable[int],
    outside: str,
    times: Sequence[datetime],
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Whoever convenes it is invited too, and can come at all times, since they proposed them."""
    put_on_list(unit, panel, people, read_outsiders(outside), by=by, now=now)
    proposed = [PanelTime(panel_id=panel.key, starts_at=moment) for moment in times]
    unit.add(*proposed)
    await unit.flush()
    unit.add(*(PanelVote(panel_time_id=one.key, person_id=by.person_id, can=True, at=now) for one in proposed))
    await unit.flush()


def put_on_list(
    unit: Unit, panel: Panel, people: Iterable[int], outsiders: Iterable[Outsider], *, by: Viewer, now: datetime
) -> None:
    """Invite these people of the network and these from outside."""
    asked_by: dict[str, Any] = {"panel_id": panel.key, "invited_by_id": by.person_id, "invited_at": now}
    unit.add(*(PanelInvitee(person_id=person_id, **asked_by) for person_id in people))
    unit.add(*(PanelInvitee(**vars(one), **asked_by) for one in outsiders))


async def find_panel(unit: Unit, reference: str, by: Viewer, today: date) -> Panel:
    """The panel with that reference if this person may open it. Raises `NotFound`."""
    panel = await asked.visible_panel(unit, reference, by, today)
    if panel is None:
        raise NotFound(what=reference)
    return panel


async def note(unit: Unit, panel: Panel, act: str, by: Viewer, now: datetime, **facts: int | str) -> None:
    """Log what was done with a panel."""
    escalation = await unit.get(Escalation, panel.escalation_id)
    record(unit, act, by=by, now=now, subject=("panel", panel.key), group_id=escalation.group_id, **facts)
