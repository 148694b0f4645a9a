"""Between the originator of an escalation and one of those asked: reading it all, a reply, a remark, sharing."""

from dataclasses import dataclass

from bot.chat.port import Ask, Choice, Field, Form, Open, Option, Reply, Text, Turn, Words
from bot.domain.escalation import AddresseeState
from bot.errors import NotFound
from bot.handlers.door import Door, Visit
from bot.messages import escalations as pages
from bot.messages import exchanges as messages
from bot.services import escalations, exchanges
from bot.services.exchanges import RemarkDraft
from bot.store.unit import Unit

TEXT = Text("text", 3000, multiline=True)


@dataclass(frozen=True)
class ExchangeDesk:
    """Threads. A button names one by the escalation's reference, a dot and the addressee's number."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        at.buttons["exchange.open"] = opens(self.open)
        at.buttons["exchange.begin"] = opens(self.begin)
        at.buttons["exchange.reply"] = opens(self.reply_form)
        at.buttons["exchange.remark"] = opens(self.remark_form)
        at.buttons["exchange.share"] = opens(self.share_form)
        at.forms["exchange.begin"] = opens(self.reply)
        at.forms["exchange.reply"] = opens(self.reply)
        at.forms["exchange.remark"] = opens(self.remark)
        at.forms["exchange.share"] = opens(self.share)

    async def open(self, ask: Ask, visit: Visit) -> Reply:
        reference, line = named(ask.value)
        async with self.door.store.begin() as unit:
            return Open(await self._thread(unit, reference, line, visit))

    async def begin(self, ask: Ask, visit: Visit) -> Reply:
        """The originator's side writes to one of those asked, whom it chooses."""
        rules = self.door.rules
        async with self.door.store.begin() as unit:
            opened = await escalations.open_escalation(unit, ask.value, by=visit.viewer, now=visit.now, rules=rules)
        lines = [one for one in opened.grid if one.addressee.state is not AddresseeState.STOPPED]
        if not opened.ours or not lines:
            raise NotFound(what=ask.value)
        options = tuple(Option(str(one.addressee.key), one.organisation) for one in lines)
        memo = {"thread": opened.escalation.reference}
        return Open(self.door.words.form(Form("exchange.begin", (Choice("line", options), TEXT), memo)))

    async def reply_form(self, ask: Ask, visit: Visit) -> Reply:
        parts = await self._parts(ask.value, visit)
        return Open(self.door.words.form(Form("exchange.reply", parts, {"thread": ask.value})))

    async def remark_form(self, ask: Ask, visit: Visit) -> Reply:
        parts = await self._parts(ask.value, visit)
        return Open(self.door.words.form(Form("exchange.remark", parts, {"thread": ask.value})))

    async def reply(self, ask: Ask, visit: Visit) -> Reply:
        return await self._write(ask, visit, ours=True)

    async def remark(self, ask: Ask, visit: Visit) -> Reply:
        return await self._write(ask, visit, ours=False)

    async def share_form(self, ask: Ask, visit: Visit) -> Reply:
        """What is about to be shared, to be confirmed. Shared already, the thread shows that it is."""
        key = number(ask.value)
        async with self.door.store.begin() as unit:
            opened, thread, said = await exchanges.shareable(
                unit, key, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        if said.exchange.shared_at:
            return Turn(messages.reading(self.door.words, opened, thread, again=True))
        parts = (Words(messages.sharing(self.door.words, said)),)
        return Open(self.door.words.form(Form("exchange.share", parts, {"exchange": str(key)})))

    async def share(self, ask: Ask, visit: Visit) -> Reply:
        key = number(ask.memo["exchange"])
        async with self.door.store.begin() as unit:
            reference, line, new = await exchanges.share(
                unit, key, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
            return Turn(await self._thread(unit, reference, line, visit, again=not new))

    async def _parts(self, thread: str, visit: Visit) -> tuple[Field | Words, ...]:
        reference, line = named(thread)
        async with self.door.store.begin() as unit:
            _, found = await exchanges.open_thread(
                unit, reference, line, by=visit.viewer, now=visit.now, rules=self.door.rules
            )
        return (Words(messages.asking_back(self.door.words, found)), TEXT)

    async def _write(self, ask: Ask, visit: Visit, *, ours: bool) -> Reply:
        reference, line = named(ask.memo["thread"], str(ask.answers.get("line") or ""))
        draft = RemarkDraft(reference, line, str(ask.answers.get("text") or ""), ours)
        rules = self.door.rules
        async with self.door.store.begin() as unit:
            await exchanges.write(unit, draft, by=visit.viewer, key=ask.key, now=visit.now, rules=rules)
            opened = await escalations.open_escalation(unit, reference, by=visit.viewer, now=visit.now, rules=rules)
            return Turn(pages.reading(self.door.words, opened, rules))

    async def _thread(self, unit: Unit, reference: str, line: int, visit: Visit, *, again: bool = False) -> Form:
        opened, thread = await exchanges.open_thread(
            unit, reference, line, by=visit.viewer, now=visit.now, rules=self.door.rules
        )
        return messages.reading(self.door.words, opened, thread, again=again)


def named(thread: str, chosen: str = "") -> tuple[str, int]:
    """The escalation's reference and the addressee's number that stand for a thread. Raises `NotFound`."""
    reference, _, line = thread.partition(".")
    return reference, number(line or chosen, what=reference)


def number(text: str, what: str = "") -> int:
    """A number from a button or a form. Raises `NotFound` for what is none."""
    if not text.isdecimal():
        raise NotFound(what=what or text)
    return int(text)
