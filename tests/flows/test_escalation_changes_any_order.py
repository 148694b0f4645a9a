"""Whatever is changed about two escalations, in whatever order: nobody is forgotten, told twice, or shown too much."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.domain.escalation import AWAITED, EscalationState
from bot.domain.terms import Audience, Urgency
from bot.errors import Refusal
from bot.services.escalation_changes import withdraw, withdraw_from
from bot.services.escalation_merging import merge
from bot.services.escalation_widening import add_concern, address_late, reopen
from bot.services.escalations import AnswerDraft, acknowledge, answered, respond
from bot.store.concerns import reaches, visible_concern
from bot.store.escalations import answerable_line
from bot.store.tables import Addressee, Concern, Escalation, OutboxRow, PastAnswer
from tests.flows.change_steps import given_change
from tests.flows.steps import at_once, given_concern, given_escalation, told, viewer
from tests.world import PEOPLE, World, open_world
