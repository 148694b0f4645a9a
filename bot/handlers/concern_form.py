"""The concern form: what it opens with, what it says while it is filled in, and reading it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Message, Option, Search, Text, Tick, Words
from bot.domain.concern import DETAILS_LIMIT, HEADLINE_LIMIT, Draft
from bot.domain.identifiers import Finding, fingerprint
from bot.domain.policy import Policy
from bot.domain.terms import Audience, Directness, Lineage, Marking, Urgency, Wanted
from bot.errors import FormErrors, NoGroup
from bot.handlers.door import Door, Visit
from bot.handlers.fields import as_opened, blank, chosen_number, chosen_term, options, provider_option, several
from bot.messages import intake as messages
from bot.services.concerns import who_will_see
from bot.services.intake import ANNEXES, Intake, LookAgain, counted, findings_in, shown_as
from bot.store.tables import Provider
from bot.store.unit import Unit

DIRECTNESS = (Directness.SEEN, Directness.INDIRECT, Directness.NOT_KNOWN)
LINEAGE = (Lineage.OWN, Lineage.TOLD, Lineage.MEDIA, Lineage.MEETING, Lineage.UNKNOWN)
ANNEXE_LIMIT = 2000  # characters of each part of the annexe (ours)
MANY = 30
AS_IS = "as_is"
Fields = tuple[Field, ...]


@dataclass(frozen=True)
class Start:
    """What a form opens with: providers that the words meant, words that meant none, and a message quoted."""

    providers: Sequence[Provider] = ()
    typed: str = ""
    details: str = ""


@dataclass(frozen=True)
class ConcernForm:
    """The form, drawn up afresh whenever it opens, something in it changes, or it has to be looked at again."""

    door: Door

    async def opened(self, unit: Unit, ask: Ask, visit: Visit, start: Start) -> Form:
        """As it opens. Raises `NoGroup`."""
        above, below = self._fields(unit, ask, visit, start)
        untouched = replace(ask, answers=as_opened((*above, *below)))
        return await self._drawn(unit, untouched, visit, (above, below), None)

    async def changed(self, unit: Unit, ask: Ask, visit: Visit) -> Form:
        """As it is being filled in. What was found in it before is looked for again. Raises `NoGroup`."""
        found = findings_in(ask.answers) if ask.memo.get("found") else ()
        return await self.again(unit, ask, visit, LookAgain(found) if found else None)

    async def again(self, unit: Unit, ask: Ask, visit: Visit, why: LookAgain | None) -> Form:
        """As it is shown when it was sent and has to be looked at first."""
        return await self._drawn(unit, ask, visit, self._fields(unit, ask, visit, Start()), why)

    async def _drawn(
        self, unit: Unit, ask: Ask, visit: Visit, fields: tuple[Fields, Fields], why: LookAgain | None
    ) -> Form:
        """The fields, with who will see it below those that decide it, and above all what is to be looked at."""
        annexe = bool(unit.keys.primary)
        preview, shown = await self._preview(unit, ask, visit)
        above, below = fields
        last = () if annexe else (Words(self.door.words.render("concern.no_annexe")),)
        counts = counted(why.findings if why else (), found_before(ask))
        memo = {"shown": shown, "found": " ".join(f"{kind}:{count}" for kind, count in counts.items())}
        form = Form("concern", (*self._warning(visit), *above, Words(preview), *below, *last), memo)
        return self._to_check(form, why, annexe=annexe) if why else self.door.words.form(form)

    def _to_check(self, form: Form, why: LookAgain, *, annexe: bool) -> Form:
        """With what is to be looked at above it, and a box to tick that stands for exactly what was found."""
        page = messages.check(self.door.words, why.findings, other_readers=why.other_readers, annexe=annexe)
        tick = (Tick(AS_IS),) if why.findings else ()
        filled = self.door.words.form(replace(form, parts=(*page.parts, *tick, *form.parts), title=page.title))
        # Another finding is another box: a platform keeps the tick in one that bears the same name.
        own = vouching(why.findings)
        return replace(filled, parts=tuple(_renamed(part, own) for part in filled.parts))

    async def _preview(self, unit: Unit, ask: Ask, visit: Visit) -> tuple[Message, str]:
        """Who will see it, and the print of their names; or what is still to be chosen, and nothing."""
        words = self.door.words
        try:
            draft = read_draft(ask, visit.today)
            readers = await who_will_see(unit, draft, by=visit.viewer, now=visit.now, rules=self.door.rules)
        except FormErrors as wrong:
            return words.render("concern.preview", problems=list(wrong.fields.values())), ""
        return messages.preview(words, draft, readers, visit.viewer), shown_as(readers)

    def _warning(self, visit: Visit) -> tuple[Words, ...]:
        """Said before anything is typed: a channel in which nobody would be told."""
        missing = [place.name for place in visit.viewer.groups if place.channel_missing]
        return (Words(self.door.words.render("concern.no_channel", groups=missing)),) if missing else ()

    def _fields(self, unit: Unit, ask: Ask, visit: Visit, start: Start) -> tuple[Fields, Fields]:
        """The fields above the words on who will see it, and those below. Raises `NoGroup`."""
        # What leaves a form is lost, so a form that has the annexe's fields keeps them.
        parts = [name for name in ANNEXES if unit.keys.primary or name in ask.answers]
        annexe = [Text(name, ANNEXE_LIMIT, multiline=True, required=False) for name in parts]
        above = (*_what(self.door.rules.policy, start), *_handling(ask, visit))
        return above, (*annexe, Day("event_on", initial=visit.today))


def vouching(findings: Sequence[Finding]) -> str:
    """The name of the box that says that these findings identify nobody."""
    return f"{AS_IS}_{fingerprint(findings)}"


def read_intake(ask: Ask, today: date) -> Intake:
    """What was sent. Raises `FormErrors` for a choice left open or not on its list."""
    ticked = [name for name, answer in ask.answers.items() if name.startswith(f"{AS_IS}_") and answer]
    return Intake(
        read_draft(ask, today),
        shown=ask.memo.get("shown", ""),
        earlier=found_before(ask),
        vouched=[name.removeprefix(f"{AS_IS}_") for name in ticked],
        annexes={name: str(ask.answers.get(name) or "") for name in ANNEXES},
    )


def found_before(ask: Ask) -> dict[str, int]:
    """How many of each kind the form was found to hold when it was sent before."""
    pairs = (pair.partition(":") for pair in ask.memo.get("found", "").split())
    return {kind: int(count) for kind, _, count in pairs}


def read_draft(ask: Ask, today: date) -> Draft:
    """The form's answers as a typed draft. Raises `FormErrors` for a choice left open or not on its list."""
    answers = ask.answers
    chosen = several(answers.get("chosen"))
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


