"""What people can ask for about a panel that has its time: say what their organisation brings, record what was
discussed, close it with its outcome, and give somebody something to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import Conclusion, begun, check_conclusion, check_identifiers, may_contribute
from bot.domain.panels import ContributionKind, PanelState, TellProvider
from bot.domain.policy import Rules
from bot.errors import ChangedMeanwhile, FormErrors, NotBegun, NotFound, NotYours, WrongState
from bot.services.actions import ActionDraft, log_action
from bot.services.keeping import note_activity
from bot.store import panel_record as asked
from bot.store.actions import action_by_submission
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.panels import lock_panel, visible_panel
from bot.store.tables import Action, Escalation, Panel, PanelContribution, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class Contribution:
    """What somebody says for their organisation. `replaces` is the number of the contribution that their form showed,
    0 for none; `vouched` is whether they say that it identifies nobody."""

    panel: str
    kind: ContributionKind
    text: str
    replaces: int = 0
    vouched: bool = False


@dataclass(frozen=True)
class Discussion:
    """What was discussed. `offered` are the numbers of the invitees in the form, `came` those of them who came;
    `version` is the panel's when the form was opened."""

    panel: str
    offered: tuple[int, ...]
    came: tuple[int, ...]
    agreed_risk: str
    joint_note: str
    version: int
    vouched: bool = False


@dataclass(frozen=True)
class Closing:
    """How a panel is closed. `issue` is what the action to tell the provider is called."""

    panel: str
    told: Conclusion
    issue: str
    version: int
    vouched: bool = False


@dataclass(frozen=True)
class Task:
    """Something that a panel gives somebody to do."""

    panel: str
    issue: str
    owner_id: int
    due_on: date
    vouched: bool = False


