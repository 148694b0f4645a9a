"""What panels bring together and what they conclude: who comes, what each organisation brings, what follows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, update
from sqlalchemy.orm.attributes import flag_modified
from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.domain.panels import ContributionKind, PanelState
from bot.domain.terms import Role
from bot.store.actions import SeenAction, seen_actions
from bot.store.barring import barred_among
from bot.store.concerns import SeenConcern, seen
from bot.store.people import enrolled
from bot.store.tables import (
    Action,
    Addressee,
    Concern,
    Escalation,
    LadderRung,
    Organisation,
    Panel,
    PanelContribution,
    PanelInvitee,
    Person,
    Provider,
)
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns, visible_concerns
from bot.store.visible_requests import (
    agenda_escalations,
    concerns_asked_about,
    put_to_panels,
    visible_actions,
    visible_panels,
)


@dataclass(frozen=True)
class Invited:
    """Somebody asked to come, with their organisation's name; `organisation_id` is None for somebody from outside."""

    invitee: PanelInvitee
    name: str
    organisation: str
    organisation_id: int | None


@dataclass(frozen=True)
class Voice:
    """What one organisation brings to a panel, as it now stands."""

    organisation_id: int
    organisation: str
    activity: PanelContribution | None = None
    said: PanelContribution | None = None

    def of(self, kind: ContributionKind) -> PanelContribution | None:
        return self.activity if kind is ContributionKind.ACTIVITY else self.said


@dataclass(frozen=True)
class AgendaPanel:
    """What an agenda tells of a panel: what it was about, and what it concluded."""

    panel: Panel
    escalation: str
    provider: str
    provider_id: int | None


async def reviewable_panel(unit: Unit, reference: str, viewer: Viewer, today: date) -> Panel | None:
    """A panel to look at again: one they may see, or one of which the agendas of a group that they chair tell."""
    told = [
        col(Panel.escalation_id).in_(agenda_escalations(key, viewer, today).with_only_columns(col(Escalation.id)))
        for key in viewer.group_ids
        if viewer.holds(key, Role.CHAIR)
    ]
    seen_by_id = visible_panels(viewer, today).with_only_columns(col(Panel.id))
    asked = select(Panel).where(Panel.state == PanelState.HELD, or_(col(Panel.id).in_(seen_by_id), *told))
    return await unit.first(asked.where(Panel.reference == reference.strip().upper()))


