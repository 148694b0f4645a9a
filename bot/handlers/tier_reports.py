"""All of `/soundings reports` and `/soundings feedback`: reports from one tier to the next, and what comes back."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Field, Form, Open, Option, Reply, Say, Search, Text, Tick, Turn, Words
from bot.domain.reports import FEEDBACK_LIMIT, PART_LIMIT, PARTS, empty_parts
from bot.errors import FormErrors, NotFound, NotYours
from bot.handlers.door import Door, Visit
from bot.handlers.fields import OPTION_LIMIT, chosen_number, number_in
from bot.messages import tier_reports as messages
from bot.services import report_drafting as drafting
from bot.services import tier_reports as services
from bot.services.feedback import give_feedback
from bot.services.tier_reports import Approval, Writing
from bot.store.feedback import groups_below
from bot.store.groups import next_meeting
from bot.store.report_lists import listed
from bot.store.reports import Way, ways_open
from bot.store.tables import Group, Report
from bot.store.unit import Unit

VOUCHED = Tick("vouched")
MOST = 100  # options of one list


@dataclass(frozen=True)
class TierReportDesk:
    """Annexes C, E, F and G of [003], and feedback [003 §90]."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        self.door.topics["reports"] = self.command
        self.door.topics["feedback"] = self.feedback_form
        at.buttons["report.open"] = opens(self.open)
        at.buttons["report.start"] = opens(self.start_form)
        at.forms["report.start"] = opens(self.start)
        at.buttons["report.edit"] = opens(self.edit_form)
        at.forms["report.edit"] = opens(self.edit)
        at.buttons["report.add"] = opens(self.add_form)
        at.forms["report.add"] = opens(self.add)
        at.buttons["report.approve"] = opens(self.approve_form)
        at.forms["report.approve"] = opens(self.approve)
        at.buttons["report.again"] = opens(self.again_form)
        at.forms["report.again"] = opens(self.again)
        at.buttons["report.anew"] = opens(self.anew)
        at.buttons["report.word"] = opens(self.word)
        at.buttons["feedback.give"] = opens(self.feedback_form)
        at.forms["feedback"] = opens(self.feedback)

    async def command(self, ask: Ask, visit: Visit) -> Reply:
        """The list; or, with a reference, that report."""
        if ask.words:
            return await self.open(ask, visit)
        async with self.door.store.look() as unit:
            found = await listed(unit, visit.viewer)
            ways = await ways_open(unit, visit.viewer, visit.today)
            below = await groups_below(unit, visit.viewer, visit.today)
        with_parent = {way.from_group_id for way in ways}
        run = [place for place in visit.viewer.groups if visit.viewer.runs(place.group_id)]
        alone = [place.name for place in run if place.group_id not in with_parent]
        return Say(messages.overview(self.door.words, found, ways, alone, below))

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        """By its reference, and after a point the page."""
        reference, _, number = (ask.value or ask.words).partition(".")
        async with self.door.store.begin() as unit:
            seen = await services.open_report(unit, reference, by=visit.viewer, now=visit.now, rules=self.door.rules)
            lacking = await messages.missing(unit, seen, visit.viewer, visit.today)
        return Open(messages.page(self.door.words, seen, lacking, int(number) if number.isdecimal() else 1))

    async def start_form(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.look() as unit:
            ways = await ways_open(unit, visit.viewer, visit.today)
        if not ways:
            raise NotYours(who="the chair or secretariat of a group with a parent, and commissioners’ representatives,")
        options = tuple(
            Option(_name(way), messages.way_label(self.door.words, way)[:OPTION_LIMIT]) for way in ways[:MOST]
        )
        return Open(self.door.words.form(Form("report.start", (Choice("way", options, radio=len(options) < 5),))))

    async def start(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            ways = {_name(way): way for way in await ways_open(unit, visit.viewer, visit.today)}
            way = ways.get(str(ask.answers.get("way") or ""))
            if way is None:
                raise FormErrors({"way": "Choose one from the list."})
            report = await drafting.start_report(
                unit, way, by=visit.viewer, key=ask.key, now=visit.now, rules=self.door.rules, words=self.door.words
            )
            return Turn(await self._page(unit, report, visit))

    async def edit_form(self, ask: Ask, visit: Visit) -> Reply:
        """One entry: the value is the report, its part, and the provider or 0."""
        reference, key, provider_id = _place(ask.value)
        async with self.door.store.begin() as unit:
            report = await drafting.editable(unit, reference, visit.viewer, wanted="changed", lock=False)
            seen = await services.show(unit, report, by=visit.viewer, now=visit.now, rules=self.door.rules)
        found = [one for one in seen.entries if (one.entry.key, one.entry.provider_id) == (key, provider_id)]
        if not found:
            raise NotFound(what=ask.value)
        text = Text("text", PART_LIMIT, multiline=True, required=False, initial=messages.editable_text(found[0]))
        memo = _memo(report) | {"part": key, "provider": str(provider_id or 0)}
        about = self.door.words.render(
            "report.editing", part=_part(report, key), provider=found[0].provider, draft=not found[0].withheld
        )
        return Open(self.door.words.form(Form("report.edit", (Words(about), text, VOUCHED), memo)))

    async def edit(self, ask: Ask, visit: Visit) -> Reply:
        provider = number_in(ask.memo["provider"]) or None
        return await self._write(ask, visit, ask.memo["part"], provider, new=False)

    async def add_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            report = await drafting.editable(unit, ask.value, visit.viewer, wanted="added to", lock=False)
        parts = tuple(Option(part.key, part.heading[:OPTION_LIMIT]) for part in PARTS[report.kind])
        fields = (
            Choice("part", parts),
            Search("provider", "provider"),
            Text("text", PART_LIMIT, multiline=True),
            VOUCHED,
        )
        return Open(self.door.words.form(Form("report.add", fields, _memo(report))))

    async def add(self, ask: Ask, visit: Visit) -> Reply:
        key, provider = str(ask.answers.get("part") or ""), chosen_number(ask, "provider")
        return await self._write(ask, visit, key, provider, new=True)

    async def approve_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            report = await drafting.editable(unit, ask.value, visit.viewer, wanted="sent", lock=False)
            seen = await services.show(unit, report, by=visit.viewer, now=visit.now, rules=self.door.rules)
            meeting = await next_meeting(unit, report.to_group_id, visit.now)
        empty = empty_parts(report.kind, [one.entry for one in seen.entries])
        considered: tuple[Field, ...] = (Tick("considered"),) if empty else ()
        about = Words(messages.approving(self.door.words, seen, meeting))
        return Open(self.door.words.form(Form("report.approve", (about, *considered, VOUCHED), _memo(report))))

    async def approve(self, ask: Ask, visit: Visit) -> Reply:
        ticked = {name: bool(ask.answers.get(name)) for name in ("considered", "vouched")}
        approval = Approval(ask.memo["report"], int(ask.memo["version"]), **ticked)
        async with self.door.store.begin() as unit:
            report = await services.approve(unit, approval, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, report, visit))

    async def again_form(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.look() as unit:
            report = await drafting.editable(unit, ask.value, visit.viewer, wanted="drafted again", lock=False)
        return Open(self.door.words.form(Form("report.again", (Tick("sure"),), _memo(report))))

    async def again(self, ask: Ask, visit: Visit) -> Reply:
        if not ask.answers.get("sure"):
            raise FormErrors({"sure": "Tick this to lose what was edited, or close the form."})
        async with self.door.store.begin() as unit:
            report = await drafting.draft_again(
                unit,
                ask.memo["report"],
                int(ask.memo["version"]),
                by=visit.viewer,
                now=visit.now,
                rules=self.door.rules,
                words=self.door.words,
            )
            return Turn(await self._page(unit, report, visit))

    async def anew(self, ask: Ask, visit: Visit) -> Reply:
        """Another in place of one that was sent."""
        async with self.door.store.begin() as unit:
            report = await drafting.start_anew(
                unit,
                ask.value,
                by=visit.viewer,
                key=ask.key,
                now=visit.now,
                rules=self.door.rules,
                words=self.door.words,
            )
            return Open(await self._page(unit, report, visit))

    async def word(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            report = await services.ask_for_word(unit, ask.value, by=visit.viewer, now=visit.now)
        return Open(messages.asked_word(self.door.words, report))

    async def feedback_form(self, ask: Ask, visit: Visit) -> Reply:
        """To a group below; the one of the report it was opened from, if it was."""
        async with self.door.store.look() as unit:
            below = await groups_below(unit, visit.viewer, visit.today)
        if not below:
            raise NotYours(who="the chair or the secretariat of a group with groups below it")
        options = tuple(Option(str(group.key), group.name[:OPTION_LIMIT]) for group in below[:MOST])
        here = tuple(option.value for option in options if option.value == ask.value)
        only = (options[0].value,) if len(options) == 1 else ()
        fields = (Choice("group", options, initial=here or only), Text("text", FEEDBACK_LIMIT, multiline=True), VOUCHED)
        return Open(self.door.words.form(Form("feedback", fields)))

    async def feedback(self, ask: Ask, visit: Visit) -> Reply:
        group_id, text = chosen_number(ask, "group"), str(ask.answers.get("text") or "")
        vouched = bool(ask.answers.get("vouched"))
        async with self.door.store.begin() as unit:
            row = await give_feedback(
                unit,
                group_id,
                text,
                vouched=vouched,
                by=visit.viewer,
                key=ask.key,
                now=visit.now,
                rules=self.door.rules,
            )
            return Turn(messages.feedback_thanks(self.door.words, await unit.get(Group, row.to_group_id)))

    async def _write(self, ask: Ask, visit: Visit, key: str, provider: int | None, *, new: bool) -> Reply:
        text, vouched = str(ask.answers.get("text") or ""), bool(ask.answers.get("vouched"))
        said = Writing(ask.memo["report"], key, provider, text, int(ask.memo["version"]), new, vouched)
        async with self.door.store.begin() as unit:
            report = await services.write_entry(unit, said, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Turn(await self._page(unit, report, visit))

    async def _page(self, unit: Unit, report: Report, visit: Visit) -> Form:
        seen = await services.show(unit, report, by=visit.viewer, now=visit.now, rules=self.door.rules)
        lacking = await messages.missing(unit, seen, visit.viewer, visit.today)
        return messages.page(self.door.words, seen, lacking)


def _name(way: Way) -> str:
    """A way as the value of an option."""
    return f"{way.kind.name}.{way.sender.key}.{way.receiver.key}"


def _place(value: str) -> tuple[str, str, int | None]:
    """The report, its part and the provider that a button carries. Raises `NotFound`: it was not ours."""
    match value.split("."):
        case [reference, key, provider] if provider.isdecimal():
            return reference, key, int(provider) or None
    raise NotFound(what=value)


def _part(report: Report, key: str) -> object:
    return next((part for part in PARTS[report.kind] if part.key == key), None)


def _memo(report: Report) -> dict[str, str]:
    return {"report": report.reference, "version": str(report.version)}
