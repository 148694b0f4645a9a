"""`soundings export`: what an organisation holds, for an FOI or subject access request or for its own records."""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.app import make_rules, wall_clock
from bot.cli.audit import usable
from bot.cli.database import opened
from bot.cli.show import readable, say
from bot.domain.disclosure import Request
from bot.domain.policy import Rules
from bot.domain.terms import DisclosureKind
from bot.errors import Refusal
from bot.messages import disclosure as messages
from bot.messages.escaping import many
from bot.messages.words import Templates
from bot.reports.docx import Paper, write_docx
from bot.reports.record import write_record
from bot.reports.whole import check_room, written_whole
from bot.services import disclosure as services
from bot.settings import Settings, read_settings
from bot.store.disclosure import Export
from bot.store.tables import Disclosure
from bot.store.unit import Store

CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
DAY = ["%Y-%m-%d"]


class Purpose(StrEnum):
    """Why somebody exports."""

    FOI = "foi"
    SUBJECT_ACCESS = "subject-access"
    OWN_RECORDS = "own-records"


KINDS = {
    Purpose.FOI: DisclosureKind.FREEDOM_OF_INFORMATION,
    Purpose.SUBJECT_ACCESS: DisclosureKind.SUBJECT_ACCESS,
    Purpose.OWN_RECORDS: DisclosureKind.OWN_RECORDS,
}


@dataclass(frozen=True)
class Wanted:
    """What was typed: the request, who asks, and where the files go."""

    request: Request
    organisation: str
    by: str
    folder: Path
    force: bool

    @property
    def names(self) -> tuple[str, str]:
        return f"{self.request.case}.json", f"{self.request.case}.docx"


def export(
    organisation: Annotated[str, typer.Argument(metavar="ORGANISATION", help="Its short name in the network file.")],
    case: Annotated[str, typer.Option(metavar="NUMBER", help="The organisation’s own number of the request.")],
    as_: Annotated[Purpose, typer.Option("--as", help="Why.")],
    by: Annotated[str, typer.Option(metavar="PERSON", help="The records lead, by their short name.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where to write NUMBER.json and NUMBER.docx.")],
    provider: Annotated[str, typer.Option(metavar="CODE", help="Only about this provider and its sites.")] = "",
    words: Annotated[
        list[str] | None, typer.Option(metavar="TEXT", help="Only what holds all of these; may be given again.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="Only supplied on or after this day.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="Only supplied on or before this day.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the files if they are there.")] = False,
) -> None:
    """Write what an organisation holds, and ask its originators whether they object. Every export is logged."""
    if not CASE.fullmatch(case):
        raise typer.BadParameter("use letters, digits, “.”, “-” and “_”, at most 60.", param_hint="--case")
    if since and until and since > until:
        raise typer.BadParameter("this day is before --since.", param_hint="--until")
    request = Request(
        case,
        KINDS[as_],
        provider.strip(),
        tuple(one for one in words or [] if one.strip()),
        since.date() if since else None,
        until.date() if until else None,
    )
    wanted = Wanted(request, organisation, by, out, force)
    with readable(), usable():
        check_room(out, wanted.names, force=force)
        done = asyncio.run(_export(read_settings(), wanted))
    _report(done, wanted)


async def _export(settings: Settings, wanted: Wanted) -> Export:
    now, rules, words = wall_clock(), make_rules(settings), Templates(settings.templates)
    async with opened(settings) as store:
        lead, done, case = await _gather(store, wanted, now, rules)
        # No transaction is open meanwhile: the bot goes on working while a long document is made.
        files = dict(zip(wanted.names, (write_record(done, rules.policy), _document(words, done, rules)), strict=True))
        with written_whole(wanted.folder, files, done.number, force=wanted.force):
            async with store.begin() as unit:
                await services.log_export(unit, done, case, lead, _hashes(files), now=now)
    return done


async def _gather(
    store: Store, wanted: Wanted, now: datetime, rules: Rules
) -> tuple[services.Lead, Export, Disclosure]:
    """Who asks, what they get, and the case. A refusal is logged."""
    try:
        async with store.look() as unit:
            lead = await services.records_lead(unit, wanted.organisation, wanted.by, now=now, rules=rules)
            found = await services.gather(unit, wanted.request, lead, now=now, rules=rules)
        async with store.begin() as unit:
            case, done = await services.open_case(unit, found, lead, now=now, rules=rules)
    except Refusal as refusal:
        async with store.begin() as unit:
            await services.log_refusal(unit, refusal, wanted.by, now=now, rules=rules)
        raise
    return lead, done, case


def _document(words: Templates, done: Export, rules: Rules) -> bytes:
    header, footer = messages.edges(words, done)
    paper = Paper(done.request.case, done.organisation.name, header, footer, done.made_at)
    return write_docx(paper, messages.front(words, done), messages.pages(words, done, rules))


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file, by the end of its name."""
    return {Path(name).suffix.removeprefix("."): hashlib.sha256(content).hexdigest() for name, content in files.items()}


def _report(done: Export, wanted: Wanted) -> None:
    count = many(len(done.contributions), "contribution", "contributions")
    record, document = (wanted.folder / name for name in wanted.names)
    say(f"Export {done.number}: {count} written to {document} and {record}.", f"Highest marking: {done.marking}.")
    if done.unanswered:
        waiting = many(done.unanswered, "contribution is", "contributions are")
        say(f"{waiting} not answered by the originator yet. Run this again with --force later, for what came in.")
