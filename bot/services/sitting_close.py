"""Closing a meeting: what was concluded becomes levels, tasks and items of the next meeting, all at once or not at all.

The chair decides levels [003 §121]. What somebody else closes, or a chair who is barred from the provider, goes to the
chairs who may decide it as a proposal (decision 28).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ActionState, Level, MeetingState, Role
from bot.errors import ChangedMeanwhile, FormErrors
from bot.services.actions import ActionDraft, log_action
from bot.services.sittings import note, recordable
from bot.services.surveillance import LevelChange, set_level
from bot.store.actions import SeenAction
from bot.store.barring import allowed_providers, barred_among
from bot.store.groups import levels, next_meeting
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import reachable_people
from bot.store.proposals import deciding_chairs, proposal_by_submission
from bot.store.sittings import Matter, given_on, matters_of
from bot.store.tables import AgendaItem, Conclusion, LevelProposal, Meeting, Person
from bot.store.unit import Unit

Issue = Callable[[Matter], str]


@dataclass(frozen=True)
class Issues:
    """What the tasks to tell a provider, and a safeguarding board, are called."""

    provider: Issue
    board: Issue


@dataclass(frozen=True)
class Deciding:
    """A level that was decided. `sets` is whether closing sets it; otherwise it is put to the chairs, of whom there may
    be none who may decide it. `overtaken` is whether a later item says another level for the same provider."""

    matter: Matter
    sets: bool
    chairs: tuple[Person, ...]
    overtaken: bool


@dataclass(frozen=True)
class Task:
    """Somebody to be told of an item: the provider, or with `board` a safeguarding board. `instead_of` is who was to do
    it and no longer can, so that whoever recorded the item does."""

    matter: Matter
    board: bool
    person: Person
    due_on: date
    instead_of: str


@dataclass(frozen=True)
class Plan:
    """What closing does, as far as one person may know of it. `next` is the meeting to which the items go that were not
    reached; `actions` are those given at the meeting already."""

    concluded: tuple[Matter, ...]
    levels: tuple[Deciding, ...]
    tasks: tuple[Task, ...]
    actions: tuple[SeenAction, ...]
    not_reached: tuple[Matter, ...]
    next: Meeting | None

    @property
    def unsaid(self) -> list[Matter]:
        """Something was recorded on these, and not what was concluded."""
        return [one for one in self.concluded if not one.concluded]

    @property
    def untold(self) -> list[Matter]:
        """The provider was discussed, and nobody tells it, nor is it said why [003 §46-47]."""
        return [one for one in self.concluded if one.concluded and one.provider_id and not _told(one)]

    @property
    def without_action(self) -> list[Matter]:
        """Enhanced surveillance or a risk summit was decided, and nobody was given an action about the provider."""
        busy = {one.action.provider_id for one in self.actions if one.action.state is ActionState.OPEN}
        wanted = (Level.ENHANCED, Level.RISK_SUMMIT)
        return [
            one.matter for one in self.levels if _row(one.matter).level in wanted and one.matter.provider_id not in busy
        ]

    @property
    def stamp(self) -> int:
        """Another number whenever somebody has recorded something since."""
        return sum(_row(one).version for one in self.concluded)


async def plan_closing(unit: Unit, meeting_id: int, *, by: Viewer, now: datetime, rules: Rules) -> Plan:
    """What would happen if this person closed it now. Raises as `recordable` does."""
    meeting = await recordable(unit, meeting_id, by=by, lock=False)
    return await _plan(unit, meeting, by, by, now, rules)


async def close_meeting(
    unit: Unit, meeting_id: int, stamp: int, issues: Issues, *, by: Viewer, now: datetime, rules: Rules
) -> Meeting:
    """Close it, and do all that its plan says. A second time changes nothing.

    Raises `ChangedMeanwhile` if somebody recorded something since the plan was shown, `FormErrors` naming a level that
    can be set no more, and as `recordable` does.
    """
    if await _closed(unit, meeting_id, by):
        return await unit.get(Meeting, meeting_id)
    meeting = await recordable(unit, meeting_id, by=by)
    if (await _plan(unit, meeting, by, by, now, rules)).stamp != stamp:
        raise ChangedMeanwhile(what=f"the record of meeting {meeting.slug}")
    everything = await _plan(unit, meeting, None, by, now, rules)
    for deciding in everything.levels:
        await _decide(unit, meeting, deciding, by, now, rules)
    for task in everything.tasks:
        await _give(unit, meeting, task, issues, by, now, rules)
    for matter in everything.concluded:
        _row(matter).settled_at = now
        unit.add(_row(matter))
    await _carry(unit, everything, by, now)
    meeting.state, meeting.closed_at = MeetingState.HELD, now
    unit.add(meeting)
    await unit.flush()
    note(unit, meeting, "meeting closed", by, now, items=len(everything.concluded))
    return meeting


async def _closed(unit: Unit, meeting_id: int, by: Viewer) -> bool:
    meeting = await unit.find(Meeting, meeting_id, lock=True)
    return meeting is not None and meeting.state is MeetingState.HELD and by.runs(meeting.group_id)


async def _plan(unit: Unit, meeting: Meeting, reader: Viewer | None, by: Viewer, now: datetime, rules: Rules) -> Plan:
    """The plan as `reader` may know of it, None for all of it, if `by` closes the meeting."""
    today = rules.today(now)
    matters = await matters_of(unit, meeting, reader, today)
    concluded = tuple(one for one in matters if one.seen)
    return Plan(
        concluded,
        await _levels(unit, meeting, concluded, by, today),
        await _tasks(unit, meeting, concluded, now, rules),
        tuple(await given_on(unit, meeting.key, by, today)),
        tuple(one for one in matters if one.seen is None),
        await next_meeting(unit, meeting.group_id, max(now, meeting.starts_at)),
    )


async def _levels(
    unit: Unit, meeting: Meeting, concluded: Iterable[Matter], by: Viewer, today: date
) -> tuple[Deciding, ...]:
    """Of several items about one provider the one recorded last counts. What it has already is not set again."""
    wanted = sorted((one for one in concluded if _row(one).level), key=lambda one: _row(one).recorded_at)
    about = {one.provider_id: one for one in wanted if one.provider_id}
    keys = [key for key in about if key]
    standing = {
        one.provider.key: one.level.level for one in await levels(unit, group_ids=[meeting.group_id], provider_ids=keys)
    }
    allowed = await allowed_providers(unit, by, keys, today)
    found = []
    for one in wanted:
        key = one.provider_id or 0
        overtaken = about[key] is not one
        if _row(one).level is not standing.get(key) or overtaken:
            sets = by.holds(meeting.group_id, Role.CHAIR) and key in allowed
            chairs = () if sets else tuple(await deciding_chairs(unit, meeting.group_id, key, today))
            found.append(Deciding(one, sets, chairs, overtaken))
    return tuple(found)


async def _tasks(
    unit: Unit, meeting: Meeting, concluded: Iterable[Matter], now: datetime, rules: Rules
) -> tuple[Task, ...]:
    today, policy = rules.today(now), rules.policy.meetings
    wanted = [
        (one, board, person_id, rules.calendar.shift(today, within))
        for one in concluded
        for person_id, board, within in (
            (_row(one).tell_by_id, False, policy.tell_provider_within),
            (_row(one).board_by_id, True, policy.tell_board_within),
        )
        if person_id
    ]
    keys = [person_id for _, _, person_id, _ in wanted]
    here = {one.key for one in await reachable_people(unit, keys, [meeting.group_id], today)}
    providers = {one.provider_id for one, _, _, _ in wanted if one.provider_id}
    barred = {(person, about) for person, about, _ in await barred_among(unit, keys, providers, today)}
    return tuple(
        _task(one, board, person_id, due_on, able=person_id in here and (person_id, one.provider_id) not in barred)
        for one, board, person_id, due_on in wanted
    )


def _task(matter: Matter, board: bool, person_id: int, due_on: date, *, able: bool) -> Task:
    people = matter.seen.people if matter.seen else {}
    owner = people[person_id if able else _row(matter).recorded_by_id]
    return Task(matter, board, owner, due_on, "" if able else people[person_id].name)


async def _decide(unit: Unit, meeting: Meeting, deciding: Deciding, by: Viewer, now: datetime, rules: Rules) -> None:
    matter, row = deciding.matter, _row(deciding.matter)
    if deciding.overtaken or row.level is None or matter.provider_id is None:
        return
    if not deciding.sets:
        await _propose(unit, deciding, meeting, matter.provider_id, row.level, by, now)
        return
    change = LevelChange(
        meeting.group_id,
        matter.provider_id,
        row.level,
        row.level_reason,
        meeting.key,
        row.find_out_id,
        row.find_out_by,
    )
    try:
        await set_level(unit, change, by=by, now=now, rules=rules)
    except FormErrors as wrong:
        said = " ".join(wrong.fields.values())
        raise FormErrors({"": f"{matter.provider}: the level cannot be set. {said} Change the item first."}) from None


async def _propose(
    unit: Unit, deciding: Deciding, meeting: Meeting, provider_id: int, level: Level, by: Viewer, now: datetime
) -> None:
    row = _row(deciding.matter)
    proposal = LevelProposal(
        submit_key=f"conclusion.{row.key}",
        group_id=meeting.group_id,
        provider_id=provider_id,
        level=level,
        reason=row.level_reason,
        proposed_by_id=row.recorded_by_id,
        proposed_at=now,
        find_out_id=row.find_out_id,
        find_out_by=row.find_out_by,
    )
    await unit.insert_once(proposal)
    saved = await proposal_by_submission(unit, proposal.submit_key) or proposal
    about: dict[str, int | str] = {"proposal": saved.key}
    record(unit, "level proposed", by=by, now=now, subject=("proposal", saved.key), group_id=meeting.group_id)
    for chair in deciding.chairs:
        await tell(unit, Telling("surveillance.proposed", about, person_id=chair.key), now)


async def _give(
    unit: Unit, meeting: Meeting, task: Task, issues: Issues, by: Viewer, now: datetime, rules: Rules
) -> None:
    issue = (issues.board if task.board else issues.provider)(task.matter)
    draft = ActionDraft(
        meeting.group_id, issue, task.person.key, task.due_on, task.matter.provider_id, meeting_id=meeting.key
    )
    key = f"conclusion.{_row(task.matter).key}.{'board' if task.board else 'tell'}"
    await log_action(unit, draft, task.person, by=by, key=key, now=now, rules=rules)


async def _carry(unit: Unit, plan: Plan, by: Viewer, now: datetime) -> None:
    """What was not reached is an item of the next meeting, unless it is one already, or stands on every agenda."""
    if plan.next is None:
        return
    for matter in plan.not_reached:
        if matter.item or matter.concern:
            before = matter.item
            row = AgendaItem(
                submit_key=f"carried.{plan.next.key}.{matter.ref}",
                meeting_id=plan.next.key,
                concern_id=matter.concern.concern.key if matter.concern else None,
                provider_id=before.provider_id if before else None,
                title=before.title if before else "",
                minutes=before.minutes if before else None,
                position=before.position if before else 0,
                guest=before.guest if before else "",
                put_by_id=by.person_id,
                put_at=now,
            )
            await unit.insert_once(row)


def _row(matter: Matter) -> Conclusion:
    if matter.seen is None:
        raise ValueError(matter.ref)
    return matter.seen.conclusion


def _told(matter: Matter) -> bool:
    row = _row(matter)
    return bool(row.tell_by_id or row.tell_why_not)
