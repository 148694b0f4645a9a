"""The truth table of `tests/store/test_visibility.py` on the ways people really take: commands, buttons and pages."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.app import Soundings
from bot.chat.port import Ask, Sorry
from bot.domain.handling import Identity
from bot.errors import NotEnrolled
from tests.store.rows import TODAY, WORKSPACE
from tests.store.scene import CONCERNS
from tests.store.test_visibility import READING, by_viewer, rows_of
from tests.trust.paths import CHANNEL, Names, answer, bot_on, everything_seen
from tests.trust.staging import Scene, staged

REFERENCES = [name.upper() for name in CONCERNS]
IN_CHANNEL = {"group", "green", "site", "elsewhere", "theme", "their own"}
NOT_NORTHGATE = {"elsewhere", "theme"}


@pytest.fixture(scope="module")
def scene(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return staged(migrated_sqlite, tmp_path_factory.mktemp("scene"))


def told(text: str) -> set[str]:
    """The concerns of which a text says anything."""
    # The longer names first: “headline of RED FOR ALL” is not about RED.
    found = set()
    for name in sorted(CONCERNS, key=len, reverse=True):
        headline = f"headline of {name.upper()}"
        if headline in text:
            found.add(name)
            text = text.replace(headline, "")
    return found


async def asked(bot: Soundings, who: str, path: str) -> set[str]:
    """What a path tells somebody: `/command words`, `button value` or `home`."""
    name, _, words = path.partition(" ")
    at = bot.door.listeners
    ask = Ask(Identity("slack", WORKSPACE, f"U_{who}"), path, command=name[1:], words=words, value=words)
    if name == "/soundings":
        topic, _, rest = words.partition(" ")
        return told(await answer(bot.door.opens(bot.door.topics[topic]), Ask(ask.who, path, words=rest)))
    listener = at.commands[name[1:]] if name.startswith("/") else {**at.buttons, **at.home}[name]
    return told(await answer(listener, ask))


def expected_on(scene: Scene, who: str, visible: set[str]) -> Mapping[str, set[str]]:
    """Exactly what each path must tell."""
    in_group = visible & IN_CHANNEL if who != "addressed" else set()  # its organisation is in no group
    # Who has a conflict about one site is shown no summary of the whole.
    about = visible - NOT_NORTHGATE if who != "conflict with a site" else set()
    mine = {"originator": visible - {"their own"}, "own staff": visible & {"their own"}}
    lists = {
        "/escalate": visible,
        f"provider.page {scene.ids['northgate']}.concerns.1": about,
        f"/provider northgate as of {TODAY.isoformat()}": about,
        "/agenda": in_group,
        "/find red": visible & {"red", "red for all"},
        "/find headline group": visible & {"group"},
        "/find nam*": visible & {"named"},
        "/concern mine": mine.get(who, set()),
    }
    opened = {f"concern.open {ref}": {ref.lower()} & visible for ref in REFERENCES}
    return lists | opened


@by_viewer(READING, list(CONCERNS))
def test_each_path_tells_what_one_may_read(scene: Scene, tmp_path: Path, who: str, expected: set[str]):
    async def look() -> dict[str, set[str]]:
        shutil.copyfile(scene.path, tmp_path / "scene.db")
        async with bot_on(f"sqlite:///{tmp_path / 'scene.db'}") as bot:
            return {path: await asked(bot, who, path) for path in expected_on(scene, who, expected)}

    assert asyncio.run(look()) == expected_on(scene, who, expected)


@pytest.mark.parametrize("who", ["stranger", "operator"])
def test_who_is_not_enrolled_is_told_nothing(scene: Scene, tmp_path: Path, who: str):
    """Nor does running the assistant give anybody a way in: there is no such seat, so an operator is a stranger."""

    async def look() -> set[str]:
        shutil.copyfile(scene.path, tmp_path / "scene.db")
        async with bot_on(f"sqlite:///{tmp_path / 'scene.db'}") as bot:
            seen = await everything_seen(bot, scene.ids, who, Names(("GROUP",), ("OF GROUP",), (1,)))
        return set(seen.values())

    assert asyncio.run(look()) == {repr(Sorry(str(NotEnrolled()))), "nobody"}


# Each path for two of them.
@pytest.mark.parametrize(
    ("who", "third"),
    [("colleague", 0), ("named", 1), ("later joiner", 2), ("own staff", 0), ("conflicted", 1), ("outsider", 2)],
)
def test_no_other_path_tells_more(scene: Scene, tmp_path: Path, who: str, third: int):
    expected = dict(rows_of(READING, list(CONCERNS)))[who]

    async def look() -> dict[str, set[str]]:
        shutil.copyfile(scene.path, tmp_path / "scene.db")
        async with bot_on(f"sqlite:///{tmp_path / 'scene.db'}") as bot:
            names = Names(("RED", "CHOSEN"), ("OF CHOSEN", "OF ASKED"), (5, 7))
            seen = await everything_seen(bot, scene.ids, who, names, third)
        return {path: more for path, text in seen.items() if (more := told(text) - expected)}

    assert asyncio.run(look()) == {}


def test_the_channel_is_told_what_the_whole_group_may_see(scene: Scene, tmp_path: Path):
    async def look() -> dict[str, set[str]]:
        shutil.copyfile(scene.path, tmp_path / "scene.db")
        numbers = tuple(scene.ids[f"concern {name}"] for name in CONCERNS)
        async with bot_on(f"sqlite:///{tmp_path / 'scene.db'}") as bot:
            seen = await everything_seen(bot, scene.ids, CHANNEL, Names(numbers=numbers))
        return {path: told(text) for path, text in seen.items()}

    seen = asyncio.run(look())
    assert set().union(*seen.values()) == IN_CHANNEL
    assert {path.split()[1] for path, about in seen.items() if about} <= {"concern.posted", "agenda.digest"}
