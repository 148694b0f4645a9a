"""What people read about actions."""

from collections.abc import Sequence

from bot.chat.port import Form, Message
from bot.domain.actions import GIVING, STATE, Act, acts_open_to, evidence_host
from bot.domain.handling import Viewer
from bot.domain.terms import ActionState
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.action_life import changes_of, is_barred, parts_in
from bot.store.actions import SeenAction, left_open_by, seen_by_id
from bot.store.people import people_by_id
from bot.store.tables import Action, Person


async def given(letter: Letter) -> Message | None:
    """To a new owner: what they have been given, by whom."""
    found = await seen_by(letter)
    if letter.reader is None:
        return None
    if found is None or found.action.owner_id != letter.reader.person_id:
        former = await letter.unit.get(Action, letter.about("action")) if "former" in letter.subject else None
        return letter.words.render("action.former", action=former, seen=found is not None) if former else None
    letter.shows(found.action)
    given = (await changes_of(letter.unit, found.action.key, *GIVING))[-1:]
    giver = await letter.unit.get(Person, given[0].by_id if given else found.action.raised_by_id)
    barred = await is_barred(letter.unit, found.action, letter.reader, letter.today)
    reason = given[0].reason if given and not barred else ""
    return letter.words.render("action.given", line=found, giver=giver, reason=reason, states=ActionState)


async def completed(letter: Letter) -> Message | None:
    """To whoever raised it: it is done, and awaits sign-off."""
    found = await seen_by(letter)
    if found is None or letter.reader is None:
        return None
    letter.shows(found.action)
    parts = await parts_in(letter.unit, found.action, letter.reader, letter.today)
    last = (await changes_of(letter.unit, found.action.key, STATE))[-1:]
    people = await people_by_id(letter.unit, [one.by_id for one in last])
    return letter.words.render(
        "action.completed",
        line=found,
        closes=Act.CLOSE in acts_open_to(found.action.state, parts),
        by=people[last[0].by_id].name if last else "",
        reason=last[0].reason if last else "",
        host=evidence_host(found.action.evidence),
        states=ActionState,
    )


async def ownerless(letter: Letter) -> Message | None:
    """To the secretariat: somebody left, and these actions need another owner."""
    if letter.reader is None:
        return None
    owner = await letter.unit.get(Person, letter.about("owner"))
    left = await left_open_by(letter.unit, owner.key, letter.reader, letter.today)
    lines = [line for line in left if letter.reader.runs(line.action.group_id)]
    letter.shows(*(line.action for line in lines))
    return letter.words.render("action.ownerless", owner=owner, lines=lines) if lines else None


def listed(words: Templates, lines: Sequence[SeenAction], *, viewer: Viewer) -> Message:
    """Somebody's own actions as a list with buttons."""
    return words.render("action.list", lines=lines, group="", viewer=viewer)


def out_of_sight(words: Templates, reference: str) -> Form:
    """The same for an action that whoever saved it may no longer see, having handed it over."""
    return words.page("action.hidden", reference=reference)


async def seen_by(letter: Letter) -> SeenAction | None:
    """The action that a message is about, if its reader may see it."""
    if letter.reader is None:
        return None
    return await seen_by_id(letter.unit, letter.about("action"), letter.reader, letter.today)
