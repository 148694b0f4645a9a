"""All of `/escalate`: choosing a concern and whom to ask; and, for those asked, opening, acknowledging, answering."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Form, Open, Option, Reply, Say, Text, Turn
from bot.domain.escalation import Outcome
from bot.domain.policy import Category
from bot.domain.terms import OrganisationKind, Wanted
from bot.errors import NotFound, NotUnderstood
from bot.handlers.door import Door, Visit
from bot.handlers.fields import blank, chosen_term
from bot.messages import escalations as messages
from bot.services import escalations as services
from bot.services.escalations import EscalationDraft
from bot.store.concerns import recently_visible, visible_concern
from bot.store.escalations import grid
from bot.store.journal import record_shown
from bot.store.tables import Organisation
from bot.store.unit import Unit

ASKABLE = (Wanted.ACTION, Wanted.INFORMATION)


@dataclass(frozen=True)
class EscalationDesk:
    """The emerging concerns protocol, from both ends."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["escalate"] = opens(self.command)
        at.buttons["concern.escalate"] = opens(self.begin)
        at.forms["escalation.begin"] = opens(self.choose)
        at.forms["escalation"] = opens(self.submit)
        at.buttons["escalation.open"] = opens(self.open)
        at.buttons["escalation.acknowledge"] = opens(self.acknowledge)
        at.buttons["escalation.answer"] = opens(self.answer_form)
        at.forms["escalation.answer"] = opens(self.answer)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        words = ask.words.strip()
        if words.casefold() == "help":
            return Say(self.door.words.render("help.escalate"))
        if words.upper().startswith("E-"):
            return await self._open(words, visit)
        if words and not words.upper().startswith("C-"):
            raise NotUnderstood(words=words, command="/escalate")
        return await self._begin(words, visit)

    async def begin(self, ask: Ask, visit: Visit) -> Reply:
        return await self._begin(ask.value, visit)

    async def choose(self, ask: Ask, visit: Visit) -> Reply:
        """The category is known: propose organisations for it, and let the person choose."""
        category = str(ask.answers.get("category") or "")
        reference = str(ask.answers.get("concern") or ask.memo.get("concern", ""))
        async with self.door.store.look() as unit:
            parts = await self._parts(unit, self.door.rules.policy.categories[category], visit)
        memo = {"concern": reference, "category": category}
        return Turn(self.door.words.form(Form("escalation", parts, memo)))

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        draft = read_draft(ask)
        async with self.door.store.begin() as unit:
            escalation = await services.start_escalation(
                unit, draft, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules
            )
            # Written before it is saved: should the words fail, “nothing was changed” is true.
            return Turn(messages.thanks(self.door.words, escalation, await grid(unit, escalation.key)))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        return await self._open(ask.value, visit)

    async def acknowledge(self, ask: Ask, visit: Visit) -> Reply:
        """Said once for the organisation; again, or by a second deputy, it just shows where things stand."""
        async with self.door.store.begin() as unit:
            await services.acknowledge(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, ask.value, visit))

    async def answer_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            opened = await services.open_escalation(
                unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        if opened.mine is None or opened.mine.responded_at:
            return Turn(messages.reading(self.door.words, opened, self.door.rules))
        parts = (
            Choice("outcome", blank(Outcome), radio=True),
            Text("reason", 3000, multiline=True, required=False),
        )
        return Open(self.door.words.form(Form("escalation.answer", parts, {"escalation": ask.value})))

    async def answer(self, ask: Ask, visit: Visit) -> Reply:
        outcome = chosen_term(ask, "outcome", Outcome)
        reason = str(ask.answers.get("reason") or "")
        reference = ask.memo["escalation"]
        async with self.door.store.begin() as unit:
            await services.respond(
                unit, reference, outcome, reason, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._page(unit, reference, visit))

    async def _begin(self, reference: str, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            if reference:
                known = await visible_concern(unit, reference, visit.viewer, visit.today)
                concerns = [known] if known else []
            else:
                concerns = await recently_visible(unit, visit.viewer, visit.today)
            offered = [one.concern for one in concerns]
            record_shown(unit, "shown", offered, by=visit.viewer, now=visit.now, where="escalation.begin")
        if reference and not concerns:
            raise NotFound(what=reference)
        if not concerns:
            return Say(messages.nothing_to_escalate(self.door.words))
        labels = tuple(
            Option(one.concern.reference, f"{one.concern.reference} {one.provider}: {one.concern.headline}")
            for one in concerns
        )
        categories = self.door.rules.policy.categories
        first = (labels[0].value,) if reference else ()
        parts = (
            Choice("concern", labels, initial=first),
            Choice("category", tuple(Option(key, one.label) for key, one in categories.items()), radio=True),
        )
        return Open(self.door.words.form(Form("escalation.begin", parts)))

    async def _parts(self, unit: Unit, category: Category, visit: Visit) -> tuple[Choice | Text, ...]:
        addressable = await services.addressable(unit, visit.viewer, visit.today)
        proposed = tuple(str(one.key) for one in addressable if _proposed(one, category))
        sponsors = tuple(Option(str(one.key), one.short_name) for one in addressable if one.signed(visit.today))
        parts: tuple[Choice | Text, ...] = (
            Choice(
                "organisations",
                tuple(Option(str(one.key), f"{one.short_name} ({one.protocol_status})") for one in addressable),
                many=True,
                initial=proposed,
            ),
            Choice("wanted", blank(ASKABLE), radio=True, initial=(Wanted.ACTION,)),
            Text("question", 1500, multiline=True, required=False),
        )
        if await services.needs_sponsor(unit, visit.viewer, visit.today):
            parts = (*parts, Choice("sponsor", sponsors))
        return parts

    async def _open(self, reference: str, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Open(await self._page(unit, reference, visit))

    async def _page(self, unit: Unit, reference: str, visit: Visit) -> Form:
        opened = await services.open_escalation(unit, reference, by=visit.viewer, now=visit.now, rules=self.door.rules)
        return messages.reading(self.door.words, opened, self.door.rules)


def read_draft(ask: Ask) -> EscalationDraft:
    """The form's answers as a typed draft."""
    chosen = ask.answers.get("organisations")
    sponsor = ask.answers.get("sponsor")
    return EscalationDraft(
        concern=ask.memo["concern"],
        category=ask.memo["category"],
        organisations=tuple(int(one) for one in chosen) if isinstance(chosen, tuple) else (),
        wanted=chosen_term(ask, "wanted", Wanted),
        question=str(ask.answers.get("question") or ""),
        sponsor_id=int(str(sponsor)) if sponsor else None,
    )


def _proposed(organisation: Organisation, category: Category) -> bool:
    return OrganisationKind(organisation.kind) in category.proposes
