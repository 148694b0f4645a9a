"""The second person: who is asked to agree, whom it goes to when they cannot, and that no reply is no."""

from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ChangeState
from bot.errors import CannotReach, FormErrors
from bot.store import handling as asked
from bot.store.barring import barred_from
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import away, nominees, representatives, viewer_by_id
from bot.store.tables import Concern, HandlingChange
from bot.store.unit import Unit


async def choose_approver(
    unit: Unit, concern: Concern, chosen: int | None, *, by: Viewer, now: datetime, rules: Rules
) -> int:
    """The colleague somebody of the originating organisation chose; otherwise the first there who can decide.

    Raises `FormErrors` for a colleague who cannot, and `CannotReach` when there is nobody.
    """
    today = rules.today(now)
    if chosen is not None:
        if chosen == by.person_id or not await may_decide(unit, concern, chosen, today):
            raise FormErrors({"approver": "This person cannot decide it. Choose another colleague."})
        return chosen
    found = await next_approver(unit, concern, {by.person_id}, now, today)
    if found is None:
        raise CannotReach(who="Whoever could agree to this")
    return found


async def next_approver(unit: Unit, concern: Concern, without: set[int], now: datetime, today: date) -> int | None:
    """Who decides for the originating organisation: whoever raised it, its representative in the group, its nominated
    people. Those who are away come last."""
    own = concern.organisation_id
    seats = (await representatives(unit, [own], concern.group_id, today))[own]
    named = (await nominees(unit, [own], today))[own]
    order = [concern.raised_by_id, *seats, *(one.person_id for one in sorted(named, key=lambda one: one.rung))]
    order = [key for key in dict.fromkeys(order) if key not in without]
    absent = await away(unit, order, now, today)
    for person_id in sorted(order, key=lambda key: key in absent):
        if await may_decide(unit, concern, person_id, today):
            return person_id
    return None


async def may_decide(unit: Unit, concern: Concern, person_id: int, today: date) -> bool:
    """Whether they are enrolled, of the originating organisation, and not barred from the provider."""
    viewer = await viewer_by_id(unit, person_id, today) if person_id else None
    if viewer is None or viewer.organisation_id != concern.organisation_id:
        return False
    return concern.provider_id is None or not await barred_from(unit, viewer, [concern.provider_id], today)


async def ask_to_decide(unit: Unit, change: HandlingChange, person_id: int, *, now: datetime, rules: Rules) -> None:
    """Send it to a second person, who has the full time from now."""
    calendar = rules.calendar
    last = calendar.shift(calendar.on_or_after(rules.today(now)), rules.policy.handling.reply_days)
    change.approver_id, change.lapses_at = person_id, calendar.at(last, calendar.closes)
    unit.add(change)
    await unit.flush()
    await tell(unit, _request(change), now)


async def review(unit: Unit, change_id: int, *, now: datetime, rules: Rules) -> None:
    """For the clock: what nobody decided in time lapses; what waits for somebody who has left goes to the next."""
    change = await asked.change_by_id(unit, change_id, lock=True)
    if change is None or change.state is not ChangeState.ASKED:
        return
    concern = await asked.concern_of(unit, change)
    if concern is None or (change.lapses_at and change.lapses_at <= now):
        await lapse(unit, concern, change, now=now)
    elif not await may_decide(unit, concern, change.approver_id or 0, rules.today(now)):
        await pass_on(unit, concern, change, now=now, rules=rules)


async def pass_on(unit: Unit, concern: Concern, change: HandlingChange, *, now: datetime, rules: Rules) -> None:
    """Ask the next person who can decide; with nobody left, the answer is no."""
    without = {change.asked_by_id, change.approver_id or 0}
    following = await next_approver(unit, concern, without, now, rules.today(now))
    if following is None:
        await lapse(unit, concern, change, now=now)
        return
    await refresh_request(unit, change, now)
    await ask_to_decide(unit, change, following, now=now, rules=rules)
    record_change(unit, "handling passed on", concern, change, None, now)


async def lapse(unit: Unit, concern: Concern | None, change: HandlingChange, *, now: datetime) -> None:
    """It is not agreed to: nobody replied, or it can be agreed to no more. The asker is told."""
    await close(unit, concern, change, ChangeState.LAPSED, by=None, now=now)


async def close(
    unit: Unit,
    concern: Concern | None,
    change: HandlingChange,
    state: ChangeState,
    *,
    by: Viewer | None,
    now: datetime,
    note: str = "",
) -> None:
    """Say what became of a request: to whoever asked, and in place in the message of whoever was asked."""
    change.state, change.decided_at, change.note = state, now, note
    change.decided_by_id = by.person_id if by else None
    unit.add(change)
    await unit.flush()
    await tell(unit, Telling("handling.decided", {"change": change.key}, person_id=change.asked_by_id), now)
    await refresh_request(unit, change, now)
    if concern:
        record_change(unit, f"handling {state}", concern, change, by, now)


async def refresh_request(unit: Unit, change: HandlingChange, now: datetime) -> None:
    """Bring the message of whoever was asked up to date, in place."""
    first = _request(change)
    slot = f"{first.slot}.{change.state}.{change.version}"
    again = Telling("handling.asked", first.subject, first.person_id, slot=slot, edits=first.once)
    await tell(unit, again, now)


def _request(change: HandlingChange) -> Telling:
    # By its time to reply, so that somebody to whom it comes back later is asked again.
    until = change.lapses_at.isoformat() if change.lapses_at else ""
    return Telling("handling.asked", {"change": change.key}, person_id=change.approver_id, slot=until)


def record_change(
    unit: Unit, act: str, concern: Concern, change: HandlingChange, by: Viewer | None, now: datetime
) -> None:
    """One entry in the journal about a change: ids and codes only."""
    subject = ("concern", concern.key)
    facts: dict[str, int | str] = {"change": change.key, "kind": str(change.kind)}
    if change.legal_basis:
        facts["basis"] = change.legal_basis
    record(unit, act, by=by, now=now, subject=subject, group_id=concern.group_id, **facts)
