"""`soundings audit`: what it prints and refuses, its exit codes, and that it verifies with nothing but files."""

import asyncio
import json
import socket
from pathlib import Path

import pytest

from bot.cli.main import app as soundings
from bot.domain.audit import Head, WitnessLine
from bot.domain.audit_check import Line
from bot.domain.terms import Tier
from bot.files.journal_file import Header
from bot.store.journal import record
from bot.store.keys import KeyRing, new_key
from bot.store.migrate import migrate
from bot.store.tables import Group
from bot.store.unit import Store
from tests.audit.chains import NOON, chain_of, rewritten, spoilt
from tests.audit.cli import run, verified_with, written_export

RING = KeyRing.read(f"{new_key('k1')} {new_key('k0')}")
PUBLIC = RING.public_keys()


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, with settings that no command could use."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "nonsense://nobody@nowhere")
    monkeypatch.setenv("SOUNDINGS_PORT", "many")


def exported(folder: Path, *chains: list[Line], scope: str = "all", keep: int | None = None) -> Path:
    """A file that holds these chains; of the last one only so many entries, though the first line names all."""
    heads = [Head(one[-1].entry.chain, len(one), one[-1].hash, NOON) for one in chains]
    header = Header(NOON, scope, tuple(heads), {head.chain: f"group-{head.chain}" for head in heads})
    lines = [line.text() for chain in (*chains[:-1], chains[-1][:keep]) for line in chain]
    return written_export(folder, [header.text(), *lines])


def witness_line(line: Line, key: str = "", ring: KeyRing = RING) -> str:
    head = Head(line.entry.chain, line.entry.number, line.hash, line.entry.at)
    signature = ring.sign(WitnessLine(head, key).signed_text().encode())[1] if key else ""
    return WitnessLine(head, key, signature).text()


def kept(folder: Path, *texts: str, name: str = "kept.txt") -> Path:
    path = folder / name
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


def test_a_sound_export_is_one_line_a_chain(tmp_path: Path):
    path = exported(tmp_path, chain_of(3), chain_of(1, "o5"))
    result = run("verify", str(path))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "Exported on Mon 23 Nov 2026, 12:00: all chains.",
        "g1 (group-g1): 3 entries, sound in itself; no witness says whether it was rewritten as a whole or cut off.",
        "o5 (group-o5): 1 entry, sound in itself; no witness says whether it was rewritten as a whole or cut off.",
    ]


def test_a_witness_says_up_to_where_and_since_when(tmp_path: Path):
    lines = chain_of(5)
    witness = kept(tmp_path, "Our file", witness_line(lines[0], "k1"), "", witness_line(lines[2], "k1"))
    result = verified_with(exported(tmp_path, lines), witness, f"k1:{PUBLIC['k1']}")
    assert result.exit_code == 0
    assert (
        f"sound; witnessed up to entry 3 since Mon 23 Nov 2026, 12:00 by the witness in {witness}:4." in result.stdout
    )
    assert result.stdout.endswith("2 witnesses signed with k1: checked.\n")


def test_several_files_of_witnesses(tmp_path: Path):
    lines = chain_of(5)
    files = [kept(tmp_path, witness_line(lines[at]), name=f"{at}.txt") for at in (3, 1)]
    path = exported(tmp_path, lines)
    result = run("verify", str(path), *(word for file in files for word in ("--witness", str(file))))
    assert "witnessed up to entry 4" in result.stdout
    assert "2 witnesses without a signature: as good as whoever kept them." in result.stdout


SPOILT = {
    "edited": (lambda lines: [*lines[:1], spoilt(lines[1], act="x"), *lines[2:]], "entry 2: it was edited"),
    "removed": (lambda lines: [*lines[:1], *lines[2:]], "entry 2: it is missing or was moved"),
    "swapped": (lambda lines: [lines[1], lines[0], *lines[2:]], "entry 1: it is missing or was moved"),
    "cut off": (lambda lines: lines[:2], "entry 3: it is missing, for the chain ends before it and the witness in"),
    "rewritten": (lambda lines: rewritten(lines, 1, act="x"), "entry 5: it, or an entry before it, was rewritten, for"),
}


@pytest.mark.parametrize(("spoil", "expected"), SPOILT.values(), ids=SPOILT)
def test_the_first_bad_entry_is_named(tmp_path: Path, spoil, expected: str):
    lines = chain_of(5)
    witness = kept(tmp_path, witness_line(lines[-1], "k1"))
    result = verified_with(exported(tmp_path, spoil(lines)), witness, f"k1:{PUBLIC['k1']}")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"g1, {expected}")
    assert len(result.stderr.splitlines()) == 1
    assert "not sound." in result.stdout


def test_a_file_that_lost_its_end_is_found_without_a_witness(tmp_path: Path):
    result = run("verify", str(exported(tmp_path, chain_of(5), keep=4)))
    assert result.exit_code == 1
    assert result.stderr == (
        "g1, entry 5: it is missing, for the chain ends before it and the first line of the export names entry 5.\n"
    )


