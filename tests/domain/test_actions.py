"""The life of an action: every state, every act and everybody who may do it; and what may be typed."""

from datetime import date

import pytest

from bot.domain.actions import (
    EVIDENCE_LIMIT,
    RULES,
    Act,
    Part,
    acts_open_to,
    check_act,
    check_evidence,
    deciders,
    evidence_host,
    goes_round,
    is_far_away,
    missed_day,
    parts_of,
    passes_in_a_row,
    wrong_reason,
)
from bot.domain.terms import ActionState
from bot.errors import FormErrors, NotYours, WrongState

OPEN, COMPLETED, CLOSED = ActionState.OPEN, ActionState.COMPLETED, ActionState.CLOSED
OWNER, RAISER, CHAIR, SECRETARY, MEMBER = 1, 2, 3, 4, 5


def parts(person: int, *, barred: bool = False) -> frozenset[Part]:
    officer = person in (CHAIR, SECRETARY)
    return parts_of(person, owner_id=OWNER, raised_by_id=RAISER, officer=officer, barred=barred)


OWN_CHAIR = parts_of(OWNER, owner_id=OWNER, raised_by_id=RAISER, officer=True)
ALONE = parts_of(OWNER, owner_id=OWNER, raised_by_id=OWNER, officer=True)
PEOPLE = {
    "owner": parts(OWNER),
    "other member": parts(MEMBER),
    "chair": parts(CHAIR),
    "secretariat": parts(SECRETARY),
    "raiser": parts(RAISER),
    "the provider's own staff": parts(MEMBER, barred=True),
    "conflicted chair": parts(CHAIR, barred=True),
    "conflicted raiser": parts(RAISER, barred=True),
    "conflicted owner": parts(OWNER, barred=True),
    "owner who is chair": OWN_CHAIR,
    "owner who is chair, conflicted": parts_of(OWNER, owner_id=OWNER, raised_by_id=OWNER, officer=True, barred=True),
    "everything at once": ALONE,
}
A = Act
OWNERS = {A.ACCEPT, A.PASS_ON, A.COMPLETE, A.ASK_TIME, A.COMMENT, A.HAND_OVER, A.BRING_FORWARD}
OFFICERS = {A.COMPLETE, A.COMMENT, A.HAND_OVER, A.BRING_FORWARD, A.POSTPONE}
AWAITING = {A.CLOSE, A.SEND_BACK, A.COMMENT}
NOTHING: set[Act] = set()
# Who: what they may do while it is open, completed, closed.
TABLE = {
    "owner": (OWNERS, {A.COMMENT}, NOTHING),
    "other member": (NOTHING, NOTHING, NOTHING),
    "chair": (OFFICERS, AWAITING, {A.REOPEN}),
    "secretariat": (OFFICERS, AWAITING, {A.REOPEN}),
    "raiser": ({A.COMMENT}, {A.COMMENT}, NOTHING),
    "the provider's own staff": (NOTHING, NOTHING, NOTHING),
    "conflicted chair": (NOTHING, NOTHING, NOTHING),
    "conflicted raiser": (NOTHING, NOTHING, NOTHING),
    "conflicted owner": (OWNERS, {A.COMMENT}, NOTHING),
    "owner who is chair": (OWNERS, AWAITING, {A.REOPEN}),
    "owner who is chair, conflicted": (OWNERS, {A.COMMENT}, NOTHING),
    "everything at once": (OWNERS, AWAITING, {A.REOPEN}),
}
LEADS = {
    A.COMPLETE: {OPEN: COMPLETED},
    A.CLOSE: {COMPLETED: CLOSED},
    A.SEND_BACK: {COMPLETED: OPEN},
    A.REOPEN: {CLOSED: OPEN},
    A.COMMENT: {OPEN: OPEN, COMPLETED: COMPLETED},
}


@pytest.mark.parametrize("state", ActionState)
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("act", Act)
def test_exactly_this_may_be_done(who: str, state: ActionState, act: Act):
    allowed = TABLE[who][list(ActionState).index(state)]
    assert (act in acts_open_to(state, PEOPLE[who])) is (act in allowed)
    if act in allowed:
        assert check_act(act, state, PEOPLE[who], "Action A-1") is LEADS.get(act, {OPEN: OPEN})[state]
    else:
        with pytest.raises((NotYours, WrongState)):
            check_act(act, state, PEOPLE[who], "Action A-1")


def test_the_table_leaves_nobody_and_nothing_out():
    assert set(TABLE) == set(PEOPLE)
    assert list(ActionState) == [OPEN, COMPLETED, CLOSED]
    assert set(RULES) == set(Act)
    assert {act: dict(rule.leads) for act, rule in RULES.items()} == {act: LEADS.get(act, {OPEN: OPEN}) for act in Act}


