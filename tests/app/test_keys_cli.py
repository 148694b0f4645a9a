"""`soundings keys` and what `soundings check` says of keys, as typed: what is shown, what is changed, the exit code."""

import asyncio
import importlib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bot.cli.keys import NO_KEY, keys_app
from bot.cli.show import readable
from bot.store.annexe import by_key
from bot.store.keys import KeyRing, new_key, signed
from bot.store.migrate import migrate
from bot.store.unit import Store
from tests.store.test_annexe import fill
from tests.world import open_world

OLD, NEW = (f"{name}:{letter * 42}U=" for name, letter in (("old", "V"), ("new", "Z")))

main = importlib.import_module("bot.cli.main")  # the package gives its function that name


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the command line's database; a wide terminal, so that no line is folded."""
    url = f"sqlite:///{tmp_path / 'soundings.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.delenv("SOUNDINGS_KEYS", raising=False)
    return url


def run(*words: str, keys: str = "") -> Result:
    app = typer.Typer()
    app.add_typer(keys_app, name="keys")
    result = CliRunner().invoke(app, ["keys", *words], env={"SOUNDINGS_KEYS": keys})
    assert "Traceback" not in result.output
    for key in keys.split():
        assert key.rpartition(":")[2] not in result.output
    return result


def given(url: str, keys: str, count: int = 2, start: int = 0) -> None:
    """Concerns with annexes in both parts, locked with these keys."""

    async def save() -> None:
        store = Store(url, keys=KeyRing.read(keys))
        await migrate(store)
        await fill(store, count, start)
        await store.close()

    asyncio.run(save())


def locked_with(url: str) -> dict[str, int]:
    async def read() -> dict[str, int]:
        store = Store(url)
        async with store.look() as unit:
            names = await by_key(unit)
        await store.close()
        return names

    return asyncio.run(read())


def test_a_new_key_alone_is_the_result_and_where_to_put_it_is_said_beside(database: str):
    result = run("new", "2026-11")
    assert result.exit_code == 0
    assert KeyRing.read(result.stdout).names == ("2026-11",)
    assert len(result.stdout.splitlines()) == 1
    assert "Put this line first in SOUNDINGS_KEYS" in result.stderr
    assert run("new", "2026-11").stdout != result.stdout
    (today,) = KeyRing.read(run("new").stdout).names
    assert len(today) == len("2026-11-21")


def test_a_new_key_can_be_made_whatever_is_set(database: str):
    assert run("new", keys="nonsense").exit_code == 0
    wrong = run("new", "two words")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "SOUNDINGS_KEYS: a key’s name is up to 40 letters" in wrong.stderr


def test_the_public_keys_check_what_was_signed(database: str):
    lines = dict(line.split(":", 1) for line in run("public", keys=f"{NEW} {OLD}").stdout.splitlines())
    assert list(lines) == ["new", "old"]
    name, signature = KeyRing.read(f"{NEW} {OLD}").sign(b"a head")
    assert signed(lines[name], signature, b"a head")
    assert not signed(lines["old"], signature, b"a head")


@pytest.mark.parametrize("word", ["public", "rotate"])
def test_without_a_sound_key_it_says_so(database: str, word: str):
    none = run(word)
    assert (none.exit_code, none.stdout) == (2, "")
    assert "SOUNDINGS_KEYS: no key is set. `soundings keys new` makes one." in none.stderr
    wrong = run(word, keys=NEW[:-6])
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "SOUNDINGS_KEYS: key 1 is not 32 bytes in base64" in wrong.stderr


def test_rotating_says_how_many_and_what_may_go(database: str):
    given(database, OLD)
    result = run("rotate", keys=f"{NEW} {OLD}")
    assert result.exit_code == 0
    assert "Parts of annexes locked again with “new”: 4." in result.stdout
    assert "they may be taken out of SOUNDINGS_KEYS: old. First keep their lines" in result.stdout
    assert locked_with(database) == {"new": 4}
    again = run("rotate", keys=NEW)
    assert (again.exit_code, again.stdout.splitlines()) == (0, ["Parts of annexes locked again with “new”: 0."])


def test_rotating_without_the_old_key_is_refused_by_its_name(database: str):
    given(database, OLD)
    result = run("rotate", keys=NEW)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "lacks the key named “old” (parts of annexes locked with it: 4), so nothing was changed" in result.stderr
    assert locked_with(database) == {"old": 4}


def test_rotating_with_another_key_of_that_name_changes_nothing_and_says_so(database: str):
    given(database, OLD)
    result = run("rotate", keys=f"{NEW} {new_key('old')}")
    assert result.exit_code == 1
    assert "Parts of annexes locked again with “new”: 0." in result.stdout
    assert "may be taken out" not in result.stdout
    assert "Left as they were" in result.stderr
    assert "the key named “old” (parts of annexes locked with it: 4)" in result.stderr
    assert locked_with(database) == {"old": 4}


# The keys set when `soundings check` is typed, with annexes locked by the old one; what it says, and the exit code.
CHECKS = {
    "all open": (f"{NEW} {OLD}", "Everything is ready.", 0),
    "one is missing": (NEW, "put back the key named “old” (parts of annexes locked with it: 4), as it was.", 1),
    "it is another": (OLD.replace("V", "W"), "SOUNDINGS_KEYS does not open every restricted annexe", 1),
    "none": ("", "SOUNDINGS_KEYS does not open every restricted annexe", 1),
}


@pytest.mark.parametrize(("keys", "says", "code"), CHECKS.values(), ids=CHECKS)
async def test_check_says_whether_every_annexe_opens(tmp_path: Path, keys: str, says: str, code: int):
    async with open_world(f"sqlite:///{tmp_path / 'check.db'}", keys=OLD) as world:
        await fill(world.bot.store, 2)
        world.bot.store.keys = KeyRing.read(keys)
        wrong = await main._check(world.bot)
    assert [line for line in wrong if "SOUNDINGS_KEYS" in line] == [line for line in wrong if says in line]
    assert bool([line for line in wrong if "SOUNDINGS_KEYS" in line]) == bool(code)


def test_check_says_when_no_key_is_set(database: str, monkeypatch: pytest.MonkeyPatch, capsys):
    async def nothing_wrong(soundings) -> list[str]:
        return []

    monkeypatch.setattr(main, "_check", nothing_wrong)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    for keys, said in (("", NO_KEY), (NEW, "")):
        monkeypatch.setenv("SOUNDINGS_KEYS", keys)
        with readable():
            main.check()
        captured = capsys.readouterr()
        assert captured.out == "Everything is ready.\n"
        assert captured.err.strip() == said
