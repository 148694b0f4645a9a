"""Two databases that differ only in what somebody may not see look exactly alike to them, on every path."""

import asyncio
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from bot.domain.terms import Audience, Basis, ConcernState, Marking, Urgency
from bot.store.unit import Store
from tests.store.scene import PEOPLE
from tests.trust.hidden import CHANGE, ESCALATION, PANEL, REFERENCE, Hidden, hidden
from tests.trust.paths import CHANNEL, Names, Seen, bot_on, everything_seen
from tests.trust.staging import Scene, staged

EXAMPLES = 8


@pytest.fixture(scope="module")
def scene(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return staged(migrated_sqlite, tmp_path_factory.mktemp("scene"))


def copied(scene: Scene, path: Path) -> str:
    """The scene in a file of its own; its address."""
    for old in path.parent.glob(f"{path.name}*"):
        old.unlink()
    shutil.copyfile(scene.path, path)
    return f"sqlite:///{path}"


async def compared(scene: Scene, folder: Path, secret: Hidden, who: str, third: int | None = None) -> tuple[Seen, Seen]:
    """What somebody is shown by the scene with the secret in it, and by the scene without."""
    urls = copied(scene, folder / "with.db"), copied(scene, folder / "without.db")
    store = Store(urls[0])
    async with store.begin() as unit:
        numbers = await secret.put(unit, scene.ids)
    await store.close()
    names = Names((REFERENCE, "GROUP", CHANGE, PANEL), (ESCALATION, "OF GROUP", ESCALATION, ESCALATION), numbers)
    seen = []
    for url in urls:
        async with bot_on(url) as bot:
            seen.append(await everything_seen(bot, scene.ids, who, names, third))
    return seen[0], seen[1]


def differences(one: Seen, other: Seen) -> dict[str, tuple[str, str]]:
    return {path: (one[path], other[path]) for path in one if one[path] != other[path]}


def look(scene: Scene, folder: Path, secret: Hidden, who: str, third: int | None = None) -> dict[str, tuple[str, str]]:
    return differences(*asyncio.run(compared(scene, folder, secret, who, third)))


PLAIN = Hidden(
    by="originator",
    marking=Marking.AMBER_STRICT,
    audience=Audience.GROUP,
    lines=(("cqc", Basis.ORIGIN, True), ("gmc", Basis.GROUP, True), ("hee", Basis.GROUP, True)),
    provider="northgate",
    state=ConcernState.SUBMITTED,
    retired=False,
    attributed=True,
    urgency=Urgency.URGENT,
    asked=("gmc",),
)


# Every path for one person, and for the others a third of them each: a walk of all takes most of a minute.
@pytest.mark.parametrize(
    ("who", "third"),
    [("conflicted", None), ("later joiner", 0), ("left member", 1), ("site's staff", 2), ("outsider", 0)],
)
def test_what_is_hidden_leaves_no_trace(scene: Scene, tmp_path: Path, who: str, third: int | None):
    assert not PLAIN.read_by(who)
    assert look(scene, tmp_path, PLAIN, who, third) == {}


def test_a_trace_would_be_noticed(scene: Scene, tmp_path: Path):
    found = look(scene, tmp_path, PLAIN, "member")
    listed = ("/escalate ", "/agenda ", "/provider northgate", f"button concern.open {REFERENCE}")
    assert [path for path in listed if path not in found] == []
    assert any(path.startswith("message concern.shared") for path in found)
    panel = [
        f"button panel.open {PANEL}",
        f"button panel.convene {ESCALATION}",
        "message panel.poll 1",
        "button panel.can 1",
    ]
    assert [path for path in panel if path not in found] == []
    thread = ("button exchange.open", "button exchange.reply", "message exchange.shared", "form exchange.remark")
    assert [path for path in thread if not any(one.startswith(path) for one in found)] == []
    answers = [f"button answer.{name} {REFERENCE}" for name in ("open", "begin")]
    assert [path for path in (*answers, f"form answer {REFERENCE} {ESCALATION}") if path not in found] == []
    assert "hidden words" in found[answers[0]][0]


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
@given(hidden, st.sampled_from([*PEOPLE, CHANNEL]), st.integers(0, 2))
def test_no_secret_of_any_kind_leaves_a_trace(scene: Scene, tmp_path: Path, secret: Hidden, who: str, third: int):
    assume(not (secret.in_channel if who == CHANNEL else secret.known_to(who)))
    assert look(scene, tmp_path, secret, who, third) == {}
