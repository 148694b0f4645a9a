"""Information requests as rules: every state against every act and every part, and what is wrong with a day."""

import itertools
from datetime import date

import pytest

from bot.domain.information import (
    OPEN,
    STEPS,
    Facts,
    Holding,
    Part,
    RequestAct,
    RequestState,
    acts_open_to,
    asked_error,
    check_act,
    parts_of,
    tally,
    words_error,
)
from bot.errors import NotYours, WrongState

# Where each act leads by each part alone; everything else is refused.
TABLE = """
proposed say     member   proposed
proposed agree   officer  agreed
proposed drop    officer  dropped
proposed drop    proposer dropped
agreed   say     member   agreed
agreed   agree   officer  agreed
agreed   ask     asker    asked
agreed   ask     officer  asked
agreed   receive holder   received
agreed   drop    asker    dropped
agreed   drop    officer  dropped
asked    say     member   asked
asked    receive asker    received
asked    receive officer  received
asked    drop    asker    dropped
asked    drop    officer  dropped
"""
ALLOWED = {
    (RequestState(at), RequestAct[act.upper()], Part[part.upper()]): RequestState(leads)
    for at, act, part, leads in (line.split() for line in TABLE.strip().splitlines())
}
EVERY = list(itertools.product(RequestState, RequestAct, Part))


@pytest.mark.parametrize(("state", "act", "part"), EVERY, ids=lambda one: one.name.lower())
def test_every_state_act_and_part(state: RequestState, act: RequestAct, part: Part):
    leads = ALLOWED.get((state, act, part))
    assert (act in acts_open_to(state, {part})) is (leads is not None)
    if leads is not None:
        assert check_act(act, state, {part}, "Request I-1") is leads
        return
    ever = any(act is one and part in step.by for (_, one), step in STEPS.items())
    known = (state, act) in STEPS
    with pytest.raises(WrongState if ever and not known else NotYours):
        check_act(act, state, {part}, "Request I-1")


def test_what_is_over_stays_so():
    assert not [state for state, _ in STEPS if state not in OPEN]
    assert {state for state, _ in STEPS} == OPEN


ALL = frozenset({1, 2, 3})


@pytest.mark.parametrize(
    ("person", "body", "officer", "said", "expected"),
    [
        (7, 1, False, {}, {Part.MEMBER}),
        (9, 1, False, {}, {Part.MEMBER, Part.PROPOSER}),
        (7, 2, False, {}, {Part.MEMBER, Part.ASKER}),
        (7, 2, False, {2: Holding.HOLDS}, {Part.MEMBER, Part.ASKER, Part.HOLDER}),
        (7, 2, False, {2: Holding.HAS_ASKED}, {Part.MEMBER, Part.ASKER, Part.HOLDER}),
        (7, 2, False, {2: Holding.NEITHER}, {Part.MEMBER, Part.ASKER}),
        (7, 2, False, {1: Holding.HOLDS}, {Part.MEMBER, Part.ASKER}),
        (7, 1, False, {1: Holding.HOLDS}, {Part.MEMBER}),
        (7, 8, True, {}, {Part.OFFICER}),
        (7, 8, False, {8: Holding.HOLDS}, set()),
    ],
)
def test_what_somebody_is_to_a_request(
    person: int, body: int, officer: bool, said: dict[int, Holding], expected: set[Part]
):
    facts = Facts(proposed_by_id=9, asker_id=2, members=ALL, said=said)
    assert parts_of(person, body, facts, officer=officer) == expected


def test_an_asker_that_left_asks_no_more():
    facts = Facts(proposed_by_id=9, asker_id=8, members=ALL, said={8: Holding.HOLDS})
    assert parts_of(7, 8, facts, officer=False) == frozenset()


def test_the_tally_names_each_once():
    counted = tally({3: Holding.HOLDS, 1: Holding.HOLDS, 8: Holding.NEITHER}, [1, 2, 3])
    assert dict(counted.said) == {Holding.HOLDS: (1, 3), Holding.NEITHER: (8,)}
    assert counted.silent == (2,)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (None, "Choose the day"),
        (date(2026, 11, 24), "still to come"),
        (date(2026, 11, 9), "before the request was proposed"),
        (date(2026, 11, 10), ""),
        (date(2026, 11, 23), ""),
    ],
)
def test_the_day_on_which_the_provider_was_asked(day: date | None, words: str):
    wrong = asked_error(day, date(2026, 11, 10), date(2026, 11, 23))
    assert wrong.startswith(words) if not wrong else words and words in wrong


@pytest.mark.parametrize(
    ("text", "missing", "wrong"),
    [(" ", "Say why.", "Say why."), (" ", "", ""), ("x" * 11, "", "At most 10"), (f" {'x' * 10} ", "Say why.", "")],
)
def test_words_that_cannot_be_kept(text: str, missing: str, wrong: str):
    found = words_error(text, 10, missing)
    assert found.startswith(wrong)
    assert bool(found) is bool(wrong)
