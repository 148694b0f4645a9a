"""What a playground workspace holds on its first day: people, channels, commands and shortcuts."""

from dataclasses import dataclass
from typing import Literal

EVENTS = (
    "app_home_opened",
    "app_mention",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "user_change",
)

SCOPES = frozenset(
    {
        "channels:join",
        "channels:read",
        "chat:write",
        "files:write",
        "groups:read",
        "im:read",
        "im:write",
        "users:read",
        "users:read.email",
    }
)


@dataclass(frozen=True)
class SeedUser:
    """A person; `team_id` differs from the workspace's own for a Slack Connect guest."""

    id: str
    name: str
    real_name: str
    title: str = ""
    email: str = ""
    deleted: bool = False
    restricted: bool = False
    team_id: str | None = None


@dataclass(frozen=True)
class SeedChannel:
    """A channel with the ids of its members; the bot is a member only if `bot_member`."""

    id: str
    name: str
    private: bool = True
    members: tuple[str, ...] = ()
    bot_member: bool = True
    archived: bool = False


@dataclass(frozen=True)
class SeedCommand:
    """A slash command as the app's manifest declares it."""

    name: str
    hint: str = ""
    description: str = ""


@dataclass(frozen=True)
class SeedShortcut:
    """A global or message shortcut as the app's manifest declares it."""

    callback_id: str
    name: str
    kind: Literal["message", "global"] = "global"


@dataclass(frozen=True)
class Seed:
    """The workspace and the app's manifest: Slack sends only declared commands, shortcuts and `events`."""

    team_id: str = "T0SOUND"
    team_name: str = "Soundings playground"
    users: tuple[SeedUser, ...] = ()
    channels: tuple[SeedChannel, ...] = ()
    commands: tuple[SeedCommand, ...] = ()
    shortcuts: tuple[SeedShortcut, ...] = ()
    events: tuple[str, ...] = EVENTS
    scopes: frozenset[str] = SCOPES
    bot_name: str = "soundings"
    bot_real_name: str = "Soundings"
