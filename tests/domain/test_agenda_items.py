"""An item's words and minutes, who is invited to it, and when each of a meeting's items begins."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agenda_items import EMAIL, MOST_MINUTES, USUAL_MINUTES, WHO, Guest, due_times, read_guest

TEN = datetime(2026, 11, 30, 10, tzinfo=UTC)
names = st.text(min_size=1, max_size=WHO).map(lambda text: " ".join(text.split())).filter(bool)
addresses = st.from_regex(r"[a-z]{1,20}@[a-z]{1,20}\.uk", fullmatch=True)


@given(names, addresses)
def test_a_guest_is_read_back_as_kept(who: str, email: str):
    kept = Guest(who, email).text
    assert read_guest(kept) == Guest(who, email)
    assert len(kept) <= WHO + EMAIL + 3 <= 200  # what the table's column holds


def test_nobody_is_nobody():
    assert read_guest(Guest("", "").text) == Guest("", "")


@given(st.lists(st.none() | st.integers(1, MOST_MINUTES), max_size=20))
def test_each_item_begins_when_those_before_it_are_over(minutes: list[int | None]):
    times = due_times(TEN, minutes)
    assert len(times) == len(minutes) + 1
    assert times[0] == TEN
    lengths = [(after - before) / timedelta(minutes=1) for before, after in pairwise(times)]
    assert lengths == [each or USUAL_MINUTES for each in minutes]
