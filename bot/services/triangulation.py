"""Joining the dots [003 §15]: clusters follow what is said, and what several organisations make together is put to the
chair, who decides."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import ConcernState
from bot.domain.triangulation import PROPOSED_AT, Reading, Strength, graver, read
from bot.services.level_proposals import propose_unasked
from bot.store.agenda_decisions import open_proposals
from bot.store.clusters import ANY_THEME, Spot, Together, astray, group_names, heard_by, heard_in_channel, renew, whole
from bot.store.firings import forget_firing, last_put, note_firing, spot_of
from bot.store.journal import record_shown
from bot.store.proposals import readable
from bot.store.surveillance import entry_for, is_over, standing_level
from bot.store.tables import Concern, Firing, Provider
from bot.store.unit import Unit

AT_ONCE = 100  # concerns brought up to date in one look (ours)
FRESH = timedelta(days=1)  # what is older and in no cluster was there before clusters were (ours)


async def note_concern(unit: Unit, concern_id: int, *, now: datetime, rules: Rules, quietly: bool = False) -> None:
    """Whatever happened to a concern or to what bears it out: its places in clusters follow, and what it makes together
    with others is put to the chair. The same again changes nothing. `quietly` nothing is put to anybody."""
    spot = await renew(unit, concern_id, now, rules.today(now))
    if spot is None or quietly:
        return
    for reading in await _readings(unit, spot, now, rules):
        about = await _wanted(unit, spot, reading, now, rules) if concern_id in reading.concern_ids else None
        if about and (firing := await note_firing(unit, spot, reading, now)):
            await _put(unit, spot, firing, about, reading, now, rules)


async def put_waiting(unit: Unit, firing_id: int, *, now: datetime, rules: Rules) -> None:
    """What waited for another day is put to the chair; or forgotten, if it is so no more or no longer wanted."""
    spot = await spot_of(unit, firing_id)
    firing = await unit.find(Firing, firing_id, lock=True)
    if spot is None or firing is None or firing.proposal_id:
        return
    for reading in await _readings(unit, spot, now, rules):
        if reading.fact == firing.fact and (about := await _wanted(unit, spot, reading, now, rules)):
            await _put(unit, spot, firing, about, reading, now, rules)
            return
    await forget_firing(unit, firing_id)


async def read_together(
    unit: Unit, provider_id: int, *, where: str, by: Viewer, now: datetime, rules: Rules
) -> list[Together]:
    """What the accounts of a provider, its sites included, make together for this person, group by group, as far as
    it is an echo or more; the reading of what stands in it is logged, and `where` it stood."""
    found = await _together(unit, provider_id, by, now, rules)
    await _log(unit, found, where, by, now, rules)
    return found


async def read_beside(unit: Unit, concern: Concern, *, by: Viewer, now: datetime, rules: Rules) -> list[Together]:
    """What bears one concern out for this person, who may read it: on its theme, or on several with it, in its group,
    by two organisations or more. The reading is logged."""
    if concern.provider_id is None or concern.state is ConcernState.WITHDRAWN:
        return []
    found = [
        one
        for one in await _together(unit, concern.provider_id, by, now, rules)
        if one.group_id == concern.group_id
        and one.reading.theme in (ANY_THEME, concern.theme)
        and one.reading.strength >= Strength.CORROBORATED
    ]
    await _log(unit, found, "concern", by, now, rules)
    return found


async def to_note(unit: Unit, *, now: datetime, rules: Rules) -> tuple[list[int], list[int]]:
    """Concerns to be taken into clusters: quietly, those whose provider has become another and those from before there
    were clusters; and those just raised, which whoever raised them does not wait for."""
    moved, old, fresh = await astray(unit, since(now, rules), rules.today(now), now - FRESH, AT_ONCE)
    return [*moved, *old], fresh


def since(now: datetime, rules: Rules) -> date:
    """The first day whose events are put together."""
    return rules.today(now) - timedelta(days=rules.policy.triangulation.window_days)


async def _together(unit: Unit, provider_id: int, by: Viewer, now: datetime, rules: Rules) -> list[Together]:
    today = rules.today(now)
    heard = await heard_by(unit, by, [await whole(unit, provider_id, today)], since(now, rules), today)
    names = await group_names(unit, [spot.group_id for spot in heard]) if len(heard) > 1 else {}
    return [
        Together(names.get(spot.group_id, ""), spot.group_id, one)
        for spot, accounts in sorted(heard.items(), key=lambda item: item[0].group_id)
        for one in read(accounts)
        if one.strength > Strength.ONE_VOICE
    ]


async def _log(unit: Unit, found: Sequence[Together], where: str, by: Viewer, now: datetime, rules: Rules) -> None:
    keys = {key for one in found for key in one.reading.concern_ids}
    told = [one.concern for one in await readable(unit, keys, by, rules.today(now))]
    record_shown(unit, "shown", told, by=by, now=now, where=where)


async def _readings(unit: Unit, spot: Spot, now: datetime, rules: Rules) -> list[Reading]:
    """What the channel's accounts make, as far as anything is to be proposed of it."""
    found = read(await heard_in_channel(unit, spot, since(now, rules)))
    return [one for one in found if one.strength in PROPOSED_AT]


async def _wanted(unit: Unit, spot: Spot, reading: Reading, now: datetime, rules: Rules) -> Provider | None:
    """The provider to propose a level for, unless it has that level or a graver one, or such a one is proposed."""
    today, level = rules.today(now), PROPOSED_AT[reading.strength]
    provider = await entry_for(unit, spot.group_id, spot.provider_id, today)
    if provider is None or is_over(provider, today):
        return None
    standing = await standing_level(unit, spot.group_id, provider.key)
    if standing and not graver(level, standing.level):
        return None
    waiting = [one.proposal for one in await open_proposals(unit, spot.group_id, None, today)]
    if any(one.provider_id == provider.key and not graver(level, one.level) for one in waiting):
        return None
    return provider


async def _put(
    unit: Unit, spot: Spot, firing: Firing, provider: Provider, reading: Reading, now: datetime, rules: Rules
) -> None:
    """Propose it, unless the chair was told of the same provider on this working day already *(ours)*."""
    before = await last_put(unit, spot)
    if before and _working_day(before, rules) == _working_day(now, rules):
        return
    firing.proposal_id = await propose_unasked(
        unit,
        spot.group_id,
        provider,
        PROPOSED_AT[reading.strength],
        evidence=reading.concern_ids,
        key=f"triangulation.{firing.key}",
        now=now,
        rules=rules,
    )
    firing.fired_at = now
    unit.add(firing)


def _working_day(moment: datetime, rules: Rules) -> date:
    """The day itself, or the working day before it."""
    return rules.calendar.shift(rules.today(moment) + timedelta(days=1), -1)
