"""Starting an escalation: whom a kind of request may be addressed to, what must be said, and who is told first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.concern import new_reference
from bot.domain.handling import Viewer
from bot.domain.kinds import Addressed, Kind
from bot.domain.policy import Rules
from bot.domain.terms import Basis, ConcernState, Marking, Wanted
from bot.errors import FormErrors, NotFound
from bot.services.keeping import note_activity
from bot.services.ladders import set_out
from bot.store import escalations as asked
from bot.store.concerns import reaches, visible_concern
from bot.store.groups import group_by_id, groups_beside
from bot.store.handling import share, shareable_organisations
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.people import group_members, organisations_by_id, protocol_organisations
from bot.store.tables import Addressee, Concern, Escalation, EscalationConcern, Organisation
from bot.store.unit import Unit

MOST_ADDRESSEES = 100


@dataclass(frozen=True)
class EscalationDraft:
    """What somebody typed into the escalation form. `addressees` are numbers of organisations, or of groups for a kind
    that goes to groups; `said` is by the fields of the kind."""

    concern: str
    kind: str
    addressees: tuple[int, ...]
    wanted: Wanted
    category: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    profession: str = ""
    sponsor_id: int | None = None


@dataclass(frozen=True)
class Target:
    """An organisation or group that may be addressed."""

    key: int
    name: str
    note: str = ""
    organisation: Organisation | None = None


async def start_escalation(
    unit: Unit, draft: EscalationDraft, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> Escalation:
    """Address organisations or groups. The same `key` again changes nothing and answers the same.

    Raises `NotFound` for a concern this person may not read and `FormErrors` naming every field at fault.
    """
    earlier = await asked.escalation_by_submission(unit, key)
    if earlier:
        return earlier
    today = rules.today(now)
    seen = await visible_concern(unit, draft.concern, by, today)
    kind = rules.policy.kinds.get(draft.kind)
    if seen is None or kind is None:
        raise NotFound(what=draft.concern)
    await _check(unit, draft, kind, seen.concern, by=by, today=today, rules=rules)
    escalation, new = await _save(unit, draft, seen.concern, by, key, now)
    if new:
        await address(unit, escalation, kind, draft.addressees, now=now, rules=rules)
        await note_activity(unit, seen.concern.key, now, acted_on=True)
        facts = ("escalation", escalation.key)
        record(unit, "escalation started", by=by, now=now, subject=facts, group_id=escalation.group_id, kind=draft.kind)
    return escalation


async def addressable(unit: Unit, kind: Kind, by: Viewer, group_id: int, today: date) -> list[Target]:
    """Whom this person may address with this kind of request, by name; never their own organisation."""
    if kind.addressed is Addressed.PARENT:
        group = await group_by_id(unit, group_id, today)
        parent = await group_by_id(unit, group.parent_id, today) if group and group.parent_id else None
        return [Target(parent.key, parent.name)] if parent else []
    if kind.addressed is Addressed.GROUPS:
        return [Target(one.key, one.name) for one in await groups_beside(unit, group_id, today)]
    if kind.addressed is Addressed.SIGNATORIES:
        bodies = await protocol_organisations(unit, today)
    elif kind.addressed is Addressed.MEMBERS:
        bodies = await group_members(unit, group_id, today)
    else:
        bodies = [one for one in await shareable_organisations(unit, today) if one.kind in kind.organisation_kinds]
    return [
        Target(one.key, one.short_name, one.protocol_status if kind.sponsor else "", one)
        for one in bodies
        if one.key != by.organisation_id and one.provider_id is None
    ]


async def needs_sponsor(unit: Unit, kind: Kind, by: Viewer, today: date) -> bool:
    """Whether this person's organisation has not signed the protocol, and so names a sponsor [000 4.26]."""
    return kind.sponsor and not (await unit.get(Organisation, by.organisation_id)).signed(today)


