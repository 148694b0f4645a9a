"""Checking an export: whatever is done to it is found, by the first bad entry, and what may be done is not."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.domain.audit import GENESIS, Head, commitment
from bot.domain.audit_check import Claim, Line, check, read_line
from tests.audit.chains import NOON, SALT, chain_of, extend, note, problems, rewritten, spoilt, witness

LENGTH = 7
PLACES = some.integers(0, LENGTH - 1)


def numbered(found: list[str]) -> list[int]:
    return [int(one.split("entry ")[1].split(":")[0]) for one in found]


@pytest.mark.parametrize("length", [0, 1, 2, 50])
def test_a_sound_chain_is_found_sound(length: int):
    lines = chain_of(length)
    assert problems(lines) == []
    assert problems(lines, *map(witness, lines)) == []


OTHER_VALUES: dict[str, Any] = {
    "at": NOON - timedelta(microseconds=1),
    "act": "concern raised",
    "person_id": 8,
    "organisation_id": 7,
    "group_id": None,
    "subject_kind": "",
    "subject_id": 99,
    "commitment": commitment({}, SALT),
    "previous": "f" * 64,
}


@given(PLACES, some.sampled_from(sorted(OTHER_VALUES)))
def test_an_edited_entry_is_named(place: int, field: str):
    lines = chain_of(LENGTH)
    lines[place] = spoilt(lines[place], **{field: OTHER_VALUES[field]})
    (found,) = problems(lines)
    assert found == f"g1, entry {place + 1}: it was edited, for what it says does not give its hash."


def test_every_field_is_edited_above():
    assert {*OTHER_VALUES, "chain", "number"} == set(vars(chain_of(1)[0].entry))


@given(PLACES, some.sampled_from([{"place": 99}, {}, {"place": "0"}, {"place": 0, "more": 1}]))
def test_edited_facts_are_named(place: int, facts: dict[str, int | str]):
    lines = chain_of(LENGTH)
    lines[place] = dataclasses.replace(lines[place], facts=facts)
    (found,) = problems(lines)
    assert found.startswith(f"g1, entry {place + 1}: its facts were edited")


@given(PLACES)
def test_a_removed_entry_is_named(place: int):
    lines = chain_of(LENGTH)
    last = witness(lines[-1])
    del lines[place]
    (found,) = problems(lines, last)
    assert found.startswith(f"g1, entry {place + 1}: it is missing")


@given(PLACES, PLACES)
def test_swapped_entries_are_named(one: int, other: int):
    lines = chain_of(LENGTH)
    lines[one], lines[other] = lines[other], lines[one]
    assert numbered(problems(lines)) == ([] if one == other else [min(one, other) + 1])


@given(PLACES)
def test_a_repeated_entry_is_named(place: int):
    lines = chain_of(LENGTH)
    lines.insert(place + 1, lines[place])
    assert problems(lines) == [f"g1, entry {place + 1}: it comes again, or too late, after entry {place + 1}."]


@given(some.integers(0, LENGTH), PLACES)
def test_a_cut_off_end_is_found_by_a_later_witness(length: int, place: int):
    lines = chain_of(LENGTH)
    found = problems(lines[:length], witness(lines[place]))
    assert numbered(found) == ([length + 1] if place >= length else [])
    assert all(f"the witness names entry {place + 1}" in one for one in found)


@given(PLACES, PLACES, some.sampled_from(["act", "person_id", "at", "subject_id"]))
def test_a_rewritten_chain_is_found_by_a_later_witness(place: int, witnessed: int, field: str):
    lines = chain_of(LENGTH)
    new = rewritten(lines, place, **{field: OTHER_VALUES[field]})
    assert problems(new) == []  # by itself it is sound: that is why there are witnesses
    found = problems(new, witness(lines[witnessed]))
    assert numbered(found) == ([witnessed + 1] if witnessed >= place else [])


@given(PLACES)
def test_a_hash_set_right_again_shows_in_the_next_entry(place: int):
    lines = chain_of(LENGTH)
    lines[place] = rewritten(lines, place, act="x")[place]
    assert numbered(problems(lines)) == ([] if place == LENGTH - 1 else [place + 2])
    assert numbered(problems(lines, witness(chain_of(LENGTH)[-1]))) == [min(place + 2, LENGTH)]


@given(PLACES, some.binary(min_size=1, max_size=3), some.data())
def test_any_other_bytes_are_found(place: int, noise: bytes, data: some.DataObject):
    """Whatever is put into a line, the file is either refused or found bad, unless it says the very same."""
    lines = chain_of(LENGTH)
    raw = lines[place].text().encode()
    at = data.draw(some.integers(0, len(raw) - 1))
    noisy = raw[:at] + noise + raw[at + len(noise) :]
    try:
        text = noisy.decode()
        line = read_line(text, json.loads(text))
    except ValueError:
        return
    assert line == lines[place] or problems([*lines[:place], line, *lines[place + 1 :]], witness(lines[-1]))


@given(some.sets(PLACES))
def test_erased_facts_are_no_matter(erased: set[int]):
    lines = chain_of(LENGTH)
    for place in erased:
        lines[place] = dataclasses.replace(lines[place], facts=None, salt=None)
    assert problems(lines, *map(witness, lines)) == []


@pytest.mark.parametrize("half", ["facts", "salt"])
def test_half_erased_facts_are_a_matter(half: str):
    lines = chain_of(3)
    lines[1] = dataclasses.replace(lines[1], **{half: None})
    assert problems(lines) == ["g1, entry 2: its facts and their salt can only be erased together."]


@given(some.permutations([name for name in ("g1", "g2", "o5") for _ in range(3)]), some.integers(0, 8))
def test_chains_may_be_mixed_and_are_judged_apart(order: list[str], place: int):
    lines: list[Line] = []
    for chain in order:
        extend(lines, chain)
    assert problems(lines) == []
    lines[place] = spoilt(lines[place], act="x")
    assert [one.split(",")[0] for one in problems(lines)] == [lines[place].entry.chain]


def test_only_the_first_bad_entry_is_named():
    lines = chain_of(LENGTH)
    for place in (2, 4):
        lines[place] = spoilt(lines[place], act="x")
    assert numbered(problems(lines, witness(chain_of(LENGTH)[-1]))) == [3]


def test_a_rewriting_is_placed_between_two_witnesses():
    lines = chain_of(LENGTH)
    new = rewritten(lines, 4, act="x")
    (found,) = problems(new, witness(lines[1]), witness(lines[5]))
    assert "entry 6: it, or an entry after 2, was rewritten, for the witness has another hash" in found


def test_a_chain_that_is_gone_is_missed():
    lines = chain_of(2)
    (found,) = problems(chain_of(3, "g2"), witness(lines[-1]))
    assert found.startswith("g1, entry 1: it is missing")


def noted() -> list[Line]:
    """An organisation's chain noted in the network's, and that in a group's."""
    lines = chain_of(3, "o5")
    note(lines, "o5", "network")
    extend(lines, "g1")
    note(lines, "network", "g1")
    extend(lines, "o5")
    return lines


