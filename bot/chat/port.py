"""What the bot needs of a chat platform, in the platform's absence.

Handlers answer an `Ask` with a `Reply`; the outbox sends through `Chat`. Handles are the platform's own, opaque here.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from bot.domain.handling import Identity

Handle = dict[str, Any]


@dataclass(frozen=True)
class Channel:
    """A conversation on a chat platform."""

    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True)
class Profile:
    """What the platform says of somebody. `email` is empty unless the platform vouches that it is theirs; `workspace`
    is the one their account belongs to; `active` is false once the account is closed."""

    name: str
    email: str
    workspace: str
    active: bool = True


@dataclass(frozen=True)
class Attachment:
    """A file of at least one byte. `alt` says what an image shows; other files need none."""

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True)
class Message:
    """Words to show, as Markdown rendered from a template, and what follows in the thread, where `Chat` sends or edits
    it: more words `below`, and `files`; a reply, a page and a form have neither. Beside ordinary Markdown, a paragraph
    made only of links to `button:listener:value` is a row of buttons; a link title of `primary` or `danger` gives its
    look. `######` is small print."""

    markdown: str
    files: tuple[Attachment, ...] = ()
    below: str = ""


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class Text:
    """Words to be typed; at most `limit` characters."""

    name: str
    limit: int
    multiline: bool = False
    required: bool = True
    initial: str = ""
    label: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Choice:
    """One of a list, or several when `many`. `radio` shows them all at once.

    The form's listener of changes is told at once of what is chosen in a field that `tells`.
    """

    name: str
    options: tuple[Option, ...]
    many: bool = False
    radio: bool = False
    required: bool = True
    initial: tuple[str, ...] = ()
    label: str = ""
    hint: str = ""
    tells: bool = False


@dataclass(frozen=True)
class Search:
    """One of very many, found by typing; `source` names the listener that answers with options."""

    name: str
    source: str
    many: bool = False
    required: bool = True
    initial: tuple[Option, ...] = ()
    label: str = ""
    hint: str = ""
    tells: bool = False


@dataclass(frozen=True)
class Day:
    name: str
    required: bool = True
    initial: date | None = None
    label: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Tick:
    """One box to tick; `statement` is what ticking it says."""

    name: str
    initial: bool = False
    label: str = ""
    hint: str = ""
    statement: str = ""
    tells: bool = False


@dataclass(frozen=True)
class Words:
    """Words within a form, between its fields."""

    message: Message


Field = Text | Choice | Search | Day | Tick
Answer = str | tuple[str, ...] | bool | date | None


@dataclass(frozen=True)
class Form:
    """A form, or a page to read when `submit` is empty. `memo` comes back with the answers, unseen by the person.
    `name` names the listener. Title, submit, labels and hints come from `templates/forms/<name>.yaml`."""

    name: str
    parts: tuple[Field | Words, ...]
    memo: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    submit: str = ""


@dataclass(frozen=True)
class Quoted:
    """The message a person chose to raise something from. `link` asks for its address: "" where the bot is not."""

    text: str
    channel: str
    link: Callable[[], Awaitable[str]]


@dataclass(frozen=True)
class Ask:
    """One thing somebody did. `key` is the platform's id of it: the same again if it is sent again."""

    who: Identity
    key: str
    command: str = ""
    words: str = ""
    value: str = ""
    channel: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    memo: Mapping[str, str] = field(default_factory=dict)
    quoted: Quoted | None = None
    mentions: tuple[Identity, ...] = ()
    """The people whom a command's words mention."""


@dataclass(frozen=True)
class Say:
    """Tell this person, and nobody else, here."""

    message: Message


@dataclass(frozen=True)
class Open:
    """Open a form or page; on top of the one they are in, if any."""

    form: Form


@dataclass(frozen=True)
class Turn:
    """Put this form or page in place of the one they are in. What was typed or chosen in a field stays in the field
    of the same name when it is the same form, whatever its initial value."""

    form: Form


@dataclass(frozen=True)
class Fix:
    """Say what is wrong beside each field, keeping all that was typed. "" stands for the form as a whole."""

    errors: Mapping[str, str]


@dataclass(frozen=True)
class Offer:
    """Answer a search with options, at most 100."""

    options: tuple[Option, ...]


@dataclass(frozen=True)
class ShowHome:
    """What this person's own page of the bot shows."""

    message: Message


@dataclass(frozen=True)
class Sorry:
    """A refusal, wherever they asked: one plain sentence. Never loses what was typed."""

    sentence: str


Reply = Say | Open | Turn | Fix | Offer | ShowHome | Sorry
Listener = Callable[[Ask], Awaitable[Reply]]
Hearer = Callable[[Identity], Awaitable[None]]


@dataclass(frozen=True)
class Listeners:
    """Who answers what, by name. Names are unique within their kind.

    `changes` are told, by the form's name, of a choice in a form that is still being filled in: the ask has all
    answers so far, and the reply counts only if it is a `Turn`.
    """

    commands: dict[str, Listener] = field(default_factory=dict)
    buttons: dict[str, Listener] = field(default_factory=dict)
    forms: dict[str, Listener] = field(default_factory=dict)
    changes: dict[str, Listener] = field(default_factory=dict)
    searches: dict[str, Listener] = field(default_factory=dict)
    shortcuts: dict[str, Listener] = field(default_factory=dict)
    home: dict[str, Listener] = field(default_factory=dict)
    people: dict[str, Hearer] = field(default_factory=dict)
    """What happened to somebody's account: `closed`, or `open` whenever the platform speaks of it as open."""


class Refused(Exception):
    """The platform will never deliver this as it stands; `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Busy(Exception):
    """The platform asks to wait `seconds` before anything more to this destination."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:g} s")
        self.seconds = seconds


class Unfinished(Exception):
    """Part of a message has arrived, then `cause` stopped it. `edit` with this `handle` sends what is missing."""

    def __init__(self, handle: Handle, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.handle = handle
        self.cause = cause


class Chat(Protocol):
    """Sending. Raises `Refused` for good, `Busy` for now, `ConnectionError` or `TimeoutError` when in doubt;
    `send` and `edit` raise `Unfinished` with one of these inside when part of the message is there already."""

    async def send(self, to: Identity | Channel, message: Message) -> Handle: ...

    async def edit(self, handle: Handle, message: Message) -> Handle:
        """Replace all of a message, wherever it went on, and give its handle from now on. What of it somebody has
        deleted stays deleted."""
        ...

    async def profile(self, who: Identity) -> Profile:
        """Who somebody is. Raises `Refused` when the platform will not say."""
        ...

    async def present(self, channel: Channel) -> bool:
        """Whether the bot is in that channel and may post there."""
        ...

    async def members(self, channel: Channel) -> Sequence[Identity]:
        """Everybody who is in that channel, but for this bot: each as their own workspace knows them. Whose workspace
        the platform will not say has none. Other bots count as members."""
        ...
