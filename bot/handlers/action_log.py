"""A group's action log as a whole: a page at a time, filtered; several closed or changed at once; the spreadsheet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Open, Option, Reply, Say, Search, Text, Turn
from bot.domain.action_log import LogFilter, LogStatus, page_meant, pages, read_filter
from bot.domain.handling import Place
from bot.domain.terms import ActionState
from bot.errors import FormErrors, NotYours
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import blank, chosen_number, number_in, options, several
from bot.messages import action_log as messages
from bot.messages.action_log import LogPage
from bot.services import action_log as services
from bot.services.action_log import Moved, place_of
from bot.store.action_log import filter_names, log_counts, log_page, owning_bodies
from bot.store.actions import SeenAction
from bot.store.journal import record_shown

WORDS = 100


@dataclass(frozen=True)
class ActionLogDesk:
    """The log of one group [003 Annex D]. What is asked for travels in the form's memo."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["action.log.page"] = opens(self.turn)
        at.forms["action.log"] = opens(self.together)
        at.buttons["action.log.filter"] = opens(self.filter_form)
        at.forms["action.log.filter"] = opens(self.filter)
        at.forms["action.log.change"] = opens(self.change)
        at.buttons["action.log.export"] = opens(self.export)

    async def command(self, verb: str, ask: Ask, words: str, visit: Visit) -> Reply:
        """`/action group` opens the log, `/action export` sends it."""
        place = which_group(ask, words, visit.viewer, command=f"/action {verb}")
        if verb == "group":
            return Open(await self._page(LogFilter(place.group_id), "1", visit))
        return Say(self.door.words.render("action_log.asked", place=await self._send(place.group_id, visit)))

    async def turn(self, ask: Ask, visit: Visit) -> Reply:
        return Turn(await self._page(_wanted(ask), ask.value, visit))

    async def export(self, ask: Ask, visit: Visit) -> Reply:
        place = await self._send(_wanted(ask).group_id, visit)
        return Open(self.door.words.page("action_log.asked", place=place))

    async def filter_form(self, ask: Ask, visit: Visit) -> Reply:
        wanted = _wanted(ask)
        place_of(visit.viewer, wanted.group_id)
        async with self.door.store.look() as unit:
            bodies = await owning_bodies(unit, wanted.group_id, visit.viewer, visit.today)
            names = await filter_names(unit, wanted)
        known = {str(body.key): body.short_name for body in bodies}
        return Turn(self.door.words.form(Form("action.log.filter", _fields(wanted, known, names), wanted.as_memo())))

    async def filter(self, ask: Ask, visit: Visit) -> Reply:
        answers = {name: str(value) for name, value in ask.answers.items() if isinstance(value, str)}
        wanted = read_filter(answers | {"words": answers.get("words", "").strip()[:WORDS]}, _wanted(ask).group_id)
        due = ask.answers.get("due_before")
        return Turn(await self._page(replace(wanted, due_before=due if isinstance(due, date) else None), "1", visit))

    async def together(self, ask: Ask, visit: Visit) -> Reply:
        """What is to be done with those ticked: closed at once, or changed with a form."""
        wanted = _wanted(ask)
        if not visit.viewer.runs(wanted.group_id):
            raise NotYours(who="the chair or the secretariat of the group")
        # A platform may still hold what was ticked on another page, which nobody sees any more.
        shown = ask.memo.get("shown", "").split()
        chosen = tuple(one for one in several(ask.answers.get("chosen")) if one.partition(":")[0] in shown)
        if not chosen:
            raise FormErrors({"chosen": "Tick at least one."})
        if ask.answers.get("what") == "change":
            return Turn(self._change_form(wanted, chosen))
        if ask.answers.get("what") != "close":
            raise FormErrors({"what": "Choose what to do with them."})
        async with self.door.store.begin() as unit:
            became = await services.close_together(
                unit, list(_versions(chosen)), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            # Written before it is saved: should the words fail, “nothing was changed” is true.
            return Turn(replace(messages.became(self.door.words, became), memo=wanted.as_memo()))

    async def change(self, ask: Ask, visit: Visit) -> Reply:
        due_on = ask.answers.get("due_on")
        to = Moved(
            due_on if isinstance(due_on, date) else None,
            chosen_number(ask, "owner") if ask.answers.get("owner") else None,
            str(ask.answers.get("reason") or ""),
        )
        async with self.door.store.begin() as unit:
            became = await services.change_together(
                unit,
                _versions(ask.memo["chosen"].split()),
                to,
                by=visit.viewer,
                key=ask.key,
                now=visit.now,
                rules=self.door.rules,
            )
            return Turn(replace(messages.became(self.door.words, became), memo=_wanted(ask).as_memo()))

    def _change_form(self, wanted: LogFilter, chosen: tuple[str, ...]) -> Form:
        parts = (
            Day("due_on", required=False),
            Search("owner", "person", required=False),
            Text("reason", 500, multiline=True),
        )
        memo = {**wanted.as_memo(), "chosen": " ".join(chosen)}
        return self.door.words.form(Form("action.log.change", parts, memo))

    async def _send(self, group_id: int, visit: Visit) -> Place:
        async with self.door.store.begin() as unit:
            await services.ask_for_log(unit, group_id, by=visit.viewer, now=visit.now)
        return place_of(visit.viewer, group_id)

    async def _page(self, wanted: LogFilter, number: str, visit: Visit) -> Form:
        """The page meant, or the nearest there is; those who run the group can tick what is on it."""
        viewer, today = visit.viewer, visit.today
        place = place_of(viewer, wanted.group_id)
        async with self.door.store.begin() as unit:
            counts = await log_counts(unit, wanted, viewer, today)
            page = page_meant(number, pages(counts.of(wanted.status)))
            lines = await log_page(unit, wanted, viewer, today, page)
            seen = LogPage(place, wanted, await filter_names(unit, wanted), counts, lines, page)
            record_shown(unit, "shown", [one.action for one in lines], by=viewer, now=visit.now, where="action.group")
        read = messages.page(self.door.words, seen, viewer, today)
        ticks = tuple(_tick(one) for one in lines if one.action.state is not ActionState.CLOSED)
        if not ticks or not viewer.runs(wanted.group_id):
            return replace(read, memo=wanted.as_memo())
        parts = (
            *read.parts,
            Choice("chosen", ticks, many=True, radio=True, required=False),
            Choice("what", blank(("close", "change")), radio=True, required=False),
        )
        memo = {**wanted.as_memo(), "shown": " ".join(one.action.reference for one in lines)}
        return self.door.words.form(Form("action.log", parts, memo, title=read.title))


def _tick(one: SeenAction) -> Option:
    """An action to be ticked, with the version that was seen."""
    return Option(f"{one.action.reference}:{one.action.version}", f"{one.action.reference}: {one.action.issue}")


def _versions(chosen: tuple[str, ...] | list[str]) -> dict[str, int]:
    """The actions that were ticked, each with the version that was seen. Raises `NotFound` for what is not ours."""
    pairs = (each.partition(":") for each in chosen)
    return {reference: number_in(version) for reference, _, version in pairs}


def _wanted(ask: Ask) -> LogFilter:
    """What the form they are in asks for. Raises `NotFound` for a form that is not of the log."""
    return read_filter(ask.memo, number_in(ask.memo.get("group", "")))


def _fields(wanted: LogFilter, bodies: Mapping[str, str], names: Mapping[str, str]) -> tuple[Field, ...]:
    """The filter's form, with what is asked for now in it."""

    def found(field: str, key: int | None) -> tuple[Option, ...]:
        return (Option(str(key), names[field]),) if names[field] else ()

    of_bodies = (Choice("organisation", options(bodies), required=False, initial=_chosen(wanted.organisation_id)),)
    return (
        Choice("status", blank(LogStatus), initial=(wanted.status,)),
        Search("owner", "person", required=False, initial=found("owner", wanted.owner_id)),
        *(of_bodies if bodies else ()),
        Search("provider", "provider", required=False, initial=found("provider", wanted.provider_id)),
        Choice("priority", blank("123"), required=False, initial=_chosen(wanted.priority)),
        Day("due_before", required=False, initial=wanted.due_before),
        Text("words", WORDS, required=False, initial=wanted.words),
    )


def _chosen(value: int | None) -> tuple[str, ...]:
    return () if value is None else (str(value),)
