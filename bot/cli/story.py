"""The story the demo plays, act by act, through the playground as people would: no act reaches into the bot."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from bot.playground import Playground
from bot.playground.things import View

LONDON = ZoneInfo("Europe/London")
OPENING = datetime(2026, 11, 19, 10, 0, tzinfo=LONDON)
PATIENCE_SECONDS = 15.0
CHANNEL = "C_MARRAM_QSG"
INSPECTOR, DEAN, DEPUTY = "U_CQC_INSPECTOR", "U_HEE_DEAN", "U_GMC_DEPUTY"
CHAIR, OWNER = "U_NHSE_CHAIR", "U_HEE_QUALITY"


class StoryBroken(Exception):
    """Something that should have happened did not, within the time allowed."""


@dataclass
class Stage:
    """The playground, and the terminal on which the story is told."""

    pg: Playground
    console: Console

    def name(self, user: str) -> str:
        return self.pg.workspace.users[user].real_name

    def scene(self, words: str) -> None:
        at = self.pg.clock().astimezone(LONDON)
        self.console.print(f"\n[bold]{at:%a} {at.day} {at:%b %Y, %H:%M}[/bold]  {escape(words)}")

    def act(self, user: str, words: str) -> None:
        self.console.print(f"  [cyan]{escape(self.name(user))}[/cyan] {escape(words)}", soft_wrap=True)

    def show(self, text: str) -> None:
        """What somebody now sees, indented."""
        lines = [line for line in text.splitlines() if line.strip()]
        self.console.print(Padding(escape("\n".join(lines)), (0, 0, 0, 4)), style="dim")

    def form(self, user: str) -> View:
        """What is open on somebody's screen. Raises `StoryBroken` if nothing is."""
        view = self.pg.persona(user).modal
        if view is None:
            raise StoryBroken(f"a form for {self.name(user)}")
        return view

    async def submit(self, user: str, values: dict[str, Any]) -> None:
        """Fill in what is open and send it. Raises `StoryBroken` with what the form said if it was not taken."""
        outcome = await self.pg.persona(user).submit(self.form(user), values)
        if not outcome.acked or outcome.errors:
            raise StoryBroken(f"an answer to the form ({outcome.error or outcome.errors})")

    async def close(self, user: str) -> None:
        person = self.pg.persona(user)
        while person.modal:
            await person.close(person.modal)

    async def until(self, what: str, found: Callable[[], Any]) -> Any:
        """Wait for the bot. Raises `StoryBroken` saying what did not come."""
        for _ in range(int(PATIENCE_SECONDS / 0.05)):
            seen = found()
            if seen:
                return seen
            await asyncio.sleep(0.05)
        raise StoryBroken(what)

    async def raise_concern(self, user: str, words: str, values: dict[str, Any]) -> str:
        person = self.pg.persona(user)
        self.act(user, f"types /concern {words} in the group's channel and fills in the form.")
        await person.command("/concern", words, channel=CHANNEL)
        await self.submit(user, values)
        text = self.form(user).text
        self.show(text)
        await self.close(user)
        start = text.index("C-")
        return str(text[start : start + 8])


async def concerns(stage: Stage) -> str:
    stage.scene("Two people who have never met each know something about the same hospital.")
    reference = await stage.raise_concern(
        INSPECTOR,
        "northgate",
        {
            "headline": "Night cover in the emergency department relies on trainees alone",
            "details": "Seen on an unannounced visit on two nights. Rotas show no consultant after 20:00.",
            "people_involved": "The locum registrar on call both nights; the rota, page 2, has the name.",
            "theme": "workforce",
            "source": "inspection",
            "directness": "A",
            "urgency": "soon",
        },
    )
    await stage.raise_concern(
        DEAN,
        "northgate",
        {
            "headline": "Trainees in emergency medicine say they are left without a senior",
            "details": "Four of six trainees, each on their own, at this month's visit.",
            "theme": "education",
            "source": "learners",
        },
    )
    posted = await stage.until(
        "both headlines in the channel",
        lambda: [m for m in stage.pg.persona(CHAIR).messages(CHANNEL) if "New concern" in m.text][1:],
    )
    stage.act(CHAIR, "sees both headlines in the private channel, and no details.")
    stage.show(posted[-1].text)
    return reference


