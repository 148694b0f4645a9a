"""What people read about what a panel brings together and concludes. A direct message carries a reference and a button:
no content until opened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.chat.port import Form, Message
from bot.domain.handling import Viewer
from bot.domain.panel_record import begun, may_contribute
from bot.domain.panels import ContributionKind, PanelState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store import panel_record as asked
from bot.store.actions import SeenAction
from bot.store.concerns import SeenConcern
from bot.store.escalations import GridLine, grid, visible_escalation_by_id
from bot.store.panel_record import Invited, Voice
from bot.store.panels import over, visible_panel_by_id
from bot.store.proposals import Proposed, proposals_of
from bot.store.tables import Escalation, Panel, Person
from bot.store.unit import Unit


@dataclass(frozen=True)
class May:
    """What a reader may do with a panel as it stands."""

    add_activity: bool
    say: bool
    record: bool
    follow_up: bool
    have_pack: bool
    open_escalation: bool


@dataclass(frozen=True)
class PanelPage:
    """A panel as one reader may see it. `more` is whether it is about something that they may not read; `reasons` are
    the numbers of the organisations whose reasons for their answer are for them. Names are empty where the organisation
    that raised the concern is not to be named to them."""

    panel: Panel
    escalation: Escalation
    providers: list[str]
    convener: str
    people: list[Invited]
    voices: list[Voice]
    concerns: list[SeenConcern]
    more: bool
    grid: list[GridLine]
    reasons: frozenset[int]
    actions: list[SeenAction]
    proposals: list[Proposed]
    teller: str
    may: May

    @property
    def silent(self) -> list[str]:
        """The organisations that have sent nothing for the pack."""
        return [one.organisation for one in self.voices if one.activity is None]

    @property
    def unanswered(self) -> list[str]:
        """The organisations asked that have not answered the escalation."""
        return [one.organisation for one in self.grid if one.addressee.responded_at is None]


async def gather(unit: Unit, panel: Panel, viewer: Viewer, now: datetime, today: date) -> PanelPage:
    """Everything about a panel that this person, who may see it, may read."""
    people = await asked.invited(unit, panel.key)
    unnamed = await asked.unnamed(unit, panel, viewer)
    concerns, more = await asked.concerns_for(unit, panel, viewer, today)
    escalation = await unit.get(Escalation, panel.escalation_id)
    lines = await grid(unit, escalation.key)
    voices = await asked.voices(unit, panel, people)
    named = [replace(one, organisation="") if one.organisation_id in unnamed else one for one in voices]
    opens = await visible_escalation_by_id(unit, escalation.key, viewer, today) is not None
    asks = escalation.organisation_id == viewer.organisation_id
    theirs = (
        frozenset(line.addressee.organisation_id or 0 for line in lines)
        if asks
        else frozenset({viewer.organisation_id})
    )
    return PanelPage(
        panel=panel,
        escalation=escalation,
        providers=await asked.provider_names(unit, panel),
        convener=next(one.organisation for one in named if one.organisation_id == panel.organisation_id),
        people=[replace(one, name="", organisation="") if one.organisation_id in unnamed else one for one in people],
        voices=named,
        concerns=concerns,
        more=more,
        grid=lines,
        reasons=theirs,
        actions=await asked.actions_of(unit, panel, viewer, today),
        proposals=await proposals_of(unit, panel.key),
        teller=(await unit.get(Person, panel.tell_by_id)).name if panel.tell_by_id else "",
        may=_may(panel, people, voices, viewer, now, opens=opens),
    )


def page(words: Templates, seen: PanelPage) -> Form:
    """The page of one panel."""
    return words.page("panel_record.page", s=seen, panel=seen.panel)


def pack_asked(words: Templates, panel: Panel) -> Form:
    """That the pack is on its way."""
    return words.page("panel_record.pack_asked", panel=panel)


def review_page(words: Templates, panel: Panel) -> Form:
    """Where looking again at a panel stands."""
    return words.page("panel_record.reviewed", panel=panel)


async def activity_asked(letter: Letter) -> Message | None:
    """To an invitee, once a time is fixed: what does your organisation do already? None once it has said."""
    panel = await _panel(letter)
    if panel is None or letter.reader is None or panel.state is not PanelState.FIXED:
        return None
    voices = await asked.voices(letter.unit, panel, await asked.invited(letter.unit, panel.key))
    mine = [one for one in voices if one.organisation_id == letter.reader.organisation_id]
    about, _ = await asked.concerns_for(letter.unit, panel, letter.reader, letter.today)
    if not mine or mine[0].activity or over(about):
        return None
    return letter.words.render("panel_record.asked", panel=panel, organisation=mine[0].organisation)


async def concluded(letter: Letter) -> Message | None:
    """To everybody it concerns: a panel has been closed."""
    panel = await _panel(letter)
    if panel is None or panel.state is not PanelState.HELD:
        return None
    escalation = await letter.unit.get(Escalation, panel.escalation_id)
    return letter.words.render("panel_record.concluded", panel=panel, escalation=escalation)


async def review(letter: Letter) -> Message | None:
    """To whoever convened it and to the chair: the day has come to look again. None once somebody has, or moved it."""
    if letter.reader is None:
        return None
    row = await letter.unit.find(Panel, letter.about("panel"))
    panel = await asked.reviewable_panel(letter.unit, row.reference, letter.reader, letter.today) if row else None
    if panel is None or panel.reviewed_at or panel.review_on is None or panel.review_on > letter.today:
        return None
    opens = await _panel(letter) is not None
    return letter.words.render("panel_record.review", panel=panel, opens=opens, today=letter.today)


def _may(
    panel: Panel, people: Sequence[Invited], voices: Sequence[Voice], viewer: Viewer, now: datetime, *, opens: bool
) -> May:
    takes_part = any(one.organisation_id == viewer.organisation_id for one in voices)
    ours = panel.organisation_id == viewer.organisation_id
    has_begun = begun(panel.state, panel.starts_at, now)
    state = (panel.state, panel.starts_at, now)
    return May(
        add_activity=takes_part and may_contribute(ContributionKind.ACTIVITY, *state),
        say=takes_part and may_contribute(ContributionKind.SAID, *state),
        record=ours and has_begun and panel.state is not PanelState.HELD,
        follow_up=takes_part and has_begun,
        have_pack=ours or any(one.invitee.person_id == viewer.person_id for one in people),
        open_escalation=opens,
    )


async def _panel(letter: Letter) -> Panel | None:
    if letter.reader is None:
        return None
    return await visible_panel_by_id(letter.unit, letter.about("panel"), letter.reader, letter.today)
