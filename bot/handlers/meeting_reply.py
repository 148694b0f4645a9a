"""Who comes to a group's meeting: “I will come”, apologies and who comes instead, and the page of who comes."""

from dataclasses import dataclass
from datetime import datetime

from bot.chat.port import Ask, Form, Offer, Open, Option, Reply, Say, Search, Turn
from bot.handlers.action import person_option
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import OPTION_LIMIT, number_in
from bot.messages import meeting_replies as messages
from bot.services import meeting_replies as services
from bot.store.groups import next_meeting
from bot.store.meeting_replies import colleagues
from bot.store.people import people_by_id

DEPUTY = " – deputy"


@dataclass(frozen=True)
class MeetingReplyDesk:
    """An organisation sends one person as consistently as it can, and says who comes instead [003 §36, §40]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        self.door.topics["coming"] = self.coming
        at.buttons["meeting_reply.open"] = opens(self.open)
        at.buttons["meeting_reply.yes"] = opens(self.yes)
        at.buttons["meeting_reply.no"] = opens(self.no_form)
        at.forms["meeting_reply.no"] = opens(self.no)
        at.searches["meeting_reply.deputy"] = opens(self.search)

    async def coming(self, ask: Ask, visit: Visit) -> Reply:
        """`/soundings coming`, of the group's next meeting."""
        place = which_group(ask, ask.words, visit.viewer, command="/soundings coming")
        async with self.door.store.look() as unit:
            meeting = await next_meeting(unit, place.group_id, visit.now)
        if meeting is None:
            return Say(self.door.words.render("agenda.none", group=place.name))
        return await self._page(meeting.slug, visit)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        return await self._page(ask.value, visit)

    async def yes(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            noted = await services.say_coming(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Say(messages.answered(self.door.words, **vars(noted)))

    async def no_form(self, ask: Ask, visit: Visit) -> Reply:
        """Who comes instead? Whoever was named before is there already."""
        async with self.door.store.look() as unit:
            seen, said = await services.prepare(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            named = await people_by_id(unit, [said.deputy_id] if said and said.deputy_id else [])
        chosen = tuple(person_option(person) for person in named.values())
        field = Search("deputy", "meeting_reply.deputy", required=False, initial=chosen)
        memo = {"meeting": ask.value, "starts": seen.meeting.starts_at.isoformat()}
        return Open(self.door.words.form(Form("meeting_reply.no", (field,), memo)))

    async def no(self, ask: Ask, visit: Visit) -> Reply:
        chosen = str(ask.answers.get("deputy") or "")
        async with self.door.store.begin() as unit:
            noted = await services.send_apologies(
                unit,
                ask.memo["meeting"],
                number_in(chosen) if chosen else None,
                starts_at=datetime.fromisoformat(ask.memo["starts"]),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            return Turn(messages.answered_page(self.door.words, **vars(noted)))

    async def search(self, ask: Ask, visit: Visit) -> Reply:
        """Colleagues who may come instead, deputies first."""
        viewer = visit.viewer
        async with self.door.store.look() as unit:
            found = await colleagues(unit, ask.words, viewer.organisation_id, viewer.group_ids, visit.today)
        others = [(person, deputy) for person, deputy in found if person.key != viewer.person_id]
        return Offer(tuple(_option(person_option(person), deputy=deputy) for person, deputy in others))

    async def _page(self, slug: str, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            seen = await services.open_meeting(unit, slug, by=visit.viewer, now=visit.now, rules=self.door.rules)
            words = self.door.words
            return Open(await messages.page(unit, words, seen, visit.viewer, visit.now, visit.today))


def _option(option: Option, *, deputy: bool) -> Option:
    """With “deputy” after it, shortened before that is."""
    return Option(option.value, option.label[: OPTION_LIMIT - len(DEPUTY)] + DEPUTY) if deputy else option
