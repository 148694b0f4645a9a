"""What the journal's chain costs a submission, and how fast an export of it is verified."""

import itertools
import json
import time
from collections.abc import Callable
from datetime import timedelta

from bench.counts import Counts
from bench.databases import Databases
from bench.figures import Line, Section
from bench.storing import rates, submitting
from bot.domain.audit import GENESIS, Entry, commitment
from bot.domain.audit_check import Line as Exported
from bot.domain.audit_check import check, read_line
from bot.store.unit import Unit
from tests.world import MONDAY, open_world

SALT = "5a" * 16
NUMBERS = itertools.count(1)


async def measure(databases: Databases, counts: Counts) -> Section:
    section = Section("The audit journal")
    for kind in databases.kinds:
        async with open_world(databases.new(kind)) as world:
            chained, plain = await submitting(world), await submitting(world, unchained)
            for act, number in ((chained, -1), (plain, -2)):
                await act(number)
            for tasks in (1, counts.tasks):
                what = "one after another" if tasks == 1 else f"by {tasks} tasks at once"
                ours, theirs = await rates(chained, plain, counts.stored, tasks)
                section.lines.append(
                    Line(f"submissions {what}, chained", kind, ours, "entries not chained", theirs, "/s")
                )
    texts = export_of(counts.verified)
    verified, read = _rate(verify, texts), _rate(read_json, texts)
    section.lines.append(Line(f"{counts.verified:,} entries verified", "–", verified, "read as JSON", read, "/s"))
    section.notes.append("all submissions of this part are of one group, so that they share one chain.")
    return section


def unchained(unit: Unit) -> None:
    """Have this unit's entries inserted as plain rows: no head is asked for, nothing is hashed or waited for."""
    unit.before_commit[:] = [_insert]


async def _insert(unit: Unit) -> None:
    for entry in unit.entries:
        entry.chain, entry.number = "plain", next(NUMBERS)
    await unit.insert_rows(unit.entries)
    unit.entries.clear()


def export_of(size: int) -> list[str]:
    """The lines of a sound chain."""
    texts, previous = [], GENESIS
    for number in range(1, size + 1):
        facts = {"where": "agenda", "ids": "1001,1002,1003"}
        at = MONDAY + timedelta(seconds=number)
        sealed = commitment(facts, SALT)
        entry = Entry("g1", number, at, "shown", number % 90, number % 9, 1, "concern", None, sealed, previous)
        previous = entry.digest()
        texts.append(Exported(entry, previous, facts, SALT).text())
    return texts


def verify(texts: list[str]) -> None:
    (verdict,) = check((read_line(text, json.loads(text)) for text in texts), [])
    assert verdict.problem is None
    assert verdict.entries == len(texts)


def read_json(texts: list[str]) -> None:
    for text in texts:
        json.loads(text)


def _rate(act: Callable[[list[str]], None], texts: list[str]) -> float:
    began = time.perf_counter()
    act(texts)
    return len(texts) / (time.perf_counter() - began)
