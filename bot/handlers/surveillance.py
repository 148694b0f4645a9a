"""`/surveillance`: a group's log as [003 Annex E], a provider's page, and setting a level."""

from dataclasses import dataclass

from bot.chat.port import Ask, Day, Form, Open, Reply, Say, Search, Turn
from bot.domain.action_log import PAGE_SIZE, page_meant, pages
from bot.domain.handling import Place
from bot.domain.surveillance import LevelAct, LogView, held_until
from bot.domain.terms import Level
from bot.errors import Conflicted, NotFound
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import chosen_number, number_in
from bot.handlers.level_form import (
    asks_for_more,
    chosen_level,
    day_in,
    decision_form,
    number_or_none,
    pair_in,
    task_in,
)
from bot.messages import surveillance as messages
from bot.messages.surveillance import LogPage
from bot.services import surveillance as services
from bot.services.surveillance import LevelChange
from bot.store.barring import barred_from
from bot.store.journal import record, record_shown
from bot.store.surveillance import log_of, standing_level, without_level
from bot.store.tables import Action, Concern
from bot.store.unit import Unit


@dataclass(frozen=True)
class SurveillanceDesk:
    """The log, and what the chair decides [003 §121]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["surveillance"] = opens(self.command)
        at.buttons["surveillance.log"] = opens(self.turn)
        at.buttons["surveillance.open"] = opens(self.open)
        at.buttons["surveillance.choose"] = opens(self.choose_form)
        at.forms["surveillance.choose"] = opens(self.choose)
        at.buttons["surveillance.decide"] = opens(self.decide_form)
        at.buttons["surveillance.assure"] = opens(self.assure_form)
        at.forms["surveillance.assure"] = opens(self.assure)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        words = ask.words.strip()
        if words.casefold() == "help":
            return Say(self.door.words.render("help.surveillance"))
        place = which_group(ask, words, visit.viewer, command="/surveillance")
        return Open(await self._log(place, LogView.ALL, "1", visit))

    async def turn(self, ask: Ask, visit: Visit) -> Reply:
        """Another page of the log, or another part of it."""
        group, _, rest = ask.value.partition(".")
        view, _, number = rest.partition(".")
        if view not in list(LogView):
            raise NotFound(what=ask.value)
        return Turn(await self._log(place_of(visit, number_in(group)), LogView(view), number, visit))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        group_id, provider_id = pair_in(ask.value)
        async with self.door.store.begin() as unit:
            return Open(await provider_page(self.door, unit, group_id, provider_id, visit))

    async def choose_form(self, ask: Ask, visit: Visit) -> Reply:
        place = place_of(visit, number_in(ask.value))
        parts = (Search("provider", "provider"),)
        return Open(self.door.words.form(Form("surveillance.choose", parts, {"group": str(place.group_id)})))

    async def choose(self, ask: Ask, visit: Visit) -> Reply:
        """The page of the provider they chose, from which its level is proposed."""
        group_id, provider_id = number_in(ask.memo.get("group", "")), chosen_number(ask, "provider")
        async with self.door.store.begin() as unit:
            return Turn(await provider_page(self.door, unit, group_id, provider_id, visit))

    async def decide_form(self, ask: Ask, visit: Visit) -> Reply:
        group_id, provider_id = pair_in(ask.value)
        async with self.door.store.look() as unit:
            provider = await services.to_act(
                unit, group_id, provider_id, LevelAct.DECIDE, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            memo = {"about": f"{group_id}.{provider.key}"} | await holding(
                self.door, unit, group_id, provider.key, visit
            )
        return Open(self.door.words.form(decision_form(None, memo)))

    async def decide(self, ask: Ask, visit: Visit) -> Reply:
        """The chair's own decision, sent."""
        level = chosen_level(ask)
        if asks_for_more(ask, level):
            return Turn(self.door.words.form(decision_form(level, dict(ask.memo))))
        change, seen = read_change(ask, level, self.door, visit), number_in(ask.memo.get("seen", ""))
        vouched = bool(ask.answers.get("vouched"))
        async with self.door.store.begin() as unit:
            row = await services.decide_level(
                unit, change, seen=seen, vouched=vouched, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await provider_page(self.door, unit, row.group_id, row.provider_id, visit))

    async def assure_form(self, ask: Ask, visit: Visit) -> Reply:
        group_id, provider_id = pair_in(ask.value)
        async with self.door.store.look() as unit:
            provider = await services.to_act(
                unit, group_id, provider_id, LevelAct.ASSURE, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            standing = await standing_level(unit, group_id, provider.key)
        day = Day("assured_on", required=False, initial=standing.assured_on if standing else None)
        memo = {"about": f"{group_id}.{provider.key}"}
        return Open(self.door.words.form(Form("surveillance.assure", (day,), memo)))

    async def assure(self, ask: Ask, visit: Visit) -> Reply:
        group_id, provider_id = pair_in(ask.memo.get("about", ""))
        async with self.door.store.begin() as unit:
            row = await services.note_assurance(
                unit,
                group_id,
                provider_id,
                day_in(ask, "assured_on"),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            return Turn(await provider_page(self.door, unit, group_id, row.provider_id, visit))

    async def _log(self, place: Place, view: LogView, number: str, visit: Visit) -> Form:
        viewer, today = visit.viewer, visit.today
        async with self.door.store.begin() as unit:
            log = await log_of(unit, place.group_id, viewer, today)
            _, missing = await without_level(unit, place.group_id, viewer, today, skip=0, limit=1)
            counts = {level.value: sum(one.level.level is level for one in log) for level in Level}
            wanted = [one for one in log if view in (LogView.ALL, one.level.level.value)]
            last = pages(missing if view is LogView.NEVER else len(wanted))
            page = page_meant(number, last)
            skip = (page - 1) * PAGE_SIZE
            never, _ = await without_level(unit, place.group_id, viewer, today, skip=skip, limit=PAGE_SIZE)
            record(
                unit,
                "surveillance log read",
                by=viewer,
                now=visit.now,
                subject=("group", place.group_id),
                group_id=place.group_id,
            )
        shown = wanted[skip : skip + PAGE_SIZE]
        none = view is not LogView.NEVER
        seen = LogPage(place, view, counts | {"never": missing}, shown, () if none else never, page, last)
        return messages.log_page(self.door.words, seen, today)


def place_of(visit: Visit, group_id: int) -> Place:
    """That group of theirs. Raises `NotFound`."""
    place = next((one for one in visit.viewer.groups if one.group_id == group_id), None)
    if place is None:
        raise NotFound(what="that log")
    return place


async def provider_page(door: Door, unit: Unit, group_id: int, provider_id: int, visit: Visit) -> Form:
    """The page of a provider's level in a group; the reading is logged. Raises `NotFound` and `Conflicted`."""
    place = place_of(visit, group_id)
    provider = await services.entry_of(unit, group_id, provider_id, visit.today)
    if await barred_from(unit, visit.viewer, [provider.key], visit.today):
        raise Conflicted
    standing = await standing_level(unit, group_id, provider.key)
    finder = standing.find_out_id if standing else None
    may = await services.acts_of(unit, group_id, provider.key, visit.viewer, visit.today, finder_id=finder)
    seen = await messages.gather(unit, place, provider, visit.viewer, may, door.rules, visit.today)
    about = ("provider", provider.key)
    record(unit, "surveillance read", by=visit.viewer, now=visit.now, subject=about, group_id=group_id)
    shown: list[Concern | Action] = [*(one.concern for one in seen.evidence), *(one.action for one in seen.actions)]
    record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where="surveillance.page")
    return messages.page(door.words, seen, visit.today)


async def holding(door: Door, unit: Unit, group_id: int, provider_id: int, visit: Visit) -> dict[str, str]:
    """What a form to decide carries of the level that stands: which decision it is, and whether it is held."""
    standing = await standing_level(unit, group_id, provider_id)
    until = held_until(standing.assured_on, door.rules.policy.levels.hold_months) if standing else None
    is_held = standing and standing.level is Level.ENHANCED and until and visit.today < until
    return {"seen": str(standing.key if standing else 0)} | ({"held": "1"} if is_held else {})


def read_change(ask: Ask, level: Level, door: Door, visit: Visit) -> LevelChange:
    """The decision form's answers as a typed change. Raises `NotFound` and `FormErrors`."""
    group_id, provider_id = pair_in(ask.memo.get("about", ""))
    return LevelChange(
        group_id,
        provider_id,
        level,
        str(ask.answers.get("level_reason") or ""),
        find_out_id=number_or_none(ask, "find_out"),
        find_out_by=day_in(ask, "find_out_by"),
        task=task_in(ask, level, door.words, visit.today),
        overridden=bool(ask.answers.get("override")),
    )
