"""Which accounts count as independent, and what an answer needs."""

from datetime import date

import pytest

from bot.domain.answers import AnswerDraft, AnswerKind, Grading, Voice, check_answer, independent_voices
from bot.domain.terms import Directness, Lineage, Reliability
from bot.errors import FormErrors

BODIES = {"CQC": 1, "GMC": 2, "HEE": 3, "NMC": 4}


def voice(text: str) -> Voice:
    """`GMC 20 own 1A`: the organisation, the day in March, the lineage, the grade."""
    name, day, lineage, graded = text.split()
    known = Grading(Lineage(lineage), Reliability(graded[0]), Directness(graded[1]), date(2026, 3, int(day)))
    return Voice(BODIES[name], name, known)


# The concern first, then what corroborates it; then who counts, the earliest first.
CASES = {
    "nobody else": (["CQC 3 own 2B"], "CQC"),
    "another organisation": (["CQC 3 own 2B", "GMC 20 own 1A"], "CQC GMC"),
    "the earliest event first": (["CQC 20 own 2B", "GMC 3 own 2B"], "GMC CQC"),
    "the same organisation": (["CQC 3 own 2B", "CQC 9 own 1A", "CQC 20 own 1A"], "CQC"),
    "told by another": (["CQC 3 own 2B", "GMC 20 told 1A"], "CQC"),
    "the same account": (["CQC 3 own 2B", "GMC 20 same_as 1A"], "CQC"),
    "media": (["CQC 3 own 2B", "GMC 20 media 1A"], "CQC"),
    "hearsay at a meeting": (["CQC 3 own 2B", "GMC 20 meeting 1A"], "CQC"),
    "suspected false": (["CQC 3 own 2B", "GMC 20 own 1E"], "CQC"),
    "a source that is not reliable": (["CQC 3 own 2B", "GMC 20 own 3A"], "CQC"),
    "two that are not reliable": (["CQC 3 own 2B", "GMC 20 own 3A", "HEE 21 own 3A"], "CQC"),
    "a concern that does not count": (["CQC 3 media 2B", "GMC 20 own 1A"], "GMC"),
    "nor counts against what does": (["CQC 3 media 2B", "GMC 20 own 1A", "HEE 9 own 2D"], "HEE GMC"),
    "nothing counts": (["CQC 3 told 2B", "GMC 20 meeting 1A"], ""),
    "one lineage that nobody knows": (["CQC 3 unknown 2B", "GMC 20 unknown 1A", "HEE 9 unknown 1A"], "CQC"),
    "known and unknown": (["CQC 3 unknown 2B", "GMC 20 own 1A"], "CQC GMC"),
    "its own contact before the unknown": (["GMC 1 unknown 2B", "CQC 2 unknown 2B", "GMC 20 own 1A"], "CQC GMC"),
    "one rumour told five times": (["CQC 1 meeting 2B", "GMC 2 told 2B", "HEE 3 told 2B", "NMC 4 media 2B"], ""),
    "three": (["CQC 3 own 2B", "GMC 20 own 1A", "HEE 9 own 2D", "NMC 10 told 1A"], "CQC HEE GMC"),
}


@pytest.mark.parametrize(("texts", "expected"), CASES.values(), ids=CASES)
def test_which_voices_are_independent(texts: list[str], expected: str):
    concern, *answers = map(voice, texts)
    assert [one.organisation for one in independent_voices(concern, answers)] == expected.split()
    assert [one.organisation for one in independent_voices(concern, reversed(answers))] == expected.split()


@pytest.mark.parametrize("kind", AnswerKind)
@pytest.mark.parametrize("text", ["", " \n\t", "Said.", "x" * 3000, "x" * 3001])
def test_what_an_answer_must_say(kind: AnswerKind, text: str):
    needed = kind is not AnswerKind.CORROBORATE
    wrong = len(text) > 3000 or (needed and not text.strip())
    try:
        check_answer(AnswerDraft("C-1", kind, text), date(2026, 3, 20))
        found = set()
    except FormErrors as errors:
        found = set(errors.fields)
    assert found == ({"text"} if wrong else set())


def test_nothing_has_happened_tomorrow():
    today, tomorrow = (
        AnswerDraft("C-1", AnswerKind.CORROBORATE, "", grading=voice(f"GMC {day} own 1A").grading) for day in (20, 21)
    )
    check_answer(today, date(2026, 3, 20))
    with pytest.raises(FormErrors) as raised:
        check_answer(tomorrow, date(2026, 3, 20))
    assert set(raised.value.fields) == {"event_on"}
