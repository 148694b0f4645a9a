"""What several accounts make together: the strengths as a table, and what always holds of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import Grading, Voice
from bot.domain.terms import Directness, Level, Lineage, Reliability, Urgency
from bot.domain.triangulation import Account, Strength, graver, read, strength
from tests.domain.test_answers import voice

ONE, ECHO, TWO, THREE = Strength


def accounts(*texts: str) -> list[Account]:
    """`staffing GMC 20 own 1A`, and `!` before it when it is urgent."""
    return [
        Account(
            f"c{number}",
            number,
            text.lstrip("!").split()[0],
            Urgency.URGENT if text.startswith("!") else Urgency.ROUTINE,
            voice(text.split(maxsplit=1)[1]),
        )
        for number, text in enumerate(texts, 1)
    ]


# What is said; then the strength, and whose voices make it, the earliest event first.
ON_ONE_THEME = {
    "nothing": ([], ONE, ""),
    "one voice": (["s CQC 3 own 2B"], ONE, "CQC"),
    "one organisation twice": (["s CQC 3 own 2B", "s CQC 9 own 1A"], ONE, "CQC"),
    "told by another": (["s CQC 3 own 2B", "s GMC 9 told 1A"], ECHO, "CQC"),
    "the same account": (["s CQC 3 own 2B", "s GMC 9 same_as 1A"], ECHO, "CQC"),
    "one rumour twice": (["s CQC 3 unknown 2B", "s GMC 9 unknown 2B"], ECHO, "CQC"),
    "one rumour told only": (["s CQC 3 told 2B", "s GMC 9 told 2B"], ECHO, ""),
    "the media": (["s CQC 3 own 2B", "s GMC 9 media 1A"], ONE, "CQC"),
    "hearsay": (["s CQC 3 own 2B", "s GMC 9 meeting 1A"], ONE, "CQC"),
    "suspected false": (["s CQC 3 own 2B", "s GMC 9 own 1E"], ONE, "CQC"),
    "not reliable": (["s CQC 3 own 2B", "s GMC 9 own 3A"], ONE, "CQC"),
    "not reliable, told": (["s CQC 3 own 2B", "s GMC 9 told 3A"], ONE, "CQC"),
    "two": (["s CQC 20 own 2B", "s GMC 3 own 2B"], TWO, "GMC CQC"),
    "two, and echoes": (["s CQC 3 own 2B", "s GMC 9 own 2B", "s HEE 4 told 1A", "s NMC 5 media 1A"], TWO, "CQC GMC"),
    "known and unknown": (["s CQC 3 own 2B", "s GMC 9 unknown 2B", "s HEE 9 unknown 2B"], TWO, "CQC GMC"),
    "two, one urgent": (["s CQC 3 own 2B", "!s GMC 9 own 2B"], THREE, "CQC GMC"),
    "two, a later one urgent": (["s CQC 3 own 2B", "s GMC 9 own 2B", "!s CQC 20 own 2B"], THREE, "CQC GMC"),
    "urgent is the media": (["s CQC 3 own 2B", "s GMC 9 own 2B", "!s HEE 20 media 1A"], TWO, "CQC GMC"),
    "urgent is not reliable": (["s CQC 3 own 2B", "s GMC 9 own 2B", "!s HEE 20 own 3A"], TWO, "CQC GMC"),
    "urgent alone": (["!s CQC 3 own 1A"], ONE, "CQC"),
    "an urgent echo": (["!s CQC 3 own 1A", "s GMC 4 told 1A"], ECHO, "CQC"),
    "three": (["s CQC 3 own 2B", "s GMC 9 own 2B", "s HEE 5 own 2B"], THREE, "CQC HEE GMC"),
}


@pytest.mark.parametrize(("texts", "expected", "voices"), ON_ONE_THEME.values(), ids=ON_ONE_THEME)
def test_how_strong_on_one_theme(texts: list[str], expected: Strength, voices: str):
    found = strength(accounts(*texts))
    assert (found.strength, [one.organisation for one in found.voices]) == (expected, voices.split())
    assert found.theme == ("s" if texts else "")
    assert found.urgent == (expected is THREE and len(found.voices) < 3)


# For each reading, the strongest first: its theme, empty for several, and its strength.
ON_SEVERAL = {
    "nothing": ([], []),
    "two on two themes": (["s CQC 3 own 2B", "m GMC 9 own 2B"], [("m", ONE), ("s", ONE)]),
    "two on two themes, urgent": (["!s CQC 3 own 2B", "m GMC 9 own 2B"], [("m", ONE), ("s", ONE)]),
    "three on three": (
        ["s CQC 3 own 2B", "m GMC 9 own 2B", "f HEE 9 own 2B"],
        [("", THREE), ("f", ONE), ("m", ONE), ("s", ONE)],
    ),
    "three on two": (["s CQC 3 own 2B", "s GMC 9 own 2B", "f HEE 9 own 2B"], [("", THREE), ("s", TWO), ("f", ONE)]),
    "three on one, and one more": (
        ["s CQC 3 own 2B", "s GMC 9 own 2B", "s HEE 9 own 2B", "f NMC 9 own 2B"],
        [("s", THREE), ("f", ONE)],
    ),
    "one rumour on three themes": (
        ["s CQC 3 unknown 2B", "m GMC 9 unknown 2B", "f HEE 9 unknown 2B"],
        [("f", ONE), ("m", ONE), ("s", ONE)],
    ),
}


@pytest.mark.parametrize(("texts", "expected"), ON_SEVERAL.values(), ids=ON_SEVERAL)
def test_how_strong_on_several_themes(texts: list[str], expected: list[tuple[str, Strength]]):
    assert [(one.theme, one.strength) for one in read(accounts(*texts))] == expected


def test_the_arithmetic_and_the_fact():
    found = strength(accounts("s GMC 20 own 2B", "s CQC 3 own 2B", "s HEE 4 told 1A"))
    assert [(one.voice.organisation, one.voice.grading.event_on.day) for one in found.accounts] == [
        ("CQC", 3),
        ("GMC", 20),
    ]
    assert found.concern_ids == [1, 2]
    echoed = strength(accounts("s GMC 20 own 2B", "s CQC 3 own 2B", "s HEE 4 told 1A", "s NMC 5 media 1A"))
    heard = strength(accounts("s GMC 20 own 2B", "s CQC 3 own 2B", "s HEE 4 own 1A"))
    assert found.fact == echoed.fact != heard.fact


def test_which_level_is_the_graver():
    order = [Level.ROUTINE, Level.FURTHER_INFORMATION, Level.ENHANCED, Level.RISK_SUMMIT]
    assert [[graver(one, other) for other in order] for one in order] == [
        [place > beside for beside in range(4)] for place in range(4)
    ]


@st.composite
def several(draw: st.DrawFn) -> list[Account]:
    made = draw(
        st.lists(
            st.tuples(
                st.sampled_from("sm"),
                st.integers(1, 4),
                st.sampled_from(Lineage),
                st.sampled_from(Reliability),
                st.sampled_from(Directness),
                st.integers(0, 5),
                st.sampled_from(Urgency),
            ),
            max_size=8,
        )
    )
    return [
        Account(f"c{n}", n, theme, urgency, Voice(body, str(body), Grading(of, how, known, date(2026, 3, 1 + day))))
        for n, (theme, body, of, how, known, day, urgency) in enumerate(made)
    ]


@given(several(), st.randoms())
def test_the_order_does_not_matter(said: list[Account], random: object):
    mixed = list(said)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert read(mixed) == read(said)
    assert strength(mixed).fact == strength(said).fact


@given(several(), st.data())
def test_one_voice_less_is_never_more(said: list[Account], data: st.DataObject):
    if not said:
        return
    gone = data.draw(st.sampled_from(said))
    left = [one for one in said if one is not gone]
    strongest = [max((one.strength for one in read(several)), default=ONE) for several in (left, said)]
    assert strongest[0] <= strongest[1]
    assert (
        strength([one for one in left if one.theme == "s"]).strength
        <= strength([one for one in said if one.theme == "s"]).strength
    )


@given(several())
def test_no_organisation_counts_twice(said: list[Account]):
    for one in read(said):
        bodies = [voice.organisation_id for voice in one.voices]
        assert len(bodies) == len(set(bodies))
        assert {voice.grading.lineage for voice in one.voices} <= {Lineage.OWN, Lineage.UNKNOWN}


def test_the_work_grows_with_the_members_and_not_with_the_pairs():
    """Counted, not timed: how often a date is looked at for ten times as many."""
    looked = []
    for many in (100, 1000):
        seen = Counting()
        strength([Account(f"c{n}", n, "s", Urgency.ROUTINE, seen.voice(n)) for n in range(many)])
        looked.append(seen.looks)
    assert looked[1] <= looked[0] * 12


class Counting:
    """Voices whose dates count how often they are looked at."""

    def __init__(self) -> None:
        self.looks = 0

    def voice(self, number: int) -> Voice:
        counter = self

        class Watched(Grading):
            def __getattribute__(self, name: str) -> object:
                if name == "event_on":
                    counter.looks += 1
                return super().__getattribute__(name)

        day = date(2026, 1, 1) + timedelta(days=number % 90)
        return Voice(number % 7, "", Watched(Lineage.OWN, Reliability.RELIABLE, Directness.SEEN, day))
