"""A panel that has its time: opening it, what each organisation brings, the pack, the record, its actions."""

from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Open, Option, Reply, Text, Tick, Turn
from bot.domain.panel_record import Conclusion
from bot.domain.panels import ContributionKind, PanelOutcome, PanelState, TellProvider
from bot.errors import FormErrors
from bot.handlers.action import person_option
from bot.handlers.door import Door, Visit
from bot.handlers.fields import OPTION_LIMIT, blank, chosen_number, chosen_term, several
from bot.messages import panel_record as messages
from bot.services import panel_record as services
from bot.services.panel_pack import ask_for_pack
from bot.services.panel_record import Closing, Contribution, Discussion, Task
from bot.store.panel_record import able_people, invited, unnamed
from bot.store.tables import Panel, PanelContribution, Person
from bot.store.unit import Unit

VOUCHED = Tick("vouched")
MOST = 100  # people in one list


@dataclass(frozen=True)
class PanelRecordDesk:
    """Holders of information share it, and agree who does what [000 4.26]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["panel_record.open"] = opens(self.open)
        at.buttons["panel_record.pack"] = opens(self.pack)
        at.buttons["panel_record.activity"] = opens(self.activity_form)
        at.forms["panel_record.activity"] = opens(self.activity)
        at.buttons["panel_record.said"] = opens(self.said_form)
        at.forms["panel_record.said"] = opens(self.said)
        at.buttons["panel_record.record"] = opens(self.record_form)
        at.forms["panel_record.discussion"] = opens(self.discussion)
        at.forms["panel_record.conclusion"] = opens(self.conclusion)
        at.buttons["panel_record.action"] = opens(self.action_form)
        at.forms["panel_record.action"] = opens(self.action)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            panel = await services.open_panel(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Open(await self._page(unit, panel, visit))

    async def pack(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            panel = await ask_for_pack(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Open(messages.pack_asked(self.door.words, panel))

    async def activity_form(self, ask: Ask, visit: Visit) -> Reply:
        panel, mine = await self._contributing(ask, visit, ContributionKind.ACTIVITY)
        form = Form("panel_record.activity", _text(mine), _memo(ask, panel, mine))
        return Open(self.door.words.form(form))

    async def activity(self, ask: Ask, visit: Visit) -> Reply:
        return await self._contribute(ask, visit, ContributionKind.ACTIVITY)

    async def said_form(self, ask: Ask, visit: Visit) -> Reply:
        panel, mine = await self._contributing(ask, visit, ContributionKind.SAID)
        form = Form("panel_record.said", _text(mine), _memo(ask, panel, mine))
        return Open(self.door.words.form(form))

    async def said(self, ask: Ask, visit: Visit) -> Reply:
        return await self._contribute(ask, visit, ContributionKind.SAID)

    async def record_form(self, ask: Ask, visit: Visit) -> Reply:
        """Who came and what was agreed; or, of one that is closed, what it concluded."""
        async with self.door.store.begin() as unit:
            panel = await services.recordable(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
            if panel.state is PanelState.HELD:
                await services.open_panel(unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules)
                return Open(await self._page(unit, panel, visit))
            hidden = await unnamed(unit, panel, visit.viewer)
            everybody = await invited(unit, panel.key)
        people = [one for one in everybody if one.organisation_id not in hidden][:MOST]
        names = tuple(Option(str(p.invitee.key), f"{p.name}, {p.organisation}"[:OPTION_LIMIT]) for p in people)
        came = tuple(str(p.invitee.key) for p in people if p.invitee.attended)
        attendance = (Choice("came", names, many=True, radio=True, required=False, initial=came),) if names else ()
        parts = (
            *attendance,
            Text("agreed_risk", 1000, multiline=True, required=False, initial=panel.agreed_risk),
            Text("joint_note", 3000, multiline=True, required=False, initial=panel.joint_note),
            VOUCHED,
        )
        memo = _memo(ask, panel) | {"offered": " ".join(option.value for option in names)}
        return Open(self.door.words.form(Form("panel_record.discussion", parts, memo)))

    async def discussion(self, ask: Ask, visit: Visit) -> Reply:
        """What was discussed is saved, and the form goes on to what was concluded."""
        said = Discussion(
            ask.memo["panel"],
            offered=tuple(int(key) for key in ask.memo.get("offered", "").split()),
            came=tuple(int(key) for key in several(ask.answers.get("came"))),
            agreed_risk=_typed(ask, "agreed_risk"),
            joint_note=_typed(ask, "joint_note"),
            version=int(ask.memo["version"]),
            vouched=bool(ask.answers.get("vouched")),
        )
        async with self.door.store.begin() as unit:
            panel = await services.record_discussion(unit, said, by=visit.viewer, now=visit.now, rules=self.door.rules)
            if panel.state is PanelState.HELD:
                return Turn(await self._page(unit, panel, visit))
            people = await able_people(unit, panel, visit.viewer, visit.today)
            form = Form("panel_record.conclusion", _conclusion(people), _memo(ask, panel))
            return Turn(self.door.words.form(form))

    async def conclusion(self, ask: Ask, visit: Visit) -> Reply:
        reference = ask.memo["panel"]
        issue = self.door.words.render("panel_record.tell", reference=reference).markdown.strip()
        vouched = bool(ask.answers.get("vouched"))
        closing = Closing(reference, read_conclusion(ask), issue, int(ask.memo["version"]), vouched)
        async with self.door.store.begin() as unit:
            panel = await services.close_panel(unit, closing, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, panel, visit))

    async def action_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            panel, people = await services.tasks_for(
                unit, ask.value, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        if not people:
            raise FormErrors({"": "Nobody invited can be given an action here. Add it with /action add."})
        parts = (Text("issue", 500, multiline=True), Choice("owner", _people(people)), Day("due_on"), VOUCHED)
        return Open(self.door.words.form(Form("panel_record.action", parts, _memo(ask, panel))))

    async def action(self, ask: Ask, visit: Visit) -> Reply:
        due_on = ask.answers.get("due_on")
        if not isinstance(due_on, date):
            raise FormErrors({"due_on": "Choose a date."})
        vouched = bool(ask.answers.get("vouched"))
        task = Task(ask.memo["panel"], _typed(ask, "issue"), chosen_number(ask, "owner"), due_on, vouched)
        async with self.door.store.begin() as unit:
            await services.give_task(
                unit, task, by=visit.viewer, key=ask.memo["opened"], now=visit.now, rules=self.door.rules
            )
            return Turn(await self._reopened(unit, task.panel, visit))

    async def _contributing(
        self, ask: Ask, visit: Visit, kind: ContributionKind
    ) -> tuple[Panel, PanelContribution | None]:
        async with self.door.store.look() as unit:
            return await services.contributing_to(
                unit, ask.value, kind, by=visit.viewer, now=visit.now, rules=self.door.rules
            )

    async def _contribute(self, ask: Ask, visit: Visit, kind: ContributionKind) -> Reply:
        vouched, replaces = bool(ask.answers.get("vouched")), int(ask.memo["replaces"])
        said = Contribution(ask.memo["panel"], kind, _typed(ask, "text"), replaces, vouched)
        async with self.door.store.begin() as unit:
            await services.contribute(
                unit, said, by=visit.viewer, key=ask.memo["opened"], now=visit.now, rules=self.door.rules
            )
            return Turn(await self._reopened(unit, said.panel, visit))

    async def _reopened(self, unit: Unit, reference: str, visit: Visit) -> Form:
        panel = await services.open_panel(unit, reference, by=visit.viewer, now=visit.now, rules=self.door.rules)
        return await self._page(unit, panel, visit)

    async def _page(self, unit: Unit, panel: Panel, visit: Visit) -> Form:
        seen = await messages.gather(unit, panel, visit.viewer, visit.now, visit.today)
        return messages.page(self.door.words, seen)


def read_conclusion(ask: Ask) -> Conclusion:
    """The form's answers as a typed conclusion. Raises `FormErrors` for a choice left open."""
    teller = str(ask.answers.get("tell_by") or "")
    days = {name: ask.answers.get(name) for name in ("tell_on", "review_on")}
    tell_on, review_on = (day if isinstance(day, date) else None for day in days.values())
    return Conclusion(
        outcome=chosen_term(ask, "outcome", PanelOutcome),
        rationale=_typed(ask, "rationale"),
        tell=chosen_term(ask, "tell", TellProvider),
        tell_by_id=int(teller) if teller.isdecimal() else None,
        tell_on=tell_on,
        review_on=review_on,
    )


