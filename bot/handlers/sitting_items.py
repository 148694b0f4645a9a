"""What is recorded on one item of a meeting: what was concluded, actions, disagreements, a safeguarding board."""

from dataclasses import dataclass, replace
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Open, Option, Reply, Search, Text, Tick, Turn, Words
from bot.domain.handling import Viewer
from bot.domain.sittings import BOARD_LIMIT, Board, Decided
from bot.domain.terms import Level
from bot.errors import ChangedMeanwhile, FormErrors
from bot.handlers.action import person_option
from bot.handlers.door import Door, Visit
from bot.handlers.fields import blank, chosen_number, chosen_term, number_in
from bot.handlers.sitting import two_parts, typed
from bot.messages import sittings as messages
from bot.services import sitting_items as services
from bot.services import sitting_matters as also
from bot.services.sitting_core import At, find_matter
from bot.services.sitting_items import ItemTask, ToBoard
from bot.services.sitting_matters import NewItem
from bot.services.sittings import note, open_sitting, recordable
from bot.store.journal import record_shown
from bot.store.people import group_members
from bot.store.sittings import Matter
from bot.store.tables import Action, Concern
from bot.store.unit import Unit

VOUCHED = Tick("vouched")


@dataclass(frozen=True)
class SittingItemsDesk:
    """Item by item: what was concluded, by whom it is done, and who sees it otherwise [003 §46-47, §132]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["sitting.item"] = opens(self.item)
        at.buttons["sitting.raise"] = opens(self.raise_form)
        at.forms["sitting.raise"] = opens(self.raise_item)
        at.buttons["sitting.conclude"] = opens(self.conclude_form)
        at.forms["sitting.conclude"] = opens(self.conclude)
        at.buttons["sitting.board"] = opens(self.board_form)
        at.forms["sitting.board"] = opens(self.board)
        at.buttons["sitting.action"] = opens(self.action_form)
        at.forms["sitting.action"] = opens(self.action)
        at.buttons["sitting.dissent"] = opens(self.dissent_form)
        at.forms["sitting.dissent"] = opens(self.dissent)
        at.buttons["sitting.resolve"] = opens(self.resolve)
        at.buttons["sitting.concern"] = opens(self.concern_form)
        at.forms["sitting.concern"] = opens(self.concern)

    async def item(self, ask: Ask, visit: Visit) -> Reply:
        meeting, ref = two_parts(ask.value)
        async with self.door.store.begin() as unit:
            return Turn(await self._page(unit, number_in(meeting), ref, visit))

    async def raise_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            await recordable(unit, number_in(ask.value), by=visit.viewer, lock=False)
        parts = (Text("title", 150), Search("provider", "provider", required=False), VOUCHED)
        return self._open(Form("sitting.raise", parts, {"meeting": ask.value}), ask)

    async def raise_item(self, ask: Ask, visit: Visit) -> Reply:
        provider = typed(ask, "provider")
        new = NewItem(typed(ask, "title"), number_in(provider) if provider else None, _vouched(ask))
        meeting_id, key = number_in(ask.memo["meeting"]), ask.memo["opened"]
        async with self.door.store.begin() as unit:
            meeting, ref = await also.raise_item(
                unit, meeting_id, new, by=visit.viewer, key=key, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._page(unit, meeting.key, ref, visit))

    async def conclude_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            at, matter = await self._item(unit, ask.value, visit.viewer, visit.today)
        return self._open(Form("sitting.conclude", _conclusion(matter), _memo(at, matter)), ask)

    async def conclude(self, ask: Ask, visit: Visit) -> Reply:
        """If somebody else was quicker, the form stays with all that was typed, and says what stands now."""
        told = read_decided(ask)
        try:
            async with self.door.store.begin() as unit:
                await services.conclude(unit, _at(ask), told, by=visit.viewer, now=visit.now, rules=self.door.rules)
                return await self._back(unit, ask, visit)
        except ChangedMeanwhile:
            return await self._stands(ask, visit, Form("sitting.conclude", ()))

    async def board_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            at, matter = await self._item(unit, ask.value, visit.viewer, visit.today)
        return self._open(Form("sitting.board", _board(matter), _memo(at, matter)), ask)

    async def board(self, ask: Ask, visit: Visit) -> Reply:
        chosen = chosen_term(ask, "board", Board) if ask.answers.get("board") else None
        told = ToBoard(chosen, typed(ask, "message"), _person(ask, "by"))
        try:
            async with self.door.store.begin() as unit:
                await services.tell_board(unit, _at(ask), told, by=visit.viewer, now=visit.now, rules=self.door.rules)
                return await self._back(unit, ask, visit)
        except ChangedMeanwhile:
            return await self._stands(ask, visit, Form("sitting.board", ()))

    async def action_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            at, matter = await self._item(unit, ask.value, visit.viewer, visit.today)
        parts = (Text("issue", 500, multiline=True), Search("owner", "person"), Day("due_on"), VOUCHED)
        return self._open(Form("sitting.action", parts, _memo(at, matter)), ask)

    async def action(self, ask: Ask, visit: Visit) -> Reply:
        task = ItemTask(typed(ask, "issue"), chosen_number(ask, "owner"), _day(ask, "due_on"))
        key = ask.memo["opened"]
        async with self.door.store.begin() as unit:
            await services.give_action(
                unit, _at(ask), task, by=visit.viewer, key=key, now=visit.now, rules=self.door.rules
            )
            return await self._back(unit, ask, visit)

    async def dissent_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            at, matter = await self._item(unit, ask.value, visit.viewer, visit.today)
            meeting = await recordable(unit, at.meeting_id, by=visit.viewer, lock=False)
            bodies = await group_members(unit, meeting.group_id, visit.today)
        if not bodies:
            raise FormErrors({"": "The group has no members."})
        names = tuple(Option(str(body.key), body.short_name) for body in bodies)
        parts = (Choice("organisation", names), Text("reason", 1000, multiline=True), VOUCHED)
        return self._open(Form("sitting.dissent", parts, _memo(at, matter)), ask)

    async def dissent(self, ask: Ask, visit: Visit) -> Reply:
        body, reason = chosen_number(ask, "organisation"), typed(ask, "reason")
        async with self.door.store.begin() as unit:
            await also.disagree(unit, _at(ask), body, reason, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return await self._back(unit, ask, visit)

    async def resolve(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            meeting, ref = await also.resolve_dissent(
                unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._page(unit, meeting.key, ref, visit))

    async def concern_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            at, matter = await self._item(unit, ask.value, visit.viewer, visit.today)
        return self._open(
            Form("sitting.concern", (Text("outcome", 1000, multiline=True), VOUCHED), _memo(at, matter)), ask
        )

    async def concern(self, ask: Ask, visit: Visit) -> Reply:
        outcome = typed(ask, "outcome")
        async with self.door.store.begin() as unit:
            await also.conclude_concern(unit, _at(ask), outcome, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return await self._back(unit, ask, visit)

    async def _item(self, unit: Unit, value: str, by: Viewer, today: date) -> tuple[At, Matter]:
        number, ref = two_parts(value)
        meeting = await recordable(unit, number_in(number), by=by, lock=False)
        return At(meeting.key, ref), await find_matter(unit, meeting, ref, by=by, today=today)

    async def _stands(self, ask: Ask, visit: Visit, form: Form) -> Reply:
        """The same form over what stands now, ready to be sent again: what was typed stays in it."""
        at = _at(ask)
        async with self.door.store.look() as unit:
            meeting = await recordable(unit, at.meeting_id, by=visit.viewer, lock=False)
            matter = await find_matter(unit, meeting, at.ref, by=visit.viewer, today=visit.today)
        fields = _conclusion(matter) if form.name == "sitting.conclude" else _board(matter)
        parts = (Words(messages.stands(self.door.words, matter)), *fields)
        memo = _memo(at, matter) | {"opened": ask.memo["opened"]}
        return Turn(self.door.words.form(replace(form, parts=parts, memo=memo)))

    async def _back(self, unit: Unit, ask: Ask, visit: Visit) -> Reply:
        at = _at(ask)
        await unit.flush()
        return Turn(await self._page(unit, at.meeting_id, at.ref, visit))

    async def _page(self, unit: Unit, meeting_id: int, ref: str, visit: Visit) -> Form:
        """The page of one item; the reading is logged."""
        rules = self.door.rules
        meeting = await open_sitting(unit, meeting_id, by=visit.viewer, now=visit.now, rules=rules)
        matter = await find_matter(unit, meeting, ref, by=visit.viewer, today=visit.today)
        seen = await messages.gather_item(unit, meeting, matter, visit.viewer, visit.today, rules.calendar)
        note(unit, meeting, "meeting item read", visit.viewer, visit.now)
        shown: list[Concern | Action] = [one.action for one in seen.actions]
        shown += [matter.concern.concern] if matter.concern else []
        record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where="sitting.item_page")
        return messages.item_page(self.door.words, seen)

    def _open(self, form: Form, ask: Ask) -> Reply:
        """A form, which knows what it was opened by: that comes back whenever it is sent."""
        return Open(self.door.words.form(replace(form, memo={**form.memo, "opened": f"sitting.{ask.key}"})))


def read_decided(ask: Ask) -> Decided:
    """The form's answers as a typed conclusion."""
    return Decided(
        text=typed(ask, "text"),
        level=chosen_term(ask, "level", Level) if ask.answers.get("level") else None,
        level_reason=typed(ask, "level_reason"),
        find_out_id=_person(ask, "find_out"),
        find_out_by=_day(ask, "find_out_by"),
        tell_by_id=_person(ask, "tell_by"),
        tell_why_not=typed(ask, "tell_why_not"),
    )


