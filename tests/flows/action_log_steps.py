"""What people do with a group's action log as a whole, in a line each."""

import io
from datetime import date
from typing import Any

from openpyxl import load_workbook

from bot.store.tables import Action
from tests.flows.action_steps import add
from tests.world import QSG, World

HEADINGS = 4  # the rows above the lines of the log


async def open_log(world: World, slug: str = "chair", words: str = "", channel: str | None = QSG) -> Any:
    """The first page of the group's log, as that person opens it."""
    person = world.persona(slug)
    outcome = await person.command("/action", f"group {words}".strip(), channel=channel)
    assert outcome.ok, outcome
    return person.modal


async def filtered(world: World, slug: str = "chair", **answers: Any) -> Any:
    """The first page of what is left of the log."""
    person = world.persona(slug)
    await person.press(await open_log(world, slug), "Filter")
    outcome = await person.submit(person.modal, answers)
    assert outcome.ok, outcome
    return person.modal


async def put_actions(world: World, count: int, **values: Any) -> list[str]:
    """Actions put into the store without telling anybody, due on 7 December unless said; their references."""
    usual: dict[str, Any] = {
        "group_id": world.ids["qsg"],
        "owner_id": world.ids["dean"],
        "owner_organisation_id": world.ids["org:hee"],
        "raised_by_id": world.ids["chair"],
        "raised_on": date(2026, 11, 2),
        "due_on": date(2026, 12, 7),
        "issue": "Ask for the rota",
    }
    first = len(await world.rows(Action))
    numbers = range(first, first + count)
    rows = [Action(reference=f"A-{_six(n)}", submit_key=f"put-{n}", **(usual | values)) for n in numbers]
    await add(world, *rows)
    return [row.reference for row in rows]


def _six(number: int) -> str:
    """Six characters of a reference: no 0 and no 1."""
    return "".join("23456789"[number // 8**place % 8] for place in reversed(range(6)))


async def sheet_of(world: World, slug: str = "chair", words: str = "", channel: str | None = QSG) -> Any:
    """The sheet that person is sent when they ask for the log."""
    person = world.persona(slug)
    outcome = await person.command("/action", f"export {words}".strip(), channel=channel)
    assert outcome.ok, outcome
    await world.settle()
    (file,) = sent_files(world, slug)[-1:]
    return load_workbook(io.BytesIO(file)).active


def sent_files(world: World, slug: str) -> list[bytes]:
    """The files that person has been sent, oldest first."""
    person = world.persona(slug)
    return [file.content for file in person.files(person.dm_id)]


def lines_of(sheet: Any) -> list[list[Any]]:
    """What the lines of the log say, column by column."""
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADINGS + 1)]