def test_a_signature_of_an_unknown_key_is_said(tmp_path: Path):
    lines = chain_of(2)
    result = run(
        "verify", str(exported(tmp_path, lines)), "--witness", str(kept(tmp_path, witness_line(lines[0], "k1")))
    )
    assert result.exit_code == 0
    assert "1 witness signed with k1: not checked, for its public key was not given. Add --key k1:…" in result.stdout


FORGED = {
    "another key": lambda line: witness_line(line, "k1", KeyRing.read(new_key("k1"))),
    "another number": lambda line: witness_line(line, "k1").replace(" g1 2 ", " g1 1 "),
    "another chain": lambda line: witness_line(line, "k1").replace(" g1 ", " g2 "),
    "another name": lambda line: witness_line(line, "k1").replace(" k1 ", " k0 "),
    "another moment": lambda line: witness_line(line, "k1").replace("T12:", "T11:"),
    "another hash": lambda line: witness_line(line, "k1").replace(line.hash, "0" * 64),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_wrong_signature_is_said_and_not_relied_on(tmp_path: Path, forge):
    lines = chain_of(2)
    witness = kept(tmp_path, "", forge(lines[-1]))
    keys = [word for name, key in PUBLIC.items() for word in ("--key", f"{name}:{key}")]
    result = run("verify", str(exported(tmp_path, lines)), "--witness", str(witness), *keys)
    assert result.exit_code == 1
    assert f"{witness}:2: the signature of k" in result.stderr
    assert "no witness says" in result.stdout
    assert len(result.stderr.splitlines()) == 1


def test_a_witness_folded_by_mail_is_read(tmp_path: Path):
    lines = chain_of(2)
    folded = f"> {witness_line(lines[1], 'k1')}".replace(" ", "\r\n  ")
    result = verified_with(exported(tmp_path, lines), kept(tmp_path, folded), f"k1:{PUBLIC['k1']}")
    assert (result.exit_code, "1 witness signed with k1: checked." in result.stdout) == (0, True)


def test_one_groups_export_says_what_was_not_used(tmp_path: Path):
    lines, other = chain_of(2), chain_of(2, "g2")
    witness = kept(tmp_path, witness_line(lines[0]), witness_line(other[1]))
    result = run("verify", str(exported(tmp_path, lines, scope="g1")), "--witness", str(witness))
    assert result.exit_code == 0
    assert "chain g1 only." in result.stdout
    assert "Not used, for their chains are not in this export: 1 witness." in result.stdout
    result = run("verify", str(exported(tmp_path, lines)), "--witness", str(witness))
    assert (result.exit_code, "g2, entry 1: it is missing" in result.stderr) == (1, True)


def body(folder: Path, *lines: str) -> Path:
    return written_export(folder, [exported(folder, chain_of(1)).read_text().splitlines()[0], *lines])


UNUSABLE = {
    "a file that is not there": (lambda folder: folder / "gone", "gone: it cannot be read: No such file"),
    "a folder": (lambda folder: folder, ": it cannot be read: Is a directory"),
    "an empty file": (lambda folder: written_export(folder, []), "journal.jsonl:1: this is not an export"),
    "another file": (lambda folder: written_export(folder, ["{}"]), "journal.jsonl:1: this is not an export"),
    "a list": (lambda folder: written_export(folder, ["[[]]"]), "journal.jsonl:1: this is not an export"),
    "another version": (
        lambda folder: written_export(folder, ['{"soundings_journal":2}']),
        "journal.jsonl:1: this is not an export",
    ),
    "no JSON": (lambda folder: body(folder, "{"), "journal.jsonl:2: this is not an entry: it cannot be read as JSON"),
    "no text": (lambda folder: body(folder, "\x00"), "journal.jsonl:2: this is not an entry: it cannot"),
    "depths": (lambda folder: body(folder, "[" * 100_000), "journal.jsonl:2: this is not an entry"),
    "another thing": (
        lambda folder: body(folder, chain_of(1)[0].text(), "{}"),
        "journal.jsonl:3: this is not an entry: it does not have exactly the fields of an entry",
    ),
    "half a line": (lambda folder: cut(body(folder, chain_of(1)[0].text())), "journal.jsonl:2: this line breaks off."),
}


def cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-9])
    return path


