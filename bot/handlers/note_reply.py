"""What members say to the note of a meeting: that they agree, or what is to be changed."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Form, Open, Option, Reply, Say, Text, Tick, Turn
from bot.handlers.door import Door, Visit
from bot.handlers.fields import OPTION_LIMIT, number_in
from bot.services import note_agreeing as services
from bot.services.note_agreeing import COMMENT_LIMIT, Remark

WHOLE = "whole"
MOST = 99  # parts in the list, beside the note as a whole


@dataclass(frozen=True)
class NoteReplyDesk:
    """A note is agreed by the group, so that it is a collective reflection [003 §132]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["note_reply.agree"] = opens(self.agree)
        at.buttons["note_reply.comment"] = opens(self.comment_form)
        at.forms["note_reply.comment"] = opens(self.comment)

    async def agree(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            seen, news = await services.agree(
                unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Say(self.door.words.render("note_reply.answered", seen=seen, agrees=True, news=news))

    async def comment_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            seen = await services.answering(
                unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        parts = (Option(one.mark, one.heading[:OPTION_LIMIT]) for one in seen.parts[:MOST])
        fields = (
            Choice("part", (Option(WHOLE, ""), *parts), initial=(WHOLE,)),
            Text("text", COMMENT_LIMIT, multiline=True),
            Tick("vouched"),
        )
        return Open(self.door.words.form(Form("note_reply.comment", fields, {"note": ask.value})))

    async def comment(self, ask: Ask, visit: Visit) -> Reply:
        part = str(ask.answers.get("part") or WHOLE)
        text, vouched = str(ask.answers.get("text") or ""), bool(ask.answers.get("vouched"))
        remark = Remark(number_in(ask.memo["note"]), "" if part == WHOLE else part, text, vouched)
        async with self.door.store.begin() as unit:
            seen, news = await services.comment(unit, remark, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(self.door.words.page("note_reply.answered", seen=seen, agrees=False, news=news))
