"""A Slack workspace on one's own machine: strict as Slack, for demonstrations and for tests."""

from bot.playground.clock import MovableClock
from bot.playground.delivery import Envelope
from bot.playground.errors import NotPossible
from bot.playground.files import File
from bot.playground.outcome import Outcome
from bot.playground.persona import Persona
from bot.playground.seed import Seed, SeedChannel, SeedCommand, SeedShortcut, SeedUser
from bot.playground.server import Playground
from bot.playground.things import Shown, View

__all__ = [
    "Envelope",
    "File",
    "MovableClock",
    "NotPossible",
    "Outcome",
    "Persona",
    "Playground",
    "Seed",
    "SeedChannel",
    "SeedCommand",
    "SeedShortcut",
    "SeedUser",
    "Shown",
    "View",
]
