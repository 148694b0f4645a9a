"""`soundings network` and `soundings providers`, as typed: what is shown, what is changed, and the exit code."""

import asyncio
from pathlib import Path

import pytest
import typer
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from bot.cli.network import network_app
from bot.cli.providers import providers_app
from bot.store.tables import Organisation, Provider
from bot.store.unit import Store
from tests.files.editing import edited
from tests.files.test_network_file import EXAMPLE

MAPPING = "columns: {code: code, name: name}\n"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command line's database will be; a wide terminal, so that no line is folded."""
    path = tmp_path / "soundings.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("COLUMNS", "400")
    return path


def run(*words: str, typed: str | None = None) -> Result:
    app = typer.Typer()
    app.add_typer(network_app, name="network")
    app.add_typer(providers_app, name="providers")
    return CliRunner().invoke(app, words, input=typed)


def stored(database: Path) -> tuple[list[str], list[str]]:
    """The organisations and providers in the database."""

    async def read() -> tuple[list[str], list[str]]:
        store = Store(f"sqlite:///{database}")
        async with store.look() as unit:
            organisations = await unit.all(select(Organisation.slug).order_by(col(Organisation.slug)))
            codes = await unit.all(select(Provider.code).order_by(col(Provider.code)))
        await store.close()
        return list(organisations), list(codes)

    return asyncio.run(read())


def test_check_says_the_file_is_sound_and_opens_no_database(database: Path) -> None:
    result = run("network", "check", str(EXAMPLE))
    assert result.exit_code == 0
    expected = "example-network.yaml has no mistakes: 14 organisations, 20 people, 3 groups, 13 providers."
    assert expected in result.output
    assert not database.exists()


def test_check_names_each_mistake_with_its_line(database: Path, tmp_path: Path) -> None:
    path, line = edited(EXAMPLE, tmp_path, "kind: education", "kind: educational")
    result = run("network", "check", str(path))
    assert result.exit_code == 1
    assert (
        f"{path}:{line}: organisations > hee > kind: “educational” is not known: did you mean “education”?"
        in result.output
    )
    assert "example-network.yaml was not used: one mistake found. Nothing was changed." in result.output
    assert "Traceback" not in result.output


def test_load_without_a_terminal_needs_to_be_told_yes(database: Path) -> None:
    result = run("network", "load", str(EXAMPLE))
    assert result.exit_code == 2
    assert "+ organisation CQC" in result.output
    assert "Add --yes to load without being asked." in result.output
    assert stored(database) == ([], [])


def test_load_shows_the_plan_and_loads_it_once(database: Path, tmp_path: Path) -> None:
    first = run("network", "load", str(EXAMPLE), "--yes")
    assert (first.exit_code, "Loaded: 144 added, 0 changed, 0 ended." in first.output) == (0, True)
    assert len(stored(database)[0]) == 14
    again = run("network", "load", str(EXAMPLE), "--yes")
    assert (again.exit_code, "Nothing to change" in again.output) == (0, True)
    path, _ = edited(EXAMPLE, tmp_path, "    channel: C_JSOG\n", "")
    third = run("network", "load", str(path), "--yes")
    assert "~ group Joint Strategic Oversight Group: " in third.output
    assert "! Joint Strategic Oversight Group: has no channel." in third.output


def test_load_with_mistakes_changes_nothing(database: Path, tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "nominated: nmc-lead", "nominated: nmc-leed")
    result = run("network", "load", str(path), "--yes")
    assert result.exit_code == 1
    assert stored(database) == ([], [])


def test_a_file_may_name_providers_imported_before(database: Path, tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "footprint: [RZZ01,", "footprint: [ZZ9001,")
    assert run("network", "check", str(path)).exit_code == 1
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    (tmp_path / "d.csv").write_text("code,name\nZZ9001,Wren House\n")
    imported = run("providers", "import", "d.csv", "--mapping", "mapping.yaml")
    assert (imported.exit_code, "1 added, 0 changed, 0 unchanged, 0 left out." in imported.output) == (0, True)
    assert run("network", "check", str(path)).exit_code == 0


def test_bad_rows_are_told_and_the_exit_code_says_so(database: Path, tmp_path: Path) -> None:
    (tmp_path / "mapping.yaml").write_text(MAPPING)
    (tmp_path / "d.csv").write_text("code,name\nZZ1,Wren House\nZZ2,\n")
    result = run("providers", "import", "d.csv", "--mapping", "mapping.yaml")
    assert result.exit_code == 1
    assert "d.csv:3: name: is missing" in result.output
    assert stored(database)[1] == ["ZZ1"]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("d.csv",), id="no shape"),
        pytest.param(("d.csv", "--shape", "ods", "--mapping", "m.yaml"), id="two shapes"),
        pytest.param(("d.csv", "--shape", "excel"), id="unknown shape"),
        pytest.param((), id="no file"),
    ],
)
def test_misuse_is_exit_code_two(database: Path, words: tuple[str, ...]) -> None:
    assert run("providers", "import", *words).exit_code == 2
    assert not database.exists()


def test_a_database_that_is_away_is_a_sentence(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.db")
    result = run("network", "load", str(EXAMPLE), "--yes")
    assert result.exit_code == 1
    assert "The database cannot be reached, so nothing was changed." in result.output
