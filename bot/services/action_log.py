"""What a person can ask for about several actions at once: the whole log as a spreadsheet, closing, moving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.action_log import Became
from bot.domain.handling import Place, Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState
from bot.errors import ChangedMeanwhile, FormErrors, NoGroup, NotFound, NotYours, WrongState
from bot.services.action_closing import close_action
from bot.services.action_core import find_action
from bot.services.action_owners import Change, change_action
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.unit import Unit


@dataclass(frozen=True)
class Moved:
    """What several actions are to become; None leaves each as it is."""

    due_on: date | None
    owner_id: int | None
    reason: str


async def ask_for_log(unit: Unit, group_id: int, *, by: Viewer, now: datetime) -> None:
    """Send the group's whole log, as this person may see it, to whoever asks; once a minute at most.

    Raises `NoGroup`.
    """
    place_of(by, group_id)
    slot = f"asked {now:%Y-%m-%dT%H:%M}"
    telling = Telling("action_log.workbook", {"group": group_id}, person_id=by.person_id, slot=slot)
    if await tell(unit, telling, now):
        record(unit, "action log asked", by=by, now=now, subject=("group", group_id), group_id=group_id)


async def close_together(
    unit: Unit, references: Sequence[str], *, by: Viewer, now: datetime, rules: Rules
) -> dict[str, Became]:
    """Sign off these actions; what became of each. What cannot be closed stops none of the others."""
    return {one: await _close(unit, one, by, now, rules) for one in dict.fromkeys(references)}


async def change_together(
    unit: Unit, versions: Mapping[str, int], to: Moved, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> dict[str, Became]:
    """Move these actions to one date, or hand them to one owner, or both, with one reason; what became of each.

    `versions` are those the form showed. Raises `FormErrors` for what is wrong with the answers; then none is changed.
    """
    if to.due_on is None and to.owner_id is None:
        raise FormErrors({"due_on": "Choose a date, an owner, or both."})
    return {
        one: await _change(unit, one, version, to, by, f"{key} {one}", now, rules) for one, version in versions.items()
    }


def place_of(by: Viewer, group_id: int) -> Place:
    """That group, as somebody who belongs to it knows it. Raises `NoGroup`."""
    place = next((one for one in by.groups if one.group_id == group_id), None)
    if place is None:
        raise NoGroup
    return place


async def _close(unit: Unit, reference: str, by: Viewer, now: datetime, rules: Rules) -> Became:
    try:
        before = (await find_action(unit, reference, by=by, today=rules.today(now))).action.state
        await close_action(unit, reference, by=by, now=now, rules=rules)
    except WrongState:
        return Became.NOT_COMPLETED
    except (NotFound, NotYours) as refusal:
        return _refused(unit, refusal, by, now)
    return Became.CLOSED_ALREADY if before is ActionState.CLOSED else Became.CLOSED


async def _change(
    unit: Unit, reference: str, version: int, to: Moved, by: Viewer, key: str, now: datetime, rules: Rules
) -> Became:
    try:
        action = (await find_action(unit, reference, by=by, today=rules.today(now))).action
        due_on, owner_id = to.due_on or action.due_on, to.owner_id or action.owner_id
        if action.state is ActionState.OPEN and (due_on, owner_id) == (action.due_on, action.owner_id):
            return Became.AS_IT_WAS
        change = Change(due_on, owner_id, to.reason, version)
        after = await change_action(unit, reference, change, by=by, key=key, now=now, rules=rules)
    except WrongState:
        return Became.NOT_OPEN
    except ChangedMeanwhile:
        return Became.MEANWHILE
    except (NotFound, NotYours) as refusal:
        return _refused(unit, refusal, by, now)
    # Nobody gives themselves more time: of one's own action a later day is asked for.
    return Became.CHANGED if after.due_on == due_on else Became.ASKED


def _refused(unit: Unit, refusal: NotFound | NotYours, by: Viewer, now: datetime) -> Became:
    """Not to be let at one of several is in the journal as well."""
    record(unit, "refused", by=by, now=now, why=type(refusal).__name__, where="several actions")
    return Became.OUT_OF_REACH
