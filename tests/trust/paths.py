"""Every way by which something of the records can reach somebody: each a real listener or composer, with its output
as text. New listeners and messages are taken in by themselves."""

import itertools
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch
from zlib import crc32

from sqlalchemy.exc import NoResultFound

from bot.app import Soundings, build
from bot.chat.port import Ask, Listener
from bot.domain.handling import Identity
from bot.messages import MESSAGES
from bot.messages.form_words import BadWords
from bot.messages.letter import Letter
from bot.reports.drawing import ProviderPicture
from bot.settings import Settings
from bot.store.people import viewer_of
from bot.store.tables import ConcernAnswer
from tests.store.rows import NOW, TODAY, WORKSPACE

CHANNEL = "the channel"
# What goes to a channel; all else goes to people.
POSTED = ("agenda.digest", "agenda.late", "concern.posted", "journal.witness", "pack.posted")
# These follow a message that somebody has had already, and tell them only that it is over.
FOLLOWING = ("handling.asked", "escalation.withdrawn", "panel.withdrawn")
Seen = dict[str, str]


@dataclass(frozen=True)
class Names:
    """What is asked for: references and numbers that may or may not stand for something in a database."""

    concerns: Sequence[str] = ()
    escalations: Sequence[str] = ()
    numbers: Sequence[int] = ()
    words: Sequence[str] = ("northgate",)


@asynccontextmanager
async def bot_on(url: str) -> AsyncIterator[Soundings]:
    """The bot on a database, with nobody to talk to: its listeners and composers are asked directly."""
    settings = Settings(
        database_url=url, slack_bot_token="xoxb-none", slack_signing_secret="none", slack_api_url="http://127.0.0.1:1/"
    )
    bot = build(settings, clock=lambda: NOW)
    try:
        # A busy machine must not be what makes a difference; and of a chart it is its figures that are compared.
        with (
            patch("bot.handlers.door.PATIENCE_SECONDS", 60),
            patch("bot.messages.provider_chart.draw", _figures),
        ):
            yield bot
    finally:
        await bot.store.close()


async def _figures(picture: ProviderPicture) -> bytes:
    return repr(picture).encode()


async def everything_seen(
    bot: Soundings, ids: Mapping[str, int], who: str, names: Names, third: int | None = None
) -> Seen:
    """All that one person (or a group's channel) can be shown, path by path: first what only reads. With `third`, from
    0 to 2, only that third of the paths."""

    def left_out(path: str) -> bool:
        return third is not None and crc32(path.encode()) % 3 != third

    counter = itertools.count()
    seen: Seen = {}
    # References are drawn at random; two databases can be compared only if they draw the same.
    with patch("bot.domain.concern.secrets.choice", lambda letters: letters[next(counter) % len(letters)]):
        kinds = POSTED if who == CHANNEL else sorted(MESSAGES.keys() - set(POSTED + FOLLOWING))
        for kind, number in itertools.product(kinds, names.numbers):
            if not left_out(path := f"message {kind} {number}"):
                seen[path] = await _letter(bot, ids, who, kind, _About(number))
        if who != CHANNEL:
            for path, listener, ask in asks(bot, who, ids, names):
                if not left_out(path):
                    seen[path] = await answer(listener, ask)
    return seen


def asks(bot: Soundings, who: str, ids: Mapping[str, int], names: Names) -> Iterator[tuple[str, Listener, Ask]]:
    """Every listener with everything it may be asked. Forms come last: sent, they change what is there."""
    at, opens = bot.door.listeners, bot.door.opens
    plain = Ask(Identity("slack", WORKSPACE, f"U_{who}"), "key")
    references = list(dict.fromkeys([*names.concerns, *names.escalations]))
    topics = {f"soundings {name}": opens(method) for name, method in bot.door.topics.items()}
    spoken = {**at.commands, **topics}
    for name, words in itertools.product(sorted(spoken), ("", "mine", "group qsg", *names.words, *references)):
        path = f"/{name} {words}"
        yield path, spoken[name], replace(plain, key=path, command=name, words=words)
    for words in (f"northgate as of {TODAY.isoformat()}", "northgate vs vale"):
        path = f"/provider {words}"
        yield path, at.commands["provider"], replace(plain, key=path, command="provider", words=words)
    for name, listener in sorted({**at.searches, **at.home}.items()):
        for words in ("", *names.words):
            yield f"search {name} {words}", listener, replace(plain, words=words)
    for name, value in itertools.product(sorted(at.buttons), (*references, *map(str, names.numbers[:2]))):
        yield f"button {name} {value}", at.buttons[name], replace(plain, key=f"{name} {value}", value=value)
    for part, values in _named_otherwise(ids, names):
        for name, value in itertools.product((name for name in sorted(at.buttons) if part in name), values):
            yield f"button {name} {value}", at.buttons[name], replace(plain, key=f"{name} {value}", value=value)
    for name in sorted(at.forms, key=lambda name: (name == "conflict", name)):
        for concern, escalation in zip(names.concerns, names.escalations, strict=True):
            path = f"form {name} {concern} {escalation}"
            memo = _memo(concern, escalation, names.numbers)
            yield path, at.forms[name], replace(plain, key=path, memo=memo, answers=_answers(ids))


