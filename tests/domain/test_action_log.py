"""What of a log is wanted: it survives being carried by a form, and nothing forged in it does harm."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.action_log import (
    PAGE_SIZE,
    LogFilter,
    LogStatus,
    address_in,
    page_meant,
    pages,
    read_filter,
    references_in,
)

NUMBERS = st.none() | st.integers(0, 2**31 - 1)
FILTERS = st.builds(
    LogFilter,
    st.just(7),
    st.sampled_from(LogStatus),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.none() | st.dates(),
    st.text(max_size=100),
)


@given(FILTERS)
def test_a_form_carries_a_filter_there_and_back(wanted: LogFilter):
    memo = wanted.as_memo()
    assert read_filter(memo, 7) == wanted
    assert sum(map(len, [*memo, *memo.values()])) < 300


@given(st.dictionaries(st.sampled_from(["status", "owner", "provider", "priority", "due", "organisation"]), st.text()))
def test_what_cannot_be_read_leaves_nothing_out(memo: dict[str, str]):
    assert read_filter(memo, 7).group_id == 7


def test_only_what_leaves_something_out_narrows():
    assert not LogFilter(7).narrowed
    for wanted in (LogFilter(7, LogStatus.ALL), LogFilter(7, words="rota"), LogFilter(7, priority=1)):
        assert wanted.narrowed


@pytest.mark.parametrize(("count", "last"), [(0, 1), (1, 1), (PAGE_SIZE, 1), (PAGE_SIZE + 1, 2), (50_000, 5_000)])
def test_there_is_always_a_page(count: int, last: int):
    assert pages(count) == last


@pytest.mark.parametrize(
    ("value", "page"), [("1", 1), ("3", 3), ("4", 3), ("0", 1), ("-1", 1), ("", 1), ("²", 1), ("9" * 5000, 1)]
)
def test_whatever_a_button_says_is_a_page(value: str, page: int):
    assert page_meant(value, 3) == page


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see C-7Q4KM2.", ["C-7Q4KM2"]),
        ("(c-7q4km2, E-234567) and C-7Q4KM2 again", ["C-7Q4KM2", "E-234567"]),
        ("AC-234567 C-2345678 C-23456 X-234567 C-0O1I23", []),
        (" ".join(f"A-23456{n}" for n in "23456789"), [f"A-23456{n}" for n in "23456"]),
        ("", []),
    ],
)
def test_references_in_a_text(text: str, found: list[str]):
    assert references_in(text) == found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://qsg.slack.com/archives/C1/p1?thread_ts=1.2&cid=C1", True),
        ("http://127.0.0.1:4/archives/C1/p1", True),
        ("javascript:alert(1)", False),
        ("https://x/|b", False),
        ("https://x/ y", False),
        ("https://" + "x" * 492, True),
        ("https://" + "x" * 493, False),
        ("", False),
    ],
)
def test_only_an_address_is_kept_and_only_whole(text: str, kept: bool):
    assert address_in(text) == (text if kept else "")


def test_a_date_out_of_reach_is_none():
    assert read_filter({"due": "2026-02-30"}, 7).due_before is None
    assert read_filter({"due": "2026-02-28"}, 7).due_before == date(2026, 2, 28)
