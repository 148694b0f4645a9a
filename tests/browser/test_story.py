"""The whole story in a browser: the unchanged bot over Socket Mode on SQLite, two people at one page, real clicks."""

import pytest
from playwright.async_api import expect

from bot.cli.story import CHAIR, INSPECTOR
from tests.browser.stage import PATIENCE, Pane, chromium, move_clock, opened, two_panes

pytestmark = pytest.mark.browser

LEAD, STRANGER = "U_GMC_LEAD", "U_STRANGER"
HEADLINE = "Night cover in the emergency department relies on trainees alone"
DETAILS = "Rotas show no consultant after 20:00."
QUESTION = "Do you hold anything about supervision of trainees at night?"
REASON = "Three enquiries this year about supervision at night there."


async def test_from_a_concern_to_the_chairs_summary():
    async with chromium() as browser, opened() as pg:
        left, right = await two_panes(browser, pg)
        wrong: list[str] = []
        left.page.on("pageerror", lambda error: wrong.append(str(error)))
        left.page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        await a_newcomer_finds_the_way(left, right)
        await the_form_says_what_is_missing(left)
        await the_inspector_is_told_who_can_see_it(left)
        reference = await the_inspector_escalates(left)
        await the_deputy_opens_it(right, reference)
        await a_colleagues_old_acknowledge_does_nothing_twice(left, right, reference)
        await the_grid_changes_in_place(left, right)
        await the_digest_posts_itself(right)
        await the_chair_asks_about_the_provider(left)
        await a_stranger_is_refused(right)
        assert wrong == []


async def a_newcomer_finds_the_way(left: Pane, right: Pane):
    """Wrong words are answered with the right ones, and the keyboard reaches both panes."""
    await left.type("/concerns")
    await expect(left.root.get_by_role("alert")).to_contain_text("/concerns is not a valid command. Type / to see")
    await expect(left.composer).to_have_value("/concerns")
    await left.composer.fill("")
    await left.type("/escalate nonsense")
    await expect(left.newest).to_contain_text("We did not understand “nonsense”. Type /escalate help")
    await expect(left.root.get_by_role("alert")).to_have_count(0)
    await left.page.keyboard.press("F6")
    await expect(right.composer).to_be_focused()


async def the_form_says_what_is_missing(left: Pane):
    """First what Slack checks, then what the bot does; what was typed stays in its place."""
    await left.go("marram-qsg")
    await left.composer.press_sequentially("/con")
    await expect(left.root.get_by_role("option", name="/concern")).to_be_visible()
    await left.page.keyboard.press("Tab")
    await expect(left.composer).to_have_value("/concern ")
    await left.page.keyboard.press("Enter")
    await left.titled("Raise a concern")
    await left.write("details", DETAILS)
    await left.field("theme").get_by_role("combobox").press("ArrowDown")
    await left.page.keyboard.press("Escape")
    await expect(left.root.get_by_role("listbox")).to_have_count(0)
    await left.submit("Raise a concern")
    for field in ("headline", "theme", "source"):
        await expect(left.field(field)).to_contain_text("Please complete this required field.")
    await left.write("headline", HEADLINE)
    await left.choose("theme", "Workforce")
    await left.choose("source", "inspection")
    await left.submit("Raise a concern")
    await expect(left.field("provider")).to_contain_text("Choose a provider")
    await expect(left.field("details").get_by_role("textbox")).to_have_value(DETAILS)


async def the_inspector_is_told_who_can_see_it(left: Pane):
    """Before sending, as each choice is made, and after; what was typed stays through it all."""
    await left.choose("provider", "north marram general", "Northgate University Hospital NHS Trust")
    await expect(left.modal).to_contain_text("Who will see this: your colleagues at CQC, and enrolled people at GMC,")
    await left.modal.get_by_label("Only these organisations").check()
    await expect(left.modal).to_contain_text("nobody can be named yet. Choose at least one organisation")
    await left.choose("chosen", "gmc", "GMC")
    await expect(left.modal).to_contain_text("and enrolled people at GMC. Nobody else.")
    await left.field("chosen").get_by_role("button", name="Remove GMC").click()
    await left.modal.get_by_label("The whole group").check()
    await expect(left.modal).to_contain_text("private channel of")
    await expect(left.field("details").get_by_role("textbox")).to_have_value(DETAILS)
    await left.write("details", f"{DETAILS} Ring 07700 900123.")
    await left.submit("Check before sending")
    await expect(left.modal.locator("strong, b").filter(has_text="07700 900123")).to_have_count(1)
    await expect(left.modal).to_contain_text("looks like a telephone number")
    await left.write("details", DETAILS)
    await left.submit("Thank you: C-")
    await expect(left.modal).to_contain_text("Who can see it now: enrolled people at CQC, GMC,")
    await expect(left.modal).to_contain_text("People who work at the provider")
    await expect(left.newest).to_contain_text(HEADLINE)
    await expect(left.newest).not_to_contain_text(DETAILS)