def _named_otherwise(ids: Mapping[str, int], names: Names) -> Iterator[tuple[str, Sequence[str]]]:
    """What the buttons of some subjects carry instead of a reference or a number, by a part of their name."""
    numbers = names.numbers
    yield "exchange.", [f"{one}.{numbers[-1]}" for one in dict.fromkeys(names.escalations) if numbers]
    # An answer goes by its concern and a mark, made of what it was submitted as in `tests/trust/hidden.py`.
    given = [(one, f"{one} {who} readers") for one in names.concerns[:1] for who in ("member", "named", "addressed")]
    yield "answer.", [f"{one}.{ConcernAnswer(submit_key=key).mark}" for one, key in given]
    yield "sitting.", [f"{one}.{kind}{one}" for one in numbers[:1] for kind in "cp"]
    # What arranges an agenda names a meeting, and in it a concern or a provider, and perhaps its neighbour.
    items = [f"{meeting}.{kind}{key}" for meeting, key in itertools.product(numbers[:2], repeat=2) for kind in "cp"]
    yield "agenda.", [*items, *(f"{one}.p{numbers[0]}.{one.partition('.')[2]}" for one in items)]
    levels = [f"{ids['qsg']}.{ids[name]}" for name in ("northgate", "vale")] + [f"{ids['qsg']}.all.1"]
    yield "surveillance.", levels
    parts = ("concerns", "escalations", "actions", "levels", "meetings", "places")
    yield "provider.", [*(f"{ids['northgate']}.{part}.1" for part in parts), f"{ids['northgate']}.{TODAY.isoformat()}"]
    yield "information.", [f"{ids['qsg']}.1", f"{ids['northgate']}.{ids['qsg']}"]


class _About(dict[str, Any]):
    """A subject in which every id that is asked for is the same number."""

    def __init__(self, number: int) -> None:
        super().__init__(lead=1, day=TODAY.isoformat())
        self.number = number

    def __missing__(self, name: str) -> int:
        return self.number


def _memo(concern: str, escalation: str, numbers: Sequence[int]) -> dict[str, str]:
    named = dict.fromkeys(("concern", "reference", "change", "panel"), concern)
    named |= {"thread": f"{escalation}.{numbers[-1] if numbers else 1}", "exchange": "1"}
    named |= {"note": str(numbers[-1] if numbers else 1), "mark": "0" * 16, "proposal": "1", "about": "1.1"}
    named |= {"opened": f"opened {concern}", "replaces": "0", "shown": "group TLP:AMBER+STRICT"}
    named |= {"meeting": str(numbers[0]), "item": f"c{numbers[0]}"} if numbers else {}
    return named | {"escalation": escalation, "action": "PLAIN", "category": "trust", "kind": "widen", "version": "1"}


def _answers(ids: Mapping[str, int]) -> dict[str, Any]:
    return {
        "concern": "-",
        "category": "trust",
        "provider": str(ids["northgate"]),
        "outcome": "holds",
        "reason": "Because.",
        "organisations": (str(ids["gmc"]),),
        "wanted": "action",
        "owner": str(ids["person member"]),
        "group": str(ids["qsg"]),
        "due_on": TODAY,
        "priority": "2",
        "issue": "Ask.",
        "text": "Said.",
        "level": "RS",
        "answer": "ask for more",
        "handling": "readers",
    }


async def answer(listener: Listener, ask: Ask) -> str:
    """A reply's every word. What only Slack's own payload could not carry breaks, and says nothing but that."""
    try:
        return repr(await listener(ask))
    except (ValueError, KeyError, LookupError, AttributeError) as error:
        return f"broken: {type(error).__name__}"


async def _letter(bot: Soundings, ids: Mapping[str, int], who: str, kind: str, subject: dict[str, Any]) -> str:
    async with bot.store.look() as unit:
        reader = None
        if who != CHANNEL:
            reader = await viewer_of(unit, Identity("slack", WORKSPACE, f"U_{who}"), TODAY)
            if reader is None:
                return "nobody"
        group = ids["qsg"] if who == CHANNEL else None
        letter = Letter(unit, subject, reader, group, bot.work.words, bot.work.rules, NOW)
        try:
            return repr(await MESSAGES[kind](letter))
        except (NoResultFound, BadWords):  # what it was about is not there: nothing is sent
            return repr(None)
