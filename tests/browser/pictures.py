"""The README's pictures, taken from the story as it happens: `python -m tests.browser.pictures`."""

import asyncio
from pathlib import Path

from playwright.async_api import Browser, Locator, expect

from bot.cli.demo import page
from bot.cli.story import CHAIR
from bot.playground import Playground
from tests.browser import test_story as story
from tests.browser.stage import PATIENCE, Pane, chromium, move_clock, opened, two_panes

FOLDER = Path(__file__).parent.parent.parent / "docs" / "images"
QUESTION_TIME = "2026-11-23T09:05"


async def take() -> None:
    """Play the story and take each picture at its moment."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser, opened() as pg:
        left, right = await two_panes(browser, pg)
        await _form(left)
        await _playground(left, right)
        await _digest(browser, pg, right)
        await _phone(browser, pg)
        await _summary(left)


async def _form(left: Pane) -> None:
    await left.page.set_viewport_size({"width": 1440, "height": 1180})
    await left.type("/concern")
    await left.titled("Raise a concern")
    await left.choose("provider", "north marram general", "Northgate University Hospital NHS Trust")
    await left.write("headline", story.HEADLINE)
    await left.write("details", story.DETAILS)
    await left.field("provider").scroll_into_view_if_needed()
    await left.modal.evaluate("modal => modal.style.setProperty('border-radius', 0)")
    await left.modal.screenshot(path=FOLDER / "form.png", animations="disabled")
    await left.choose("theme", "Workforce")
    await left.choose("source", "inspection")
    await left.submit("Thank you: C-")
    await _handling(left)
    await left.page.set_viewport_size({"width": 1440, "height": 900})


async def _handling(left: Pane) -> None:
    """Who can see it now, and what may be changed about that; then back to where the story goes on."""
    await left.press("Read it")
    await left.titled("Concern C-")
    await left.press("Handling")
    await left.titled("Handling of C-")
    await left.modal.evaluate("modal => modal.style.setProperty('border-radius', 0)")
    await left.modal.screenshot(path=FOLDER / "handling.png", animations="disabled")
    for title in ("Concern C-", "Thank you: C-"):
        await left.modal.press("Escape")
        await left.titled(title)


async def _playground(left: Pane, right: Pane) -> None:
    """Who has answered on the left, and what the deputy reads on the right."""
    reference = await story.the_inspector_escalates(left)
    await story.the_deputy_opens_it(right, reference)
    await left.page.screenshot(path=FOLDER / "playground.png", animations="disabled")
    await right.press("Acknowledge")
    await right.close()


async def _digest(browser: Browser, pg: Playground, right: Pane) -> None:
    await right.go("marram-qsg")
    await move_clock(right.page, "2026-11-23T09:00")
    await expect(right.newest).to_contain_text("The pack for", timeout=3 * PATIENCE)
    wide, _ = await two_panes(browser, pg, width=2036, height=1280)
    await wide.become(CHAIR)
    await _posted(wide).evaluate("message => message.scrollIntoView()")
    await wide.root.screenshot(path=FOLDER / "digest.png")
    await wide.page.close()


def _posted(pane: Pane) -> Locator:
    """The digest in the channel, which its pack follows."""
    return pane.root.locator(".message").filter(has_text="agenda digest")


async def _phone(browser: Browser, pg: Playground) -> None:
    phone = await browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    await phone.goto(page(pg))
    held = Pane(phone, "left")
    await held.become(CHAIR)
    await _posted(held).evaluate("message => message.scrollIntoView()")
    await phone.screenshot(path=FOLDER / "digest-phone.png")
    await phone.close()


async def _summary(left: Pane) -> None:
    await move_clock(left.page, QUESTION_TIME)
    await left.page.set_viewport_size({"width": 1440, "height": 1400})
    await left.become(CHAIR)
    await left.type("/provider RZZ01")
    await expect(left.newest).to_contain_text("What is not known")
    await left.newest.screenshot(path=FOLDER / "summary.png")


if __name__ == "__main__":
    asyncio.run(take())
