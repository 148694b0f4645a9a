"""`soundings export` as typed: what it writes and prints, what it refuses and how, and its exit codes."""

import asyncio
import json
import os
import shutil
import stat
from pathlib import Path

import pytest
import typer
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from bot.cli.export import export
from bot.cli.main import app as soundings
from bot.errors import ChangedMeanwhile
from bot.services import disclosure
from bot.store.tables import ConcernAudience, Disclosure, JournalEntry, OutboxRow
from bot.store.unit import Store
from tests.store.rows import concern
from tests.world import MONDAY, fill

ASKED = ("--case", "FOI-12", "--as", "foi", "--by", "colleague", "--out", "out")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> str:
    """A network with two concerns, CQC's and HEE's, in a folder of its own with an empty folder `out`."""
    shutil.copyfile(migrated_sqlite, tmp_path / "soundings.db")
    url = f"sqlite:///{tmp_path / 'soundings.db'}"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setattr("bot.cli.export.wall_clock", lambda: MONDAY)
    (tmp_path / "out").mkdir()
    asyncio.run(filled(url))
    return url


async def filled(url: str) -> None:
    store = Store(url)
    ids = await fill(store)
    async with store.begin() as unit:
        for reference, slug, body in (("C-1", "inspector", "cqc"), ("C-2", "dean", "hee")):
            by = {"raised_by_id": ids[slug], "organisation_id": ids[f"org:{body}"], "group_id": ids["qsg"]}
            row = await concern(unit, reference, provider_id=ids["northgate"], **by)
            for one in ("cqc", "hee"):
                line = {"organisation_id": ids[f"org:{one}"], "basis": "origin" if one == body else "group"}
                unit.add(ConcernAudience(concern_id=row.key, shared_at=MONDAY, **line))
    await store.close()


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(export)
    return CliRunner().invoke(app, words)


def written(folder: str = "out") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


def stored(url: str, table: type, *where: object) -> list:
    async def read() -> list:
        store = Store(url)
        async with store.look() as unit:
            rows = await unit.all(select(table).where(*where).order_by(col(table.id)))
        await store.close()
        return list(rows)

    return asyncio.run(read())


def refusals(url: str) -> list[str]:
    return [row.facts["why"] for row in stored(url, JournalEntry, JournalEntry.act == "refused")]


def test_it_is_a_command_of_soundings() -> None:
    assert "export" in {one.name or one.callback.__name__ for one in soundings.registered_commands}


def test_two_files_for_their_owner_only_and_what_is_missing(database: str) -> None:
    result = run("cqc", *ASKED)
    assert result.exit_code == 0, result.output
    assert written() == ["FOI-12.docx", "FOI-12.json"]
    assert {stat.S_IMODE((Path("out") / name).stat().st_mode) for name in written()} == {0o600}
    record = json.loads(Path("out/FOI-12.json").read_text(encoding="utf-8"))
    assert [one["reference"] for one in record["contributions"]] == ["C-1", "C-2"]
    number = record["export"]
    assert f"Export {number}: 2 contributions written to out/FOI-12.docx and out/FOI-12.json." in result.output
    assert "1 contribution is not answered by the originator yet." in result.output
    assert [row.kind for row in stored(database, OutboxRow)] == ["disclosure.asked"]


def test_again_needs_force_and_then_replaces(database: str) -> None:
    assert run("cqc", *ASKED).exit_code == 0
    first = Path("out/FOI-12.json").read_bytes()
    refused = run("cqc", *ASKED)
    assert refused.exit_code == 2
    assert "FOI-12.json: it is there already. Name another folder, or add --force." in refused.output
    assert Path("out/FOI-12.json").read_bytes() == first
    assert run("cqc", *ASKED, "--force").exit_code == 0
    assert Path("out/FOI-12.json").read_bytes() != first
    assert len(stored(database, Disclosure)) == 1


@pytest.mark.parametrize(
    ("words", "sentence", "why"),
    [
        (("cqcc", *ASKED), "Organisation “cqcc” is not known: did you mean “cqc”?", "UnknownName"),
        (("zzz", *ASKED), "Organisation “zzz” is not known", "UnknownName"),
        (("cqc", *ASKED, "--by", "coleague"), "“coleague” is not known: did you mean “colleague”?", "UnknownName"),
        (("cqc", *ASKED, "--by", "inspector"), "Inspector Person is not an enrolled records lead of", "NotRecordsLead"),
        (("cqc", *ASKED, "--by", "gmc2"), "Gmc2 Person is not an enrolled records lead of CQC", "NotRecordsLead"),
        (("cqc", *ASKED, "--provider", "RXX"), "Provider “RXX” is not known", "UnknownName"),
        (("cqc", *ASKED, "--words", "canary"), "CQC may see nothing that matches this", "NothingToExport"),
        (("cqc", *ASKED, "--provider", "RZZ02"), "CQC may see nothing that matches this", "NothingToExport"),
        (("cqc", *ASKED, "--since", "2026-11-24"), "CQC may see nothing that matches this", "NothingToExport"),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence_and_logged(database: str, words: tuple[str, ...], sentence: str, why: str) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert ("nothing was written" in result.output.casefold(), "Traceback" in result.output) == (True, False)
    assert written() == []
    assert refusals(database) == [why]
    assert (stored(database, Disclosure), stored(database, OutboxRow)) == ([], [])


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--case", "../FOI"), id="a case that is a path"),
        pytest.param(("--case", ""), id="no case"),
        pytest.param(("--case", "F" * 61), id="a long case"),
        pytest.param(("--as", "curiosity"), id="an unknown purpose"),
        pytest.param(("--since", "yesterday"), id="not a day"),
        pytest.param(("--since", "2026-11-24", "--until", "2026-11-23"), id="the wrong way round"),
        pytest.param(("--out", "nowhere"), id="no folder"),
        pytest.param(("--out", "soundings.db"), id="not a folder"),
    ],
)
def test_misuse_is_exit_code_two(database: str, words: tuple[str, ...]) -> None:
    result = run("cqc", *ASKED, *words)
    assert (result.exit_code, "Traceback" in result.output) == (2, False)
    assert written() == []
    assert stored(database, JournalEntry) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="an administrator may write anywhere")
def test_a_folder_one_may_not_write_in_is_said(database: str) -> None:
    Path("out").chmod(0o500)
    assert "nothing can be written in this folder" in run("cqc", *ASKED).output


def test_what_cannot_be_logged_is_not_written(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_given: object, **_named: object) -> None:
        raise ChangedMeanwhile(what="the journal")

    monkeypatch.setattr(disclosure, "log_export", fail)
    result = run("cqc", *ASKED)
    assert result.exit_code == 1
    assert written() == []


def test_a_database_that_is_away_is_a_sentence(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.db")
    result = run("cqc", *ASKED)
    assert result.exit_code == 1
    assert "The database cannot be reached" in result.output
    assert written() == []


def test_somebody_who_left_or_lost_their_account_exports_nothing(database: str) -> None:
    async def close() -> None:
        store = Store(database)
        async with store.begin() as unit:
            person = await disclosure.asked.person_named(unit, "colleague")
            assert person
            person.deactivated_at = MONDAY
        await store.close()

    asyncio.run(close())
    result = run("cqc", *ASKED)
    assert (result.exit_code, "is not an enrolled records lead" in result.output) == (1, True)
