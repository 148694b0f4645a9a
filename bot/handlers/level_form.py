"""The forms by which a surveillance level is proposed and decided: what each level asks for, and reading it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Ask, Choice, Day, Field, Form, Option, Search, Text, Tick
from bot.domain.surveillance import CONVENED_WITHIN, MUST, Must
from bot.domain.terms import Level
from bot.errors import FormErrors, NotFound
from bot.handlers.fields import OPTION_LIMIT, blank, chosen_term, number_in
from bot.messages.words import Templates
from bot.services.surveillance import NamedAction
from bot.store.concerns import SeenConcern

REASON = 1000  # characters, as the column holds
MOST = 100  # concerns in one list
LEVEL = Choice("level", blank(Level), radio=True, tells=True)
VOUCHED = Tick("vouched")


@dataclass(frozen=True)
class Given:
    """What a form opens with, from a proposal."""

    reason: str = ""
    finder: tuple[Option, ...] = ()
    find_out_by: date | None = None


NOTHING = Given()


def pair_in(value: str) -> tuple[int, int]:
    """The numbers of a group and of a provider, as a button or form carries them. Raises `NotFound`."""
    group, _, provider = value.partition(".")
    return number_in(group), number_in(provider)


def shown_level(ask: Ask) -> Level | None:
    """The level for which the form they are in was drawn; None for none yet. Raises `NotFound` for no such level."""
    value = ask.memo.get("shown", "")
    if value and value not in list(Level):
        raise NotFound(what=value)
    return Level(value) if value else None


def chosen_level(ask: Ask) -> Level:
    """The level they chose, or the one that is agreed to. Raises `FormErrors` if they left it open."""
    settled = shown_level(ask) if "agree" in ask.memo else None
    return settled or chosen_term(ask, "level", Level)


def proposal_form(level: Level | None, concerns: Sequence[SeenConcern], memo: dict[str, str]) -> Form:
    """The form to propose a level, with what that level asks for."""
    parts: tuple[Field, ...] = (LEVEL, Text("reason", REASON, multiline=True))
    if concerns:
        offered = tuple(_option(one) for one in concerns[:MOST])
        parts += (Choice("evidence", offered, many=True, required=False),)
    parts += _finder(level, NOTHING)
    return Form("surveillance.propose", (*parts, VOUCHED), memo | _shown(level))


def decision_form(level: Level | None, memo: dict[str, str], given: Given = NOTHING) -> Form:
    """The form to set a level, with what that level asks for. In the memo, `agree` says that the level is settled, and
    `held` that it stays on enhanced unless the chair says otherwise."""
    parts: tuple[Field, ...] = () if "agree" in memo else (LEVEL,)
    parts += (Text("level_reason", REASON, multiline=True, initial=given.reason), *_finder(level, given))
    if level and MUST[level].action:
        parts += (Text("task", 500, multiline=True, required=False),)
        parts += (Search("task_owner", "person", required=False), Day("task_due", required=False))
    if level and MUST[level].convener:
        parts += (Search("convener", "person"),)
    if "held" in memo and level in (Level.ROUTINE, Level.FURTHER_INFORMATION):
        parts += (Tick("override"),)
    return Form("surveillance.decide", (*parts, VOUCHED), memo | _shown(level))


def asks_for_more(ask: Ask, level: Level) -> bool:
    """Whether a level needs fields that the form, drawn for another, did not have."""
    return shown_level(ask) is not level and (MUST[level] != Must() or "held" in ask.memo)


def task_in(ask: Ask, level: Level, words: Templates, today: date) -> NamedAction | None:
    """The action named with a level: what was typed for enhanced, or that somebody convenes the risk summit. Raises
    `FormErrors` for one that is half said."""
    if MUST[level].convener:
        convener = number_or_none(ask, "convener")
        issue = words.render("surveillance.convene").markdown.strip()
        return NamedAction(issue, convener, today + CONVENED_WITHIN) if convener else None
    issue, owner, due = str(ask.answers.get("task") or ""), number_or_none(ask, "task_owner"), day_in(ask, "task_due")
    if not MUST[level].action or not (issue.strip() or owner or due):
        return None
    errors = {} if issue.strip() else {"task": "Say what is to be done."}
    if owner is None:
        errors["task_owner"] = "Say who does it."
    if due is None:
        errors["task_due"] = "Say by when."
    if owner is None or due is None or errors:
        raise FormErrors(errors)
    return NamedAction(issue, owner, due)


def number_or_none(ask: Ask, field: str) -> int | None:
    """The row number somebody chose, if they chose one."""
    answer = str(ask.answers.get(field) or "")
    return int(answer) if answer.isdecimal() else None


def day_in(ask: Ask, field: str) -> date | None:
    """The day somebody chose, if they chose one."""
    answer = ask.answers.get(field)
    return answer if isinstance(answer, date) else None


def _finder(level: Level | None, given: Given) -> tuple[Field, ...]:
    if level is None or not MUST[level].finder:
        return ()
    return Search("find_out", "person", initial=given.finder), Day("find_out_by", initial=given.find_out_by)


def _shown(level: Level | None) -> dict[str, str]:
    return {"shown": level.value if level else ""}


def _option(one: SeenConcern) -> Option:
    label = f"{one.concern.reference}: {one.concern.headline}"
    return Option(str(one.concern.key), label if len(label) <= OPTION_LIMIT else f"{label[: OPTION_LIMIT - 1]}…")
