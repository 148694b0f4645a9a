"""Which organisation an address speaks for. The wire's own cases are in tests/flows/test_enrolment.py."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.enrolment import ASK_AGAIN, Body, in_force, may_ask_again, proposed

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def body(key: int, *domains: str, workspace: str = "", successor: int | None = None, current: bool = True) -> Body:
    return Body(key, frozenset(domains), workspace, successor, current)


@pytest.mark.parametrize(
    ("bodies", "found"),
    [
        ([body(1, "cqc.example")], 1),
        ([body(1, "cqc.example", workspace="T1")], 1),
        ([body(1, "cqc.example", workspace="T2")], None),
        ([body(1, "cqc.example", workspace="T1"), body(2, "cqc.example", workspace="T2")], 1),
        ([body(1, "cqc.example"), body(2, "cqc.example")], None),
        ([body(1, "cqc.example", current=False)], None),
        ([body(1, "cqc.example", current=False, successor=2), body(2)], 2),
        ([body(1, "cqc.example", current=False, successor=2), body(2, "cqc.example")], 2),
        ([body(1, "cqc.example", current=False, successor=2), body(2, current=False, successor=3), body(3)], 3),
        ([body(1, "cqc.example", current=False, successor=2), body(2, current=False, successor=1)], None),
        ([body(1, "cqc.example", current=False, successor=9)], None),
        ([body(1)], None),
        ([], None),
    ],
)
def test_whose_address_it_is(bodies: list[Body], found: int | None):
    assert proposed("Jo@CQC.example ", "T1", bodies) == found


@given(st.text(max_size=40))
def test_only_the_whole_domain_counts(email: str):
    fits = email.rpartition("@")[2].strip().casefold() == "cqc.example"
    assert (proposed(email, "T1", [body(1, "cqc.example")]) == 1) is fits


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=5, max_size=5))
def test_successors_in_any_order_come_to_an_end(chain: list[tuple[int, bool]]):
    bodies = [body(key, successor=successor, current=current) for key, (successor, current) in enumerate(chain)]
    found = in_force(0, bodies)
    assert found is None or found.current


def test_a_refusal_holds_for_thirty_days():
    assert timedelta(days=30) == ASK_AGAIN
    assert may_ask_again(None, NOW)
    assert may_ask_again(NOW - ASK_AGAIN, NOW)
    assert not may_ask_again(NOW - ASK_AGAIN + timedelta(seconds=1), NOW)
