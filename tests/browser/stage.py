"""The demo's workspace with the unchanged bot on it, and people who use its page by clicks and keys alone."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot.app import build
from bot.cli import demo
from bot.cli.story import OPENING
from bot.files.network_check import load_network
from bot.playground import MovableClock, Playground

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 20_000  # milliseconds: a busy machine must not fail a test
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def opened() -> AsyncIterator[Playground]:
    """The demo's workspace, with the bot connected over Socket Mode to a database of its own."""
    network = load_network(demo.NETWORK)
    clock = MovableClock(OPENING, running=True)
    with tempfile.TemporaryDirectory(prefix="soundings-") as folder:
        async with Playground(demo.workspace(network), clock=clock) as pg:
            bot = build(demo.settings(pg, Path(folder) / "story.db"), clock=clock)
            await demo.prepare(bot, network)
            async with bot.running(), bot.connected():
                await pg.bot_connected(10)
                yield pg


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The system's Chromium. Without one this fails: a story that is skipped tells nobody anything."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise FileNotFoundError("The browser story needs Chromium. Install it, for example: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(frozen=True)
class Pane:
    """One side of the page, and whoever sits there."""

    page: Page
    side: str

    @property
    def root(self) -> Locator:
        return self.page.get_by_test_id(f"pane-{self.side}")

    @property
    def modal(self) -> Locator:
        """The form or page on top."""
        return self.root.get_by_test_id("modal")

    @property
    def composer(self) -> Locator:
        return self.root.get_by_test_id("composer")

    @property
    def newest(self) -> Locator:
        """The last message in the place that is open."""
        return self.root.locator(".message").last

    def field(self, name: str) -> Locator:
        return self.modal.get_by_test_id(f"field-{name}")

    async def become(self, user: str) -> None:
        await self.root.get_by_test_id("persona-select").select_option(user)

    async def go(self, place: str) -> None:
        """Open a channel, "Home" or "Messages"."""
        entry = self.root.get_by_role("navigation").get_by_role("button")
        await entry.filter(has_text=place).click()

    async def type(self, words: str) -> None:
        """Type into the composer, key by key, and send it."""
        await self.composer.press_sequentially(words)
        await self.page.keyboard.press("Enter")

    async def choose(self, field: str, words: str, option: str = "") -> None:
        """Search a list and take what it offers."""
        await self.field(field).get_by_role("combobox").fill(words)
        await self.field(field).get_by_role("option", name=option or words).first.click()

    async def write(self, field: str, words: str) -> None:
        await self.field(field).get_by_role("textbox").fill(words)

    async def submit(self, title: str) -> None:
        """Send the form, and wait for the page of this title."""
        await self.modal.get_by_test_id("modal-submit").click()
        await self.titled(title)

    async def titled(self, title: str) -> None:
        await expect(self.modal.get_by_role("heading", level=3)).to_contain_text(title)

    async def press(self, label: str) -> None:
        """Press a button of the open page, or else of the newest message that has one so labelled."""
        place = self.modal if await self.modal.count() else self.root
        await place.get_by_role("button", name=label, exact=True).last.click()

    async def close(self) -> None:
        """Escape from every form and page."""
        stack = self.root.locator(".modal")
        while standing := await stack.count():
            await self.modal.press("Escape")
            await expect(stack).to_have_count(standing - 1)


async def two_panes(browser: Browser, pg: Playground, width: int = 1440, height: int = 900) -> tuple[Pane, Pane]:
    """The page with the inspector on the left and the deputy on the right."""
    page = await browser.new_page(
        viewport={"width": width, "height": height}, locale="en-GB", timezone_id="Europe/London"
    )
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    await page.goto(demo.page(pg))
    return Pane(page, "left"), Pane(page, "right")


async def move_clock(page: Page, wall_time: str) -> None:
    """Set the playground's clock, such as to `2026-11-23T09:00`."""
    await page.get_by_test_id("clock-input").fill(wall_time)
    await page.get_by_test_id("clock-go").click()
