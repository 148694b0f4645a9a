"""Answers to a concern: to corroborate or contradict it, ask for more, hold it to be resolved; and what follows."""

from dataclasses import dataclass, replace
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Open, Reply, Text, Tick, Turn, Words
from bot.domain.answers import FROM_OTHERS, GRADED, AnswerDraft, AnswerHandling, AnswerKind, Grading
from bot.domain.concern import DETAILS_LIMIT
from bot.domain.terms import Directness, Lineage, Reliability
from bot.errors import NotFound
from bot.handlers.concern_form import DIRECTNESS, LINEAGE
from bot.handlers.door import Door, Visit
from bot.handlers.fields import blank, chosen_term
from bot.messages import answers as messages
from bot.services import answers as services
from bot.services.concerns import open_concern
from bot.services.intake import LookAgain
from bot.store.answers import answer_meant
from bot.store.concerns import SeenConcern
from bot.store.unit import Unit

KINDS = Choice("answer", blank(FROM_OTHERS), radio=True, tells=True)
TEXT = Text("text", DETAILS_LIMIT, multiline=True, required=False)
VOUCHED = Tick("vouched")


@dataclass(frozen=True)
class AnswerDesk:
    """What other organisations know of a concern, and what its originator adds."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["answer.open"] = opens(self.open)
        at.buttons["answer.begin"] = opens(self.begin)
        at.buttons["answer.add"] = opens(self.begin_adding)
        at.buttons["answer.take_back"] = opens(self.take_back)
        at.buttons["answer.conclude"] = opens(self.conclude)
        at.changes["answer"] = opens(self.change)
        at.forms["answer"] = opens(self.submit)
        at.forms["answer.add"] = opens(self.add)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await self._page(unit, ask.value, visit))

    async def begin(self, ask: Ask, visit: Visit) -> Reply:
        return Open(await self._begun(ask, visit))

    async def begin_adding(self, ask: Ask, visit: Visit) -> Reply:
        return Open(await self._begun(ask, visit, adding=True))

    async def change(self, ask: Ask, visit: Visit) -> Reply:
        """Ask only what the chosen answer needs, and say again who will see it."""
        async with self.door.store.look() as unit:
            return Turn(self._form(ask, visit, await self._answerable(unit, ask, visit)))

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        if _kind(ask) in GRADED and "lineage" not in ask.answers:  # sent quicker than the form could ask
            return await self.change(ask, visit)
        return await self._save(read_answer(ask, visit.today), ask, visit)

    async def add(self, ask: Ask, visit: Visit) -> Reply:
        return await self._save(_draft(ask, AnswerKind.ADDED), ask, visit)

    async def take_back(self, ask: Ask, visit: Visit) -> Reply:
        rules = self.door.rules
        async with self.door.store.begin() as unit:
            key = await answer_meant(unit, ask.value, visit.viewer, visit.today)
            concern = await services.take_back(unit, key, by=visit.viewer, now=visit.now, rules=rules)
            return Turn(await self._page(unit, concern.reference, visit, done="taken back"))

    async def conclude(self, ask: Ask, visit: Visit) -> Reply:
        rules = self.door.rules
        async with self.door.store.begin() as unit:
            key = await answer_meant(unit, ask.value, visit.viewer, visit.today)
            concern = await services.conclude(unit, key, by=visit.viewer, now=visit.now, rules=rules)
            return Turn(await self._page(unit, concern.reference, visit, done="concluded"))

    async def _begun(self, ask: Ask, visit: Visit, *, adding: bool = False) -> Form:
        """The form as it opens. To be told what it is about is to read it."""
        async with self.door.store.begin() as unit:
            ask = replace(ask, memo={"concern": ask.value})
            await self._answerable(unit, ask, visit, ours=adding)
            seen, _ = await open_concern(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return self._form(ask, visit, seen, adding=adding)

    async def _save(self, draft: AnswerDraft, ask: Ask, visit: Visit) -> Reply:
        """Save it and show it among the others; or show the form again when other people would see it than it said."""
        try:
            async with self.door.store.begin() as unit:
                by, now, rules = visit.viewer, visit.now, self.door.rules
                await services.give(unit, draft, by=by, key=ask.key, now=now, rules=rules)
                return Turn(await self._page(unit, draft.concern, visit, done="sent"))
        except LookAgain:
            async with self.door.store.look() as unit:
                adding = draft.kind is AnswerKind.ADDED
                seen = await self._answerable(unit, ask, visit, ours=adding)
                return Turn(self._form(ask, visit, seen, adding=adding))

    async def _answerable(self, unit: Unit, ask: Ask, visit: Visit, *, ours: bool = False) -> SeenConcern:
        by, now, rules = visit.viewer, visit.now, self.door.rules
        return await services.answerable(unit, ask.memo["concern"], ours=ours, by=by, now=now, rules=rules)

    async def _page(self, unit: Unit, reference: str, visit: Visit, *, done: str = "") -> Form:
        seen = await services.open_answers(unit, reference, by=visit.viewer, now=visit.now, rules=self.door.rules)
        ours = seen.concern.organisation_id == visit.viewer.organisation_id
        concludes = services.may_conclude(seen.concern, visit.viewer)
        return messages.reading(self.door.words, seen, ours=ours, concludes=concludes, done=done)

    def _form(self, ask: Ask, visit: Visit, seen: SeenConcern, *, adding: bool = False) -> Form:
        words, handling, shown = self.door.words, _handling(ask), services.readers_print(seen.concern)
        other = ask.memo.get("shown", shown) != shown
        above = Words(messages.before(words, seen, handling, visit.viewer.organisation, other=other))
        memo = {"concern": seen.concern.reference, "shown": shown}
        if adding:
            return words.form(Form("answer.add", (above, replace(TEXT, required=True), VOUCHED), memo))
        grading = _grading_fields(visit.today) if _kind(ask) in GRADED else ()
        return words.form(Form("answer", (above, KINDS, TEXT, *grading, _handling_field(), VOUCHED), memo))


def read_answer(ask: Ask, today: date) -> AnswerDraft:
    """What was sent. Raises `FormErrors` for a choice left open or not on its list."""
    kind = chosen_term(ask, "answer", AnswerKind)
    if kind not in FROM_OTHERS:
        raise NotFound(what=kind)
    event_on = ask.answers.get("event_on")
    grading = None
    if kind in GRADED:
        grading = Grading(
            chosen_term(ask, "lineage", Lineage),
            chosen_term(ask, "reliability", Reliability),
            chosen_term(ask, "directness", Directness),
            event_on if isinstance(event_on, date) else today,
        )
    return replace(_draft(ask, kind), handling=chosen_term(ask, "handling", AnswerHandling), grading=grading)


def _draft(ask: Ask, kind: AnswerKind) -> AnswerDraft:
    text, vouched = str(ask.answers.get("text") or ""), bool(ask.answers.get("vouched"))
    return AnswerDraft(ask.memo["concern"], kind, text, vouched=vouched, shown=ask.memo.get("shown", ""))


def _kind(ask: Ask) -> str:
    return str(ask.answers.get("answer") or "")


def _handling(ask: Ask) -> AnswerHandling:
    chosen = str(ask.answers.get("handling") or "")
    return AnswerHandling(chosen) if chosen in list(AnswerHandling) else AnswerHandling.READERS


def _handling_field() -> Choice:
    readers = (AnswerHandling.READERS,)
    return Choice("handling", blank(AnswerHandling), radio=True, initial=readers, tells=True)


def _grading_fields(today: date) -> tuple[Field, ...]:
    return (
        Choice("lineage", blank((*LINEAGE[:-1], Lineage.SAME_AS, Lineage.UNKNOWN)), initial=(Lineage.OWN,)),
        Choice("directness", blank(DIRECTNESS), initial=(Directness.INDIRECT,)),
        Choice("reliability", blank(Reliability), initial=(Reliability.UNTESTED,)),
        Day("event_on", initial=today),
    )