async def invited(unit: Unit, panel_id: int) -> list[Invited]:
    """Everybody asked to come, by organisation and name."""
    rows = await unit.rows(
        select(PanelInvitee, col(Person.name), col(Organisation.short_name), col(Organisation.id))
        .outerjoin(Person, col(Person.id) == col(PanelInvitee.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(PanelInvitee.panel_id == panel_id)
    )
    found = [Invited(one, name or one.name, body or one.organisation, key) for one, name, body, key in rows]
    return sorted(found, key=lambda one: (one.organisation.casefold(), one.name.casefold(), one.invitee.key))


async def voices(unit: Unit, panel: Panel, people: Sequence[Invited]) -> list[Voice]:
    """Every organisation that takes part with what it brings, by name: none is given before another."""
    newest: dict[tuple[int, ContributionKind], PanelContribution] = {}
    brought = (
        select(PanelContribution).where(PanelContribution.panel_id == panel.key).order_by(col(PanelContribution.id))
    )
    for one in await unit.all(brought):
        newest[one.organisation_id, one.kind] = one
    keys = {one.organisation_id for one in people} | {panel.organisation_id} | {key for key, _ in newest}
    bodies = await unit.all(select(Organisation).where(col(Organisation.id).in_([key for key in keys if key])))
    kinds = ContributionKind
    return [
        Voice(one.key, one.short_name, newest.get((one.key, kinds.ACTIVITY)), newest.get((one.key, kinds.SAID)))
        for one in sorted(bodies, key=lambda one: one.short_name.casefold())
    ]


async def contribution_by_submission(unit: Unit, submit_key: str) -> PanelContribution | None:
    return await unit.first(select(PanelContribution).where(PanelContribution.submit_key == submit_key))


async def able_people(unit: Unit, panel: Panel, viewer: Viewer, today: date) -> list[Person]:
    """The invitees to whom this person can give something to do: enrolled, with chat, barred from nothing that it is
    about, and of no organisation that is not to be named to them."""
    asked = select(PanelInvitee.person_id).where(PanelInvitee.panel_id == panel.key)
    hidden = col(Person.organisation_id).in_(await unnamed(unit, panel, viewer))
    here = (enrolled(today), col(Person.chat_user).is_not(None), ~hidden)
    people = await unit.all(select(Person).where(col(Person.id).in_(asked), *here).order_by(Person.name))
    providers = await providers_of(unit, panel)
    barred = {person for person, _, _ in await barred_among(unit, [one.key for one in people], providers, today)}
    return [one for one in people if one.key not in barred]


async def providers_of(unit: Unit, panel: Panel) -> list[int]:
    """The providers of the directory that a panel is about."""
    about = (await _about(unit, [panel.key]))[panel.key]
    return list(dict.fromkeys(provider for _, provider in about if provider))


async def concerns_of(unit: Unit, panel: Panel) -> list[int]:
    """The numbers of the concerns that a panel is about, whoever asks."""
    return [key for key, _ in (await _about(unit, [panel.key]))[panel.key]]


async def unnamed(unit: Unit, panel: Panel, viewer: Viewer) -> set[int]:
    """The organisations that are not to be named to this person: they raised what the panel is about, and asked so."""
    hidden = (col(Concern.attributed).is_(False), col(Concern.organisation_id) != viewer.organisation_id)
    about = concerns_asked_about(panel.escalation_id).where(*hidden)
    return {one.organisation_id for one in await unit.all(about)}


async def provider_names(unit: Unit, panel: Panel) -> list[str]:
    """The names of the providers of the directory that a panel is about."""
    asked = select(Provider.name).where(col(Provider.id).in_(await providers_of(unit, panel)))
    return sorted(await unit.all(asked))


async def concerns_for(unit: Unit, panel: Panel, viewer: Viewer, today: date) -> tuple[list[SeenConcern], bool]:
    """What a panel is about as far as this person may read it, and whether there is more that they may not."""
    keys = await concerns_of(unit, panel)
    found = await seen(unit, visible_concerns(viewer, today).where(col(Concern.id).in_(keys)), by=viewer)
    return sorted(found, key=lambda one: one.concern.key), len(found) < len(keys)


async def actions_of(unit: Unit, panel: Panel, viewer: Viewer, today: date) -> list[SeenAction]:
    return await seen_actions(unit, visible_actions(viewer, today).where(Action.panel_id == panel.key))


async def people_to_tell(unit: Unit, panel: Panel) -> list[int]:
    """Who hears what a panel concluded: who asked, everybody whom the ladders of those asked have reached or who
    acknowledged for them, and the enrolled invitees."""
    lines = select(Addressee.id).where(Addressee.escalation_id == panel.escalation_id)
    asked = (
        select(Escalation.raised_by_id).where(Escalation.id == panel.escalation_id),
        select(LadderRung.person_id).where(
            col(LadderRung.addressee_id).in_(lines), col(LadderRung.told_at).is_not(None)
        ),
        select(Addressee.acknowledged_by_id).where(Addressee.escalation_id == panel.escalation_id),
        select(PanelInvitee.person_id).where(PanelInvitee.panel_id == panel.key),
    )
    found = [key for statement in asked for (key,) in await unit.rows(statement)]
    return list(dict.fromkeys(key for key in found if key))


async def save_attendance(unit: Unit, panel: Panel, offered: Collection[int], came: Collection[int]) -> None:
    """Who of those offered came. It counts as a change of the panel, so that two people cannot overwrite each other."""
    there = col(PanelInvitee.panel_id) == panel.key
    for answer, keys in ((True, set(came) & set(offered)), (False, set(offered) - set(came))):
        await unit.write(update(PanelInvitee).where(there, col(PanelInvitee.id).in_(keys)).values(attended=answer))
    flag_modified(panel, "recorded_by_id")


async def packs_to_send(unit: Unit, now: datetime, until: datetime) -> Sequence[Panel]:
    """The panels that meet between two moments. For the clock: it asks past the predicate."""
    coming = (Panel.state == PanelState.FIXED, col(Panel.starts_at) > now, col(Panel.starts_at) <= until)
    return await unit.all(select(Panel).where(*coming).order_by(col(Panel.starts_at)))


async def reviews_due(unit: Unit, today: date) -> Sequence[Panel]:
    """The panels that should have been looked at again by today. For the clock: it asks past the predicate."""
    due = (Panel.state == PanelState.HELD, col(Panel.reviewed_at).is_(None), col(Panel.review_on) <= today)
    return await unit.all(select(Panel).where(*due).order_by(col(Panel.id)))


async def for_agenda(
    unit: Unit, group_id: int, reader: Viewer | None, today: date, since: datetime | None
) -> list[AgendaPanel]:
    """What was concluded since a moment about what an agenda may show that reader; None is the channel itself."""
    told = agenda_escalations(group_id, reader, today).with_only_columns(col(Escalation.id))
    asked = (
        select(Panel, col(Escalation.reference))
        .join(Escalation, col(Escalation.id) == col(Panel.escalation_id))
        .where(Panel.state == PanelState.HELD, col(Panel.escalation_id).in_(told))
        .order_by(col(Panel.held_at), col(Panel.id))
    )
    rows = await unit.rows(asked.where(col(Panel.held_at) > since) if since else asked)
    about = await _about(unit, [panel.key for panel, _ in rows])
    keys = {key for several in about.values() for key, _ in several}
    shown = agenda_concerns(group_id, reader, today).where(col(Concern.id).in_(keys))
    known = {one.concern.key: one for one in await seen(unit, shown, by=reader)}
    found = [
        (panel, escalation, [known[key] for key, _ in about[panel.key] if key in known]) for panel, escalation in rows
    ]
    return [
        AgendaPanel(panel, escalation, several[0].provider, several[0].concern.provider_id)
        for panel, escalation, several in found
        if several
    ]


async def _about(unit: Unit, panel_ids: Collection[int]) -> Mapping[int, list[tuple[int, int | None]]]:
    """What each of these panels is about: the numbers of its concerns, each with its provider."""
    found: dict[int, list[tuple[int, int | None]]] = {key: [] for key in panel_ids}
    for concern, panel in await unit.rows(put_to_panels(panel_ids)):
        found[panel].append((concern.key, concern.provider_id))
    return found
