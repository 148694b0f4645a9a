"""All of changing an escalation after its start: what can be changed, and a form for each change."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Form, Open, Option, Reply, Text, Turn
from bot.domain.escalation import EscalationState
from bot.domain.escalation_changes import REASON_LIMIT, ChangeKind
from bot.handlers.door import Door, Method, Visit
from bot.handlers.fields import OPTION_LIMIT, several
from bot.messages import escalation_changes as messages
from bot.messages.escalations import reading
from bot.services import escalation_changes as services
from bot.services.escalation_changes import ChangeDraft, Possible
from bot.services.escalation_merging import merge
from bot.services.escalation_widening import add_concern, address_late, reopen
from bot.services.escalations import open_escalation
from bot.store.escalations import GridLine
from bot.store.journal import record_shown
from bot.store.unit import Unit

EVERYBODY = "all"
MOST_OPTIONS = 100
REASON = Text("reason", REASON_LIMIT, multiline=True)
FIELDS = {
    ChangeKind.WITHDRAWN: "whom",
    ChangeKind.MERGED: "into",
    ChangeKind.WIDENED: "concern",
    ChangeKind.ADDRESSED: "organisations",
    ChangeKind.REOPENED: "whom",
}
VERBS = {
    ChangeKind.WITHDRAWN: services.withdraw,
    ChangeKind.STOPPED: services.withdraw_from,
    ChangeKind.MERGED: merge,
    ChangeKind.WIDENED: add_concern,
    ChangeKind.ADDRESSED: address_late,
    ChangeKind.REOPENED: reopen,
}


@dataclass(frozen=True)
class EscalationChangeDesk:
    """What whoever started an escalation changes about it."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["escalation.manage"] = opens(self.manage)
        at.buttons["escalation_change.former"] = opens(self.former)
        names = {
            ChangeKind.WITHDRAWN: "escalation_change.withdraw",
            ChangeKind.MERGED: "escalation_change.merge",
            ChangeKind.WIDENED: "escalation_change.widen",
            ChangeKind.ADDRESSED: "escalation_change.address",
            ChangeKind.REOPENED: "escalation_change.reopen",
        }
        for kind, name in names.items():
            at.buttons[name] = opens(self._form_for(kind))
            at.forms[name] = opens(self._saving(kind))

    async def manage(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            return Turn(self._choosing(await self._possible(unit, ask.value, visit), visit))

    async def former(self, ask: Ask, visit: Visit) -> Reply:
        """The page of an escalation as it was before it became part of another."""
        rules = self.door.rules
        async with self.door.store.begin() as unit:
            opened = await open_escalation(unit, ask.value, by=visit.viewer, now=visit.now, rules=rules, as_it_was=True)
            return Open(reading(self.door.words, opened, rules))

    def _form_for(self, kind: ChangeKind) -> Method:
        """The listener that opens the form of one kind of change; without anything to choose, what else there is."""

        async def opened(ask: Ask, visit: Visit) -> Reply:
            async with self.door.store.begin() as unit:
                found = await self._possible(unit, ask.value, visit)
                choice = choices(found).get(kind)
                if choice is None:
                    return Turn(self._choosing(found, visit))
                if kind is ChangeKind.WIDENED:
                    shown = [one.concern for one in found.concerns]
                    record_shown(unit, "shown", shown, by=visit.viewer, now=visit.now, where="escalation_change.widen")
            memo = {"escalation": found.escalation.reference, "follows": found.follows}
            return Open(self.door.words.form(form_of(kind, choice, memo)))

        return opened

    def _saving(self, kind: ChangeKind) -> Method:
        """The listener that reads the form of one kind of change and makes it."""

        async def saved(ask: Ask, visit: Visit) -> Reply:
            draft = read_draft(ask, kind)
            part = kind is ChangeKind.WITHDRAWN and draft.chosen != (EVERYBODY,)
            verb, rules = VERBS[ChangeKind.STOPPED if part else kind], self.door.rules
            async with self.door.store.begin() as unit:
                await verb(unit, draft, by=visit.viewer, key=ask.key, now=visit.now, rules=rules)
                opened = await open_escalation(unit, draft.escalation, by=visit.viewer, now=visit.now, rules=rules)
                # Written before it is saved: should the words fail, “nothing was changed” is true.
                return Turn(reading(self.door.words, opened, rules))

        return saved

    async def _possible(self, unit: Unit, reference: str, visit: Visit) -> Possible:
        return await services.possible(unit, reference, by=visit.viewer, now=visit.now, rules=self.door.rules)

    def _choosing(self, found: Possible, visit: Visit) -> Form:
        return messages.choosing(self.door.words, found.escalation, choices(found).keys(), visit.viewer)


def choices(found: Possible) -> Mapping[ChangeKind, Choice]:
    """For each change that can be made now, what there is to choose from."""
    concerns = [
        Option(one.concern.reference, f"{one.concern.reference} {one.concern.headline}") for one in found.concerns
    ]
    into = [
        Option(one.reference, f"{one.reference}: {', '.join(line.organisation for line in lines)}")
        for one, lines in found.into
    ]
    withdrawn = found.escalation.state is EscalationState.WITHDRAWN
    initial = tuple(str(it.addressee.key) for it in found.again if withdrawn and it.addressee.state == "stopped")
    offered = {
        ChangeKind.WITHDRAWN: Choice("whom", _short([Option(EVERYBODY, ""), *_lines(found.awaited)])),
        ChangeKind.MERGED: Choice("into", _short(into)),
        ChangeKind.WIDENED: Choice("concern", _short(concerns)),
        ChangeKind.ADDRESSED: Choice(
            "organisations", _short([Option(str(one.key), one.name) for one in found.targets]), many=True
        ),
        ChangeKind.REOPENED: Choice(
            "whom", _short(_lines(found.again)), many=True, required=not withdrawn, initial=initial
        ),
    }
    return {kind: choice for kind, choice in offered.items() if kind in found.kinds and choice.options}


def form_of(kind: ChangeKind, choice: Choice, memo: Mapping[str, str]) -> Form:
    """The form of one kind of change."""
    parts = (choice, REASON)
    forms = {
        ChangeKind.WITHDRAWN: Form("escalation_change.withdraw", parts, memo),
        ChangeKind.MERGED: Form("escalation_change.merge", parts, memo),
        ChangeKind.WIDENED: Form("escalation_change.widen", parts, memo),
        ChangeKind.ADDRESSED: Form("escalation_change.address", parts, memo),
        ChangeKind.REOPENED: Form("escalation_change.reopen", parts, memo),
    }
    return forms[kind]


def read_draft(ask: Ask, kind: ChangeKind) -> ChangeDraft:
    """The form's answers as a typed draft."""
    chosen = ask.answers.get(FIELDS[kind])
    return ChangeDraft(
        escalation=ask.memo.get("escalation", ""),
        reason=str(ask.answers.get("reason") or ""),
        chosen=several(chosen) if isinstance(chosen, tuple) else (str(chosen or ""),),
        follows=ask.memo.get("follows", "0"),
    )


def _lines(lines: list[GridLine]) -> list[Option]:
    return [Option(str(line.addressee.key), line.organisation) for line in lines]


def _short(options: list[Option]) -> tuple[Option, ...]:
    return tuple(Option(one.value, one.label[:OPTION_LIMIT]) for one in options[:MOST_OPTIONS])