async def escalation(stage: Stage, reference: str) -> None:
    stage.scene("The inspector asks the professional regulators what they hold.")
    inspector = stage.pg.persona(INSPECTOR)
    stage.act(INSPECTOR, f"types /escalate {reference}, chooses a category, and keeps GMC and NMC of those proposed.")
    await inspector.command("/escalate", reference, channel=CHANNEL)
    await stage.submit(INSPECTOR, {"category": "systems"})
    wanted = [one["value"] for one in _offered(stage.form(INSPECTOR), "organisations") if _asked(one)]
    question = "Do you hold anything about supervision of trainees at night?"
    await stage.submit(INSPECTOR, {"organisations": wanted, "question": question})
    stage.show(stage.form(INSPECTOR).text)
    await stage.close(INSPECTOR)
    deputy = stage.pg.persona(DEPUTY)
    notice = await stage.until(
        "the deputy's notice", lambda: [m for m in deputy.dms() if "is waiting for GMC" in m.text]
    )
    stage.act(DEPUTY, "gets it, because the nominated person is on leave. It says nothing until it is opened.")
    stage.show(notice[-1].text)
    await deputy.press(notice[-1], "escalation.open")
    await deputy.press(stage.form(DEPUTY), "Acknowledge")
    stage.act(DEPUTY, "opens it, acknowledges it, and answers.")
    await deputy.press(stage.form(DEPUTY), "Answer")
    reason = "Three enquiries this year about supervision at night there."
    await stage.submit(DEPUTY, {"outcome": "hold", "reason": reason})
    await stage.close(DEPUTY)
    grid = await stage.until(
        "the originator's grid",
        lambda: [m for m in inspector.dms() if "who has answered" in m.text and "answered" in m.text.split("GMC")[1]],
    )
    stage.act(INSPECTOR, "sees the list of who has answered change in place.")
    stage.show(grid[-1].text)


def _offered(view: View, field: str) -> list[dict[str, Any]]:
    """The options of a list in a form."""
    return next(list(one["element"]["options"]) for one in view.blocks if one.get("block_id") == field)


def _asked(option: dict[str, Any]) -> bool:
    return str(option["text"]["text"]).startswith(("GMC", "NMC"))


async def annexe(stage: Stage, reference: str) -> None:
    stage.scene("Who was on call stands in the restricted annexe. Two people decide who opens it.")
    deputy, inspector = stage.pg.persona(DEPUTY), stage.pg.persona(INSPECTOR)
    posted = next(m for m in deputy.messages(CHANNEL) if reference in m.text)
    await deputy.press(posted, "concern.open")
    await deputy.press(stage.form(DEPUTY), "annexe.open")
    stage.act(DEPUTY, "asks to open it, and says why.")
    await stage.submit(DEPUTY, {"reason": "To see whether our enquiries are about the same doctor."})
    await stage.close(DEPUTY)
    request = await stage.until(
        "the request", lambda: [m for m in inspector.dms() if "You are asked to agree" in m.text]
    )
    stage.show(request[-1].text)
    stage.act(INSPECTOR, "agrees. Without a reply the answer would have been no.")
    await inspector.press(request[-1], "handling.agree")
    await stage.close(INSPECTOR)
    granted = await stage.until("the agreement", lambda: [m for m in deputy.dms() if "is open to you" in m.text])
    await deputy.press(granted[-1], "annexe.open")
    stage.act(DEPUTY, "opens it, and that is logged.")
    stage.show(stage.form(DEPUTY).text)
    await stage.close(DEPUTY)