async def address(
    unit: Unit,
    escalation: Escalation,
    kind: Kind,
    keys: Sequence[int],
    *,
    now: datetime,
    rules: Rules,
    concerns: Sequence[Concern] = (),
) -> Sequence[Addressee]:
    """One line, one ladder and a first step for each new addressee; each may now read the concerns: all it is about, or
    those that are given."""
    to_groups = kind.addressed.to_groups
    lines = [
        Addressee(
            escalation_id=escalation.key,
            organisation_id=None if to_groups else key,
            group_id=key if to_groups else None,
            added_at=now,
        )
        for key in keys
    ]
    unit.add(*lines)
    await unit.flush()
    for concern in concerns or await asked.concerns_about(unit, escalation.key):
        bodies = [(line.organisation_id, None) for line in lines if line.organisation_id]
        await share(unit, concern.key, bodies, Basis.ESCALATION, now)
        if concern.state is ConcernState.SUBMITTED:
            concern.state = ConcernState.CONSIDERED
            unit.add(concern)
    await tell(unit, grid_of(escalation), now)
    await set_out(unit, escalation, lines, now=now, rules=rules)
    return lines


async def check_addressees(
    unit: Unit, concerns: Sequence[Concern], kind: Kind, keys: Sequence[int], allowed: Sequence[Target], by: Viewer
) -> str:
    """What keeps these concerns from being taken to these addressees, as a sentence; empty when nothing does."""
    names = {one.key: one.name for one in allowed}
    if not keys or not set(keys) <= set(names) or len(keys) > MOST_ADDRESSEES:
        return "Choose at least one from the list."
    for concern in concerns:
        if concern.state is ConcernState.WITHDRAWN:
            return "This concern is withdrawn, so nobody can be asked about it."
        if concern.marking is Marking.RED:
            return "This concern is TLP:RED, for named people only. Raise it again for organisations."
        if concern.organisation_id == by.organisation_id or concern.marking is Marking.GREEN:
            continue
        reached = set() if kind.addressed.to_groups else await reaches(unit, concern)
        beyond = ", ".join(sorted(names[key] for key in set(keys) - reached))
        if beyond:
            return f"Only the organisation that raised this may share it further. Leave out: {beyond}."
    return ""


async def _check(
    unit: Unit, draft: EscalationDraft, kind: Kind, concern: Concern, *, by: Viewer, today: date, rules: Rules
) -> None:
    allowed = await addressable(unit, kind, by, concern.group_id, today)
    errors = dict.fromkeys(kind.missing(draft.said), "Say something here: whoever is asked needs it.")
    wrong = await check_addressees(unit, [concern], kind, draft.addressees, allowed, by)
    if wrong:
        errors["organisations"] = wrong
    if kind.categories and draft.category not in rules.policy.categories:
        errors["category"] = "Choose a category from the list."
    if draft.wanted not in kind.wanted:
        errors["wanted"] = "Choose one from the list."
    if await needs_sponsor(unit, kind, by, today):
        sponsor = (await organisations_by_id(unit, [draft.sponsor_id or 0])).get(draft.sponsor_id or 0)
        if sponsor is None or not sponsor.signed(today):
            errors["sponsor"] = "Your organisation has not signed the protocol. Name a signatory that sponsors this."
    if errors:
        raise FormErrors(errors)


async def _save(
    unit: Unit, draft: EscalationDraft, concern: Concern, by: Viewer, key: str, now: datetime
) -> tuple[Escalation, bool]:
    row = Escalation(
        reference="",
        submit_key=key,
        kind=draft.kind,
        group_id=concern.group_id,
        category=draft.category,
        profession=draft.profession,
        wanted=draft.wanted,
        urgency=concern.urgency,
        said={name: text.strip() for name, text in draft.said.items() if text.strip()},
        raised_by_id=by.person_id,
        organisation_id=by.organisation_id,
        sponsor_id=draft.sponsor_id,
        started_at=now,
    )
    while True:
        row.reference = new_reference("E")
        new = await unit.insert_once(row)
        saved = await asked.escalation_by_submission(unit, key)
        if saved and new:
            unit.add(about(saved, concern, by, now))
            await unit.flush()
        if saved:
            return saved, new


def about(escalation: Escalation, concern: Concern, by: Viewer, now: datetime) -> EscalationConcern:
    """That an escalation is about a concern."""
    return EscalationConcern(
        escalation_id=escalation.key, concern_id=concern.key, added_at=now, added_by_id=by.person_id
    )


def grid_of(escalation: Escalation) -> Telling:
    """The originator's grid of who has answered."""
    return Telling("escalation.grid", {"escalation": escalation.key}, person_id=escalation.raised_by_id)
