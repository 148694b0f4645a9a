"""The things a workspace is made of: people, channels, messages and views."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.playground.files import File
from bot.playground.limits import elements_in
from bot.playground.readable import lines_of_files, lines_shown

Blocks = list[dict[str, Any]]


@dataclass
class User:
    """A person or the bot."""

    id: str
    name: str
    real_name: str
    title: str = ""
    email: str = ""
    deleted: bool = False
    restricted: bool = False
    team_id: str = ""
    is_bot: bool = False


@dataclass
class Message:
    """A message; an ephemeral one is for `only_for` alone and is not part of the channel's history."""

    ts: str
    channel: str
    author: str
    fallback: str
    blocks: Blocks = field(default_factory=list)
    only_for: str | None = None
    thread_ts: str | None = None
    edited: bool = False
    files: list[File] = field(default_factory=list)
    replies: list["Message"] = field(default_factory=list)

    def seen_by(self, user: str) -> bool:
        """Whether a member of the channel sees it."""
        return self.only_for in (None, user)


@dataclass
class Channel:
    """A channel or a direct message, with its messages oldest first (replies hang below their parent)."""

    id: str
    name: str
    kind: Literal["public", "private", "dm"]
    members: set[str] = field(default_factory=set)
    archived: bool = False
    messages: list[Message] = field(default_factory=list)
    read_up_to: dict[str, str] = field(default_factory=dict)

    def every_message(self) -> Iterator[Message]:
        """All messages, replies included."""
        for message in self.messages:
            yield message
            yield from message.replies

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp."""
        return next((message for message in self.every_message() if message.ts == ts), None)

    def forget(self, ts: str) -> None:
        """Take the message with this timestamp away."""
        self.messages = [message for message in self.messages if message.ts != ts]
        for message in self.messages:
            message.replies = [reply for reply in message.replies if reply.ts != ts]


@dataclass(eq=False)
class View:
    """A modal or the Home tab of one person; `view["state"]` and the like read what Slack shows the app."""

    id: str
    owner: str
    body: dict[str, Any]
    hash: str
    team_id: str
    app_id: str
    bot_id: str
    root_id: str
    previous_id: str | None = None
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.body["type"])

    @property
    def blocks(self) -> Blocks:
        """The blocks as posted, with ids filled in."""
        blocks: Blocks = self.body["blocks"]
        return blocks

    @property
    def title(self) -> str:
        """The title of a modal."""
        return str((self.body.get("title") or {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.body.get("callback_id") or "")

    @property
    def private_metadata(self) -> str:
        """The string the app keeps with the view."""
        return str(self.body.get("private_metadata") or "")

    @property
    def text(self) -> str:
        """All visible text: the title, the blocks, and the buttons below them."""
        below = [(self.body.get(part) or {}).get("text", "") for part in ("close", "submit")]
        foot = " ".join(f"[{label}]" for label in below if label)
        return "\n".join(line for line in (self.title, *lines_shown(self.blocks), foot) if line)

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons in the blocks."""
        return button_labels(self.blocks)

    def payload(self) -> dict[str, Any]:
        """The view as Slack puts it in payloads and answers."""
        get = self.body.get
        return {
            "id": self.id,
            "team_id": self.team_id,
            "type": self.type,
            "blocks": self.blocks,
            "private_metadata": self.private_metadata,
            "callback_id": self.callback_id,
            "state": {"values": self.values},
            "hash": self.hash,
            "title": get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(get("clear_on_close")),
            "notify_on_close": bool(get("notify_on_close")),
            "close": get("close"),
            "submit": get("submit"),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": self.app_id,
            "external_id": str(get("external_id") or ""),
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
        }

    def __getitem__(self, key: str) -> Any:
        """Read a field of the payload."""
        return self.payload()[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Read a field of the payload, or `default`."""
        return self.payload().get(key, default)


@dataclass(frozen=True)
class Shown:
    """A message as one person's screen shows it: a picture taken when it was read, not a live object."""

    ts: str
    channel: str
    author: str
    fallback: str
    blocks: Blocks
    ephemeral: bool
    edited: bool
    thread_ts: str | None
    thread: tuple["Shown", ...]
    files: tuple[File, ...] = ()

    @property
    def text(self) -> str:
        """All visible text: that of the blocks, or the plain text where there are none; then the files."""
        words = list(lines_shown(self.blocks)) if self.blocks else [self.fallback] if self.fallback else []
        return "\n".join([*words, *lines_of_files(self.files)])

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons."""
        return button_labels(self.blocks)


def show(message: Message, viewer: str) -> Shown:
    """The message as `viewer` sees it, leaving out replies meant for others alone."""
    return Shown(
        ts=message.ts,
        channel=message.channel,
        author=message.author,
        fallback=message.fallback,
        blocks=message.blocks,
        ephemeral=message.only_for is not None,
        edited=message.edited,
        thread_ts=message.thread_ts,
        thread=tuple(show(reply, viewer) for reply in message.replies if reply.seen_by(viewer)),
        files=tuple(message.files),
    )


def button_labels(blocks: Blocks) -> list[str]:
    """The labels of all buttons in the blocks, in order."""
    elements = [element for block in blocks for element in elements_in(block)]
    return [element["text"]["text"] for element in elements if element["type"] == "button"]