def _conclusion(matter: Matter) -> tuple[Field, ...]:
    so_far = services.as_decided(matter.seen.conclusion if matter.seen else None)
    text = Text("text", 3000, multiline=True, initial=so_far.text)
    if matter.provider_id is None:
        return text, VOUCHED
    return (
        text,
        Choice("level", blank(Level), required=False, initial=(so_far.level,) if so_far.level else ()),
        Text("level_reason", 1000, multiline=True, required=False, initial=so_far.level_reason),
        Search("find_out", "person", required=False, initial=_named(matter, so_far.find_out_id)),
        Day("find_out_by", required=False, initial=so_far.find_out_by),
        Search("tell_by", "person", required=False, initial=_named(matter, so_far.tell_by_id)),
        Text("tell_why_not", 500, required=False, initial=so_far.tell_why_not),
        VOUCHED,
    )


def _board(matter: Matter) -> tuple[Field, ...]:
    so_far = services.as_to_board(matter.seen.conclusion if matter.seen else None)
    return (
        Choice("board", blank(Board), required=False, initial=(so_far.board,) if so_far.board else ()),
        Text("message", BOARD_LIMIT, multiline=True, required=False, initial=so_far.message),
        Search("by", "person", required=False, initial=_named(matter, so_far.by_id)),
        VOUCHED,
    )


def _named(matter: Matter, person_id: int | None) -> tuple[Option, ...]:
    return (person_option(matter.seen.people[person_id]),) if matter.seen and person_id else ()


def _memo(at: At, matter: Matter) -> dict[str, str]:
    version = matter.seen.conclusion.version if matter.seen else 0
    return {"meeting": str(at.meeting_id), "item": at.ref, "version": str(version)}


def _at(ask: Ask) -> At:
    return At(number_in(ask.memo["meeting"]), ask.memo["item"], number_in(ask.memo["version"]), _vouched(ask))


def _vouched(ask: Ask) -> bool:
    return bool(ask.answers.get("vouched"))


def _person(ask: Ask, name: str) -> int | None:
    chosen = typed(ask, name)
    return int(chosen) if chosen.isdecimal() else None


def _day(ask: Ask, name: str) -> date | None:
    chosen = ask.answers.get(name)
    return chosen if isinstance(chosen, date) else None
