"""Named questions about regulatory review panels: which there are, who is invited, what they said, what is due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, update
from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.domain.panels import OPEN, PanelState, Tally, Vote, may_convene, tally
from bot.domain.terms import ConcernState
from bot.store.concerns import SeenConcern
from bot.store.escalations import concerns_of, lines_for, visible_escalation_by_id
from bot.store.tables import (
    Action,
    Escalation,
    EscalationConcern,
    LevelProposal,
    Organisation,
    Panel,
    PanelContribution,
    PanelInvitee,
    PanelTime,
    PanelVote,
    Person,
)
from bot.store.unit import Unit
from bot.store.visible_requests import concerns_asked_about, visible_panels


@dataclass(frozen=True)
class Invited:
    """Somebody asked to come. `name` and `organisation` are empty for eyes that may not know who raised the concern."""

    invitee: PanelInvitee
    name: str
    organisation: str


@dataclass(frozen=True)
class SeenPanel:
    """A panel as one person sees it, the earliest time first.

    `organisation` is which one convened it, empty when it is not to be named; `ours` whether it is the reader's own,
    which may fix, move and call off; `invited_here` whether the reader is asked to come, `may_open` whether they may
    open its escalation, and `may_convene` a panel about it. `withdrawn` is whether there is nothing left to meet about.
    """

    panel: Panel
    escalation: Escalation
    concerns: list[SeenConcern]
    organisation: str
    invited: list[Invited]
    times: list[Tally]
    ours: bool
    invited_here: bool
    may_open: bool
    may_convene: bool
    withdrawn: bool

    @property
    def people(self) -> frozenset[int]:
        """The enrolled people who are invited."""
        return frozenset(one.invitee.person_id for one in self.invited if one.invitee.person_id)


async def asked_about(unit: Unit, escalation: Escalation, viewer: Viewer, today: date) -> list[SeenConcern]:
    """The concerns of an escalation that this person may read."""
    return await concerns_of(unit, escalation.key, viewer, today)


async def visible_panel(unit: Unit, reference: str, viewer: Viewer, today: date) -> Panel | None:
    """The panel with that reference if this person may open it."""
    return await unit.first(visible_panels(viewer, today).where(Panel.reference == reference.strip().upper()))


async def visible_panel_by_id(unit: Unit, key: int, viewer: Viewer, today: date) -> Panel | None:
    return await unit.first(visible_panels(viewer, today).where(Panel.id == key))


async def panel_of_time(unit: Unit, time_id: int, viewer: Viewer, today: date) -> tuple[Panel, PanelTime] | None:
    """A proposed time and its panel, if this person may open it."""
    held = visible_panels(viewer, today).join(PanelTime, col(PanelTime.panel_id) == col(Panel.id))
    rows = await unit.rows(held.where(col(PanelTime.id) == time_id).add_columns(PanelTime))
    return (rows[0][0], rows[0][1]) if rows else None


async def lock_panel(unit: Unit, panel_id: int) -> Panel:
    """The panel as it stands once nobody else can change it until this unit ends."""
    found = select(Panel).where(Panel.id == panel_id).with_for_update().execution_options(populate_existing=True)
    return (await unit.all(found))[0]


async def panel_by_submission(unit: Unit, submit_key: str) -> Panel | None:
    """What a form has already become, for answering a resend of it as the first time."""
    return await unit.first(select(Panel).where(Panel.submit_key == submit_key))


async def open_panel(unit: Unit, escalation_id: int) -> Panel | None:
    """The panel of an escalation that is still to come, if there is one."""
    return await unit.first(select(Panel).where(Panel.escalation_id == escalation_id, col(Panel.state).in_(OPEN)))


async def panels_to_come_about(unit: Unit, concern_id: int) -> list[Panel]:
    """The panels still to come about an escalation of this concern, all of whose concerns are withdrawn by now."""
    about = select(EscalationConcern.escalation_id).where(EscalationConcern.concern_id == concern_id)
    found = await unit.all(select(Panel).where(col(Panel.escalation_id).in_(about), col(Panel.state).in_(OPEN)))
    return [
        panel
        for panel in found
        if all(one.state is ConcernState.WITHDRAWN for one in await unit.all(concerns_asked_about(panel.escalation_id)))
    ]


async def panels_of(unit: Unit, escalation_ids: Sequence[int]) -> Sequence[Panel]:
    """The panels convened about these escalations, oldest first. Says nothing of who may open them."""
    return await unit.all(select(Panel).where(col(Panel.escalation_id).in_(escalation_ids)).order_by(col(Panel.id)))


async def see_panel(unit: Unit, panel: Panel, viewer: Viewer, today: date) -> SeenPanel | None:
    """A panel with all the names this reader may know; None if they may read nothing of what it is about."""
    escalation = await unit.get(Escalation, panel.escalation_id)
    concerns = await asked_about(unit, escalation, viewer, today)
    if not concerns:
        return None
    unnamed = kept_back(concerns)
    convener = await unit.get(Organisation, panel.organisation_id)
    invited = await invited_to(unit, panel.key, unnamed)
    return SeenPanel(
        panel,
        escalation,
        concerns,
        "" if convener.key in unnamed else convener.short_name,
        invited,
        await tallies(unit, panel.key, invited),
        panel.organisation_id == viewer.organisation_id,
        any(one.invitee.person_id == viewer.person_id for one in invited),
        await visible_escalation_by_id(unit, escalation.key, viewer, today) is not None,
        await may_be_convened_by(unit, escalation, viewer),
        over(concerns),
    )


async def may_be_convened_by(unit: Unit, escalation: Escalation, viewer: Viewer) -> bool:
    """Whether this person's organisation may convene a panel about an escalation it may open."""
    mine = await lines_for(unit, escalation.key, viewer)
    started_it = escalation.organisation_id == viewer.organisation_id
    return may_convene(started_it=started_it, answer=mine[0][0].outcome if mine else "")


