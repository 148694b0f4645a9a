"""Files on the playground's page: a picture is seen and described, anything else has a name to save it by."""

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.homes import Homes
from bot.chat.port import Attachment, Channel, Message
from bot.chat.slack import SlackChat
from bot.domain.handling import Identity
from bot.playground import Playground, Seed, SeedChannel, SeedUser
from tests.browser.stage import chromium

pytestmark = pytest.mark.browser

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
CHART = Attachment("chart.png", DOT, "Three of four answered within a day")
PACK = Attachment("pack \u05d3\u05d5\u05d7.html", b"<script>document.title = 'run'</script>" * 40)
ANN = Identity("slack", "T0SOUND", "U_ANN")


async def test_a_picture_is_shown_and_another_file_is_saved():
    seed = Seed(users=(SeedUser("U_ANN", "ann", "Ann"),), channels=(SeedChannel("C_A", "a", members=("U_ANN",)),))
    async with Playground(seed) as pg, chromium() as browser:
        chat = SlackChat(AsyncWebClient(token=pg.bot_token, base_url=pg.api_url), Homes(pg.clock))
        page = await browser.new_page()
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        await page.goto(f"{pg.url}/?left=U_ANN&right=U_ANN")
        pane = page.get_by_test_id("pane-left")
        handle = await chat.send(Channel("slack", "T0SOUND", "C_A"), Message("How are we doing?", (CHART, PACK)))
        await pane.get_by_role("button", name="1 reply").click()
        picture = pane.get_by_role("img", name=CHART.alt)
        await expect(picture).to_be_visible()
        assert await picture.evaluate("picture => picture.complete && picture.naturalWidth") == 1
        link = pane.get_by_role("link", name=PACK.name)
        await expect(link.locator("..")).to_contain_text("2 KB")
        async with page.expect_download() as saving:
            await link.click()
        assert (await saving.value).suggested_filename == PACK.name
        await chat.edit(handle, Message("Removed."))
        await expect(picture).to_have_count(0)
        assert wrong == []