async def the_inspector_escalates(left: Pane) -> str:
    """From the confirmation, to GMC and NMC of those proposed."""
    await left.press("Escalate it")
    await left.titled("Escalate a concern")
    await left.modal.get_by_label("Systems and the environment").check()
    await left.submit("Whom to ask")
    for body in ("GDC", "GPhC", "HCPC", "HEE"):
        await left.modal.get_by_role("button", name=f"Remove {body} ").click()
    await left.write("question", QUESTION)
    await left.submit("Escalated: E-")
    await expect(left.modal).to_contain_text("GMC: goes to Anjali Merrow")
    title = await left.modal.get_by_role("heading", level=3).inner_text()
    await left.close()
    await left.go("Messages")
    await expect(left.newest.get_by_role("row", name="GMC")).to_contain_text("not acknowledged yet")
    return title.removeprefix("Escalated: ")


async def the_deputy_opens_it(right: Pane, reference: str):
    await right.go("Messages")
    await expect(right.newest).to_contain_text("An escalation is waiting for GMC")
    await expect(right.newest).to_contain_text("because Tobias Wrenfield is away")
    await expect(right.newest).not_to_contain_text("Northgate")
    await right.press(f"Open {reference}")
    await right.titled(f"Escalation {reference}")
    for words in (HEADLINE, DETAILS, QUESTION):
        await expect(right.modal).to_contain_text(words)


async def a_colleagues_old_acknowledge_does_nothing_twice(left: Pane, right: Pane, reference: str):
    """Two people of one organisation have it open; the second to acknowledge learns that the first did."""
    await left.become(LEAD)
    await left.type(f"/escalate {reference}")
    await left.titled(f"Escalation {reference}")
    await right.press("Acknowledge")
    await expect(right.modal).to_contain_text("by Anjali Merrow; no answer yet")
    await left.press("Acknowledge")
    await expect(left.modal).to_contain_text("by Anjali Merrow; no answer yet")
    await left.close()
    await left.become(INSPECTOR)


async def the_grid_changes_in_place(left: Pane, right: Pane):
    await left.go("Messages")
    line = left.newest.get_by_role("row", name="GMC")
    await expect(line).to_contain_text("acknowledged")
    before = await left.newest.get_attribute("data-testid")
    grid = left.root.get_by_test_id(str(before))
    await right.press("Answer")
    await right.modal.get_by_label("We hold related information").check()
    await right.write("reason", REASON)
    await right.submit("Escalation E-")
    await expect(right.modal).to_contain_text(REASON)
    await right.close()
    await expect(grid.get_by_role("row", name="GMC")).to_contain_text("answered Thu 19 Nov 2026")
    await expect(grid.get_by_role("row", name="NMC")).to_contain_text("with Bronwen Teasel")


async def the_digest_posts_itself(right: Pane):
    await right.go("marram-qsg")
    await move_clock(right.page, "2026-11-23T09:00")
    digest = right.root.locator(".message").filter(has_text="Quality Surveillance Group: agenda digest")
    await expect(digest).to_contain_text(HEADLINE)
    await expect(digest).not_to_contain_text(DETAILS)
    # Its document and workbook are made in a process of their own, which a busy machine is slow to begin.
    await expect(right.newest).to_contain_text("The pack for", timeout=3 * PATIENCE)


async def the_chair_asks_about_the_provider(left: Pane):
    await left.become(CHAIR)
    await left.type("/provider RZZ01")
    await expect(left.newest).to_contain_text("Only visible to you")
    await expect(left.newest).to_contain_text("What is not known")
    await expect(left.newest).to_contain_text("NMC")
    await left.go("Home")
    await expect(left.root.get_by_test_id("home")).to_contain_text("Waiting for you")
    await expect(left.root.get_by_test_id("home")).to_contain_text("Mon 30 Nov 2026, 10:00")


async def a_stranger_is_refused(right: Pane):
    await right.become(STRANGER)
    await right.type("/provider RZZ01")
    await expect(right.newest).to_contain_text("This assistant is for people enrolled by their organisation.")
    await expect(right.root).not_to_contain_text("Northgate")
