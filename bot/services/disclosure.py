"""Disclosure exports: who may ask for one, what is in it, what its originators say, and what is logged of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.domain.concern import new_reference
from bot.domain.disclosure import Request, holds_all
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.terms import Marking, Position
from bot.errors import FormErrors, NotFound, NothingToExport, NotRecordsLead, OtherCase, Refusal, UnknownName
from bot.files.plain import one_of
from bot.store import disclosure as asked
from bot.store.barring import barred_among
from bot.store.disclosure import Contribution, Export, Line, Narrowing
from bot.store.groups import sites_of
from bot.store.journal import record, record_shown
from bot.store.outbox import Telling, tell
from bot.store.people import away, people_by_id, representatives, viewer_by_id
from bot.store.tables import Concern, Disclosure, DisclosurePosition, Organisation, Person, Provider
from bot.store.unit import Unit

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lead:
    """The records lead who asks, and their organisation."""

    viewer: Viewer
    person: Person
    organisation: Organisation


async def records_lead(unit: Unit, body: str, slug: str, *, now: datetime, rules: Rules) -> Lead:
    """The records lead of that organisation, both by their short names. Raises `UnknownName`, `NotRecordsLead`."""
    organisation = await asked.organisation_named(unit, body)
    if organisation is None:
        raise UnknownName(what="Organisation", problem=one_of(body, await asked.organisation_slugs(unit)))
    person = await asked.person_named(unit, slug)
    if person is None:
        known = await asked.people_slugs(unit, organisation.key)
        raise UnknownName(what="Person", problem=one_of(slug, known))
    viewer = await viewer_by_id(unit, person.key, rules.today(now))
    if viewer is None or not viewer.records_lead or viewer.organisation_id != organisation.key:
        raise NotRecordsLead(who=person.name, organisation=organisation.short_name)
    return Lead(viewer, person, organisation)


async def gather(unit: Unit, request: Request, lead: Lead, *, now: datetime, rules: Rules) -> Export:
    """What the records lead may see and the request asks for. Raises `UnknownName`, `NothingToExport`."""
    provider = await _provider(unit, request.provider)
    found = await asked.contributions(
        unit, lead.viewer, await _narrowing(unit, request, provider, rules), rules.today(now)
    )
    matching = [one for one in found if holds_all(request.words, one.texts)]
    if not matching:
        raise NothingToExport(organisation=lead.organisation.short_name)
    name = f"{provider.name} ({provider.code})" if provider else ""
    return Export(new_reference("D"), request, lead.organisation, lead.person, now, name, matching)


async def _provider(unit: Unit, code: str) -> Provider | None:
    provider = await asked.provider_coded(unit, code) if code else None
    if code and provider is None:
        raise UnknownName(what="Provider", problem=one_of(code, ()))
    return provider


async def _narrowing(unit: Unit, request: Request, provider: Provider | None, rules: Rules) -> Narrowing:
    ids = await sites_of(unit, provider.key) if provider else []
    since = rules.calendar.at(request.since, time()) if request.since else None
    until = rules.calendar.at(request.until + DAY, time()) if request.until else None
    return Narrowing(tuple(ids), since, until)


async def open_case(
    unit: Unit, export: Export, lead: Lead, *, now: datetime, rules: Rules
) -> tuple[Disclosure, Export]:
    """Open the case, or find it again, and ask each originator of something in it, once. The export with the positions
    that have come in.

    Raises `OtherCase` when that number was used for another request.
    """
    request = export.request
    provider = await _provider(unit, request.provider)
    row = Disclosure(
        case=request.case,
        kind=request.kind,
        organisation_id=lead.organisation.key,
        by_id=lead.person.key,
        provider_id=provider.key if provider else None,
        opened_at=now,
    )
    new = await unit.insert_once(row)
    case = await asked.case_numbered(unit, lead.organisation.key, request.case, lock=True)
    if case is None or (case.kind, case.provider_id) != (row.kind, row.provider_id):
        raise OtherCase(case=request.case)
    if new:
        record(unit, "disclosure opened", by=lead.viewer, now=now, subject=("disclosure", case.key))
    if request.asks_originators:
        await _ask(unit, case, export.contributions, lead.viewer, now, rules.today(now))
    return case, replace(export, positions=await asked.positions_in(unit, case.key))


async def _ask(
    unit: Unit, case: Disclosure, found: Sequence[Contribution], by: Viewer, now: datetime, today: date
) -> None:
    known = await asked.positions_in(unit, case.key)
    fresh = [one.seen.concern for one in found if not one.own and one.key not in known]
    await unit.insert_rows(
        [DisclosurePosition(disclosure_id=case.key, concern_id=concern.key, asked_at=now) for concern in fresh]
    )
    for person_id, concerns in (await _recipients(unit, fresh, now, today)).items():
        slot = str(min(concern.key for concern in concerns))
        about: dict[str, int | str] = {"disclosure": case.key}
        await tell(unit, Telling("disclosure.asked", about, person_id=person_id, slot=slot), now)
        facts = {"asked": person_id, "concerns": len(concerns)}
        record(unit, "disclosure position asked", by=by, now=now, subject=("disclosure", case.key), **facts)


async def _recipients(
    unit: Unit, concerns: Sequence[Concern], now: datetime, today: date
) -> Mapping[int, list[Concern]]:
    """Whom to ask about what: whoever supplied it; if they are away, have moved or may see nothing about its provider
    any more, their organisation's representative."""
    bodies = {concern.organisation_id for concern in concerns}
    groups = {concern.group_id for concern in concerns}
    seats = {group: await representatives(unit, bodies, group, today) for group in groups}
    # Nobody else at their organisation may see what is for named people only.
    inline = {
        concern.key: [concern.raised_by_id]
        if concern.marking is Marking.RED
        else [concern.raised_by_id, *seats[concern.group_id][concern.organisation_id]]
        for concern in concerns
    }
    everybody = {key for several in inline.values() for key in several}
    absent = await away(unit, everybody, now, today)
    people = await people_by_id(unit, everybody)
    about = {concern.provider_id for concern in concerns if concern.provider_id}
    barred = {(person, provider) for person, provider, _ in await barred_among(unit, list(everybody), about, today)}
    asked_of: dict[int, list[Concern]] = {}
    for concern in concerns:
        several = [
            key
            for key in inline[concern.key]
            if people[key].organisation_id == concern.organisation_id and (key, concern.provider_id) not in barred
        ] or [concern.raised_by_id]
        person_id = next((key for key in several if key not in absent), several[0])
        asked_of.setdefault(person_id, []).append(concern)
    return asked_of


