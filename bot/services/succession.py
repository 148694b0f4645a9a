"""When an organisation that is asked has ended: whoever took its place is asked instead, and nobody twice."""

from datetime import datetime

from bot.domain.escalation import Event, after
from bot.domain.kinds import Addressed
from bot.domain.policy import Rules
from bot.domain.terms import Basis, ConcernState, Marking
from bot.store.concerns import reaches
from bot.store.escalations import concerns_about
from bot.store.handling import share
from bot.store.journal import record
from bot.store.ladders import lines_of, take_down
from bot.store.routing import standing_for
from bot.store.tables import Addressee, Escalation
from bot.store.unit import Unit


async def pass_on(unit: Unit, line: Addressee, escalation: Escalation, *, now: datetime, rules: Rules) -> None:
    """Take the line of an organisation that has ended to its successor, who is to be told afresh; what was said on it
    stays on it. One that is asked already, or asks itself, is not asked again: the line stops, and nobody is told.
    Without a successor nothing changes, and the ladder finds nobody.
    """
    ended = line.organisation_id
    if ended is None:
        return
    under_protocol = rules.policy.kind(escalation.kind).addressed is Addressed.SIGNATORIES
    heirs = await standing_for(unit, [ended], rules.today(now), under_protocol=under_protocol)
    heir, state = heirs[ended], after(line.state, Event.SUCCEED)
    if heir is None or state is None:
        return
    asked = {one.organisation_id for one in await lines_of(unit, escalation.key)}
    if heir in asked or heir == escalation.organisation_id:
        _stop(line)
        act = "escalation stopped"
    else:
        await _share(unit, escalation, ended, heir, now)
        await take_down(unit, line.key)
        line.organisation_id, line.state, line.added_at = heir, state, now
        line.position, line.reminded = -1, True
        line.acknowledged_at = line.acknowledged_by_id = None
        act = "escalation passed on"
    unit.add(line)
    about = ("addressee", line.key)
    record(unit, act, by=None, now=now, subject=about, group_id=escalation.group_id, ended=ended, successor=heir)


def _stop(line: Addressee) -> None:
    line.state, line.next_step_at = after(line.state, Event.STOP) or line.state, None


async def _share(unit: Unit, escalation: Escalation, ended: int, heir: int, now: datetime) -> None:
    """The successor reads what the organisation before it was asked about, and could still read."""
    for concern in await concerns_about(unit, escalation.key):
        if concern.state is ConcernState.WITHDRAWN or concern.marking is Marking.RED:
            continue
        if ended in await reaches(unit, concern):
            await share(unit, concern.key, [(heir, None)], Basis.ESCALATION, now)
