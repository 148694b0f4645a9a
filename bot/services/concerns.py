"""What a person can ask for about a concern: raise it, open it, match it to the directory."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.domain.concern import Draft, check_draft
from bot.domain.handling import Viewer, check_handling
from bot.domain.policy import Policy, Rules
from bot.domain.terms import Audience, Basis, Marking, Role
from bot.errors import AlreadyDestroyed, ChangedMeanwhile, FormErrors, NoGroup, NotFound
from bot.services.triangulation import note_concern
from bot.store import concerns as asked
from bot.store.annexe import has_annexe
from bot.store.answers import answers_to
from bot.store.destroying import unused_reference, was_destroyed
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import away, group_members, nominees, people_by_id, representatives, seated
from bot.store.tables import Concern, ConcernAudience, Provider
from bot.store.unit import Unit


@dataclass(frozen=True)
class Raised:
    """A concern as saved, and exactly who can now see it. `new` is whether this call saved it."""

    concern: Concern
    readers: asked.Readers
    new: bool


async def raise_concern(unit: Unit, draft: Draft, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Raised:
    """Save a concern and queue word of it. The same `key` again changes nothing and answers the same.

    Raises `FormErrors` naming every field that needs another look, and `NoGroup`.
    """
    earlier = await asked.submitted_as(unit, key)
    if earlier:
        return Raised(earlier, await asked.readers_of(unit, earlier), new=False)
    if await was_destroyed(unit, key):
        raise AlreadyDestroyed
    today = rules.today(now)
    check_draft(draft, today)
    _check_lists(draft, rules.policy)
    lines = await _resolve(unit, draft, by, now, today)
    concern, new = await _save(unit, draft, by, key, now)
    if new:
        for line in lines:
            line.concern_id = concern.key
        await unit.insert_rows(lines)
        record(unit, "concern raised", by=by, now=now, subject=("concern", concern.key), group_id=concern.group_id)
        await unit.flush()
        await _tell(unit, concern, lines, now, today)
    return Raised(concern, await asked.readers_of(unit, concern), new)


async def who_will_see(unit: Unit, draft: Draft, *, by: Viewer, now: datetime, rules: Rules) -> asked.Readers:
    """Exactly who could see this draft if it were saved now, resolved as saving resolves it.

    Raises `FormErrors` while the audience, those chosen and the marking do not belong together, and `NoGroup`.
    """
    check_handling(draft.audience, draft.marking, organisations=draft.organisations, people=draft.people)
    return await asked.named(unit, await _resolve(unit, draft, by, now, rules.today(now)))


async def open_concern(
    unit: Unit, reference: str, *, by: Viewer, now: datetime, rules: Rules
) -> tuple[asked.SeenConcern, asked.Readers]:
    """Read one concern, and log the reading. Raises `NotFound` whether it is hidden or not there."""
    seen = await asked.visible_concern(unit, reference, by, rules.today(now))
    if seen is None:
        raise NotFound(what=reference)
    concern = seen.concern
    record(unit, "concern read", by=by, now=now, subject=("concern", concern.key), group_id=concern.group_id)
    heard = await answers_to(unit, [concern], by, rules.today(now))
    seen = replace(seen, annexe=await has_annexe(unit, concern.key), answers=tuple(heard[concern.key]))
    return seen, await asked.readers_of(unit, concern)


async def match_provider(
    unit: Unit, reference: str, provider_id: int, *, by: Viewer, now: datetime, rules: Rules
) -> asked.SeenConcern:
    """Put a provider of the directory in place of a name somebody typed; what they typed is kept.

    Raises `NotFound`, and `ChangedMeanwhile` if somebody has matched it to another one.
    """
    seen = await asked.visible_concern(unit, reference, by, rules.today(now))
    if seen is None:
        raise NotFound(what=reference)
    if seen.concern.provider_id not in (None, provider_id):
        raise ChangedMeanwhile(what=reference)
    provider = await unit.get(Provider, provider_id)
    seen.concern.provider_id = provider.key
    unit.add(seen.concern)
    facts = ("concern", seen.concern.key)
    where = seen.concern.group_id
    record(unit, "concern matched", by=by, now=now, subject=facts, group_id=where, provider=provider.key)
    await unit.flush()
    await note_concern(unit, seen.concern.key, now=now, rules=rules)
    return asked.SeenConcern(seen.concern, provider.name, seen.organisation)


def _check_lists(draft: Draft, policy: Policy) -> None:
    errors = {}
    if draft.theme not in policy.themes:
        errors["theme"] = "Choose a theme from the list."
    if draft.source not in policy.sources:
        errors["source"] = "Choose a source from the list."
    if errors:
        raise FormErrors(errors)


async def _save(unit: Unit, draft: Draft, by: Viewer, key: str, now: datetime) -> tuple[Concern, bool]:
    """The saved concern, and whether this call saved it: two resends at once make one."""
    row = Concern(
        reference="",
        submit_key=key,
        group_id=draft.group_id,
        provider_id=draft.provider_id,
        provider_named=draft.provider_named.strip(),
        headline=draft.headline.strip(),
        details=draft.details.strip(),
        theme=draft.theme,
        quality_domain=draft.quality_domain,
        source=draft.source,
        reliability=draft.reliability,
        directness=draft.directness,
        lineage=draft.lineage,
        urgency=draft.urgency,
        wanted=draft.wanted,
        audience=draft.audience,
        marking=draft.marking,
        attributed=draft.attributed,
        verbal_only=draft.verbal_only,
        event_on=draft.event_on,
        raised_by_id=by.person_id,
        organisation_id=by.organisation_id,
        raised_at=now,
        active_at=now,
    )
    while True:
        row.reference = await unused_reference(unit, "C")
        new = await unit.insert_once(row)
        saved = await asked.submitted_as(unit, key)
        if saved:  # otherwise the reference was taken: one chance in half a billion
            return saved, new


async def _resolve(unit: Unit, draft: Draft, by: Viewer, now: datetime, today: date) -> list[ConcernAudience]:
    """The audience as a list, as it stands now: a later joiner does not see the past. Raises `NoGroup`."""
    if draft.group_id not in by.group_ids:
        raise NoGroup
    if draft.audience is Audience.GROUP:
        chosen = await whole_group(unit, draft.group_id, today)
    else:
        await _check_chosen(unit, draft, today)
        chosen = [("organisation_id", key, Basis.CHOSEN) for key in draft.organisations]
        chosen += [("person_id", key, Basis.CHOSEN) for key in draft.people]
    own = ("person_id", by.person_id) if draft.marking is Marking.RED else ("organisation_id", by.organisation_id)
    lines = {own: Basis.ORIGIN}
    for column, key, basis in chosen:
        lines.setdefault((column, key), basis)
    return [
        ConcernAudience(
            concern_id=0,
            organisation_id=key if column == "organisation_id" else None,
            person_id=key if column == "person_id" else None,
            basis=basis,
            shared_at=now,
        )
        for (column, key), basis in lines.items()
    ]


async def whole_group(unit: Unit, group_id: int, today: date) -> list[tuple[str, int, Basis]]:
    """Every member organisation, and a chair or secretariat who comes from outside them."""
    members = [organisation.key for organisation in await group_members(unit, group_id, today)]
    officers = await seated(unit, group_id, today, Role.CHAIR, Role.SECRETARIAT)
    outside = [person.key for person in officers if person.organisation_id not in members]
    lines: Iterable[tuple[str, int, Basis]] = [("organisation_id", key, Basis.GROUP) for key in members]
    return [*lines, *(("person_id", key, Basis.GROUP) for key in outside)]


async def _check_chosen(unit: Unit, draft: Draft, today: date) -> None:
    members = {organisation.key for organisation in await group_members(unit, draft.group_id, today)}
    if not set(draft.organisations) <= members:
        raise FormErrors({"chosen": "One of these organisations is not a member of the group. Choose again."})
    people = await people_by_id(unit, draft.people)
    lost = [key for key in draft.people if key not in people or not people[key].reachable]
    if lost:
        raise FormErrors({"chosen": "One of these people cannot be reached by this assistant. Choose again."})


async def _tell(unit: Unit, concern: Concern, lines: list[ConcernAudience], now: datetime, today: date) -> None:
    """Word to the originator; to the channel if the whole group may see it, otherwise to those chosen."""
    subject: dict[str, int | str] = {"concern": concern.key}
    await tell(unit, Telling("concern.receipt", subject, person_id=concern.raised_by_id), now)
    if concern.audience is Audience.GROUP:
        await tell(unit, Telling("concern.posted", subject, group_id=concern.group_id), now)
    else:
        for person_id in await _chosen_people(unit, concern, lines, now, today):
            await tell(unit, Telling("concern.shared", subject, person_id=person_id), now)
    if concern.provider_named and concern.provider_id is None:
        for person in await seated(unit, concern.group_id, today, Role.SECRETARIAT):
            await tell(unit, Telling("concern.unmatched", subject, person_id=person.key), now)


async def _chosen_people(
    unit: Unit, concern: Concern, lines: list[ConcernAudience], now: datetime, today: date
) -> list[int]:
    """The people named, and for each organisation chosen the first who is there."""
    organisations = [line.organisation_id for line in lines if line.organisation_id and line.basis is Basis.CHOSEN]
    people = [line.person_id for line in lines if line.person_id and line.basis is Basis.CHOSEN]
    return [*people, *await first_to_hear(unit, concern.group_id, organisations, now, today)]


async def first_to_hear(unit: Unit, group_id: int, organisations: list[int], now: datetime, today: date) -> list[int]:
    """For each organisation the first who is there: its representative, their deputies, or whoever answers for it
    under the protocol."""
    seats = await representatives(unit, organisations, group_id, today)
    named = await nominees(unit, organisations, today)
    ordered = {
        key: [*seats[key], *(one.person_id for one in sorted(named[key], key=lambda one: one.rung))]
        for key in organisations
    }
    absent = await away(unit, [key for several in ordered.values() for key in several], now, today)
    return [
        key for several in ordered.values() for key in [key for key in several if key not in absent][:1] or several[:1]
    ]


async def report_strange_markings(unit: Unit, now: datetime) -> int:
    """Tell whoever raised a concern, once, that nobody knows its marking, so that it is treated as `TLP:RED`. Gives how
    many are told now."""
    told = 0
    for concern in await asked.with_strange_marking(unit):
        about: dict[str, int | str] = {"concern": concern.key}
        if await tell(unit, Telling("concern.strange", about, person_id=concern.raised_by_id), now):
            subject = ("concern", concern.key)
            record(unit, "unknown marking", by=None, now=now, subject=subject, group_id=concern.group_id)
            told += 1
    return told