def test_a_groups_witness_covers_what_its_chain_noted():
    lines = noted()
    verdicts = {one.chain: one for one in check(lines, [witness(lines[5]), *notes_of(lines)])}
    assert {name: one.cover.number for name, one in verdicts.items()} == {"g1": 2, "network": 1, "o5": 3}
    assert {one.cover.since for one in verdicts.values()} == {lines[5].entry.at}
    earlier = {one.chain: one for one in check(lines, [witness(lines[4]), *notes_of(lines)])}
    assert {name: one.cover is not None for name, one in earlier.items()} == {"g1": True, "network": False, "o5": False}


def notes_of(lines: list[Line]) -> list[Claim]:
    claims = []
    for line in lines:
        if line.entry.act == "heads noted":
            head = Head(line.facts["chain"], line.facts["number"], line.facts["hash"], line.entry.at)
            claims.append(Claim(head, "noted", noted_in=(line.entry.chain, line.entry.number)))
    return claims


def test_what_was_noted_cannot_be_rewritten_or_cut_off():
    lines = noted()
    others = [line for line in lines if line.entry.chain != "o5"]
    body = [line for line in lines if line.entry.chain == "o5"]
    # The order of chains in a file is no matter.
    for mixed in (others + rewritten(body, 1, act="x"), rewritten(body, 1, act="x") + others):
        assert problems(mixed) == [
            "o5, entry 3: it, or an entry before it, was rewritten, for network, entry 1, has another hash."
        ]
    assert numbered(problems(others + body[:1])) == [2]


def test_a_spoilt_note_accuses_nobody():
    lines = noted()
    lines[3] = dataclasses.replace(lines[3], facts={"chain": "o5", "number": 3, "hash": GENESIS})
    (found,) = problems(lines)
    assert found.startswith("network, entry 1: its facts were edited")
    assert problems([dataclasses.replace(one, facts=None, salt=None) for one in noted()]) == []


UNUSABLE = {
    "a field too many": {"note": "x"},
    "a number as text": {"number": "1"},
    "yes as a number": {"person_id": True},
    "a fraction": {"subject_id": 1.0},
    "a moment elsewhere": {"at": "2026-11-23T12:00:00.000000+01:00"},
    "a moment without a zone": {"at": "2026-11-23T12:00:00.000000"},
    "a moment as a number": {"at": 5},
    "a short salt": {"salt": "5a"},
    "a hash in capitals": {"hash": "F" * 64},
    "a chain of another kind": {"chain": "x1"},
    "facts in a list": {"facts": []},
    "a fact within a fact": {"facts": {"a": {}}},
    "a fact that is yes": {"facts": {"a": True}},
    "half a character": {"act": "\ud800"},
}


@pytest.mark.parametrize("values", UNUSABLE.values(), ids=UNUSABLE)
def test_what_is_not_an_entry_is_refused(values: dict[str, Any]):
    sound = json.loads(chain_of(1)[0].text())
    text = json.dumps(sound | values)
    with pytest.raises(ValueError):
        read_line(text, json.loads(text))


@given(some.text(), some.integers(), some.binary(min_size=16, max_size=16))
def test_a_line_is_read_as_it_was_written(act: str, fact: int, salt: bytes):
    lines: list[Line] = []
    extend(lines, "g1", act, salt.hex(), café=fact, words=act)
    text = lines[0].text()
    assert read_line(text, json.loads(text)) == lines[0]
    assert "\n" not in text