async def action(stage: Stage) -> None:
    stage.scene("An action is agreed between meetings.")
    chair = stage.pg.persona(CHAIR)
    stage.act(CHAIR, "types /action add, and gives it to the quality lead of HEE for Monday.")
    await chair.command("/action", "add Confirm senior cover at night until the meeting", channel=CHANNEL)
    await chair.choose(stage.form(CHAIR), "owner", stage.name(OWNER))
    await stage.submit(CHAIR, {"due_on": "2026-11-23"})
    stage.show(stage.form(CHAIR).text)
    await stage.close(CHAIR)
    stage.pg.clock.set(datetime(2026, 11, 20, 9, 0, tzinfo=LONDON))
    stage.scene("The clock moves on to the working day before it is due.")
    owner = stage.pg.persona(OWNER)
    reminder = await stage.until("the reminder", lambda: [m for m in owner.dms() if "Due soon" in m.text])
    stage.act(OWNER, "is reminded, with buttons, and says it is done.")
    stage.show(reminder[-1].text)
    await owner.press(reminder[-1], "It is done")
    await stage.submit(OWNER, {"resolution": "A consultant is on site until midnight; confirmed by the trust."})
    await stage.close(OWNER)
    done = await stage.until("word to the chair", lambda: [m for m in chair.dms() if "is done" in m.text])
    stage.act(CHAIR, "signs it off.")
    await chair.press(done[-1], "Close it")
    await stage.close(CHAIR)


async def digest(stage: Stage) -> None:
    stage.pg.clock.set(datetime(2026, 11, 23, 9, 0, tzinfo=LONDON))
    stage.scene("Five working days before the meeting, the digest posts itself to the private channel.")
    chair = stage.pg.persona(CHAIR)
    posted = await stage.until("the digest", lambda: [m for m in chair.messages(CHANNEL) if "agenda digest" in m.text])
    stage.show(posted[-1].text)


async def summary(stage: Stage) -> None:
    stage.pg.clock.advance(timedelta(minutes=5))
    stage.scene("Four minutes before a call, the chair asks about the hospital.")
    chair = stage.pg.persona(CHAIR)
    stage.act(CHAIR, "types /provider northgate university. Only the chair sees the answer.")
    await chair.command("/provider", "RZZ01", channel=CHANNEL)
    seen = await stage.until(
        "the summary", lambda: [m for m in chair.messages(CHANNEL) if "What is not known" in m.text]
    )
    stage.show(seen[-1].text)


async def witness(stage: Stage) -> None:
    stage.pg.clock.set(datetime(2026, 11, 23, 16, 0, tzinfo=LONDON))
    stage.scene("Every working day the head of the journal is posted, so that each organisation holds a witness.")
    chair = stage.pg.persona(CHAIR)
    posted = await stage.until("the witness", lambda: [m for m in chair.messages(CHANNEL) if "witness v1" in m.text])
    stage.show(posted[-1].text)


async def meeting(stage: Stage) -> None:
    stage.pg.clock.set(datetime(2026, 11, 30, 10, 0, tzinfo=LONDON))
    stage.scene("The group meets. What it concludes is recorded item by item, and done when the meeting is closed.")
    chair = stage.pg.persona(CHAIR)
    stage.act(CHAIR, "types /meeting run, records the first item, and says who tells the hospital.")
    await chair.command("/meeting", "run", channel=CHANNEL)
    await chair.press(stage.form(CHAIR), "Record item 1")
    await chair.press(stage.form(CHAIR), "What was concluded")
    await chair.choose(stage.form(CHAIR), "tell_by", stage.name(OWNER))
    await stage.submit(CHAIR, {"text": "It stays on enhanced surveillance until a consultant is there at night."})
    await chair.press(stage.form(CHAIR), "All items")
    await chair.press(stage.form(CHAIR), "Close the meeting")
    stage.show(stage.form(CHAIR).text)
    await chair.press(stage.form(CHAIR), "Close the meeting")
    await stage.close(CHAIR)
    drafted = await stage.until("the note", lambda: [m for m in chair.dms() if "note" in m.text.splitlines()[0]])
    stage.act(CHAIR, "is told that the note is drafted from the record. Members agree it, part by part.")
    stage.show(drafted[-1].text)


async def play(stage: Stage) -> None:
    """The whole story, in order."""
    reference = await concerns(stage)
    rest: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: escalation(stage, reference),
        lambda: annexe(stage, reference),
        lambda: action(stage),
        lambda: digest(stage),
        lambda: summary(stage),
        lambda: witness(stage),
        lambda: meeting(stage),
    )
    for scene in rest:
        await scene()
