"""`soundings audit`, as typed."""

from pathlib import Path

from typer.testing import CliRunner, Result

from bot.cli.audit import audit_app


def run(*words: str) -> Result:
    return CliRunner().invoke(audit_app, words)


def written_export(folder: Path, lines: list[str]) -> Path:
    path = folder / "journal.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def verified_with(path: Path, witness: Path, key: str) -> Result:
    return run("verify", str(path), "--witness", str(witness), "--key", key)
