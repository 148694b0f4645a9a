"""What people do with the pack of a meeting, in a line each."""

import io
from typing import Any

from docx import Document
from openpyxl import load_workbook

from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.store.people import viewer_by_id
from bot.store.tables import Meeting
from tests.flows.panel_record_steps import words_of
from tests.flows.steps import posts
from tests.world import QSG, World

CONTENTS = "Agenda, note of the previous meeting"


def packs(world: World) -> list[Any]:
    """The packs in the group's channel."""
    return [post for post in posts(world) if post.text.startswith("The pack for")]


def files_of(world: World, slug: str, where: str | None = None) -> dict[str, bytes]:
    """The newest of each kind of file that person sees in a channel, or in their direct messages."""
    person = world.persona(slug)
    return {file.name.rpartition(".")[2]: file.content for file in person.files(where or person.dm_id)}


def paper_of(content: bytes) -> str:
    """All the words of a pack's document."""
    return words_of(content)


def book_of(content: bytes) -> dict[str, list[list[Any]]]:
    """The rows of a pack's workbook below the headings, by the name of their sheet."""
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)] for sheet in book}


async def made_for(world: World, slug: str | None, **subject: Any) -> dict[str, bytes] | None:
    """The files of the pack of the group's first meeting as it would be sent to somebody now, or be posted; None when
    it would be withheld."""
    meeting = (await world.rows(Meeting))[0]
    work = world.bot.work
    about = {"meeting": meeting.key, "day": work.rules.today(world.now).isoformat()} | subject
    async with world.bot.store.look() as unit:
        reader = await viewer_by_id(unit, world.ids[slug], work.rules.today(world.now)) if slug else None
        group = None if slug else world.ids["qsg"]
        letter = Letter(unit, about, reader, group, work.words, work.rules, world.now)
        message = await MESSAGES["pack.sent" if slug else "pack.posted"](letter)
    return message and {file.name.rpartition(".")[2]: file.content for file in message.files}


async def paper_for(world: World, slug: str | None) -> str:
    """The words of that document."""
    return paper_of((await made_for(world, slug) or {})["docx"])


async def ask(world: World, slug: str, words: str = "", channel: str | None = QSG) -> Any:
    """Ask for one's own pack; what came of it."""
    outcome = await world.persona(slug).command("/meeting", f"pack {words}".strip(), channel=channel)
    await world.settle()
    return outcome


def tables_of(content: bytes) -> list[Any]:
    return list(Document(io.BytesIO(content)).tables)
