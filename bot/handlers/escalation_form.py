"""Making a formal request with `/escalate`: which concern and kind of request, then whom to ask and what to say."""

from dataclasses import dataclass
from itertools import chain

from bot.chat.port import Ask, Choice, Field, Form, Open, Option, Reply, Say, Text, Turn, Words
from bot.domain.kinds import Kind
from bot.domain.routing import Proposal
from bot.domain.terms import Wanted
from bot.errors import NotFound
from bot.handlers.door import Door, Visit
from bot.handlers.fields import blank, chosen_term, several
from bot.messages import escalations as messages
from bot.services import escalating as services
from bot.services.escalating import EscalationDraft, Target
from bot.services.routing import facts_about, proposals
from bot.store.concerns import SeenConcern, recently_visible, visible_concern
from bot.store.escalations import grid
from bot.store.journal import record_shown
from bot.store.unit import Unit

LONGEST = 1500
LEARNING = "education"  # the theme of the shipped policy that says: a learning environment


@dataclass(frozen=True)
class EscalatingDesk:
    """From a concern to the request that goes out."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["concern.escalate"] = opens(self.begin)
        at.changes["escalation.begin"] = opens(self.another_kind)
        at.forms["escalation.begin"] = opens(self.choose)
        at.forms["escalation"] = opens(self.submit)

    async def begin(self, ask: Ask, visit: Visit) -> Reply:
        return await begin(self.door, ask.value, visit)

    async def another_kind(self, ask: Ask, visit: Visit) -> Reply:
        """Only a kind under the protocol has a category."""
        form = await _first_page(self.door, ask.memo.get("concern", ""), _kind(ask), visit)
        return Turn(form) if form else Say(messages.nothing_to_escalate(self.door.words))

    async def choose(self, ask: Ask, visit: Visit) -> Reply:
        """The kind is known: propose whom to ask, and let the person choose."""
        key = _kind(ask)
        reference = str(ask.answers.get("concern") or ask.memo.get("concern", ""))
        async with self.door.store.look() as unit:
            seen = await visible_concern(unit, reference, visit.viewer, visit.today)
            kind = self.door.rules.policy.kinds.get(key)
            if seen is None or kind is None:
                raise NotFound(what=reference)
            allowed = await services.addressable(unit, kind, visit.viewer, seen.concern.group_id, visit.today)
            if not allowed:
                return Turn(messages.nobody_to_ask(self.door.words, kind))
            proposed = await self._proposed(unit, ask, seen, allowed, visit)
            parts = await self._parts(unit, kind, allowed, proposed, visit)
        memo = {name: str(ask.answers.get(name) or "") for name in ("category", "profession")}
        memo |= {"concern": reference, "kind": key}
        return Turn(self.door.words.form(Form("escalation", parts, memo)))

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        draft = read_draft(ask, self.door.rules.policy.kind(ask.memo.get("kind", "")))
        async with self.door.store.begin() as unit:
            escalation = await services.start_escalation(
                unit, draft, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules
            )
            # Written before it is saved: should the words fail, “nothing was changed” is true.
            lines = await grid(unit, escalation.key)
            return Turn(messages.thanks(self.door.words, escalation, lines))

    async def _parts(
        self, unit: Unit, kind: Kind, allowed: list[Target], proposed: list[Proposal], visit: Visit
    ) -> tuple[Field | Words, ...]:
        options = tuple(Option(str(one.key), f"{one.name} ({one.note})" if one.note else one.name) for one in allowed)
        chosen = tuple(str(one.organisation_id) for one in proposed)
        whom = Choice("organisations", options[:100], many=True, initial=chosen)
        wanted = (Choice("wanted", blank(kind.wanted), radio=True, initial=(kind.wanted[0],)),)
        sponsors = tuple(
            Option(str(one.key), one.name)
            for one in allowed
            if one.organisation and one.organisation.signed(visit.today)
        )
        parts: chain[Field | Words] = chain(
            (Words(messages.note(self.door.words, kind, _reasons(allowed, proposed))),),
            (whom,),
            wanted if len(kind.wanted) > 1 else (),
            (
                Text(name, LONGEST, multiline=True, required=one.required, label=one.label, hint=one.hint)
                for name, one in kind.fields.items()
            ),
            (Choice("sponsor", sponsors),)
            if sponsors and await services.needs_sponsor(unit, kind, visit.viewer, visit.today)
            else (),
        )
        return tuple(parts)

    async def _proposed(
        self, unit: Unit, ask: Ask, seen: SeenConcern, allowed: list[Target], visit: Visit
    ) -> list[Proposal]:
        """Whom the assistant proposes; whoever asks decides. Where there is only one, it is that one."""
        if len(allowed) == 1:
            return [Proposal(allowed[0].key, "")]
        category, profession = (str(ask.answers.get(name) or "") for name in ("category", "profession"))
        bodies = [one.organisation for one in allowed if one.organisation]
        if not category and not profession:
            return []
        facts = await facts_about(
            unit,
            seen.concern.provider_id,
            category=category,
            professions=[profession] if profession else [],
            learning_environment=seen.concern.theme == LEARNING,
        )
        own, rules = visit.viewer.organisation_id, self.door.rules
        return await proposals(unit, bodies, facts, own=own, today=visit.today, rules=rules)


async def begin(door: Door, reference: str, visit: Visit) -> Reply:
    """The first page, about one concern or with a list to choose it from."""
    form = await _first_page(door, reference, next(iter(door.rules.policy.kinds)), visit)
    return Open(form) if form else Say(messages.nothing_to_escalate(door.words))


async def _first_page(door: Door, reference: str, kind: str, visit: Visit) -> Form | None:
    async with door.store.begin() as unit:
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
        return None
    labels = tuple(
        Option(one.concern.reference, f"{one.concern.reference} {one.provider}: {one.concern.headline}")
        for one in concerns
    )
    policy = door.rules.policy
    kinds = tuple(Option(key, one.label) for key, one in policy.kinds.items())
    categories = tuple(Option(key, one.label) for key, one in policy.categories.items())
    professions = tuple(Option(key, label) for key, label in policy.professions.items())
    about = (Choice("category", categories, radio=True), Choice("profession", professions, required=False))
    parts: tuple[Field | Words, ...] = (
        Choice("concern", labels, initial=(labels[0].value,) if reference else ()),
        Choice("kind", kinds, initial=(kind,), tells=True),
        *(about if policy.kind(kind).categories else ()),
    )
    return door.words.form(Form("escalation.begin", parts, {"concern": reference}))


def read_draft(ask: Ask, kind: Kind) -> EscalationDraft:
    """The form's answers as a typed draft."""
    sponsor = ask.answers.get("sponsor")
    only = kind.wanted[0] if len(kind.wanted) == 1 else None
    return EscalationDraft(
        concern=ask.memo["concern"],
        kind=ask.memo["kind"],
        category=ask.memo.get("category", ""),
        profession=ask.memo.get("profession", ""),
        addressees=tuple(int(one) for one in several(ask.answers.get("organisations", ())) if one.isdecimal()),
        wanted=only or chosen_term(ask, "wanted", Wanted),
        said={name: str(ask.answers.get(name) or "") for name in kind.fields},
        sponsor_id=int(str(sponsor)) if str(sponsor or "").isdecimal() else None,
    )


def _kind(ask: Ask) -> str:
    return str(ask.answers.get("kind") or ask.memo.get("kind", ""))


def _reasons(allowed: list[Target], proposed: list[Proposal]) -> list[tuple[str, list[str]]]:
    """Every reason, and who is proposed for it, for the words above the form."""
    names = {one.key: one.name for one in allowed}
    found: dict[str, list[str]] = {}
    for one in proposed:
        if one.because:
            found.setdefault(one.because, []).append(names[one.organisation_id])
    return list(found.items())
