"""What may go on to another group, who reads and edits a report, and what an entry may name: as tables."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reports import (
    NOT_NAMED,
    PART_LIMIT,
    PARTS,
    Entry,
    ReportKind,
    ReportState,
    Resting,
    concerns_named,
    empty_parts,
    may_edit,
    may_go_on,
    may_read,
    nameable_in,
    period_after,
    shape_of,
    text_error,
    whole,
    without_concerns,
)
from bot.domain.terms import Audience, Marking, Role, Tier

GREEN, AMBER, RED = Marking.GREEN, Marking.AMBER_STRICT, Marking.RED
GROUP, CHOSEN, PEOPLE = Audience.GROUP, Audience.ORGANISATIONS, Audience.PEOPLE


@pytest.mark.parametrize(
    ("audience", "marking", "to_another", "to_its_own"),
    [
        (GROUP, GREEN, True, True),
        (GROUP, AMBER, False, True),
        (GROUP, RED, False, False),
        (GROUP, "TLP:PURPLE", False, False),
        (CHOSEN, GREEN, False, False),
        (CHOSEN, AMBER, False, False),
        (CHOSEN, RED, False, False),
        (PEOPLE, GREEN, False, False),
        (PEOPLE, AMBER, False, False),
        (PEOPLE, RED, False, False),
    ],
)
def test_only_what_is_green_and_for_the_whole_group_goes_on(
    audience: str, marking: str, to_another: bool, to_its_own: bool
):
    assert may_go_on([Resting(audience, marking)]) is to_another
    assert may_go_on([Resting(audience, marking, with_receiver=True)]) is to_its_own
    assert not may_go_on([Resting(audience, marking, with_receiver=True, verbal_only=True)])


def test_a_decision_that_rests_on_no_concern_is_the_group_s_to_tell():
    assert may_go_on([])


EVERY = st.builds(
    Resting, st.sampled_from([*Audience, "x"]), st.sampled_from([*Marking, "x"]), st.booleans(), st.booleans()
)


@given(st.lists(EVERY, max_size=5), EVERY)
def test_what_rests_on_one_more_concern_never_goes_further(rests_on: list[Resting], more: Resting):
    assert may_go_on([*rests_on, more]) == (may_go_on(rests_on) and may_go_on([more]))


CHAIR, SECRETARY, REP, DEPUTY, NONE = (
    {Role.CHAIR},
    {Role.SECRETARIAT},
    {Role.REPRESENTATIVE},
    {Role.DEPUTY},
    set(),
)


@pytest.mark.parametrize(
    ("sender", "receiver", "draft", "sent", "edits"),
    [
        (CHAIR, NONE, True, True, True),
        (SECRETARY, NONE, True, True, True),
        (REP, NONE, False, True, False),
        (DEPUTY, NONE, False, False, False),
        (NONE, CHAIR, False, True, False),
        (NONE, SECRETARY, False, True, False),
        (NONE, REP, False, True, False),
        (NONE, DEPUTY, False, False, False),
        (NONE, NONE, False, False, False),
        (REP, CHAIR, False, True, False),
    ],
)
def test_who_reads_and_edits_a_group_s_report(sender, receiver, draft: bool, sent: bool, edits: bool):
    for kind, own in product((ReportKind.LOCAL, ReportKind.REGIONAL, ReportKind.SURVEILLANCE), (True, False)):
        assert may_read(kind, ReportState.DRAFT, sender, receiver, own_organisation=own) is draft
        assert may_read(kind, ReportState.APPROVED, sender, receiver, own_organisation=own) is sent
        assert may_read(kind, ReportState.RECEIVED, sender, receiver, own_organisation=own) is sent
        assert may_edit(kind, sender, receiver, own_organisation=own) is edits


@pytest.mark.parametrize(
    ("receiver", "own", "draft", "sent", "edits"),
    [
        (REP, True, True, True, True),
        (REP, False, False, True, False),
        (CHAIR, True, False, True, False),
        (CHAIR, False, False, True, False),
        (SECRETARY, False, False, True, False),
        (DEPUTY, True, False, False, False),
        (NONE, True, False, False, False),
    ],
)
def test_who_reads_and_edits_a_commissioner_s_report(receiver, own: bool, draft: bool, sent: bool, edits: bool):
    kind = ReportKind.COMMISSIONER
    assert may_read(kind, ReportState.DRAFT, (), receiver, own_organisation=own) is draft
    assert may_read(kind, ReportState.APPROVED, (), receiver, own_organisation=own) is sent
    assert may_edit(kind, (), receiver, own_organisation=own) is edits


# A whole provider (1), a site of it (2), and another (3).
@pytest.mark.parametrize(
    ("about", "entry", "whole_id", "may"),
    [
        (None, None, None, True),
        (None, 1, None, True),
        (1, 1, None, True),
        (1, 2, 1, True),
        (2, 2, 1, True),
        (2, 1, None, False),
        (1, None, None, False),
        (3, 1, None, False),
        (3, None, None, False),
    ],
)
def test_an_entry_names_only_what_its_every_reader_may_be_told(about, entry, whole_id, may: bool):
    assert nameable_in(about, entry, whole_id) is may


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("C-7Q4KM2 and c-7q4km2", ""),
        ("C-7Q4KM2 and C-AAAAAA", "C-AAAAAA cannot be named"),
        ("Vale Community Health as well", ""),
        ("Northgate as well", "It names Northgate"),
        ("NORTHGATE, too", "It names Northgate"),
        ("Northgateway is a road", ""),
        ("x" * PART_LIMIT, ""),
        ("x" * (PART_LIMIT + 1), "longer than 3,000"),
    ],
)
def test_what_is_wrong_with_an_entry(text: str, error: str):
    found = text_error(text, {"C-7Q4KM2"}, ["Vale Community Health"], ["Northgate", "Vale", "Vale Community Health"])
    assert (error in found) if error else found == ""


@given(st.text(alphabet="C-7Q4KM2A ", max_size=60))
def test_a_draft_never_names_what_it_may_not(text: str):
    left = without_concerns(text, {"C-7Q4KM2"})
    assert concerns_named(left) <= {"C-7Q4KM2"}
    assert (left == text) == (concerns_named(text) <= {"C-7Q4KM2"})
    assert NOT_NAMED not in concerns_named(left)


def test_every_part_has_one_entry_in_general_and_one_for_each_provider():
    entries = [Entry("issues", 7, "One."), Entry("issues", 7, "Two."), Entry("summary", None, "To note.")]
    found = whole(ReportKind.LOCAL, entries)
    assert [(one.key, one.provider_id, one.text) for one in found] == [
        ("purpose", None, ""),
        ("issues", None, ""),
        ("issues", 7, "One.\nTwo."),
        ("interventions", None, ""),
        ("support", None, ""),
        ("summary", None, "To note."),
    ]
    assert whole(ReportKind.LOCAL, found) == found
    assert [part.key for part in empty_parts(ReportKind.LOCAL, found)] == ["purpose", "interventions", "support"]


def test_every_annex_has_its_parts_once_each():
    for kind in ReportKind:
        keys = [part.key for part in PARTS[kind]]
        assert len(set(keys)) == len(keys)
        assert all("None identified" in part.none for part in PARTS[kind])


def test_a_tier_has_its_shape():
    shapes = {tier: shape_of(tier) for tier in Tier}
    assert shapes == {
        Tier.LOCAL: ReportKind.LOCAL,
        Tier.REGIONAL: ReportKind.REGIONAL,
        Tier.NATIONAL: None,
        Tier.OVERSIGHT: None,
    }


@pytest.mark.parametrize(
    ("last", "starts"),
    [(None, date(2026, 8, 23)), (date(2026, 11, 1), date(2026, 11, 2)), (date(2026, 11, 23), date(2026, 11, 23))],
)
def test_a_report_follows_on_the_one_before(last: date | None, starts: date):
    today = date(2026, 11, 23)
    assert period_after(last, today, date(2026, 8, 23)) == (starts, today)