def _conclusion(people: list[Person]) -> tuple[Field, ...]:
    teller = (Choice("tell_by", _people(people), required=False),) if people else ()
    return (
        Choice("outcome", blank(PanelOutcome)),
        Text("rationale", 3000, multiline=True),
        Choice("tell", blank(TellProvider), radio=True, initial=(TellProvider.NOT_YET,)),
        *teller,
        Day("tell_on", required=False),
        Day("review_on", required=False),
        VOUCHED,
    )


def _text(mine: PanelContribution | None) -> tuple[Field, ...]:
    return Text("text", 3000, multiline=True, initial=mine.text if mine else ""), VOUCHED


def _people(people: list[Person]) -> tuple[Option, ...]:
    return tuple(person_option(person) for person in people[:MOST])


def _memo(ask: Ask, panel: Panel, mine: PanelContribution | None = None) -> dict[str, str]:
    """`opened` is what the form was opened by: it comes back whenever the form is sent, and a view may hold several
    forms one after the other."""
    opened = ask.memo.get("opened", "") if ask.answers else f"panel.{ask.key}"
    return {
        "panel": panel.reference,
        "version": str(panel.version),
        "replaces": str(mine.key if mine else 0),
        "opened": opened,
    }


def _typed(ask: Ask, name: str) -> str:
    return str(ask.answers.get(name) or "")
