"""All of a regulatory review panel's convening: the form, the poll, fixing a time, moving it, calling it off."""

import re
from dataclasses import dataclass
from datetime import date, time

from bot.chat.port import Ask, Choice, Day, Field, Form, Open, Option, Reply, Say, Search, Text, Turn
from bot.domain.panels import FEWEST_TIMES, LENGTHS, MOST_TIMES, Slot, hours_of_day
from bot.handlers.door import Door, Method, Visit
from bot.handlers.fields import blank, chosen_number, number_in, several
from bot.messages import panels as messages
from bot.services import panel_times, panels
from bot.services.panel_inviting import Inviting, invite, inviting
from bot.services.panel_times import Move
from bot.services.panels import Convening, PanelDraft
from bot.store.tables import Panel
from bot.store.unit import Unit

USUAL_LENGTH = "60"
HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WHY = Text("why", 1000, multiline=True)
MORE = (
    Search("others", "person", many=True, required=False),
    Text("outside", 2000, multiline=True, required=False),
)


@dataclass(frozen=True)
class PanelDesk:
    """When holders of information meet [000 4.26]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["panel.convene"] = opens(self.convene_form)
        at.forms["panel"] = opens(self.convene)
        at.buttons["panel.open"] = opens(self.open)
        at.buttons["panel.can"] = opens(self._saying(can=True))
        at.buttons["panel.cannot"] = opens(self._saying(can=False))
        at.buttons["panel.fix"] = opens(self.fix)
        at.buttons["panel.move"] = opens(self.move_form)
        at.forms["panel.move"] = opens(self.move)
        at.buttons["panel.invite"] = opens(self.invite_form)
        at.forms["panel.invite"] = opens(self.invite)
        at.buttons["panel.off"] = opens(self.off_form)
        at.forms["panel.off"] = opens(self.off)

    async def convene_form(self, ask: Ask, visit: Visit) -> Reply:
        """The form; or the panel that is convened already."""
        async with self.door.store.begin() as unit:
            about = await panels.prepare(unit, ask.value, by=visit.viewer, today=visit.today)
            if about.standing:
                return Open(await self._page(unit, about.standing.reference, visit, already=True))
        memo = {"escalation": about.escalation.reference}
        return Open(self.door.words.form(Form("panel", self._parts(about), memo)))

    async def convene(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            panel = await panels.convene(
                unit, self._draft(ask), by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules
            )
            # Written before it is saved: should the words fail, “nothing was changed” is true.
            return Turn(await self._page(unit, panel.reference, visit, already=panel.submit_key != ask.key))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await self._page(unit, ask.value, visit))

    def _saying(self, *, can: bool) -> Method:
        """The listener for “I can”, or for “I cannot”."""

        async def said(ask: Ask, visit: Visit) -> Reply:
            async with self.door.store.begin() as unit:
                panel, proposed, news = await panel_times.say_when(
                    unit, number_in(ask.value), can, by=visit.viewer, now=visit.now, rules=self.door.rules
                )
                return Say(messages.answered(self.door.words, panel, proposed, can=can, news=news))

        return said

    async def fix(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            panel = await panel_times.fix_time(
                unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._page(unit, panel.reference, visit))

    async def move_form(self, ask: Ask, visit: Visit) -> Reply:
        panel = await self._to_change(ask, visit)
        local = self.door.rules.calendar.local(panel.starts_at) if panel.starts_at else None
        clock = (f"{local:%H:%M}",) if local else ()
        parts = (
            Day("day", initial=local.date() if local else None),
            Choice("time", self._hours(), initial=clock),
            Text("place", 300, initial=panel.place),
            WHY,
        )
        memo = {"panel": panel.reference, "version": str(panel.version)}
        return Open(self.door.words.form(Form("panel.move", parts, memo)))

    async def move(self, ask: Ask, visit: Visit) -> Reply:
        day, clock = _slot(ask, "day", "time")
        to = Move(day, clock, _typed(ask, "place"), _typed(ask, "why"), int(ask.memo["version"]))
        async with self.door.store.begin() as unit:
            panel = await panel_times.move(
                unit, ask.memo["panel"], to, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._page(unit, panel.reference, visit))

    async def invite_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            panel, _ = await inviting(unit, ask.value, by=visit.viewer, today=visit.today)
        return Open(self.door.words.form(Form("panel.invite", MORE, {"panel": panel.reference})))

    async def invite(self, ask: Ask, visit: Visit) -> Reply:
        more = Inviting(_people(ask, "others"), _typed(ask, "outside"))
        async with self.door.store.begin() as unit:
            panel = await invite(unit, ask.memo["panel"], more, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, panel.reference, visit))

    async def off_form(self, ask: Ask, visit: Visit) -> Reply:
        panel = await self._to_change(ask, visit)
        return Open(self.door.words.form(Form("panel.off", (WHY,), {"panel": panel.reference})))

    async def off(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            panel = await panel_times.call_off(
                unit, ask.memo["panel"], _typed(ask, "why"), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._page(unit, panel.reference, visit))

    async def _to_change(self, ask: Ask, visit: Visit) -> Panel:
        async with self.door.store.look() as unit:
            return await panel_times.to_change(unit, ask.value, by=visit.viewer, today=visit.today)

    async def _page(self, unit: Unit, reference: str, visit: Visit, *, already: bool = False) -> Form:
        seen = await panels.open_panel(unit, reference, by=visit.viewer, now=visit.now, rules=self.door.rules)
        return messages.reading(self.door.words, seen, visit.viewer.person_id, visit.now, already=already)

    def _parts(self, about: Convening) -> tuple[Field, ...]:
        people = tuple(
            Option(str(person.key), f"{person.name} ({body.short_name})") for person, body in about.proposed.values()
        )
        chosen = tuple(option.value for option in people)
        invited = (Choice("invited", people, many=True, required=False, initial=chosen),) if people else ()
        return (
            Text("purpose", 1500, multiline=True),
            *(field for number in range(1, MOST_TIMES + 1) for field in self._time(number)),
            Choice("minutes", blank(map(str, LENGTHS)), initial=(USUAL_LENGTH,)),
            Text("place", 300),
            *invited,
            *MORE,
        )

    def _time(self, number: int) -> tuple[Field, Field]:
        needed = number <= FEWEST_TIMES
        return Day(f"day_{number}", required=needed), Choice(f"time_{number}", self._hours(), required=needed)

    def _hours(self) -> tuple[Option, ...]:
        policy = self.door.rules.policy
        hours = (f"{clock:%H:%M}" for clock in hours_of_day(policy.opens, policy.closes))
        return tuple(Option(hour, hour) for hour in hours)

    @staticmethod
    def _draft(ask: Ask) -> PanelDraft:
        """The form's answers as a typed draft. Raises `FormErrors` for a length left open."""
        return PanelDraft(
            escalation=ask.memo["escalation"],
            purpose=_typed(ask, "purpose"),
            slots=tuple(_slot(ask, f"day_{number}", f"time_{number}") for number in range(1, MOST_TIMES + 1)),
            minutes=chosen_number(ask, "minutes"),
            place=_typed(ask, "place"),
            invited=_people(ask, "invited"),
            others=_people(ask, "others"),
            outside=_typed(ask, "outside"),
        )


def _typed(ask: Ask, field: str) -> str:
    return str(ask.answers.get(field) or "")


def _slot(ask: Ask, day: str, clock: str) -> Slot:
    """A day and a time of day; None for what was left open, or is no time."""
    chosen, hour = ask.answers.get(day), HOUR.fullmatch(_typed(ask, clock))
    return chosen if isinstance(chosen, date) else None, time.fromisoformat(hour[0]) if hour else None


def _people(ask: Ask, field: str) -> tuple[int, ...]:
    return tuple(number_in(value) for value in several(ask.answers.get(field)))