@pytest.mark.parametrize(("make", "expected"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_cannot_be_used_is_named_with_its_line(tmp_path: Path, make, expected: str):
    result = run("verify", str(make(tmp_path)))
    assert result.exit_code == 2
    assert expected in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert "Traceback" not in result.output


def test_bytes_that_are_no_text_are_named(tmp_path: Path):
    path = body(tmp_path, "")
    path.write_bytes(path.read_bytes() + b"\xff\xfe\n")
    result = run("verify", str(path))
    assert (result.exit_code, f"{path}:2: this is not an entry" in result.stderr) == (2, True)


BAD_WITNESSES = {
    "nothing in it": ("Dear colleague", "kept.txt: there is no line in it that begins with “soundings-witness”."),
    "a shortened hash": ("\nsoundings-witness v1 g1 1 abc", "kept.txt:2: this witness is damaged."),
    "a signature cut off": (witness_line(chain_of(1)[0], "k1")[:-4], "kept.txt:1: this witness is damaged."),
    "a moment that never was": (
        witness_line(chain_of(1)[0]).replace("-11-23", "-13-23"),
        "kept.txt:1: this witness is damaged.",
    ),
    "another version": (witness_line(chain_of(1)[0]).replace(" v1 ", " v2 "), "kept.txt:1: this witness is damaged."),
}


@pytest.mark.parametrize(("text", "expected"), BAD_WITNESSES.values(), ids=BAD_WITNESSES)
def test_a_witness_that_cannot_be_used_is_named(tmp_path: Path, text: str, expected: str):
    result = run("verify", str(exported(tmp_path, chain_of(1))), "--witness", str(kept(tmp_path, text)))
    assert result.exit_code == 2
    assert expected in result.stderr


@pytest.mark.parametrize("key", ["k1", "k1:abc", ":AAAA", f"k1:{'A' * 44}"])
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str):
    result = run("verify", str(exported(tmp_path, chain_of(1))), "--key", key)
    assert (result.exit_code, "this is not NAME:BASE64" in result.stderr) == (2, True)


def test_verifying_opens_no_socket_and_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr("bot.cli.audit.read_settings", forbidden)
    path = exported(tmp_path, chain_of(3))
    before = {one.name for one in tmp_path.iterdir()}
    assert run("verify", str(path)).exit_code == 0
    assert {one.name for one in tmp_path.iterdir()} == before


def forbidden(*_: object, **__: object) -> None:
    raise AssertionError("this is not needed for verifying")


def test_it_is_a_command_of_soundings():
    assert "audit" in [group.name for group in soundings.registered_groups]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database with two groups and three entries."""
    url = f"sqlite:///{tmp_path / 'soundings.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.delenv("SOUNDINGS_PORT")
    asyncio.run(filled(url))


async def filled(url: str) -> None:
    store = Store(url)
    await migrate(store)
    async with store.begin() as unit:
        unit.add(*(Group(id=key, slug=f"qsg-{key}", name="G", tier=Tier.LOCAL) for key in (1, 2)))
        await unit.flush()
        for group_id in (1, 1, 2):
            record(unit, "concern read", by=None, now=NOON, group_id=group_id, where="home")
    await store.close()


def entries(path: Path) -> list[tuple[str, int, str]]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()[1:]]
    return [(line["chain"], line["number"], line["act"]) for line in lines]


READ = "concern read"


def test_an_export_holds_all_chains_and_its_own_entry(tmp_path: Path, database: None):
    path = tmp_path / "journal.jsonl"
    result = run("export", str(path))
    assert (result.exit_code, result.stdout) == (0, f"4 entries written to {path}.\n")
    assert entries(path) == [("g1", 1, READ), ("g1", 2, READ), ("g2", 1, READ), ("network", 1, "journal exported")]
    assert path.stat().st_mode & 0o777 == 0o600
    result = run("verify", str(path))
    assert (result.exit_code, "g1 (qsg-1): 2 entries, sound" in result.stdout) == (0, True)


def test_one_groups_export_holds_its_chain_only(tmp_path: Path, database: None):
    path = tmp_path / "journal.jsonl"
    assert run("export", str(path), "--group", "qsg-2").exit_code == 0
    assert entries(path) == [("g2", 1, READ), ("g2", 2, "journal exported")]
    assert "chain g2 only." in run("verify", str(path)).stdout


def test_a_file_is_replaced_only_when_forced(tmp_path: Path, database: None):
    path = kept(tmp_path, "precious", name="journal.jsonl")
    result = run("export", str(path))
    assert (result.exit_code, path.read_text()) == (2, "precious")
    assert "it is there already. Name another file, or add --force." in result.stderr
    assert run("export", str(path), "--force").exit_code == 0
    assert len(entries(path)) == 4


REFUSED = {
    "no such group": (("journal.jsonl", "--group", "qsg-9"), "there is no group “qsg-9”"),
    "no such folder": (("nowhere/journal.jsonl",), "nowhere/journal.jsonl: it cannot be written: No such file"),
}


@pytest.mark.parametrize(("words", "expected"), REFUSED.values(), ids=REFUSED)
def test_an_export_that_cannot_be_made_leaves_nothing(tmp_path: Path, database: None, words, expected: str):
    before = sorted(one.name for one in tmp_path.iterdir() if not one.name.startswith("soundings.db"))
    result = run("export", *words)
    assert (result.exit_code, expected in result.stderr) == (2, True), result.output
    assert sorted(one.name for one in tmp_path.iterdir() if not one.name.startswith("soundings.db")) == before


def test_an_export_that_breaks_off_leaves_the_old_file(tmp_path: Path, database: None, monkeypatch: pytest.MonkeyPatch):
    path = kept(tmp_path, "precious", name="journal.jsonl")
    monkeypatch.setattr("bot.files.journal_file.os.fsync", no_room)
    assert run("export", str(path), "--force").exit_code == 2
    assert (path.read_text(), list(tmp_path.glob(".*"))) == ("precious", [])


def no_room(*_: object) -> None:
    raise OSError(28, "No space left on device")
