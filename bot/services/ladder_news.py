"""What is told at each step of a ladder, and to whom: the person whose turn it is, or the side that asks."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime

from bot.domain.escalation import Rung, Step, StepKind, build_ladder
from bot.domain.kinds import DRILL
from bot.domain.policy import Rules
from bot.domain.terms import Role
from bot.store.escalations import visible_escalation_by_id
from bot.store.ladders import mark_told
from bot.store.outbox import Telling, tell
from bot.store.people import away, nominees, representatives, seated, viewer_by_id
from bot.store.tables import Addressee, Escalation
from bot.store.unit import Unit

SILENCE_KEPT_FROM_ORIGINATOR = 1


async def tell_step(
    unit: Unit, step: Step, line: Addressee, escalation: Escalation, *,
    rungs: Sequence[Rung], absent: AbstractSet[int], now: datetime, rules: Rules,
) -> None:  # fmt: skip
    """Queue word of one step, in the transaction of that step. `absent` are those of the ladder, and of who
    acknowledged, that are not to be relied on."""
    about: dict[str, int | str] = {"addressee": line.key}
    if step.rung:
        await tell(unit, _to_the_person(step, step.rung.person_id, line, drill=escalation.kind == DRILL), now)
    elif escalation.kind == DRILL:
        return
    elif step.kind is StepKind.CHASE:
        await _chase(unit, step, line, escalation, rungs=rungs, absent=absent, now=now, rules=rules)
    elif step.kind is StepKind.REPLY:
        word = Telling("escalation.unreplied", about, slot=again(line))
        await tell_originator(unit, word, escalation, now=now, rules=rules)
    else:
        await _nobody(unit, line, escalation, now=now, rules=rules)


async def tell_originator(unit: Unit, word: Telling, escalation: Escalation, *, now: datetime, rules: Rules) -> None:
    """Tell whoever asked; while they are away or gone, somebody of their organisation too, so that it reaches
    somebody."""
    for person_id in await originators(unit, escalation, now, rules.today(now)):
        await tell(unit, replace(word, person_id=person_id), now)


async def originators(unit: Unit, escalation: Escalation, now: datetime, today: date) -> list[int]:
    """Who hears for the side that asks: whoever started it and, while they are not to be relied on, the first who may
    open it of their organisation's representatives in the group and then of its nominated people *(ours)*."""
    starter, own = escalation.raised_by_id, escalation.organisation_id
    if not await away(unit, [starter], now, today):
        return [starter]
    seats = (await representatives(unit, [own], escalation.group_id, today))[own]
    named = (await nominees(unit, [own], today))[own]
    rungs = build_ladder(named, seats, category=escalation.category, without={starter, *seats})
    others = [key for key in (*seats, *(rung.person_id for rung in rungs)) if key != starter]
    absent = await away(unit, others, now, today)
    for person_id in (key for key in others if key not in absent):
        viewer = await viewer_by_id(unit, person_id, today)
        if viewer and await visible_escalation_by_id(unit, escalation.key, viewer, today):
            return [starter, person_id]
    return [starter]


def again(line: Addressee) -> str:
    """The slot of what may be told over and over: each step of a line is another, whatever it had been through."""
    return str(line.version)


def _to_the_person(step: Step, person_id: int, line: Addressee, *, drill: bool) -> Telling:
    about: dict[str, int | str] = {"addressee": line.key}
    slot, first = str(line.round) if line.round else "", step.kind is StepKind.TELL
    if drill and first:
        return Telling("drill.notice", about, person_id=person_id, slot=slot)
    if drill:
        return Telling("drill.reminder", about, person_id=person_id, slot=slot)
    if first:
        return Telling("escalation.notice", about, person_id=person_id, slot=slot)
    return Telling("escalation.reminder", about, person_id=person_id, slot=slot)


async def _nobody(unit: Unit, line: Addressee, escalation: Escalation, *, now: datetime, rules: Rules) -> None:
    today = rules.today(now)
    chairs = await seated(unit, escalation.group_id, today, Role.CHAIR)
    to = [*await originators(unit, escalation, now, today), *(chair.key for chair in chairs)]
    for person_id in dict.fromkeys(to):
        about: dict[str, int | str] = {"addressee": line.key}
        await tell(unit, Telling("escalation.nobody", about, person_id=person_id, slot=again(line)), now)


async def _chase(
    unit: Unit, step: Step, line: Addressee, escalation: Escalation, *,
    rungs: Sequence[Rung], absent: AbstractSet[int], now: datetime, rules: Rules,
) -> None:  # fmt: skip
    """Acknowledged and then silent: ask whoever acknowledged or, if they are away or gone, the first on the ladder who
    is there. After the first time, and at once when nobody is there, tell the originator too."""
    about: dict[str, int | str] = {"addressee": line.key}
    answerers = [line.acknowledged_by_id or 0, *(rung.person_id for rung in rungs)]
    whom = next((key for key in answerers if key and key not in absent), None)
    if whom is not None:
        await tell(unit, Telling("escalation.chase", about, person_id=whom, slot=again(line)), now)
        stood = [(line.key, rung.position) for rung in rungs if rung.person_id == whom != line.acknowledged_by_id]
        await mark_told(unit, stood, now)
    if whom is None or step.progress.nudges > SILENCE_KEPT_FROM_ORIGINATOR:
        word = Telling("escalation.silent", about, slot=again(line))
        await tell_originator(unit, word, escalation, now=now, rules=rules)