async def log_export(
    unit: Unit, export: Export, case: Disclosure, lead: Lead, hashes: Mapping[str, str], *, now: datetime
) -> None:
    """One entry for the export, with the SHA-256 of its files, and those that say what was in it."""
    shown = [one.seen.concern for one in export.contributions]
    record_shown(unit, "exported", shown, by=lead.viewer, now=now, where=export.number)
    record(
        unit,
        "disclosure exported",
        by=lead.viewer,
        now=now,
        subject=("disclosure", case.key),
        export=export.number,
        contributions=len(shown),
        own=export.own,
        unanswered=export.unanswered,
        json_sha256=hashes["json"],
        docx_sha256=hashes["docx"],
    )


async def log_refusal(unit: Unit, refusal: Refusal, slug: str, *, now: datetime, rules: Rules) -> None:
    """That an export was refused, to whom if they are enrolled, and why."""
    person = await asked.person_named(unit, slug)
    viewer = await viewer_by_id(unit, person.key, rules.today(now)) if person else None
    record(unit, "refused", by=viewer, now=now, why=type(refusal).__name__, where="soundings export")


@dataclass(frozen=True)
class Answer:
    """An objection to these references, or to all when none is named, and none to the others; or none at all."""

    objects: bool
    to: tuple[str, ...] = ()
    reason: str = ""


async def find_positions(unit: Unit, disclosure_id: int, *, by: Viewer, today: date) -> list[Line]:
    """What this person is asked in a case. Raises `NotFound` when that is nothing."""
    lines = await asked.own_positions(unit, disclosure_id, by, today)
    if not lines:
        raise NotFound(what=str(disclosure_id))
    return lines


async def take_position(
    unit: Unit, disclosure_id: int, answer: Answer, *, by: Viewer, now: datetime, rules: Rules
) -> list[Line]:
    """Say what one thinks of the disclosure of what one supplied. A later answer replaces this one; the same again
    changes nothing. Raises `FormErrors`, `NotFound`."""
    lines = await find_positions(unit, disclosure_id, by=by, today=rules.today(now))
    _check(answer)
    for concern, position in lines:
        objects = answer.objects and (not answer.to or concern.reference in answer.to)
        said = Position.OBJECTS if objects else Position.NO_OBJECTION
        reason = answer.reason.strip() if objects else ""
        if (position.position, position.reason) == (said, reason):
            continue
        position.position, position.reason = said, reason
        position.by_id, position.answered_at = by.person_id, now
        unit.add(position)
        record(
            unit,
            "disclosure position given",
            by=by,
            now=now,
            subject=("concern", concern.key),
            group_id=concern.group_id,
            disclosure=disclosure_id,
            position=said.value,
        )
    await unit.flush()
    return lines


def _check(answer: Answer) -> None:
    if answer.objects and not answer.reason.strip():
        raise FormErrors({"reason": "Say why: the organisation that was asked decides, and needs your reason."})
