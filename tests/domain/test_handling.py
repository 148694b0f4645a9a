"""Who may change the handling of a concern, and what a change must say."""

from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.handling import (
    BY_TWO,
    NARROWING,
    Standing,
    audience_after,
    changes_open_to,
    check_change,
    check_handling,
    fits_marking,
    markings_open_to,
)
from bot.domain.terms import Audience, HandlingKind, Marking
from bot.errors import FormErrors

RED, AMBER, GREEN = Marking
NARROW, TIGHTEN, WITHDRAW, OVERRIDE, WIDEN, LOOSEN, ANNEXE = HandlingKind
OURS, LEAD, READER = Standing(ours=True), Standing(ours=False, lead=True), Standing(ours=False)

# Who, the marking, and the changes open to them.
OPEN = [
    (OURS, GREEN, {NARROW, TIGHTEN, WITHDRAW, WIDEN, ANNEXE}),
    (OURS, AMBER, {NARROW, TIGHTEN, WITHDRAW, WIDEN, LOOSEN, ANNEXE}),
    (OURS, RED, {NARROW, WITHDRAW, WIDEN, LOOSEN, ANNEXE}),
    (Standing(ours=True, lead=True), AMBER, {NARROW, TIGHTEN, WITHDRAW, WIDEN, LOOSEN, ANNEXE}),
    (LEAD, GREEN, {OVERRIDE, WIDEN, ANNEXE}),
    (LEAD, AMBER, {OVERRIDE, WIDEN, LOOSEN, ANNEXE}),
    (LEAD, RED, {OVERRIDE, WIDEN, LOOSEN, ANNEXE}),
    (READER, GREEN, {WIDEN, ANNEXE}),
    (READER, AMBER, {WIDEN, LOOSEN, ANNEXE}),
    (READER, RED, {OVERRIDE, WIDEN, LOOSEN, ANNEXE}),
]


@pytest.mark.parametrize(("who", "marking", "kinds"), OPEN)
def test_who_may_ask_for_what(who: Standing, marking: Marking, kinds: set[HandlingKind]):
    assert changes_open_to(who, marking) == kinds


@pytest.mark.parametrize("marking", Marking)
def test_what_is_withdrawn_stays_as_it_is(marking: Marking):
    assert changes_open_to(OURS, marking, withdrawn=True) == {ANNEXE}
    assert changes_open_to(LEAD, marking, withdrawn=True) == changes_open_to(READER, marking, withdrawn=True) == set()


def test_only_for_a_duty_in_law_does_one_person_share_alone():
    assert set(HandlingKind) - NARROWING - BY_TWO == {OVERRIDE}
    assert not NARROWING & BY_TWO


MARKINGS = [
    (TIGHTEN, GREEN, (AMBER, RED)),
    (TIGHTEN, AMBER, (RED,)),
    (TIGHTEN, RED, ()),
    (LOOSEN, GREEN, ()),
    (LOOSEN, AMBER, (GREEN,)),
    (LOOSEN, RED, (AMBER, GREEN)),
    (WIDEN, RED, ()),
]


@pytest.mark.parametrize(("kind", "before", "after"), MARKINGS)
def test_markings_go_one_way(kind: HandlingKind, before: Marking, after: tuple[Marking, ...]):
    assert markings_open_to(kind, before) == after


# The change, the marking before and after, organisations, people, the reason, and the fields found at fault.
CHECKS = [
    (NARROW, AMBER, None, [1], [], "", set()),
    (NARROW, AMBER, None, [], [], "", {"readers"}),
    (NARROW, RED, None, [], [5], "", set()),
    (TIGHTEN, GREEN, AMBER, [], [], "", set()),
    (TIGHTEN, GREEN, RED, [], [5], "", set()),
    (TIGHTEN, AMBER, RED, [], [], "", {"readers"}),
    (TIGHTEN, AMBER, RED, [1], [5], "", {"readers"}),
    (TIGHTEN, AMBER, AMBER, [], [], "", {"marking"}),
    (TIGHTEN, AMBER, GREEN, [], [], "", {"marking"}),
    (TIGHTEN, AMBER, None, [], [], "", {"marking"}),
    (WITHDRAW, AMBER, None, [], [], "Mistaken.", set()),
    (WITHDRAW, AMBER, None, [], [], "  ", {"reason"}),
    (WIDEN, AMBER, None, [1], [5], "They asked.", set()),
    (WIDEN, AMBER, None, [], [], "For all.", set()),
    (WIDEN, AMBER, None, [1], [], "", {"reason"}),
    (WIDEN, RED, None, [], [5], "They asked.", set()),
    (WIDEN, RED, None, [1], [5], "They asked.", {"readers"}),
    (WIDEN, RED, None, [], [], "For all.", {"readers"}),
    (LOOSEN, RED, AMBER, [], [], "Known by now.", set()),
    (LOOSEN, AMBER, RED, [], [], "", {"marking", "reason"}),
    (OVERRIDE, AMBER, None, [1], [], "A child at risk.", set()),
    (OVERRIDE, AMBER, None, [], [], "A child at risk.", {"readers"}),
    (OVERRIDE, RED, None, [1], [], "A child at risk.", {"readers"}),
    (OVERRIDE, RED, None, [], [5], "", {"reason"}),
    (ANNEXE, RED, None, [], [], "To check the name.", set()),
    (ANNEXE, RED, None, [], [], "", {"reason"}),
]


@pytest.mark.parametrize(("kind", "before", "after", "organisations", "people", "reason", "wrong"), CHECKS)
def test_what_a_change_must_say(kind, before, after, organisations, people, reason, wrong):
    with pytest.raises(FormErrors) if wrong else nullcontext() as found:
        check_change(kind, before, marking=after, organisations=organisations, people=people, reason=reason)
    assert wrong == (set(found.value.fields) if found else set())


@pytest.mark.parametrize(
    ("before", "whole_group", "organisations", "after"),
    [
        (Audience.GROUP, None, [1], Audience.GROUP),
        (Audience.GROUP, False, [1], Audience.ORGANISATIONS),
        (Audience.GROUP, False, [], Audience.PEOPLE),
        (Audience.PEOPLE, None, [1], Audience.ORGANISATIONS),
        (Audience.ORGANISATIONS, None, [], Audience.PEOPLE),
        (Audience.PEOPLE, True, [1, 2], Audience.GROUP),
    ],
)
def test_what_the_audience_is_called_then(before, whole_group, organisations, after):
    assert audience_after(before, whole_group=whole_group, organisations=organisations) is after


@given(st.sampled_from(Marking), st.sampled_from(Audience), st.sets(st.integers(1, 3)), st.sets(st.integers(1, 3)))
def test_raising_and_changing_agree_on_red(marking, audience, organisations, people):
    try:
        check_handling(audience, marking, organisations=organisations, people=people)
    except FormErrors:
        return
    assert fits_marking(marking, audience, organisations)
    assert marking is not RED or (audience is Audience.PEOPLE and people and not organisations)