def meant(found: Sequence[Provider]) -> Sequence[Provider]:
    """The provider the words mean: the one match, or the one whose sites all the others are. Never guessed."""
    if len(found) == MANY:  # there may be others
        return ()
    return [one for one in found if all(other is one or other.parent_id == one.id for other in found)][:1]


def _what(policy: Policy, start: Start) -> Fields:
    initial = tuple(provider_option(one) for one in meant(start.providers))
    return (
        Search("provider", "provider", required=False, initial=initial),
        Text("provider_named", 200, required=False, initial=start.typed),
        Tick("across"),
        Text("headline", HEADLINE_LIMIT),
        Text("details", DETAILS_LIMIT, multiline=True, required=False, initial=start.details[:DETAILS_LIMIT]),
        Tick("verbal_only"),
        Choice("theme", options(policy.themes)),
        Choice("source", options(policy.sources)),
        Choice("directness", blank(DIRECTNESS), initial=(Directness.INDIRECT,)),
        Choice("lineage", blank(LINEAGE), initial=(Lineage.OWN,)),
        Choice("urgency", blank(Urgency), radio=True, initial=(Urgency.ROUTINE,)),
        Choice("wanted", blank(Wanted), radio=True, initial=(Wanted.DISCUSSION,)),
    )


def _handling(ask: Ask, visit: Visit) -> Fields:
    """What decides who will see it: each of these is told at once."""
    places = visit.viewer.groups
    if not places:
        raise NoGroup
    groups = tuple(Option(str(place.group_id), place.name) for place in places)
    here = tuple(str(place.group_id) for place in places if place.channel and place.channel == ask.channel)
    return (
        Choice("group", groups, initial=here or (groups[0].value,), tells=True),
        Choice("audience", blank(Audience), radio=True, initial=(Audience.GROUP,), tells=True),
        Search("chosen", "reader", many=True, required=False, tells=True),
        Choice("marking", blank(Marking), initial=(Marking.AMBER_STRICT,), tells=True),
        Tick("unattributed", tells=True),
    )


def _renamed(part: Field | Words, name: str) -> Field | Words:
    return replace(part, name=name) if isinstance(part, Tick) and part.name == AS_IS else part
