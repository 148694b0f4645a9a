"""All about people: who is let in, who has left, and who is still nominated."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.chat.port import Ask, Form, Message, Offer, Open, Option, Reply, Say, Search, Turn
from bot.domain.handling import Identity
from bot.domain.terms import EnrolmentState
from bot.errors import NobodyMentioned, NotFound, NotYours
from bot.handlers.door import Door, Visit, which_group
from bot.handlers.fields import chosen_number, number_in
from bot.messages import people as messages
from bot.services.enrolment import decline, enrol, invite
from bot.services.leavers import account_closed, account_open
from bot.services.reconfirming import confirm, stand_down, stands_until
from bot.store.enrolment import enrollable, holder_of, kept_by, request_by_id
from bot.store.journal import record
from bot.store.tables import Organisation
from bot.store.unit import Unit


@dataclass(frozen=True)
class PeopleDesk:
    """The secretariat lets people in; nominated people say that they still are."""

    door: Door

    def register(self) -> None:
        at, opens = self.door.listeners, self.door.opens
        self.door.topics["people"] = self.list
        self.door.topics["invite"] = self.invite
        at.buttons["people.enrol"] = opens(self.enrol)
        at.buttons["people.elsewhere"] = opens(self.form)
        at.buttons["people.decline"] = opens(self.decline)
        at.forms["people.enrol"] = opens(self.submit)
        at.searches["people.organisation"] = opens(self.search)
        at.buttons["people.confirm"] = opens(self.confirm)
        at.buttons["people.stand_down"] = opens(self.stand_down)
        at.people["closed"] = self.closed
        at.people["open"] = self.opened

    async def list(self, ask: Ask, visit: Visit) -> Reply:
        place = which_group(ask, ask.words, visit.viewer, command="/soundings people")
        async with self.door.store.begin() as unit:
            if place.group_id not in await kept_by(unit, visit.viewer, visit.today):
                raise NotYours(who="the secretariat of the group")
            about = ("group", place.group_id)
            record(unit, "people listed", by=visit.viewer, now=visit.now, subject=about, group_id=place.group_id)
            policy, words = self.door.rules.policy, self.door.words
            return Say(await messages.listed(unit, words, place, visit.viewer, today=visit.today, policy=policy))

    async def invite(self, ask: Ask, visit: Visit) -> Reply:
        """`/soundings invite @person ORGANISATION`; without an organisation that fits, a form asks for it."""
        async with self.door.store.look() as unit:
            bodies = await enrollable(unit, visit.viewer, visit.today)
        if not bodies:
            raise NotYours(who="the secretariat of a group")
        if len(ask.mentions) != 1:
            raise NobodyMentioned
        body = _named_last(ask.words, bodies)
        if body is None:
            return self._form(asdict(ask.mentions[0]))
        return Say(await self._invite(ask.mentions[0], body.key, visit))

    async def enrol(self, ask: Ask, visit: Visit) -> Reply:
        request, _, organisation = ask.value.partition(".")
        return Open(await self._enrol(request, number_in(organisation), visit))

    async def decline(self, ask: Ask, visit: Visit) -> Reply:
        async with self.door.store.begin() as unit:
            decided = await decline(unit, number_in(ask.value), by=visit.viewer, now=visit.now, rules=self.door.rules)
            return Open(await messages.became(unit, self.door.words, decided))

    async def form(self, ask: Ask, visit: Visit) -> Reply:
        """Another organisation than the one proposed. What has been decided meanwhile is said instead."""
        async with self.door.store.look() as unit:
            request = await request_by_id(unit, number_in(ask.value))
            if request is None or not await kept_by(unit, visit.viewer, visit.today):
                raise NotFound(what=ask.value)
            if request.state is not EnrolmentState.PROPOSED:
                return Open(await messages.became(unit, self.door.words, request))
        return self._form({"request": ask.value})

    async def submit(self, ask: Ask, visit: Visit) -> Reply:
        organisation = chosen_number(ask, "organisation")
        if "request" in ask.memo:
            return Turn(await self._enrol(ask.memo["request"], organisation, visit))
        who = Identity(ask.memo["platform"], ask.memo["workspace"], ask.memo["user"])
        return Say(await self._invite(who, organisation, visit))

    async def search(self, ask: Ask, visit: Visit) -> Reply:
        """The organisations for which this person lets people in."""
        words = ask.words.casefold()
        async with self.door.store.look() as unit:
            found = await enrollable(unit, visit.viewer, visit.today)
        fit = [one for one in found if words in f"{one.short_name} {one.name}".casefold()]
        return Offer(tuple(Option(str(one.key), one.short_name) for one in fit[:100]))

    async def confirm(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.begin() as unit:
            await confirm(unit, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return await self._answered(unit, visit)

    async def stand_down(self, ask: Ask, visit: Visit) -> Reply:  # noqa: ARG002
        async with self.door.store.begin() as unit:
            refused = await stand_down(unit, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return await self._answered(unit, visit, refused=refused)

    async def closed(self, who: Identity) -> None:
        """The platform says that somebody's account was closed."""
        async with self.door.store.begin() as unit:
            await account_closed(unit, who, now=self.door.clock(), rules=self.door.rules)

    async def opened(self, who: Identity) -> None:
        """The platform speaks of an open account, as it does whenever somebody changes their picture."""
        async with self.door.store.look() as unit:
            person = await holder_of(unit, who)
        if person is not None and person.deactivated_at is not None:
            async with self.door.store.begin() as unit:
                await account_open(unit, who, now=self.door.clock())

    async def _enrol(self, request: str, organisation_id: int, visit: Visit) -> Form:
        rules = self.door.rules
        async with self.door.store.begin() as unit:
            decided = await enrol(
                unit, number_in(request), organisation_id, by=visit.viewer, now=visit.now, rules=rules
            )
            return await messages.became(unit, self.door.words, decided)

    async def _invite(self, who: Identity, organisation_id: int, visit: Visit) -> Message:
        async with self.door.store.begin() as unit:
            request = await invite(unit, who, organisation_id, by=visit.viewer, now=visit.now, rules=self.door.rules)
            return await messages.inviting(unit, self.door.words, request)

    async def _answered(self, unit: Unit, visit: Visit, *, refused: bool = False) -> Reply:
        until = await stands_until(unit, visit.viewer.person_id, now=visit.now, rules=self.door.rules)
        return Open(messages.answered(self.door.words, until=until, refused=refused))

    def _form(self, memo: dict[str, str]) -> Reply:
        field = Search("organisation", "people.organisation")
        return Open(self.door.words.form(Form("people.enrol", (field,), memo)))


def _named_last(words: str, bodies: Sequence[Organisation]) -> Organisation | None:
    """The organisation whose name the words end with; the longest name where several would do."""
    said = f" {' '.join(words.casefold().split())}"
    named = [(name, one) for one in bodies for name in (one.short_name, one.name, one.slug)]
    fits = [(len(name), one) for name, one in named if said.endswith(f" {name.casefold()}")]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None
