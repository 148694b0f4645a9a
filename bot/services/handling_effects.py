"""What a change of handling does once it is in force: lines of the audience, the marking, clocks, and who is told."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.handling import Viewer, audience_after, fits_marking, wanted_audience
from bot.domain.policy import Rules
from bot.domain.terms import Audience, Basis, ConcernState, HandlingKind, Marking
from bot.errors import FormErrors
from bot.services.annexe import grant
from bot.services.channel import refresh_channel
from bot.services.concerns import first_to_hear, whole_group
from bot.services.handling_approval import lapse
from bot.services.ladders import stop_clocks
from bot.services.panel_times import call_off_withdrawn
from bot.services.triangulation import note_concern
from bot.store import handling as asked
from bot.store.concerns import visible_by_id
from bot.store.outbox import Telling, tell
from bot.store.people import people_by_id, viewer_by_id
from bot.store.tables import Concern, ConcernAudience, HandlingChange
from bot.store.unit import Unit

NOBODY_LEFT = "Nobody outside your organisation could see it then. Withdraw it instead."
BODY = "organisation_id"
BASES = {HandlingKind.WIDEN: Basis.AGREED, HandlingKind.OVERRIDE: Basis.OVERRIDE}


async def put_in_force(
    unit: Unit, concern: Concern, change: HandlingChange, *, by: Viewer, now: datetime, rules: Rules
) -> None:
    """Do what the change says, and tell everybody whom it concerns. `by` is who decided it.

    Raises `FormErrors` when there would be nobody left to see it.
    """
    match change.kind:
        case HandlingKind.NARROW:
            await _narrow(unit, concern, change, now)
        case HandlingKind.TIGHTEN:
            await _tighten(unit, concern, change, now)
        case HandlingKind.WITHDRAW:
            concern.state = ConcernState.WITHDRAWN
            await asked.end_lines(unit, _not_own(await asked.standing_lines(unit, concern.key)), now)
            unit.add(concern)
            await unit.flush()
            await call_off_withdrawn(unit, concern.key, by=by, now=now)
        case HandlingKind.LOOSEN:
            await _loosen(unit, concern, change, now)
        case HandlingKind.WIDEN | HandlingKind.OVERRIDE:
            await _widen(unit, concern, change, now, rules)
        case HandlingKind.ANNEXE:
            person_id, reason = change.asked_by_id, change.reason
            await grant(unit, concern.key, person_id, reason, change_id=change.key, by=by, now=now, rules=rules)
            return
    unit.add(concern)
    await unit.flush()
    await stop_clocks(unit, concern, now=now)
    await _drop_moot(unit, concern, now, rules)
    await refresh_channel(unit, concern, now=now, rules=rules)
    await note_concern(unit, concern.key, now=now, rules=rules)


async def _narrow(unit: Unit, concern: Concern, change: HandlingChange, now: datetime) -> None:
    """An organisation that is taken away takes those of its people with it who were named beside it."""
    lines = _not_own(await asked.standing_lines(unit, concern.key))
    people = await people_by_id(unit, [line.person_id for line in lines if line.person_id])
    taken = [
        line
        for line in lines
        if line.organisation_id in change.organisations
        or line.person_id in change.people
        or (line.person_id and people[line.person_id].organisation_id in change.organisations)
    ]
    if len(taken) == len(lines):
        raise FormErrors({"readers": NOBODY_LEFT})
    await asked.end_lines(unit, taken, now)
    left = [line.organisation_id for line in lines if line.organisation_id and line not in taken]
    concern.audience = audience_after(concern.audience, whole_group=False, organisations=left)


async def _tighten(unit: Unit, concern: Concern, change: HandlingChange, now: datetime) -> None:
    """To `TLP:RED`, only whoever raised it and the people named remain; otherwise who sees it stays as it is."""
    concern.marking = Marking(change.marking_after)
    if concern.marking is Marking.RED:
        stay = {*change.people, concern.raised_by_id}
        lines = await asked.standing_lines(unit, concern.key)
        await asked.end_lines(unit, [line for line in lines if line.person_id not in stay], now)
        await asked.share(unit, concern.key, [(None, concern.raised_by_id)], Basis.ORIGIN, now)
        await asked.share(unit, concern.key, [(None, key) for key in change.people], Basis.CHOSEN, now)
        concern.audience = audience_after(concern.audience, whole_group=False, organisations=())


async def _loosen(unit: Unit, concern: Concern, change: HandlingChange, now: datetime) -> None:
    """From `TLP:RED`, the originating organisation sees it as a whole again; the others stay those named."""
    if concern.marking is Marking.RED:
        lines = await asked.standing_lines(unit, concern.key)
        await asked.end_lines(unit, [line for line in lines if line.basis is Basis.ORIGIN], now)
        await asked.share(unit, concern.key, [(concern.organisation_id, None)], Basis.ORIGIN, now)
    concern.marking = Marking(change.marking_after)


async def _widen(unit: Unit, concern: Concern, change: HandlingChange, now: datetime, rules: Rules) -> None:
    """Share it with more, and tell the new ones in person.

    Shared with the whole group, a line lasts as long as the membership, as when a concern is raised so.
    """
    today = rules.today(now)
    everybody = not change.organisations and not change.people
    if everybody:
        shareable = {one.key for one in await asked.shareable_organisations(unit, today)}
        group = await whole_group(unit, concern.group_id, today)
        recipients: list[asked.Recipient] = [(key, None) for to, key, _ in group if key in shareable and to == BODY]
        recipients += [(None, key) for to, key, _ in group if to != BODY]
        added = await asked.share(unit, concern.key, recipients, Basis.GROUP, now)
    else:
        recipients = [*((key, None) for key in change.organisations), *((None, key) for key in change.people)]
        added = await asked.share(unit, concern.key, recipients, BASES[change.kind], now)
    reached = [line.organisation_id for line in _not_own(await asked.standing_lines(unit, concern.key))]
    concern.audience = audience_after(
        concern.audience, whole_group=everybody or None, organisations=[key for key in reached if key]
    )
    if not everybody:  # whose channel is told by `refresh_channel`
        await _tell_new(unit, concern, change, added, now, rules)


async def _tell_new(
    unit: Unit,
    concern: Concern,
    change: HandlingChange,
    lines: Sequence[ConcernAudience],
    now: datetime,
    rules: Rules,
) -> None:
    bodies = [line.organisation_id for line in lines if line.organisation_id]
    heard = await first_to_hear(unit, concern.group_id, bodies, now, rules.today(now))
    for person_id in [*heard, *(line.person_id for line in lines if line.person_id)]:
        # Somebody from whom it was taken and who has it again is told again.
        about: dict[str, int | str] = {"concern": concern.key}
        await tell(unit, Telling("concern.shared", about, person_id=person_id, slot=change.reference), now)


async def _drop_moot(unit: Unit, concern: Concern, now: datetime, rules: Rules) -> None:
    """Let lapse what was asked by somebody who can see it no more, or of a marking that it no longer has."""
    for change in await asked.open_requests(unit, concern.key):
        if await is_moot(unit, concern, change, now, rules):
            await lapse(unit, concern, change, now=now)


async def is_moot(unit: Unit, concern: Concern, change: HandlingChange, now: datetime, rules: Rules) -> bool:
    """Whether what was asked can no longer be agreed to: it is so already or may no longer be, or the asker may not
    read the concern any more."""
    wanted = wanted_audience(change.organisations, change.people)
    gone = {
        HandlingKind.LOOSEN: change.marking_before != concern.marking,
        HandlingKind.WIDEN: not fits_marking(concern.marking, wanted, change.organisations)
        or (wanted is Audience.GROUP and concern.audience is Audience.GROUP),
    }
    # Its own organisation still opens the annexe of what it has withdrawn; nobody else can read it.
    withdrawn = concern.state is ConcernState.WITHDRAWN and change.kind is not HandlingKind.ANNEXE
    if withdrawn or gone.get(change.kind, False):
        return True
    today = rules.today(now)
    asker = await viewer_by_id(unit, change.asked_by_id, today)
    return asker is None or await visible_by_id(unit, concern.key, asker, today) is None


def _not_own(lines: Sequence[ConcernAudience]) -> list[ConcernAudience]:
    return [line for line in lines if line.basis is not Basis.ORIGIN]
