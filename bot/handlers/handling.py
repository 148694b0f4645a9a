"""All of a concern's handling: who can see it, making it stricter, asking for the opposite, deciding such a request."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Field, Form, Offer, Open, Option, Reply, Search, Text, Turn
from bot.domain.handling import markings_open_to
from bot.domain.terms import Audience, HandlingKind, Marking
from bot.errors import FormErrors, NotFound
from bot.handlers.action import person_option
from bot.handlers.door import Door, Method, Visit
from bot.handlers.fields import OPTION_LIMIT, blank, chosen_term, options, several
from bot.messages import handling as messages
from bot.services import handling as services
from bot.services.handling import ChangeDraft
from bot.store.concerns import SeenConcern
from bot.store.handling import change_by_reference, colleagues, lines_to_take, shareable_organisations
from bot.store.people import find_people
from bot.store.unit import Unit

REASON = Text("reason", 1000, multiline=True)
WHOLE_GROUP = "group"
EITHER_OR = "Choose at least one here, or choose the whole group and leave this empty."


@dataclass(frozen=True)
class HandlingDesk:
    """Who may see a concern, and changing that."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["handling.open"] = opens(self.open)
        for kind in HandlingKind:
            if kind is not HandlingKind.ANNEXE:
                at.buttons[f"handling.{kind}"] = opens(self._form_for(kind))
                at.forms[f"handling.{kind}"] = opens(self._saving(kind))
        at.buttons["handling.request"] = opens(self.request)
        at.buttons["handling.agree"] = opens(self.agree)
        at.buttons["handling.decline"] = opens(self.decline_form)
        at.forms["handling.decline"] = opens(self.decline)
        at.searches["handling.reader"] = opens(self.search_readers)
        at.searches["handling.colleague"] = opens(self.search_colleagues)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            handling = await services.open_handling(
                unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Open(messages.reading(self.door.words, handling, self.door.rules))

    async def request(self, ask: Ask, visit: Visit) -> Reply:
        """A request as it stands, for whoever is to decide it."""
        async with self.door.store.look() as unit:
            return Open(await self._request(unit, ask.value, visit))

    async def agree(self, ask: Ask, visit: Visit) -> Reply:
        return await self._decided(ask.value, visit, agreed=True)

    async def decline_form(self, ask: Ask, visit: Visit) -> Reply:
        """Why not; or, of what is decided already, what became of it."""
        async with self.door.store.look() as unit:
            page = await self._request(unit, ask.value, visit)
            change = await change_by_reference(unit, ask.value)
        if change is None or change.decided_at:
            return Turn(page)
        form = Form("handling.decline", (Text("note", 500, multiline=True),), {"request": change.reference})
        return Open(self.door.words.form(form))

    async def decline(self, ask: Ask, visit: Visit) -> Reply:
        return await self._decided(ask.memo["request"], visit, agreed=False, note=str(ask.answers.get("note") or ""))

    async def search_readers(self, ask: Ask, visit: Visit) -> Reply:
        """Organisations of the network, and people of one's groups."""
        async with self.door.store.look() as unit:
            bodies = await shareable_organisations(unit, visit.today)
            people = await find_people(unit, ask.words, visit.viewer.group_ids, visit.today)
        words = ask.words.casefold()
        found = [
            Option(f"o:{one.key}", one.short_name, "Organisations")
            for one in bodies
            if words in f"{one.short_name} {one.name}".casefold()
        ]
        allowed = {one.key for one in bodies}
        found += [Option(f"p:{one.key}", one.name, "People") for one in people if one.organisation_id in allowed]
        return Offer(tuple(found[:100]))

    async def search_colleagues(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            found = await colleagues(unit, visit.viewer, ask.words, visit.today)
        return Offer(tuple(person_option(person) for person in found))

    def _form_for(self, kind: HandlingKind) -> Method:
        """The listener that opens the form for one kind of change, if this person may make or ask for it."""

        async def opened(ask: Ask, visit: Visit) -> Reply:
            async with self.door.store.look() as unit:
                seen = await services.may_change(
                    unit, ask.value, kind, by=visit.viewer, now=visit.now, rules=self.door.rules
                )
                parts = await self._parts(unit, kind, seen, visit)
            return Open(self.door.words.form(_form(kind, parts, seen.concern.reference)))

        return opened

    def _saving(self, kind: HandlingKind) -> Method:
        """The listener that reads the form for one kind of change and makes or asks for it."""

        async def saved(ask: Ask, visit: Visit) -> Reply:
            key = f"{ask.key}.{kind}"  # a form that stays open may ask for several kinds in turn
            async with self.door.store.begin() as unit:
                change = await services.ask_change(
                    unit, read_draft(ask, kind), by=visit.viewer, key=key, now=visit.now, rules=self.door.rules
                )
                # Written before it is saved: should the words fail, “nothing was changed” is true.
                return Turn(await messages.saved(unit, self.door.words, change, visit.viewer, self.door.rules))

        return saved

    async def _parts(self, unit: Unit, kind: HandlingKind, seen: SeenConcern, visit: Visit) -> tuple[Field, ...]:
        concern = seen.concern
        markings = Choice("marking", blank(markings_open_to(kind, concern.marking)), radio=True)
        reason = Text("reason", 1000, multiline=True, required=False)
        ours = concern.organisation_id == visit.viewer.organisation_id
        colleague = (Search("approver", "handling.colleague"),) if ours else ()
        match kind:
            case HandlingKind.NARROW:
                taking = tuple(
                    Option(value, label[:OPTION_LIMIT]) for value, label in await lines_to_take(unit, concern.key)
                )
                return Choice("readers", taking[:100], many=True), reason
            case HandlingKind.TIGHTEN:
                return markings, Search("readers", "person", many=True, required=False), reason
            case HandlingKind.LOOSEN:
                return markings, REASON, *colleague
            case HandlingKind.WIDEN:
                group = concern.audience is Audience.GROUP or concern.marking is Marking.RED
                whom = () if group else (Choice("whom", blank(("these", WHOLE_GROUP)), radio=True, initial=("these",)),)
                return *whom, Search("readers", "handling.reader", many=True, required=group), REASON, *colleague
            case HandlingKind.OVERRIDE:
                bases = Choice("legal_basis", options(self.door.rules.policy.legal_bases), radio=True)
                return Search("readers", "handling.reader", many=True), bases, REASON
            case _:
                return (REASON,)

    async def _decided(self, reference: str, visit: Visit, *, agreed: bool, note: str = "") -> Reply:
        async with self.door.store.begin() as unit:
            change = await services.decide(
                unit, reference, agreed=agreed, note=note, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            viewer, rules = visit.viewer, self.door.rules
            return Turn(await messages.request(unit, self.door.words, change, viewer, rules, visit.today))

    async def _request(self, unit: Unit, reference: str, visit: Visit) -> Form:
        change = await change_by_reference(unit, reference)
        if change is None or change.approver_id != visit.viewer.person_id:
            raise NotFound(what=reference)
        viewer, rules = visit.viewer, self.door.rules
        return await messages.request(unit, self.door.words, change, viewer, rules, visit.today)


def read_draft(ask: Ask, kind: HandlingKind) -> ChangeDraft:
    """The form's answers as a typed draft. Raises `FormErrors` for a choice left open."""
    chosen = several(ask.answers.get("readers"))
    approver = str(ask.answers.get("approver") or "")
    marking = kind in (HandlingKind.TIGHTEN, HandlingKind.LOOSEN)
    everybody = ask.answers.get("whom") == WHOLE_GROUP
    if kind is HandlingKind.WIDEN and everybody is bool(chosen):
        raise FormErrors({"readers": EITHER_OR})
    return ChangeDraft(
        concern=ask.memo["concern"],
        kind=kind,
        reason=str(ask.answers.get("reason") or ""),
        organisations=tuple(int(one[2:]) for one in chosen if one.startswith("o:")),
        people=tuple(int(one.removeprefix("p:")) for one in chosen if not one.startswith("o:")),
        marking=chosen_term(ask, "marking", Marking) if marking else None,
        legal_basis=str(ask.answers.get("legal_basis") or ""),
        approver_id=int(approver) if approver.isdecimal() else None,
    )


def _form(kind: HandlingKind, parts: tuple[Field, ...], reference: str) -> Form:
    memo = {"concern": reference}
    forms = {
        HandlingKind.NARROW: Form("handling.narrow", parts, memo),
        HandlingKind.TIGHTEN: Form("handling.tighten", parts, memo),
        HandlingKind.WITHDRAW: Form("handling.withdraw", parts, memo),
        HandlingKind.WIDEN: Form("handling.widen", parts, memo),
        HandlingKind.LOOSEN: Form("handling.loosen", parts, memo),
        HandlingKind.OVERRIDE: Form("handling.override", parts, memo),
    }
    return forms[kind]
