"""The life of an action [003 Annex D]: who may do what with it at which point, and what then becomes of it."""

import re
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from bot.domain.terms import ActionState
from bot.errors import FormErrors, NotYours, WrongState

FAR_AWAY = timedelta(days=731)
"""Beyond two years a date is more often a slip than meant, so it is asked about *(ours)*."""
EVIDENCE_LIMIT = 500
TEXT_LIMIT = 500
ROUND_TRIP = 3
"""How many people in a row pass an action on before the secretariat hears of it *(ours)*."""

PASSED, HANDED, ACCEPTED, STATE, DUE, PRIORITY = "passed on", "owner", "accepted", "state", "due date", "priority"
COMMENT, TIME_ASKED, TIME_DECIDED = "comment", "more time asked", "more time"
SNOOZED = "reminder"  # put off
GIVING = (PASSED, HANDED)
"""The changes in an action's history that give it to another owner: by its owner, or by those who run the group."""


class Act(StrEnum):
    """What can be done with an action that is in the log."""

    ACCEPT = "accepted"
    PASS_ON = "passed on"  # noqa: S105  # no password
    COMPLETE = "completed"
    ASK_TIME = "given more time"
    COMMENT = "commented on"
    HAND_OVER = "handed over"
    BRING_FORWARD = "brought forward"
    POSTPONE = "postponed"
    CLOSE = "closed"
    SEND_BACK = "sent back"
    REOPEN = "reopened"


class Part(StrEnum):
    """What somebody is to an action."""

    OWNER = "the owner"
    OFFICER = "the chair or the secretariat of the group"
    RAISER = "whoever raised it"


@dataclass(frozen=True)
class Rule:
    """One line of the table: from which state to which an act leads, who may do it, and who never may although they
    also have a part that could."""

    leads: Mapping[ActionState, ActionState]
    by: frozenset[Part]
    never: frozenset[Part] = frozenset()


_OPEN, _DONE, _CLOSED = ActionState.OPEN, ActionState.COMPLETED, ActionState.CLOSED
_OWNER, _OFFICERS = frozenset({Part.OWNER}), frozenset({Part.OFFICER})
_EITHER = _OWNER | _OFFICERS
_SAID = {
    _OWNER: "the owner",
    _OFFICERS: "the chair or the secretariat of the group",
    _EITHER: "the owner, the chair or the secretariat",
    frozenset(Part): "the owner, whoever raised it, the chair or the secretariat",
}

RULES: Mapping[Act, Rule] = {
    Act.ACCEPT: Rule({_OPEN: _OPEN}, _OWNER),
    Act.PASS_ON: Rule({_OPEN: _OPEN}, _OWNER),
    Act.COMPLETE: Rule({_OPEN: _DONE}, _EITHER),
    Act.ASK_TIME: Rule({_OPEN: _OPEN}, _OWNER),
    Act.COMMENT: Rule({_OPEN: _OPEN, _DONE: _DONE}, frozenset(Part)),
    Act.HAND_OVER: Rule({_OPEN: _OPEN}, _EITHER),
    Act.BRING_FORWARD: Rule({_OPEN: _OPEN}, _EITHER),
    # Nobody gives themselves more time, not even the chair: an owner asks.
    Act.POSTPONE: Rule({_OPEN: _OPEN}, _OFFICERS, never=_OWNER),
    Act.CLOSE: Rule({_DONE: _CLOSED}, _OFFICERS),
    Act.SEND_BACK: Rule({_DONE: _OPEN}, _OFFICERS),
    Act.REOPEN: Rule({_CLOSED: _OPEN}, _OFFICERS),
}
"""The one table of what may follow what. The owner completes; the chair or the secretariat closes [003 Annex D]."""


def parts_of(
    person_id: int, *, owner_id: int, raised_by_id: int, officer: bool, barred: bool = False
) -> frozenset[Part]:
    """What this person is to the action. `barred` are the provider's own staff and people with a declared conflict:
    they decide nothing about it, and keep only what they were given by name."""
    parts = {Part.OWNER} if person_id == owner_id else set()
    if not barred:
        parts |= {Part.OFFICER} if officer else set()
        parts |= {Part.RAISER} if person_id == raised_by_id else set()
    return frozenset(parts)


