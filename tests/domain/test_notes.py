"""The rules of notes: who reads which version, parts that fit a form, whose word counts, and what was changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.notes import (
    HEADING_LIMIT,
    PART_LIMIT,
    NoteReader,
    Part,
    Said,
    Section,
    changed_headings,
    in_order,
    is_over,
    may_read,
    packed,
    read_parts,
    reminded_from,
    reply_by,
    tally,
)
from bot.domain.sittings import NoteState
from tests.domain.england import ENGLAND

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
DRAFT, SENT, AGREED, REPLACED = NoteState.DRAFT, NoteState.WITH_MEMBERS, NoteState.AGREED, NoteState.REPLACED
# (of the group, runs it, a member on the day): who reads which (state, sent, agreed).
VERSIONS = ((DRAFT, False, False), (SENT, True, False), (REPLACED, False, False), (REPLACED, True, False))
VERSIONS += ((AGREED, True, True), (REPLACED, True, True))


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        (NoteReader(True, True, True), "yyyyyy"),
        (NoteReader(True, True, False), "yyyyyy"),
        (NoteReader(True, False, True), "nynyyy"),
        (NoteReader(True, False, False), "nnnnyy"),
        (NoteReader(False, False, True), "nnnnnn"),
        (NoteReader(False, True, True), "nnnnnn"),
    ],
    ids=["chair", "chair who joined since", "member", "joined since", "left since", "chair of another group"],
)
def test_who_reads_which_version(who: NoteReader, reads: str):
    found = [may_read(state, who, sent=sent, agreed=agreed) for state, sent, agreed in VERSIONS]
    assert "".join("y" if one else "n" for one in found) == reads


@given(st.text(max_size=9000) | st.integers(1, 4).map(lambda times: "word " * 1500 * times))
def test_nothing_is_lost_and_every_part_fits(text: str):
    parts = packed(Part("h" * 300, text, 7, 3, Section.CONCLUDED))
    assert all(len(part.text) <= PART_LIMIT and len(part.heading) <= HEADING_LIMIT for part in parts)
    assert {(part.provider, part.concern, part.section) for part in parts} == {(7, 3, Section.CONCLUDED)}
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
    assert read_parts([part.stored() for part in parts]) == tuple(parts)


def test_the_newest_word_of_an_organisation_counts_and_no_word_is_no_consent():
    said = [
        Said(2, 20, False, NOW + timedelta(hours=1)),
        Said(2, 21, True, NOW),
        Said(1, 10, True, NOW),
        Said(1, 99, False, NOW + timedelta(hours=2)),  # the chair, where somebody else speaks for the organisation
        Said(9, 90, True, NOW),  # no member
    ]
    found = tally([1, 2, 3], said, {99})
    assert (found.agreed, found.commented, found.silent) == ((1,), (2,), (3,))
    assert not found.complete
    assert tally([1], said, {99}).complete
    assert not tally([], said, ()).complete


def test_what_was_changed_is_named_once():
    one, two, three = Part("A", "a", 1), Part("B", "b"), Part("C", "c")
    frozen = Part("D", "d", section=Section.AGREEMENT)
    assert changed_headings([one, two, three], [one, Part("B", "other"), Part("E", "e")]) == ("B", "E", "C")
    assert changed_headings([one], [one, frozen]) == changed_headings([one, frozen], [one]) == ()


def test_a_section_with_nothing_in_it_says_so():
    left = Part("Not reached: Vale", "x", 1, section=Section.LEFT)
    other = Part("Other points", "x")
    assert in_order([other, left]) == [Section.CONCLUDED, left, other]
    assert in_order([]) == [Section.CONCLUDED, Section.LEFT]


def test_days_are_working_days():
    due = reply_by(date(2026, 12, 21), 5, ENGLAND)  # Christmas and its bank holidays between
    assert due == date(2026, 12, 30)
    assert reminded_from(due, ENGLAND) == date(2026, 12, 29)
    assert [is_over(due, day) for day in (due, due + timedelta(days=1))] == [False, True]
