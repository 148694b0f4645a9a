"""All of `/action`: add one, list one's own or a group's, complete, close, change the date or the owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Offer, Open, Option, Reply, Say, Search, Text
from bot.domain.terms import ActionState
from bot.errors import FormErrors, NoGroup, NotUnderstood
from bot.handlers.action_life import REFERENCE, asked_again, chosen_day, page, turned
from bot.handlers.action_log import ActionLogDesk
from bot.handlers.door import Door, Visit
from bot.handlers.fields import blank, chosen_number, number_in
from bot.handlers.overdue import who_is_overdue
from bot.messages import actions as messages
from bot.services import actions as services
from bot.services.action_closing import close_action, complete_action
from bot.services.action_core import find_action
from bot.services.action_owners import Change, change_action
from bot.services.actions import ActionDraft
from bot.store.actions import SeenAction, owned_by
from bot.store.journal import record_shown
from bot.store.people import find_people, people_by_id
from bot.store.tables import Person
from bot.store.unit import Unit

PRIORITIES = ("2", "1")


@dataclass(frozen=True)
class ActionDesk:
    """The action log, as [003 Annex D]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["action"] = opens(self.command)
        at.forms["action"] = opens(self.submit)
        at.buttons["action.add"] = opens(self.add_form)
        at.buttons["action.done"] = opens(self.done_form)
        at.forms["action.done"] = opens(self.done)
        at.buttons["action.change"] = opens(self.change_form)
        at.forms["action.change"] = opens(self.change)
        at.buttons["action.close"] = opens(self.close)
        at.searches["person"] = opens(self.search_people)

    async def command(self, ask: Ask, visit: Visit) -> Reply:  # noqa: PLR0911  # one for each word
        verb, _, rest = ask.words.strip().partition(" ")
        if verb.casefold() in ("done", "change") and not rest.strip():
            verb = "mine"  # which one? choose it from the list
        match verb.casefold():
            case "" | "mine":
                return await self.mine(visit)
            case "help":
                return Say(self.door.words.render("help.action"))
            case "add":
                return await self._add_form(ask, visit, issue=rest.strip())
            case "group" | "export" as what:
                return await ActionLogDesk(self.door).command(what, ask, rest, visit)
            case "overdue":
                return await who_is_overdue(self.door, ask, rest, visit)
            case "done" | "change" as what:
                form = self._done_form if what == "done" else self._change_form
                return await form(rest.strip(), visit)
            case _ if REFERENCE.fullmatch(ask.words.strip()):
                return await self._page(ask.words.strip(), visit)
            case _:
                raise NotUnderstood(words=ask.words.strip(), command="/action")

    async def mine(self, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            lines = await owned_by(unit, visit.viewer.person_id, ActionState.OPEN, ActionState.COMPLETED)
            self._note(unit, lines, "action.mine", visit)
        return Say(messages.listed(self.door.words, lines, viewer=visit.viewer))

    async def add_form(self, ask: Ask, visit: Visit) -> Reply:
        return await self._add_form(ask, visit, issue="")

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        if again := asked_again(self.door, ask, visit, self._empty_form(ask, visit, issue="")):
            return again
        due_on = ask.answers.get("due_on")
        provider = ask.answers.get("provider")
        draft = ActionDraft(
            group_id=chosen_number(ask, "group"),
            issue=str(ask.answers.get("issue") or ""),
            owner_id=chosen_number(ask, "owner"),
            due_on=due_on if isinstance(due_on, date) else visit.today,
            provider_id=int(str(provider)) if provider else None,
            priority=chosen_number(ask, "priority"),
            source=ask.memo.get("source", ""),
            meeting_id=number_in(ask.memo["meeting"]) if "meeting" in ask.memo else None,
        )
        async with self.door.store.begin() as unit:
            action = await services.add_action(
                unit, draft, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules
            )
            return await turned(self.door, unit, action.reference, visit)

    async def done_form(self, ask: Ask, visit: Visit) -> Reply:
        return await self._done_form(ask.value, visit)

    async def done(self, ask: Ask, visit: Visit) -> Reply:
        resolution, evidence = (str(ask.answers.get(field) or "") for field in ("resolution", "evidence"))
        async with self.door.store.begin() as unit:
            action = await complete_action(
                unit, ask.memo["action"], resolution, evidence, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return await turned(self.door, unit, action.reference, visit)

    async def change_form(self, ask: Ask, visit: Visit) -> Reply:
        return await self._change_form(ask.value, visit)

    async def change(self, ask: Ask, visit: Visit) -> Reply:
        due_on = chosen_day(ask)
        if due_on is None:
            raise FormErrors({"due_on": "Choose a date."})
        if again := asked_again(self.door, ask, visit, Form("action.change", _change_parts(), ask.memo)):
            return again
        reason, version = str(ask.answers.get("reason") or ""), number_in(ask.memo["version"])
        to = Change(due_on, chosen_number(ask, "owner"), reason, version)
        async with self.door.store.begin() as unit:
            action = await change_action(
                unit, ask.memo["action"], to, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules
            )
            return await turned(self.door, unit, action.reference, visit)

    async def close(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            action = await close_action(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return await turned(self.door, unit, action.reference, visit)

    async def search_people(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            found = await find_people(unit, ask.words, visit.viewer.group_ids, visit.today)
        return Offer(tuple(person_option(person) for person in found))

    async def _add_form(self, ask: Ask, visit: Visit, *, issue: str) -> Reply:
        if not visit.viewer.groups:
            raise NoGroup
        return Open(self.door.words.form(self._empty_form(ask, visit, issue=issue)))

    @staticmethod
    def _empty_form(ask: Ask, visit: Visit, *, issue: str) -> Form:
        groups = tuple(Option(str(place.group_id), place.name) for place in visit.viewer.groups)
        here = tuple(str(p.group_id) for p in visit.viewer.groups if p.channel and p.channel == ask.channel)
        parts = (
            Text("issue", 500, multiline=True, initial=issue[:500]),
            Search("owner", "person"),
            Day("due_on"),
            Search("provider", "provider", required=False),
            Choice("priority", blank(PRIORITIES), radio=True, initial=(PRIORITIES[0],)),
            Choice("group", groups, initial=here or tuple(option.value for option in groups[:1])),
        )
        return Form("action", parts)

    async def _page(self, reference: str, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await page(self.door, unit, reference, visit))

    async def _done_form(self, reference: str, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            action = (await find_action(unit, reference, by=visit.viewer, today=visit.today)).action
            if action.state is not ActionState.OPEN:
                return Open(await page(self.door, unit, reference, visit))
        parts = (
            Text("resolution", 1500, multiline=True, initial=action.resolution),
            Text("evidence", 500, required=False, initial=action.evidence),
        )
        return Open(self.door.words.form(Form("action.done", parts, {"action": action.reference})))

    async def _change_form(self, reference: str, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            action = (await find_action(unit, reference, by=visit.viewer, today=visit.today)).action
            if action.state is not ActionState.OPEN:
                return Open(await page(self.door, unit, reference, visit))
            owner = (await people_by_id(unit, [action.owner_id]))[action.owner_id]
        memo = {"action": action.reference, "version": str(action.version)}
        form = Form("action.change", _change_parts(action.due_on, person_option(owner)), memo)
        return Open(self.door.words.form(form))

    @staticmethod
    def _note(unit: Unit, lines: Sequence[SeenAction], where: str, visit: Visit) -> None:
        shown = [line.action for line in lines]
        record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where=where)


def _change_parts(due_on: date | None = None, *owner: Option) -> tuple[Field, ...]:
    return (
        Day("due_on", initial=due_on),
        Search("owner", "person", initial=owner),
        Text("reason", 500, multiline=True, required=False),
    )


def person_option(person: Person) -> Option:
    return Option(str(person.key), f"{person.name}, {person.title}" if person.title else person.name)