def over(concerns: Collection[SeenConcern]) -> bool:
    """Whether there is nothing left to meet about: all that was asked about is withdrawn."""
    return all(one.concern.state is ConcernState.WITHDRAWN for one in concerns)


def kept_back(concerns: Collection[SeenConcern]) -> set[int]:
    """The organisations that a panel does not name to this reader either, since a concern of theirs does not."""
    return {one.concern.organisation_id for one in concerns if not one.organisation}


async def invited_people(unit: Unit, panel_id: int) -> set[int]:
    """The enrolled people asked to come, through nobody's eyes."""
    rows = await unit.rows(select(PanelInvitee.person_id).where(PanelInvitee.panel_id == panel_id))
    return {key for (key,) in rows if key is not None}


async def invited_to(unit: Unit, panel_id: int, unnamed: Collection[int] = ()) -> list[Invited]:
    """Everybody asked to come, by organisation and name, people from outside last. People of organisations that are
    `unnamed` have neither."""
    rows = await unit.rows(
        select(PanelInvitee, col(Person.name), col(Organisation.id), col(Organisation.short_name))
        .outerjoin(Person, col(Person.id) == col(PanelInvitee.person_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(PanelInvitee.panel_id) == panel_id)
    )
    found = [_named(invitee, name, body in unnamed, organisation) for invitee, name, body, organisation in rows]
    return sorted(found, key=lambda one: (one.invitee.person_id is None, one.organisation.casefold(), one.name))


def _named(invitee: PanelInvitee, name: str | None, hidden: bool, organisation: str | None) -> Invited:
    if invitee.person_id is None:
        return Invited(invitee, invitee.name, invitee.organisation)
    return Invited(invitee, "", "") if hidden else Invited(invitee, name or "", organisation or "")


async def tallies(unit: Unit, panel_id: int, invited: Collection[Invited]) -> list[Tally]:
    """Every proposed time with what those invited said to it."""
    times = {row.key: row.starts_at for row in await unit.all(select(PanelTime).where(PanelTime.panel_id == panel_id))}
    votes = await unit.all(select(PanelVote).where(col(PanelVote.panel_time_id).in_(times)))
    people = frozenset(one.invitee.person_id for one in invited if one.invitee.person_id)
    return tally(times, people, [Vote(vote.panel_time_id, vote.person_id, vote.can) for vote in votes])


async def vote_of(unit: Unit, time_id: int, person_id: int) -> PanelVote | None:
    """What somebody said to one time."""
    return await unit.first(
        select(PanelVote).where(PanelVote.panel_time_id == time_id, PanelVote.person_id == person_id)
    )


async def panels_to_meet(unit: Unit, after: datetime, before: datetime) -> Sequence[int | None]:
    """The panels that meet between these moments."""
    when = (col(Panel.starts_at) > after, col(Panel.starts_at) < before)
    return await unit.all(select(col(Panel.id)).where(Panel.state == PanelState.FIXED, *when))


async def panels_without_time(unit: Unit, convened_before: datetime) -> Sequence[Panel]:
    """The panels convened before that moment for which no time has been fixed yet."""
    return await unit.all(
        select(Panel).where(Panel.state == PanelState.PROPOSED, col(Panel.convened_at) < convened_before)
    )


async def erase_panels(unit: Unit, escalation_ids: Sequence[int]) -> dict[str, list[int]]:
    """Destroy the panels of these escalations with all that hangs on them; gives the numbers of what was, by what it
    was."""
    about = col(Panel.escalation_id).in_(escalation_ids)
    gone: dict[str, list[int]] = {"panel": [row.key for row in await unit.all(select(Panel).where(about))]}
    times = select(col(PanelTime.id)).where(col(PanelTime.panel_id).in_(gone["panel"]))
    await unit.write(delete(PanelVote).where(col(PanelVote.panel_time_id).in_(times)))
    hanging: Mapping[str, type[PanelTime | PanelInvitee | PanelContribution | LevelProposal]] = {
        "time": PanelTime,
        "invitee": PanelInvitee,
        "contribution": PanelContribution,
        "proposal": LevelProposal,
    }
    for name, table in hanging.items():
        its = col(table.panel_id).in_(gone["panel"])
        gone[name] = [key for key in await unit.all(select(col(table.id)).where(its)) if key]
        await unit.write(delete(table).where(its))
    # What was agreed stays in the action log, and only loses its link.
    await unit.write(update(Action).where(col(Action.panel_id).in_(gone["panel"])).values(panel_id=None))
    await unit.write(delete(Panel).where(col(Panel.id).in_(gone["panel"])))
    return gone
