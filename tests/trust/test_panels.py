"""A panel, what it recorded and what it agreed leave no trace for whoever may not see it, on any path."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.domain.panels import ContributionKind, PanelOutcome, PanelState, TellProvider
from bot.domain.terms import Audience, Basis
from bot.store.tables import Action, Panel, PanelContribution, PanelInvitee
from bot.store.unit import Unit
from tests.store.rows import NOW, TODAY
from tests.store.scene import Ids
from tests.trust.hidden import PANEL, Hidden
from tests.trust.paths import CHANNEL
from tests.trust.staging import Scene, staged
from tests.trust.test_paired import PLAIN, look


@pytest.fixture(scope="module")
def scene(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return staged(migrated_sqlite, tmp_path_factory.mktemp("scene"))


@dataclass(frozen=True)
class WithPanel(Hidden):
    """A concern about which a panel was held that agreed an action."""

    held: bool = True
    invited: bool = True  # everybody there is, who may not open it for that alone

    async def put(self, unit: Unit, ids: Ids) -> list[int]:
        numbers = await super().put(unit, ids)
        by = {"convened_by_id": ids["person originator"], "organisation_id": ids["cqc"], "convened_at": NOW}
        met = {"state": PanelState.HELD, "held_at": NOW, "outcome": PanelOutcome.MONITOR, "review_on": TODAY}
        met |= {"tell_provider": TellProvider.NO}
        if not self.held:
            met = {"state": PanelState.FIXED}
        (panel,) = await unit.all(select(Panel).where(Panel.reference == PANEL))
        for name, value in {**by, **met, "starts_at": NOW - timedelta(hours=1), "joint_note": "Secret note."}.items():
            setattr(panel, name, value)
        unit.add(panel)
        if not self.invited:
            for invitee in await unit.all(select(PanelInvitee).where(PanelInvitee.panel_id == panel.key)):
                await unit.session.delete(invitee)
        await unit.flush()
        said = {"person_id": ids["person originator"], "organisation_id": ids["cqc"], "at": NOW, "text": "Secret."}
        unit.add(PanelContribution(submit_key="s", panel_id=panel.key, kind=ContributionKind.ACTIVITY, **said))
        owner = {"owner_id": ids["person originator"], "owner_organisation_id": ids["cqc"]}
        raised = {"raised_by_id": ids["person originator"], "raised_on": TODAY, "due_on": TODAY}
        where = {"group_id": ids["qsg"], "provider_id": ids["northgate"], "panel_id": panel.key}
        unit.add(Action(reference="A-HIDDEN", submit_key="a", issue="Secret task.", **owner, **raised, **where))
        return [*numbers, panel.key]


OPEN = WithPanel(**vars(PLAIN))
LINES = (("cqc", Basis.ORIGIN, True), ("gmc", Basis.ESCALATION, True))
RESTRICTED = replace(OPEN, audience=Audience.ORGANISATIONS, lines=LINES)


@pytest.mark.parametrize(
    ("who", "held", "third"), [("later joiner", True, 0), ("conflicted", True, 1), ("own staff", False, 2)]
)
def test_a_panel_leaves_no_trace(scene: Scene, tmp_path: Path, who: str, held: bool, third: int):
    """Each looks for a third of the paths; `test_paired` has every path and a panel that is to come."""
    assert look(scene, tmp_path, replace(OPEN, held=held), who, third) == {}


@pytest.mark.parametrize("who", ["chair from outside", CHANNEL])
def test_a_restricted_panel_leaves_no_trace(scene: Scene, tmp_path: Path, who: str):
    assert look(scene, tmp_path, RESTRICTED, who) == {}


def test_a_trace_of_a_panel_would_be_noticed(scene: Scene, tmp_path: Path):
    found = look(scene, tmp_path, OPEN, "member")
    paths = (f"button panel_record.open {PANEL}", "/action group qsg", "/provider northgate", "/agenda ")
    told = {path: found[path][0] for path in paths}
    assert "Secret note." in told[paths[0]]
    assert "Secret task." in told[paths[1]]
    assert PANEL in told["/agenda "]
    assert any(path.startswith("message panel_record.concluded") for path in found)


def test_a_panel_that_others_hold_is_not_theirs_to_open(scene: Scene, tmp_path: Path):
    """They may read the concern, and the agenda tells them of the outcome: nothing else."""
    found = look(scene, tmp_path, replace(OPEN, invited=False), "other member")
    assert [path for path in found if "panel_record" in path] == []
    assert not any("Secret note." in told for told, _ in found.values())
