"""`/soundings terms`: what is on record of a group, as a document for whoever belongs to it."""

from datetime import date
from io import BytesIO

from docx import Document

from bot.domain.terms import Role, Tier
from bot.messages import MESSAGES
from bot.messages.letter import Letter
from bot.store.people import viewer_by_id
from bot.store.tables import Group, JournalEntry, Membership, Seat
from bot.store.terms_of_reference import terms_of
from tests.flows.action_steps import SQLITE, add, add_site, said
from tests.flows.meeting_reply_steps import seat, who_comes
from tests.flows.steps import outbox, told
from tests.world import World


async def terms(world: World, slug: str = "dean") -> str:
    """All that is in the document as it would be made for that person now; empty if they get none."""
    work = world.bot.work
    async with world.bot.store.look() as unit:
        reader = await viewer_by_id(unit, world.ids[slug], world.now.date())
        subject = {"group": world.ids["qsg"]}
        letter = Letter(unit, subject, reader, None, work.words, work.rules, world.now)
        message = await MESSAGES["terms.sent"](letter)
    if message is None:
        return ""
    document = Document(BytesIO(message.files[0].content))
    rows = [" | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n".join([*(line.text for line in document.paragraphs), *rows])


async def set_group(world: World, **values) -> None:
    (group,) = await world.rows(Group, Group.slug == "qsg")
    for name, value in values.items():
        setattr(group, name, value)
    await world.change(group)


@SQLITE
async def test_only_those_of_the_group_are_sent_it(world: World):
    for slug, sentence in (("nmc1", "You are not a member of any group"), ("matron", "You are not a member")):
        assert sentence in await said(world, slug, "/soundings", "terms qsg", None)
    assert "private channel of a group you belong to" in await said(world, "dean", "/soundings", "terms region")
    await world.persona("stranger").command("/soundings", "terms qsg")
    assert await outbox(world, "terms.sent") == []
    assert await terms(world, "nmc1") == await terms(world, "matron") == await terms(world, "leaver") == ""


@SQLITE
async def test_whoever_leaves_before_it_is_sent_gets_none(world: World):
    await world.persona("dean").command("/soundings", "terms")
    (held,) = await world.rows(Membership, Membership.organisation_id == world.ids["org:hee"])
    held.ends_on = date(2026, 11, 22)
    await world.change(held)
    await world.settle()
    assert told(world, "dean") == []


async def test_it_comes_as_a_document_once_a_minute_at_most(world: World):
    dean = world.persona("dean")
    for _ in range(3):
        assert "on their way to your direct messages" in await said(world, "dean", "/soundings", "terms")
    await world.settle()
    (file,) = dean.files(dean.dm_id)
    assert file.name == "terms-of-reference-qsg.docx"
    assert Document(BytesIO(file.content)).core_properties.title == "Marram QSG: terms of reference"
    assert len(await outbox(world, "terms.sent")) == 1
    (entry,) = await world.rows(JournalEntry, JournalEntry.act == "terms asked")
    assert (entry.person_id, entry.group_id) == (world.ids["dean"], world.ids["qsg"])
    await world.move(minutes=1)
    await who_comes(world, "dean")
    await dean.press(dean.modal, "Send me the terms of reference")
    await world.settle()
    assert len(dean.files(dean.dm_id)) == 2


@SQLITE
async def test_it_holds_what_is_on_record(world: World):
    await seat(world, "gmc2")
    await add_site(world)
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["gmc1"], role=Role.DEPUTY))
    text = await terms(world)
    for part in (
        "Tier | Local Quality Surveillance Group",
        "Reports to | No other group",
        "Watches | 2 providers and systems",
        "Members | 5 organisations",
        "As on | 23 November 2026",
        "To systematically bring together the different parts of the system",
        "GMC | Gmc3 Person, Adviser | Gmc1 Person, Adviser; Gmc2 Person, Adviser",
        "CQC | not named yet | not named yet",
        "Chair: Chair Person, Adviser (NHS England). The chair is of a member organisation.",
        "Secretariat: Secretary Person, Adviser.",
        "The guidance is a formal meeting every two months [003 §91].",
        "does not performance manage any organisation",
        "the others do not override its views [003 §119]",
        "an audience and a marking",
    ):
        assert part in text, part


@SQLITE
async def test_what_the_group_says_of_itself_comes_first(world: World):
    typed = "To watch Marram | <!channel> *so* [it](https://is.example)\n\n# is"
    await set_group(world, purpose=typed, tier=Tier.OVERSIGHT, parent_id=world.ids["region"])
    (held,) = await world.rows(Seat, Seat.person_id == world.ids["chair"])
    held.ends_on = date(2026, 11, 22)
    await world.change(held)
    await seat(world, "phso1", Role.CHAIR)
    text = await terms(world)
    assert "To watch Marram | <!channel> *so* [it](https://is.example)\n# is" in text
    assert "systematically" not in text
    assert "Reports to | Regional QSG" in text
    assert "Chair: Phso1 Person, Adviser (PHSO). The chair is independent: no member organisation is theirs" in text


@SQLITE
async def test_how_often_it_meets_is_said_where_a_rule_says_it(world: World):
    async with world.bot.store.look() as unit:
        group = await unit.get(Group, world.ids["qsg"])
        found = await terms_of(unit, group, world.now.date(), cadence="Every second month, on its second Tuesday.")
        shown = world.bot.work.words.render("terms", t=found, group=group, today=world.now.date()).markdown
    assert "Every second month, on its second Tuesday." in shown
    assert "The guidance is" not in shown
