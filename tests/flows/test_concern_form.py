"""How the concern form opens: what is already in it, and finding a provider by typing."""

from bot.store.providers import index_providers
from bot.store.tables import Provider
from tests.flows.action_steps import SQLITE
from tests.flows.steps import FORM, answer_of
from tests.world import OTHER, QSG, World

SITE = "Northgate Hospital"


async def add_provider(world: World, **facts) -> int:
    async with world.bot.store.begin() as unit:
        provider = Provider(**facts)
        unit.add(provider)
        await unit.flush()
        await index_providers(unit, [provider])
        return provider.key


def held(view, field: str) -> str:
    """What a field holds, as its words."""
    (entry,) = view["state"]["values"][field].values()
    chosen = entry.get("selected_option")
    return chosen["text"]["text"] if chosen else entry.get("value") or ""


TRUST = "Northgate University Hospital NHS Trust – Marram (RZZ01)"
VALE = "Vale Community Health – Valeham (RZZ02)"
WORDS = {
    "northgate": (TRUST, ""),
    "NORTH marram": (TRUST, ""),
    "valeham": (VALE, ""),
    "rzz02": (VALE, ""),
    "rzz": ("", ""),
    "The Nowhere Clinic": ("", "The Nowhere Clinic"),
    "<!channel> & *co*": ("", "@channel & *co*"),
    "north\u200bgate": ("", "north\u200bgate"),
    "x" * 3000: ("", "x" * 199 + "…"),
    "": ("", ""),
}


async def test_words_that_mean_one_provider_fill_it(world: World):
    inspector, found = world.persona("inspector"), {}
    for words in WORDS:
        assert (await inspector.command("/concern", words, channel=QSG)).ok
        found[words] = (held(inspector.modal, "provider"), held(inspector.modal, "provider_named"))
    assert found == WORDS


@SQLITE
async def test_a_provider_and_its_sites_are_one(world: World):
    await add_provider(world, code="RZZ01A", name=SITE, town="Marram", parent_id=world.ids["northgate"])
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    assert held(inspector.modal, "provider").endswith("(RZZ01)")


@SQLITE
async def test_a_site_and_another_provider_are_two(world: World):
    await add_provider(world, code="RZZ01A", name=SITE, town="Marram", parent_id=world.ids["northgate"])
    await add_provider(world, code="RZZ03", name="Northgate Dental Care", town="Marram")
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate", channel=QSG)
    assert held(inspector.modal, "provider") == ""


@SQLITE
async def test_many_sites_do_not_hide_another_provider(world: World):
    for number in range(8):
        site = {"code": f"RZZ02{number}", "name": f"Vale Community Health {number}", "parent_id": world.ids["vale"]}
        await add_provider(world, **site)
    await add_provider(world, code="RZZ03", name="Zed Care", town="Vale Magna")
    inspector = world.persona("inspector")
    await inspector.command("/concern", "vale", channel=QSG)
    assert held(inspector.modal, "provider") == ""


TYPED = {
    "univ north": ["RZZ01"],
    "general hosp": ["RZZ01"],  # a former name
    "marram": ["RZZ01"],
    "rzz": ["RZZ01", "RZZ02"],
    "health": ["RZZ02"],
    "100%": [],
    "_": [],
    "'; --": [],
    "\u202eelav": [],
}


async def test_typing_finds_a_provider(world: World):
    inspector, found = world.persona("inspector"), {}
    await inspector.command("/concern", "", channel=QSG)
    for query in TYPED:
        offered = await inspector.options(inspector.modal, "provider", query)
        found[query] = [one["text"]["text"][-6:-1] for one in offered]
    assert found == TYPED


@SQLITE
async def test_a_long_name_still_shows_its_code(world: World):
    await add_provider(world, code="ZZ9000001", name="Longest " * 24, town="Marram")
    inspector = world.persona("inspector")
    await inspector.command("/concern", "", channel=QSG)
    (option,) = await inspector.options(inspector.modal, "provider", "longest")
    assert len(option["text"]["text"]) <= 75
    assert option["text"]["text"].endswith("… – Marram (ZZ9000001)")


@SQLITE
async def test_a_message_fills_the_details(world: World):
    dean, chair = world.persona("dean"), world.persona("chair")
    said = await dean.say(QSG, "No senior <@U_GMC1> at night & *nobody* <https://x.example|asked>")
    assert (await chair.message_shortcut("concern.from_message", said)).ok
    assert held(chair.modal, "details") == "No senior @U_GMC1 at night & *nobody* asked"
    assert held(chair.modal, "headline") == ""
    assert (await chair.submit(chair.modal, FORM | {"provider": "Northgate"})).ok


@SQLITE
async def test_a_long_message_is_cut_to_fit(world: World):
    chair = world.persona("chair")
    said = await world.persona("dean").say(QSG, "word " * 790)
    assert (await chair.message_shortcut("concern.from_message", said)).ok
    assert len(held(chair.modal, "details")) <= 3000


@SQLITE
async def test_the_global_shortcut_opens_an_empty_form(world: World):
    inspector = world.persona("inspector")
    assert (await inspector.shortcut("concern.new")).ok
    assert held(inspector.modal, "details") == held(inspector.modal, "provider") == ""
    assert held(inspector.modal, "group") == "Marram QSG"


@SQLITE
async def test_the_form_promises_no_anonymity(world: World):
    inspector = world.persona("inspector")
    await inspector.command("/concern", "", channel=QSG)
    labels = str(inspector.modal.blocks)
    for promise in ("confidential, not anonymous", "shown in the group’s private channel", "call 999 first"):
        assert promise in labels


@SQLITE
async def test_only_ones_own_groups_are_offered(world: World):
    lead = world.persona("lead")
    await lead.command("/concern", "")
    (block,) = [block for block in lead.modal.blocks if block["block_id"] == "group"]
    assert [option["text"]["text"] for option in block["element"]["options"]] == ["Marram QSG"]


@SQLITE
async def test_it_opens_from_a_channel_of_others(world: World):
    inspector = world.persona("inspector")
    assert (await inspector.command("/concern", "vale", channel=OTHER)).ok
    assert held(inspector.modal, "group") == "Marram QSG"
    await inspector.submit(inspector.modal, FORM)
    await world.settle()
    assert world.persona("chair").messages(OTHER) == []


@SQLITE
async def test_a_missing_channel_is_said_first(world: World):
    world.pg.workspace.channels[QSG].members.discard(world.pg.bot_user_id)
    await world.tick()
    inspector = world.persona("inspector")
    await inspector.command("/concern", "northgate")
    assert "nothing can be posted in the channel of Marram QSG just now" in inspector.modal.text
    assert (await inspector.submit(inspector.modal, FORM)).ok
    await inspector.command("/agenda", "")
    assert FORM["headline"] in answer_of(world, "inspector")