def acts_open_to(state: ActionState, parts: AbstractSet[Part]) -> frozenset[Act]:
    """Everything that somebody with these parts may do with an action in that state."""
    return frozenset(act for act, rule in RULES.items() if state in rule.leads and _allows(rule, parts))


def check_act(act: Act, state: ActionState, parts: AbstractSet[Part], what: str) -> ActionState:
    """The state that this act by such a person leads to. Raises `NotYours`, and `WrongState`."""
    rule = RULES[act]
    if not _allows(rule, parts):
        raise NotYours(who=_SAID[rule.by])
    if state not in rule.leads:
        raise WrongState(what=what, now=state, wanted=act)
    return rule.leads[state]


def _allows(rule: Rule, parts: AbstractSet[Part]) -> bool:
    return bool(rule.by & parts) and not rule.never & parts


def deciders(asker_id: int, *, officers: Collection[int], raised_by_id: int | None) -> frozenset[int]:
    """Who decides whether an owner has more time: the chair and the secretariat, but never whoever asks; without
    anybody else there, whoever raised the action; and when that is the same person too, or gone (None), themselves."""
    others = frozenset(officers) - {asker_id}
    return others or frozenset({asker_id if raised_by_id is None else raised_by_id})


def passes_in_a_row(fields: Sequence[str]) -> int:
    """How often owners have passed an action on since the group last chose one itself, from its history's fields,
    oldest first."""
    passed = 0
    for field in fields:
        passed = 0 if field == HANDED else passed + (field == PASSED)
    return passed


def goes_round(passes: int) -> bool:
    """Whether the secretariat is told: at the third person in a row who passes it on, and at every third after.

    Passing back to somebody who has passed it on before is allowed, since it can be right: what was asked for may have
    arrived meanwhile. But an action that has been through three pairs of hands has no owner in fact, its due date
    comes nearer all the while, and those who pass it on each see only their own step. Only the secretariat or the
    chair can say whose it is, so they must know.
    """
    return passes > 0 and passes % ROUND_TRIP == 0


def is_far_away(day: date, today: date) -> bool:
    """Whether somebody is asked if they mean that day."""
    return day > today + FAR_AWAY


def missed_day(day: date | None, today: date) -> str:
    """What to say beside a day that cannot be a new due date; "" for one that can."""
    if day is None:
        return "Choose a date."
    return "This date has passed. Choose today or a later day." if day < today else ""


def wrong_reason(reason: str) -> str:
    """What to say beside a reason that cannot be kept; "" for one that can."""
    if not reason.strip():
        return "Say why: it is kept with the change."
    return too_long(reason)


def too_long(text: str, limit: int = TEXT_LIMIT) -> str:
    """What to say beside words that are more than can be kept; "" for what can."""
    return f"At most {limit} characters can be kept. Shorten it." if len(text.strip()) > limit else ""


# Every character that RFC 3986 lets stand in an address, and nothing else: no blanks, controls, brackets or quotes.
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


def check_evidence(address: str) -> str:
    """The address of what shows that an action was done, or "" for none. Raises `FormErrors` for one that does not
    begin with https, is too long, hides a user name or password, or whose host is not a plain name: the host is all
    that people see before they follow it."""
    address = address.strip()
    if not address:
        return ""
    if len(address) > EVIDENCE_LIMIT:
        raise FormErrors({"evidence": f"An address has at most {EVIDENCE_LIMIT} characters. Use a shorter link."})
    if not _ADDRESS.fullmatch(address) or not address.casefold().startswith("https://"):
        raise FormErrors({"evidence": "Write one address that begins with https://, as your browser shows it."})
    if "@" in address.split("/", 3)[2]:
        raise FormErrors({"evidence": "Leave the user name and password out of the address."})
    if not evidence_host(address):
        raise FormErrors({"evidence": "This address names no place that others could open. Copy it from your browser."})
    return address


def evidence_host(address: str) -> str:
    """The name of the place that an address leads to, as `www.example.org`; "" for what is no such address."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    usual = port in (None, 443)
    named = bool(_HOST.fullmatch(host)) and "@" not in parts.netloc and parts.scheme == "https"
    return (host if usual else f"{host}:{port}") if named else ""
