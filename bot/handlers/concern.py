"""All of `/concern`: the form, reading it, saving it, opening one, and one's own list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.chat.port import (
    Ask,
    Choice,
    Day,
    Field,
    Form,
    Offer,
    Open,
    Option,
    Reply,
    Say,
    Search,
    Text,
    Tick,
    Turn,
    Words,
)
from bot.domain.concern import DETAILS_LIMIT, HEADLINE_LIMIT, Draft
from bot.domain.handling import Viewer
from bot.domain.terms import Audience, Directness, Lineage, Marking, Urgency, Wanted
from bot.errors import FormErrors, NoGroup
from bot.handlers.door import Door, Visit
from bot.messages import concerns as messages
from bot.services.concerns import match_provider, open_concern, raise_concern
from bot.store.concerns import fates, raised_by, visible_concern
from bot.store.people import find_people, group_members
from bot.store.providers import find_providers
from bot.store.tables import Provider
from bot.store.unit import Unit

DIRECTNESS = (Directness.SEEN, Directness.INDIRECT, Directness.NOT_KNOWN)
MANY = 30
LINEAGE = (Lineage.OWN, Lineage.TOLD, Lineage.MEDIA, Lineage.MEETING, Lineage.UNKNOWN)


@dataclass(frozen=True)
class ConcernDesk:
    """Soft intelligence comes in here."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.commands["concern"] = opens(self.command)
        at.shortcuts["concern.new"] = opens(self.form)
        at.shortcuts["concern.from_message"] = opens(self.form)
        at.forms["concern"] = opens(self.submit)
        at.forms["concern.match"] = opens(self.match)
        at.buttons["concern.new"] = opens(self.form)
        at.buttons["concern.open"] = opens(self.open)
        at.buttons["concern.match"] = opens(self.match_form)
        at.searches["provider"] = opens(self.search_providers)
        at.searches["reader"] = opens(self.search_readers)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        match ask.words.strip().casefold():
            case "help":
                return Say(self.door.words.render("help.concern"))
            case "mine":
                return await self.mine(ask, visit)
            case _:
                return await self.form(ask, visit)

    async def form(self, ask: Ask, visit: Visit) -> Reply:
        """The form, with what was typed or quoted already in it."""
        if not visit.viewer.groups:
            raise NoGroup
        async with self.door.store.look() as unit:
            found = await find_providers(unit, ask.words, limit=MANY) if ask.words.strip() else []
        typed = ask.words.strip() if not found else ""
        details = ask.quoted.text if ask.quoted else ""
        parts = self._parts(ask, visit, found, typed=typed, details=details)
        return Open(self.door.words.form(Form("concern", (*self._warning(visit), *parts))))

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        """Save it, then say so: the reference, and exactly who can now see it."""
        draft = read_draft(ask, visit.today)
        async with self.door.store.begin() as unit:
            raised = await raise_concern(
                unit, draft, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules
            )
            seen = await visible_concern(unit, raised.concern.reference, visit.viewer, visit.today)
            # Written before it is saved: should the words fail, “nothing was changed” is true.
            if seen is None:
                return Say(self.door.words.render("concern.hidden", reference=raised.concern.reference))
            return Turn(messages.thanks(self.door.words, seen, raised.readers, self.door.rules))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            seen, readers = await open_concern(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Open(messages.reading(self.door.words, seen, readers, self.door.rules, visit.viewer))

    async def mine(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.look() as unit:
            found = await raised_by(unit, visit.viewer, visit.today)
            became = await fates(unit, [one.concern.key for one in found])
        return Say(messages.mine(self.door.words, found, became, self.door.rules))

    async def match_form(self, ask: Ask, visit: Visit) -> Reply:
        """For a provider that somebody named and the directory does not have under that name."""
        async with self.door.store.begin() as unit:
            seen, _ = await open_concern(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
        form = Form("concern.match", (Search("provider", "provider"),), {"concern": seen.concern.reference})
        return Open(self.door.words.form(form))

    async def match(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            await match_provider(
                unit,
                ask.memo["concern"],
                chosen_number(ask, "provider"),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
            )
            seen, readers = await open_concern(
                unit, ask.memo["concern"], by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(messages.reading(self.door.words, seen, readers, self.door.rules, visit.viewer))

    async def search_providers(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.look() as unit:
            return Offer(tuple(provider_option(one) for one in await find_providers(unit, ask.words, limit=MANY)))

    async def search_readers(self, ask: Ask, visit: Visit) -> Reply:
        """Organisations and people of one's groups, for “only these”."""
        async with self.door.store.look() as unit:
            options = await _reader_options(unit, ask.words, visit.viewer, visit.today)
        return Offer(tuple(options))

    def _warning(self, visit: Visit) -> tuple[Words, ...]:
        """Said before anything is typed: a channel in which nobody would be told."""
        missing = [place.name for place in visit.viewer.groups if place.channel_missing]
        return (Words(self.door.words.render("concern.no_channel", groups=missing)),) if missing else ()

    def _parts(
        self, ask: Ask, visit: Visit, found: Sequence[Provider], *, typed: str, details: str
    ) -> tuple[Field, ...]:
        policy = self.door.rules.policy
        groups = tuple(Option(str(place.group_id), place.name) for place in visit.viewer.groups)
        here = tuple(str(p.group_id) for p in visit.viewer.groups if p.channel and p.channel == ask.channel)
        return (
            Search("provider", "provider", required=False, initial=_meant(found)),
            Text("provider_named", 200, required=False, initial=typed),
            Tick("across"),
            Text("headline", HEADLINE_LIMIT),
            Text("details", DETAILS_LIMIT, multiline=True, required=False, initial=details[:DETAILS_LIMIT]),
            Tick("verbal_only"),
            Choice("theme", options(policy.themes)),
            Choice("source", options(policy.sources)),
            Choice("directness", blank(DIRECTNESS), initial=(Directness.INDIRECT,)),
            Choice("lineage", blank(LINEAGE), initial=(Lineage.OWN,)),
            Choice("urgency", blank(Urgency), radio=True, initial=(Urgency.ROUTINE,)),
            Choice("wanted", blank(Wanted), radio=True, initial=(Wanted.DISCUSSION,)),
            Choice("group", groups, initial=here or (groups[0].value,)),
            Choice("audience", blank(Audience), radio=True, initial=(Audience.GROUP,)),
            Search("chosen", "reader", many=True, required=False),
            Choice("marking", blank(Marking), initial=(Marking.AMBER_STRICT,)),
            Tick("unattributed"),
            Day("event_on", initial=visit.today),
        )


def read_draft(ask: Ask, today: date) -> Draft:
    """The form's answers as a typed draft. Raises `FormErrors` for a choice left open or not on its list."""
    answers = ask.answers
    chosen = [str(one) for one in _several(answers.get("chosen"))]
    provider = answers.get("provider")
    event_on = answers.get("event_on")
    return Draft(
        group_id=chosen_number(ask, "group"),
        headline=str(answers.get("headline") or ""),
        details=str(answers.get("details") or ""),
        theme=str(answers.get("theme") or ""),
        source=str(answers.get("source") or ""),
        directness=chosen_term(ask, "directness", Directness),
        lineage=chosen_term(ask, "lineage", Lineage),
        urgency=chosen_term(ask, "urgency", Urgency),
        wanted=chosen_term(ask, "wanted", Wanted),
        audience=chosen_term(ask, "audience", Audience),
        marking=chosen_term(ask, "marking", Marking),
        event_on=event_on if isinstance(event_on, date) else today,
        provider_id=int(str(provider)) if provider else None,
        provider_named=str(answers.get("provider_named") or ""),
        across_providers=bool(answers.get("across")),
        organisations=tuple(int(one[2:]) for one in chosen if one.startswith("o:")),
        people=tuple(int(one[2:]) for one in chosen if one.startswith("p:")),
        attributed=not answers.get("unattributed"),
        verbal_only=bool(answers.get("verbal_only")),
    )


def chosen_number(ask: Ask, field: str) -> int:
    """The row number somebody chose. Raises `FormErrors` if they left it open."""
    answer = str(ask.answers.get(field) or "")
    if not answer.isdecimal():
        raise FormErrors({field: "Choose one from the list."})
    return int(answer)


def chosen_term(ask: Ask, field: str, terms: Any) -> Any:
    """The term somebody chose from a closed list. Raises `FormErrors` if they left it open."""
    answer = str(ask.answers.get(field) or "")
    if answer not in list(terms):
        raise FormErrors({field: "Choose one from the list."})
    return terms(answer)


def options(labels: Any) -> tuple[Option, ...]:
    return tuple(Option(key, label) for key, label in labels.items())


def blank(terms: Any) -> tuple[Option, ...]:
    """Options whose labels come from the form's words."""
    return tuple(Option(str(term), "") for term in terms)


def provider_option(provider: Provider) -> Option:
    place = f" – {provider.town}" if provider.town else ""
    room = 75 - len(f"{place} ({provider.code})")
    name = provider.name if len(provider.name) <= room else provider.name[: room - 1] + "…"
    return Option(str(provider.key), f"{name}{place} ({provider.code})")


async def _reader_options(unit: Unit, words: str, viewer: Viewer, today: date) -> list[Option]:
    organisations: dict[int, Option] = {}
    for place in viewer.groups:
        for one in await group_members(unit, place.group_id, today):
            if words.casefold() in f"{one.short_name} {one.name}".casefold():
                organisations[one.key] = Option(f"o:{one.key}", one.short_name, "Organisations")
    people = await find_people(unit, words, viewer.group_ids, today)
    named = [Option(f"p:{person.key}", person.name, "People") for person in people]
    return [*organisations.values(), *named][:100]


def _meant(found: Sequence[Provider]) -> tuple[Option, ...]:
    """The provider the words mean: the one match, or the one whose sites all the others are. Never guessed."""
    if len(found) == MANY:  # there may be others
        return ()
    meant = [one for one in found if all(other is one or other.parent_id == one.id for other in found)]
    return tuple(provider_option(one) for one in meant[:1])


def _several(answer: object) -> tuple[str, ...]:
    return answer if isinstance(answer, tuple) else ()
