"""What a person can ask for about an action: add it, read it, comment on it."""

from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.action_log import address_in
from bot.domain.actions import (
    COMMENT,
    Act,
    acts_open_to,
    check_act,
    missed_day,
    too_long,
)
from bot.domain.concern import new_reference
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.errors import Conflicted, FormErrors, NoGroup
from bot.services.action_core import NOT_FOR_THEM, UNREACHABLE, find_action, first_reminder, hold, keep, saved
from bot.services.action_news import tell_owner
from bot.services.action_time import deciders_of
from bot.store import actions as asked
from bot.store.action_life import SeenLife, changes_of, parts_in, see_life
from bot.store.barring import barred_among, barred_from
from bot.store.groups import meeting_in
from bot.store.journal import record, record_shown
from bot.store.people import reachable_person
from bot.store.tables import Action, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class ActionDraft:
    """What somebody typed into the action form."""

    group_id: int
    issue: str
    owner_id: int
    due_on: date
    provider_id: int | None = None
    priority: int = 2
    panel_id: int | None = None
    meeting_id: int | None = None
    source: str = ""
    """The address of the message it comes from."""


@dataclass(frozen=True)
class Opened:
    """One action as somebody may read it, what they may do with it, and whether they decide about more time."""

    life: SeenLife
    acts: frozenset[Act]
    decides: bool


async def add_action(unit: Unit, draft: ActionDraft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Action:
    """Put an action in the group's log and tell its owner. The same `key` again answers the same.

    Raises `FormErrors` naming every field at fault, and `NoGroup`.
    """
    earlier = await asked.action_by_submission(unit, key)
    if earlier:
        return earlier
    today = rules.today(now)
    if draft.group_id not in by.group_ids:
        raise NoGroup
    owner = await _check(unit, draft, by, today)
    return await log_action(unit, draft, owner, by=by, key=key, now=now, rules=rules)


async def log_action(
    unit: Unit, draft: ActionDraft, owner: Person, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Action:
    """The same for what has been checked already, where other people may be owners than those of one's own groups."""
    action, new = await _save(unit, draft, owner, by, key, now, rules)
    if new:
        record(unit, "action added", by=by, now=now, subject=("action", action.key), group_id=action.group_id)
        await tell_owner(unit, action, by, now)
    return action


async def open_action(unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules) -> Opened:
    """All of one action, and log the reading. Raises `NotFound`."""
    today = rules.today(now)
    seen = await find_action(unit, reference, by=by, today=today)
    record_shown(unit, "shown", [seen.action], by=by, now=now, where="action.page")
    life = await see_life(unit, seen, by, today)
    acts = acts_open_to(seen.action.state, await parts_in(unit, seen.action, by, today))
    waiting = life.waiting.request if life.waiting else None
    decides = waiting is not None and by.person_id in await deciders_of(unit, seen.action, waiting, today)
    return Opened(life, acts - ({Act.ASK_TIME} if waiting else set()), decides)


async def to_act(unit: Unit, reference: str, act: Act, *, by: Viewer, today: date) -> asked.SeenAction:
    """The action, for somebody who may do this with it now. Raises `NotFound`, `NotYours` and `WrongState`."""
    seen = await find_action(unit, reference, by=by, today=today)
    parts = await parts_in(unit, seen.action, by, today)
    check_act(act, seen.action.state, parts, f"Action {seen.action.reference}")
    return seen


async def comment_on(unit: Unit, reference: str, words: str, *, by: Viewer, now: datetime, rules: Rules) -> Action:
    """Say how it stands. The same words by the same person right after each other are kept once.

    Raises `NotFound`, `NotYours`, `WrongState` once it is closed, and `FormErrors`.
    """
    held = await hold(unit, reference, by=by, today=rules.today(now))
    held.check(Act.COMMENT)
    if wrong := "Write something, or close this form." if not words.strip() else too_long(words):
        raise FormErrors({"comment": wrong})
    last = (await changes_of(unit, held.action.key, COMMENT))[-1:]
    if not any((one.by_id, one.reason) == (by.person_id, words.strip()) for one in last):
        keep(unit, held.action, COMMENT, by=by, now=now, reason=words)
        await saved(unit, held.action, "action commented", by=by, now=now)
    return held.action


async def _check(unit: Unit, draft: ActionDraft, by: Viewer, today: date) -> Person:
    errors = {}
    owner = await reachable_person(unit, draft.owner_id, by.group_ids, today)
    if not draft.issue.strip():
        errors["issue"] = "Say what is to be done."
    if wrong := missed_day(draft.due_on, today):
        errors["due_on"] = wrong
    about = [draft.provider_id] if draft.provider_id else []
    if owner is None:
        errors["owner"] = UNREACHABLE
    elif await barred_among(unit, [owner.key], about, today):
        errors["owner"] = NOT_FOR_THEM
    if about and await barred_from(unit, by, about, today):
        errors["provider"] = str(Conflicted())
    if errors or owner is None:
        raise FormErrors(errors)
    return owner


async def _save(
    unit: Unit, draft: ActionDraft, owner: Person, by: Viewer, key: str, now: datetime, rules: Rules
) -> tuple[Action, bool]:
    today = rules.today(now)
    row = Action(
        reference="",
        submit_key=key,
        group_id=draft.group_id,
        provider_id=draft.provider_id,
        issue=draft.issue.strip(),
        owner_id=owner.key,
        owner_organisation_id=owner.organisation_id,
        raised_by_id=by.person_id,
        raised_on=today,
        due_on=draft.due_on,
        priority=draft.priority,
        panel_id=draft.panel_id,
        meeting_id=await meeting_in(unit, draft.meeting_id, draft.group_id),
        source=address_in(draft.source),
        remind_on=first_reminder(draft.due_on, today, rules),
        accepted_at=now if owner.key == by.person_id else None,
    )
    while True:
        row.reference = new_reference("A")
        new = await unit.insert_once(row)
        saved = await asked.action_by_submission(unit, key)
        if saved:
            return saved, new
