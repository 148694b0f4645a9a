"""Answers to a concern: given, seen by those they are for, told to the originator at once, replied to and concluded."""

from datetime import date
from typing import Any

import pytest

from bot.domain.answers import AnswerHandling, AnswerKind
from bot.domain.terms import Audience, ConcernState
from bot.store.tables import Concern, ConcernAnswer, JournalEntry
from tests.flows.action_steps import SQLITE, acts
from tests.flows.steps import Tap, given_concern, last_dm, outbox, posts, told
from tests.hostile import HOSTILE
from tests.world import World, conflict