def test_who_may_not_hears_that_before_how_it_stands():
    with pytest.raises(NotYours, match="Only the chair or the secretariat of the group can do that"):
        check_act(A.CLOSE, OPEN, PEOPLE["owner"], "Action A-1")
    with pytest.raises(WrongState, match="Action A-1 is open, so it cannot be closed now"):
        check_act(A.CLOSE, OPEN, PEOPLE["chair"], "Action A-1")


@pytest.mark.parametrize(
    ("asker", "officers", "raiser", "decide"),
    [
        (OWNER, {CHAIR, SECRETARY}, RAISER, {CHAIR, SECRETARY}),
        (CHAIR, {CHAIR, SECRETARY}, RAISER, {SECRETARY}),
        (CHAIR, {CHAIR}, RAISER, {RAISER}),
        (OWNER, set(), RAISER, {RAISER}),
        (CHAIR, {CHAIR}, CHAIR, {CHAIR}),
        (OWNER, set(), OWNER, {OWNER}),
        (OWNER, set(), None, {OWNER}),
        (OWNER, {CHAIR}, None, {CHAIR}),
    ],
)
def test_nobody_grants_their_own_time_while_another_can(
    asker: int, officers: set[int], raiser: int | None, decide: set[int]
):
    assert deciders(asker, officers=officers, raised_by_id=raiser) == decide


P, H = "passed on", "owner"


@pytest.mark.parametrize(
    ("fields", "passes", "told"),
    [
        ([], 0, False),
        ([P], 1, False),
        ([P, P], 2, False),
        ([P, P, P], 3, True),
        ([P, "comment", P, "due date", "accepted", P], 3, True),
        ([P, P, P, P], 4, False),
        ([P] * 6, 6, True),
        ([P, P, H, P], 1, False),
        ([P, P, P, H], 0, False),
    ],
)
def test_the_third_in_a_row_is_told(fields: list[str], passes: int, told: bool):
    assert passes_in_a_row(fields) == passes
    assert goes_round(passes) is told


TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "sentence", "far"),
    [
        (date(2026, 11, 22), "This date has passed", False),
        (date(2026, 11, 23), "", False),
        (date(2028, 11, 23), "", False),
        (date(2028, 11, 24), "", True),
        (date(9999, 12, 31), "", True),
    ],
)
def test_which_day_it_can_be(day: date, sentence: str, far: bool):
    assert missed_day(day, TODAY)[: len(sentence)] == sentence
    assert bool(missed_day(day, TODAY)) is bool(sentence)
    assert is_far_away(day, TODAY) is far


def test_a_day_is_chosen_and_a_reason_given():
    assert missed_day(None, TODAY) == "Choose a date."
    assert [bool(wrong_reason(reason)) for reason in ("", " \n", "x" * 501, "x" * 500, "Why.")] == [True] * 3 + [
        False
    ] * 2


GOOD = {
    "https://www.example.org/rota": "www.example.org",
    " https://example.org/a_b-c?x=1&y=%20#z ": "example.org",
    "HTTPS://EXAMPLE.ORG/": "example.org",
    "https://example.org:443/": "example.org",
    "https://example.org:8443/": "example.org:8443",
    "https://example.org/a@b": "example.org",
    "https://xn--bcher-kva.example/": "xn--bcher-kva.example",
    "https://example.org/" + "a" * (EVIDENCE_LIMIT - 20): "example.org",
}
BAD = [
    "http://example.org",
    "ftp://example.org",
    "javascript:alert(1)",
    "example.org",
    "https:/example.org",
    "https://",
    "https:///path",
    "https://intranet",
    "https://10.0.0.1/",
    "https://[::1]/",
    "https://user:password@example.org/",
    "https://user@example.org/",
    "https://example.org\\@evil.org/",
    "https://evil.org\\.example.org/",
    "https://exa mple.org/",
    "https://example.org/a b",
    "https://example.org/\x00",
    "https://example.org/\u202egro",
    "https://еxample.org/",
    "https://example.org/<b>",
    'https://example.org/"',
    "https://example.org/|",
    "https://example.org:99999/",
    "https://example.org:x/",
    "https://-example.org/",
    "https://" + "a" * 64 + ".org/",
    "https://example.org/" + "a" * EVIDENCE_LIMIT,
    "https://example.org https://other.org",
]


@pytest.mark.parametrize("address", GOOD)
def test_an_address_that_can_be_followed(address: str):
    assert check_evidence(address) == address.strip()
    assert evidence_host(check_evidence(address)) == GOOD[address]


@pytest.mark.parametrize("address", BAD)
def test_an_address_that_cannot(address: str):
    with pytest.raises(FormErrors) as refused:
        check_evidence(address)
    assert set(refused.value.fields) == {"evidence"}


def test_no_address_is_no_evidence():
    assert check_evidence("  ") == ""
    assert evidence_host("") == ""