async def open_panel(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Read a panel, and log the reading. Raises `NotFound` whether it is hidden or not there."""
    panel = await _visible(unit, reference, by, rules.today(now))
    await noted(unit, panel, "panel read", by, now)
    return panel


async def contributing_to(
    unit: Unit,
    reference: str,
    kind: ContributionKind,
    *,
    by: Viewer,
    now: datetime,
    rules: Rules,
    lock: bool = False,
) -> tuple[Panel, PanelContribution | None]:
    """The panel and what one's organisation has said so far; with `lock`, nobody else adds to it until this unit ends.

    Raises `NotFound`, `NotYours`, `NotBegun`, and `WrongState` once it is too late.
    """
    panel = await _visible(unit, reference, by, rules.today(now), lock=lock)
    voices = await asked.voices(unit, panel, await asked.invited(unit, panel.key))
    mine = next((one for one in voices if one.organisation_id == by.organisation_id), None)
    if mine is None:
        raise NotYours(who="the organisations invited to this panel")
    if not may_contribute(kind, panel.state, panel.starts_at, now):
        if panel.state in (PanelState.PROPOSED, PanelState.FIXED):
            raise NotBegun(what=panel.reference)
        raise WrongState(what=f"Panel {panel.reference}", now=panel.state, wanted="added to")
    return panel, mine.of(kind)


async def contribute(
    unit: Unit, said: Contribution, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> PanelContribution:
    """Say something for one's organisation, in place of what it said before, which is kept. The same `key` again
    changes nothing.

    Raises as `contributing_to` does; `FormErrors`; and `ChangedMeanwhile` if a colleague has been quicker.
    """
    if earlier := await asked.contribution_by_submission(unit, key):
        return earlier
    panel, stands = await contributing_to(unit, said.panel, said.kind, by=by, now=now, rules=rules, lock=True)
    if stands and stands.submit_key == key:
        return stands  # sent twice at the same moment
    if (stands.key if stands else 0) != said.replaces:
        raise ChangedMeanwhile(what=f"what {by.organisation} says to panel {panel.reference}")
    text = said.text.strip()
    if not text:
        raise FormErrors({"text": "Write something, or close this form."})
    kinds = check_identifiers({"text": text}, vouched=said.vouched)
    row = PanelContribution(
        submit_key=key,
        panel_id=panel.key,
        organisation_id=by.organisation_id,
        person_id=by.person_id,
        kind=said.kind,
        text=text,
        at=now,
    )
    unit.add(row)
    await unit.flush()
    act = "panel activity sent" if said.kind is ContributionKind.ACTIVITY else "panel contribution sent"
    await noted(unit, panel, act, by, now, contribution=row.key, **_kept(kinds))
    return row


async def recordable(
    unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules, lock: bool = False
) -> Panel:
    """The panel, for whoever records it: the organisation that convened it, once it has begun. With `lock`, nobody else
    changes it until this unit ends.

    Raises `NotFound`, `NotYours`, `NotBegun`, and `WrongState` for one that was called off.
    """
    panel = await _visible(unit, reference, by, rules.today(now), lock=lock)
    if panel.organisation_id != by.organisation_id:
        raise NotYours(who="the organisation that convened this panel")
    _check_begun(panel, now, "recorded")
    return panel


async def record_discussion(unit: Unit, said: Discussion, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Save who came, the risk agreed and the joint note, as often as needed until the panel is closed.

    Raises as `recordable` does, `FormErrors`, and `ChangedMeanwhile` for one changed since the form was opened.
    """
    panel = await recordable(unit, said.panel, by=by, now=now, rules=rules, lock=True)
    texts = {"agreed_risk": said.agreed_risk.strip(), "joint_note": said.joint_note.strip()}
    if panel.state is PanelState.HELD or panel.version != said.version:
        if await _as_recorded(unit, panel, said, texts, by):
            return panel  # the same form again
        raise ChangedMeanwhile(what=f"panel {panel.reference}")
    kinds = check_identifiers(texts, vouched=said.vouched)
    panel.agreed_risk, panel.joint_note = texts["agreed_risk"], texts["joint_note"]
    panel.recorded_by_id = by.person_id
    unit.add(panel)
    await asked.save_attendance(unit, panel, said.offered, said.came)
    await unit.flush()
    await noted(unit, panel, "panel recorded", by, now, came=len(set(said.came)), **_kept(kinds))
    return panel


async def close_panel(unit: Unit, closing: Closing, *, by: Viewer, now: datetime, rules: Rules) -> Panel:
    """Close a panel with its outcome, tell everybody it concerns, and put telling the provider in the action log.

    The same person's same conclusion again changes nothing. Raises as `record_discussion` does.
    """
    today, told = rules.today(now), closing.told
    panel = await recordable(unit, closing.panel, by=by, now=now, rules=rules, lock=True)
    if panel.state is PanelState.HELD or panel.version != closing.version:
        if (panel.recorded_by_id, panel.outcome, panel.rationale) == (
            by.person_id,
            told.outcome,
            told.rationale.strip(),
        ):
            return panel
        raise ChangedMeanwhile(what=f"panel {panel.reference}")
    able = {one.key: one for one in await asked.able_people(unit, panel, by, today)}
    check_conclusion(told, able, today, rules.calendar)
    kinds = check_identifiers({"rationale": told.rationale}, vouched=closing.vouched)
    panel.state, panel.held_at, panel.recorded_by_id = PanelState.HELD, now, by.person_id
    panel.outcome, panel.rationale, panel.review_on = told.outcome, told.rationale.strip(), told.review_on
    panel.tell_provider, panel.tell_by_id = told.tell, told.tell_by_id
    unit.add(panel)
    await unit.flush()
    await noted(unit, panel, "panel closed", by, now, **_kept(kinds))
    await _tell_all(unit, panel, by, now)
    if told.tell is TellProvider.YES and told.tell_on:
        task = Task(panel.reference, closing.issue, told.tell_by_id or 0, told.tell_on)
        await _log(unit, panel, task, able[task.owner_id], by=by, key=f"{panel.reference}.tell", now=now, rules=rules)
    for concern_id in await asked.concerns_of(unit, panel):
        await note_activity(unit, concern_id, now, acted_on=True)
    return panel


async def give_task(unit: Unit, task: Task, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Action:
    """Put what a panel agreed in the action log, with an invitee as its owner. The same `key` again changes nothing.

    Raises `NotFound`, `NotYours`, `NotBegun`, `WrongState`, and `FormErrors` naming every field at fault.
    """
    if earlier := await action_by_submission(unit, key):
        return earlier
    today = rules.today(now)
    panel, people = await tasks_for(unit, task.panel, by=by, now=now, rules=rules)
    owner = next((one for one in people if one.key == task.owner_id), None)
    errors = {}
    if not task.issue.strip():
        errors["issue"] = "Say what is to be done."
    if task.due_on < today:
        errors["due_on"] = "This date has passed. Choose today or a later day."
    if owner is None:
        errors["owner"] = "Choose one of the people invited."
    if errors or owner is None:
        raise FormErrors(errors)
    kinds = check_identifiers({"issue": task.issue}, vouched=task.vouched)
    action = await _log(unit, panel, task, owner, by=by, key=key, now=now, rules=rules)
    await noted(unit, panel, "panel action added", by, now, action=action.key, **_kept(kinds))
    return action


async def tasks_for(
    unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[Panel, list[Person]]:
    """The panel, and the invitees who may be given something to do. Raises as `give_task` does."""
    panel = await _visible(unit, reference, by, rules.today(now))
    people = await asked.invited(unit, panel.key)
    if by.organisation_id not in {panel.organisation_id, *(one.organisation_id for one in people)}:
        raise NotYours(who="the organisations invited to this panel")
    _check_begun(panel, now, "added to")
    return panel, await asked.able_people(unit, panel, by, rules.today(now))


async def _visible(unit: Unit, reference: str, by: Viewer, today: date, *, lock: bool = False) -> Panel:
    panel = await visible_panel(unit, reference, by, today)
    if panel is None:
        raise NotFound(what=reference)
    return await lock_panel(unit, panel.key) if lock else panel


def _check_begun(panel: Panel, now: datetime, wanted: str) -> None:
    if panel.state is PanelState.CANCELLED:
        raise WrongState(what=f"Panel {panel.reference}", now=panel.state, wanted=wanted)
    if not begun(panel.state, panel.starts_at, now):
        raise NotBegun(what=panel.reference)


async def _as_recorded(unit: Unit, panel: Panel, said: Discussion, texts: Mapping[str, str], by: Viewer) -> bool:
    """Whether that is what has been recorded already, by the same person."""
    people = [one.invitee for one in await asked.invited(unit, panel.key) if one.invitee.key in said.offered]
    came = {one.key for one in people if one.attended}
    now = (panel.recorded_by_id, panel.agreed_risk, panel.joint_note, came)
    return now == (by.person_id, texts["agreed_risk"], texts["joint_note"], set(said.came))


async def _tell_all(unit: Unit, panel: Panel, by: Viewer, now: datetime) -> None:
    about: dict[str, int | str] = {"panel": panel.key}
    for person_id in await asked.people_to_tell(unit, panel):
        if person_id != by.person_id:
            await tell(unit, Telling("panel_record.concluded", about, person_id=person_id), now)


async def _log(
    unit: Unit, panel: Panel, task: Task, owner: Person, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Action:
    providers = await asked.providers_of(unit, panel)
    escalation = await unit.get(Escalation, panel.escalation_id)
    draft = ActionDraft(
        escalation.group_id, task.issue, owner.key, task.due_on, next(iter(providers), None), panel_id=panel.key
    )
    return await log_action(unit, draft, owner, by=by, key=key, now=now, rules=rules)


async def noted(unit: Unit, panel: Panel, act: str, by: Viewer | None, now: datetime, **facts: int | str) -> None:
    """An entry of the journal about a panel."""
    group_id = (await unit.get(Escalation, panel.escalation_id)).group_id
    record(unit, act, by=by, now=now, subject=("panel", panel.key), group_id=group_id, **facts)


def _kept(kinds: Mapping[str, int]) -> dict[str, int]:
    """How many of each kind of identifier were found and kept: numbers only."""
    return {f"{kind}_kept": count for kind, count in kinds.items()}
