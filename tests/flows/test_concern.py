"""`/concern`, from the command to the confirmation, as Slack would send it."""

from tests.world import QSG, World

FORM = {
    "headline": "Trainees left without a senior at night",
    "details": "Three trainees said so independently.",
    "theme": "education",
    "source": "learners",
}


async def raise_concern(world: World, slug: str = "inspector", words: str = "northgate", **values):
    person = world.persona(slug)
    await person.command("/concern", words, channel=QSG)
    outcome = await person.submit(person.modal, FORM | values)
    assert not outcome.errors, outcome.errors
    text = person.modal.text
    await world.settle()
    return text[text.index("C-") :][:8]


async def test_a_concern_is_saved_and_its_readers_named(world: World):
    inspector = world.persona("inspector")
    outcome = await inspector.command("/concern", "northgate", channel=QSG)
    assert outcome.acked
    outcome = await inspector.submit(inspector.modal, FORM)
    assert not outcome.errors
    assert "is saved" in inspector.modal.text
    assert "CQC, GMC, HEE, NHS England and Vale CCG" in inspector.modal.text
    await world.settle()
    assert "is saved" in inspector.dms()[-1].text
    posted = world.persona("dean").messages(QSG)[-1].text
    assert FORM["headline"] in posted
    assert FORM["details"] not in posted
