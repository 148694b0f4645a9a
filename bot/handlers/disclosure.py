"""An originator's position on disclosing what it supplied: no objection, or an objection with a reason."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Form, Open, Option, Reply, Text, Turn
from bot.domain.handling import Viewer
from bot.handlers.door import Door, Visit
from bot.handlers.fields import number_in
from bot.messages import disclosure as messages
from bot.services import disclosure as services
from bot.services.disclosure import Answer
from bot.store.disclosure import Line
from bot.store.journal import record_shown

MOST = 100  # of a list to choose from; objecting to more than these is to all of them


@dataclass(frozen=True)
class DisclosureDesk:
    """The buttons of the message that asks."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["disclosure.agree"] = opens(self.agree)
        at.buttons["disclosure.object"] = opens(self.object_form)
        at.forms["disclosure.object"] = opens(self.object)

    async def agree(self, ask: Ask, visit: Visit) -> Reply:
        return await self._take(ask.value, Answer(objects=False), visit)

    async def object_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            lines = await services.find_positions(unit, number_in(ask.value), by=visit.viewer, today=visit.today)
            offered = [concern for concern, _ in lines]
            record_shown(unit, "shown", offered, by=visit.viewer, now=visit.now, where="disclosure.object")
        parts: tuple[Choice | Text, ...] = (
            *_choice(lines),
            Text("reason", 1000, multiline=True, initial=_reason(lines, visit.viewer)),
        )
        return Open(self.door.words.form(Form("disclosure.object", parts, {"disclosure": ask.value})))

    async def object(self, ask: Ask, visit: Visit) -> Reply:
        chosen = ask.answers.get("concerns")
        reason = str(ask.answers.get("reason") or "")
        answer = Answer(objects=True, to=chosen if isinstance(chosen, tuple) else (), reason=reason)
        return await self._take(ask.memo["disclosure"], answer, visit)

    async def _take(self, disclosure: str, answer: Answer, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            lines = await services.take_position(
                unit, number_in(disclosure), answer, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            # Written before it is saved: should the words fail, “nothing was changed” is true.
            return Turn(messages.answered(self.door.words, lines))


def _choice(lines: list[Line]) -> tuple[Choice, ...]:
    if not 1 < len(lines) <= MOST:
        return ()
    references = [concern.reference for concern, _ in lines]
    labels = tuple(Option(concern.reference, f"{concern.reference} {concern.headline}") for concern, _ in lines)
    return (Choice("concerns", labels, many=True, initial=tuple(references)),)


def _reason(lines: list[Line], viewer: Viewer) -> str:
    """What this person said before, to start from."""
    return next(
        (position.reason for _, position in lines if position.by_id == viewer.person_id and position.reason), ""
    )
