"""`soundings audit`: export the audit journal, and verify an export with nothing but the file and witnesses."""

import asyncio
import base64
import binascii
from collections import Counter
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bot.app import wall_clock
from bot.cli.database import opened
from bot.cli.show import MISTAKEN, MISUSED, complain, readable, say
from bot.domain.audit import WitnessLine
from bot.domain.audit_check import Claim, Verdict, check, notes
from bot.errors import UnusableInput
from bot.files.journal_file import ALL, Header, read_entries, read_header, read_witnesses, write_export
from bot.messages.escaping import many, moment
from bot.services.journal_export import begin_export, export_lines
from bot.settings import Settings, read_settings
from bot.store.keys import signed

audit_app = typer.Typer(no_args_is_help=True, help="Export and verify the audit journal.")

File = Annotated[Path, typer.Argument(metavar="FILE", help="The export, such as journal.jsonl.")]
PUBLIC_KEY_BYTES = 32


@audit_app.command()
def export(
    file: File,
    group: Annotated[str, typer.Option(metavar="SLUG", help="Only this group's chain.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
) -> None:
    """Write the audit journal to a file. It holds ids and codes, and nothing that anybody wrote."""
    with readable(), usable():
        if file.exists() and not force:
            raise UnusableInput(where=str(file), problem="it is there already. Name another file, or add --force.")
        asyncio.run(_export(read_settings(), file, group))


@audit_app.command()
def verify(
    file: File,
    witness: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="Any text with witness lines in it; several may be given.")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(metavar="NAME:BASE64", help="A line of `soundings keys public`; likewise.")
    ] = None,
) -> None:
    """Check an export. Needs no database, no settings and no network; changes nothing."""
    with usable():
        sound = _verify(file, witness or [], dict(_public_key(one) for one in key or []))
    if not sound:
        raise typer.Exit(MISTAKEN)


@contextmanager
def usable() -> Iterator[None]:
    """What cannot be used as a sentence and exit code 2."""
    try:
        yield
    except UnusableInput as error:
        complain(str(error))
        raise typer.Exit(MISUSED) from None


async def _export(settings: Settings, path: Path, slug: str) -> None:
    now = wall_clock()
    async with opened(settings) as store:
        chain = await begin_export(store, slug, now)
        try:
            async with aclosing(export_lines(store, chain, now)) as lines:
                written = await write_export(path, lines)
        except OSError as error:
            problem = f"it cannot be written: {error.strerror or type(error).__name__}."
            raise UnusableInput(where=str(path), problem=problem) from None
    say(f"{many(written - 1, 'entry', 'entries')} written to {path}.")


def _verify(path: Path, witnesses: list[Path], keys: dict[str, str]) -> bool:
    """Say what is found, chain by chain; whether all is well."""
    header = read_header(path)
    found = [one for each in witnesses for one in read_witnesses(each)]
    wrong = [(where, line) for where, line in found if line.key in keys and not _is_right(line, keys)]
    trusted = [one for one in found if one not in wrong]
    claims = [Claim(line.head, f"the witness in {where}", witness=True) for where, line in trusted]
    claims += [Claim(head, "the first line of the export") for head in header.heads]
    claims += notes(read_entries(path))
    verdicts = check(read_entries(path), (one for one in claims if header.scope in (ALL, one.head.chain)))
    say(f"Exported on {moment(header.at)}: {'all chains' if header.scope == ALL else f'chain {header.scope} only'}.")
    for verdict in verdicts:
        say(_found(verdict, header))
    _say_signatures(trusted, keys)
    elsewhere = [line for _, line in found if header.scope not in (ALL, line.head.chain)]
    if elsewhere:
        say(f"Not used, for their chains are not in this export: {many(len(elsewhere), 'witness', 'witnesses')}.")
    complain(*(str(verdict.problem) for verdict in verdicts if verdict.problem))
    complain(
        *(f"{where}: the signature of {line.key} is wrong, so this witness was not used." for where, line in wrong)
    )
    return not wrong and not any(verdict.problem for verdict in verdicts)


def _found(verdict: Verdict, header: Header) -> str:
    name = header.names.get(verdict.chain, "")
    title = f"{verdict.chain} ({name})" if name else verdict.chain
    count = many(verdict.entries, "entry", "entries")
    if verdict.problem:
        return f"{title}: {count}, not sound."
    if verdict.cover is None:
        return f"{title}: {count}, sound in itself; no witness says whether it was rewritten as a whole or cut off."
    cover = verdict.cover
    return (
        f"{title}: {count}, sound; witnessed up to entry {cover.number} since {moment(cover.since)} by {cover.source}."
    )


def _say_signatures(found: list[tuple[str, WitnessLine]], keys: dict[str, str]) -> None:
    """How far the witnesses can be relied on, beyond whoever kept them."""
    for key, number in sorted(Counter(line.key for _, line in found).items()):
        count = many(number, "witness", "witnesses")
        if not key:
            say(f"{count} without a signature: as good as whoever kept them.")
        elif key in keys:
            say(f"{count} signed with {key}: checked.")
        else:
            say(f"{count} signed with {key}: not checked, for its public key was not given. Add --key {key}:…")


def _is_right(line: WitnessLine, keys: dict[str, str]) -> bool:
    return signed(keys[line.key], line.signature, line.signed_text().encode())


def _public_key(text: str) -> tuple[str, str]:
    name, _, key = text.strip().partition(":")
    try:
        sound = bool(name) and len(base64.b64decode(key, validate=True)) == PUBLIC_KEY_BYTES
    except (binascii.Error, ValueError):
        sound = False
    if not sound:
        problem = "this is not NAME:BASE64 as `soundings keys public` prints it."
        raise UnusableInput(where=f"--key {text}", problem=problem)
    return name, key
