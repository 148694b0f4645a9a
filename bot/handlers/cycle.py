"""`/soundings cycle`: whose turn has come, what each meeting of the year will look at, and themes to suggest."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Form, Message, Open, Option, Reply, Say, Text
from bot.domain.meetings import short_day
from bot.errors import FormErrors, NotFound
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import chosen_number, number_in, options
from bot.messages import cycle as messages
from bot.messages.meetings import horizon
from bot.services import cycle as services
from bot.store.groups import group_by_id
from bot.store.journal import record
from bot.store.meetings import coming
from bot.store.tables import Group, Meeting
from bot.store.unit import Unit


@dataclass(frozen=True)
class CycleDesk:
    """A group's business cycle [003 §95]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        self.door.topics["cycle"] = self.show
        at.buttons["cycle.plan"] = opens(self.send)
        at.buttons["cycle.suggest"] = opens(self.suggest_form)
        at.forms["cycle.suggest"] = opens(self.suggest)
        at.buttons["cycle.theme"] = opens(self.theme_form)
        at.forms["cycle.theme"] = opens(self.plan)
        at.buttons["cycle.decline"] = opens(self.decline_form)
        at.forms["cycle.decline"] = opens(self.decline)

    async def show(self, ask: Ask, visit: Visit) -> Reply:
        place = which_group(ask, ask.words, visit.viewer, command="/soundings cycle")
        async with self.door.store.begin() as unit:
            group = await self._group(unit, place.slug, visit)
            record(unit, "cycle read", by=visit.viewer, now=visit.now, group_id=group.key)
            return Say(await self._overview(unit, group, visit))

    async def send(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            group = await self._group(unit, ask.value, visit)
            await services.send_plan(unit, group, by=visit.viewer, now=visit.now)
        return Say(self.door.words.render("cycle.asked", group=group))

    async def suggest_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            group = await self._group(unit, ask.value, visit)
        parts = (Choice("theme", options(self.door.rules.policy.themes)), Text("title", 150))
        return Open(self.door.words.form(Form("cycle.suggest", parts, {"group": group.slug, "opened": ask.key})))

    async def suggest(self, ask: Ask, visit: Visit) -> Reply:
        theme, title = (str(ask.answers.get(field) or "") for field in ("theme", "title"))
        async with self.door.store.begin() as unit:
            group = await self._group(unit, ask.memo["group"], visit)
            await services.suggest_theme(
                unit,
                group.key,
                theme,
                title,
                by=visit.viewer,
                key=ask.memo["opened"],
                now=visit.now,
                rules=self.door.rules,
            )
            return Say(await self._overview(unit, group, visit))

    async def theme_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            theme = await services.to_decide(unit, number_in(ask.value), by=visit.viewer)
            until = horizon(visit.now, self.door.rules.calendar)
            planned = await coming(unit, [theme.group_id], visit.now, until)
        if not planned:
            raise FormErrors({"": "No meeting is planned. Add one with /meeting add."})
        days = tuple(Option(str(one.key), f"{self._day(one)} ({one.slug})") for one in planned)
        chosen = (str(theme.meeting_id),) if theme.meeting_id in {one.key for one in planned} else ()
        parts = (Choice("meeting", days, initial=chosen or (days[0].value,)),)
        return Open(self.door.words.form(Form("cycle.theme", parts, {"theme": ask.value})))

    async def plan(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            key, meeting = number_in(ask.memo["theme"]), chosen_number(ask, "meeting")
            theme = await services.plan_theme(unit, key, meeting, by=visit.viewer, now=visit.now)
            return Say(await self._overview(unit, await unit.get(Group, theme.group_id), visit))

    async def decline_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            await services.to_decide(unit, number_in(ask.value), by=visit.viewer)
        parts = (Text("answer", 500, multiline=True),)
        return Open(self.door.words.form(Form("cycle.decline", parts, {"theme": ask.value})))

    async def decline(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            key, answer = number_in(ask.memo["theme"]), str(ask.answers.get("answer") or "")
            theme = await services.decline_theme(unit, key, answer, by=visit.viewer, now=visit.now)
            return Say(await self._overview(unit, await unit.get(Group, theme.group_id), visit))

    async def _group(self, unit: Unit, slug: str, visit: Visit) -> Group:
        """The group of that name, if they belong to it. Raises `NotFound`."""
        key = next((place.group_id for place in visit.viewer.groups if place.slug == slug), None)
        group = await group_by_id(unit, key, visit.today) if key else None
        if group is None:
            raise NotFound(what=slug)
        return group

    async def _overview(self, unit: Unit, group: Group, visit: Visit) -> Message:
        cycle = await messages.cycle_of(unit, group, visit.viewer, now=visit.now, rules=self.door.rules)
        return messages.overview(self.door.words, cycle, visit.viewer)

    def _day(self, meeting: Meeting) -> str:
        return short_day(self.door.rules.today(meeting.starts_at))
