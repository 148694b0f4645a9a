"""What the concern form's answers are held against, and the references concerns go by."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.concern import DETAILS_LIMIT, HEADLINE_LIMIT, Draft, check_draft, grade, new_reference
from bot.domain.handling import check_handling
from bot.domain.terms import Audience, Directness, Marking, Reliability, Urgency, Wanted
from bot.errors import FormErrors

TODAY = date(2026, 11, 23)
SOUND = Draft(
    group_id=1,
    headline="Trainees left without a senior at night",
    details="Three said so.",
    theme="education",
    source="learners",
    directness=Directness.SEEN,
    urgency=Urgency.ROUTINE,
    wanted=Wanted.DISCUSSION,
    audience=Audience.GROUP,
    marking=Marking.AMBER_STRICT,
    event_on=TODAY,
    provider_id=7,
)

FINE = {
    "as it is": {},
    "a provider by name": {"provider_id": None, "provider_named": "A new clinic, Marram"},
    "a theme across several": {"provider_id": None, "across_providers": True},
    "longest allowed": {"headline": "h" * HEADLINE_LIMIT, "details": "d" * DETAILS_LIMIT},
    "to be said at the meeting": {"verbal_only": True, "details": ""},
    "long ago": {"event_on": date(1998, 1, 1)},
    "chosen organisations": {"audience": Audience.ORGANISATIONS, "organisations": (1, 2)},
    "named people": {"audience": Audience.PEOPLE, "people": (1,), "marking": Marking.RED},
}

WRONG = {
    "no place": ({"provider_id": None}, {"provider": "Choose a provider"}),
    "a name of spaces": ({"provider_id": None, "provider_named": "  "}, {"provider": "Choose a provider"}),
    "two places": ({"provider_named": "Elsewhere"}, {"provider": "Choose one only"}),
    "a place and across": ({"across_providers": True}, {"provider": "Choose one only"}),
    "all three places": ({"provider_named": "Elsewhere", "across_providers": True}, {"provider": "Choose one only"}),
    "no headline": ({"headline": " \n"}, {"headline": "Write one line"}),
    "long headline": ({"headline": "h" * 151}, {"headline": "151 characters; at most 150. Move the rest"}),
    "no details": ({"details": "\t"}, {"details": "Say what you know"}),
    "long details": ({"details": "d" * 3001}, {"details": "3001 characters; at most 3000. Raise a second"}),
    "tomorrow": ({"event_on": TODAY + timedelta(days=1)}, {"event_on": "in the future"}),
    "no organisation chosen": ({"audience": Audience.ORGANISATIONS}, {"chosen": "at least one organisation"}),
    "red for the group": ({"marking": Marking.RED}, {"marking": "TLP:RED is for named people only"}),
    "everything at once": (
        {
            "provider_id": None,
            "headline": "",
            "details": "",
            "event_on": date(2027, 1, 1),
            "audience": Audience.PEOPLE,
        },
        {"provider": "Choose", "headline": "Write", "details": "Say", "event_on": "future", "chosen": "one person"},
    ),
}


@pytest.mark.parametrize("change", FINE.values(), ids=FINE)
def test_a_sound_draft_passes(change: dict):
    check_draft(replace(SOUND, **change), TODAY)


@pytest.mark.parametrize(("change", "expected"), WRONG.values(), ids=WRONG)
def test_every_field_at_fault_is_named(change: dict, expected: dict[str, str]):
    with pytest.raises(FormErrors) as error:
        check_draft(replace(SOUND, **change), TODAY)
    assert error.value.fields.keys() == expected.keys()
    for field, words in expected.items():
        assert words in error.value.fields[field]


NOBODY: tuple[int, ...] = ()
# audience, organisations, people → the sentence beside “chosen”, if any
CHOSEN = {
    "the group": (Audience.GROUP, NOBODY, NOBODY, ""),
    "the group and an organisation": (Audience.GROUP, (1,), NOBODY, "whole group would see it"),
    "the group and a person": (Audience.GROUP, NOBODY, (1,), "whole group would see it"),
    "organisations": (Audience.ORGANISATIONS, (1, 2), NOBODY, ""),
    "organisations, none": (Audience.ORGANISATIONS, NOBODY, NOBODY, "at least one organisation"),
    "organisations, a person": (Audience.ORGANISATIONS, NOBODY, (1,), "at least one organisation"),
    "organisations and a person": (Audience.ORGANISATIONS, (1,), (1,), "no single people"),
    "people": (Audience.PEOPLE, NOBODY, (1, 2), ""),
    "people, none": (Audience.PEOPLE, NOBODY, NOBODY, "at least one person"),
    "people, an organisation": (Audience.PEOPLE, (1,), NOBODY, "at least one person"),
    "people and an organisation": (Audience.PEOPLE, (1,), (1,), "no organisations"),
}


@pytest.mark.parametrize("marking", Marking)
@pytest.mark.parametrize(("audience", "organisations", "people", "sentence"), CHOSEN.values(), ids=CHOSEN)
def test_audience_chosen_and_marking_belong_together(audience, organisations, people, sentence, marking):
    fields: dict[str, str] = {}
    try:
        check_handling(audience, marking, organisations=organisations, people=people)
    except FormErrors as error:
        fields = error.fields
    assert ("chosen" in fields) == bool(sentence)
    assert sentence in fields.get("chosen", "")
    assert ("marking" in fields) == (marking is Marking.RED and audience is not Audience.PEOPLE)


@pytest.mark.parametrize("value", ["TLP:AMBER", "TLP:CLEAR", "", "green", "TLP:PURPLE"])
def test_an_unknown_marking_is_the_strictest(value: str):
    assert Marking(value) is Marking.RED


@given(st.sampled_from(Reliability), st.sampled_from(Directness))
def test_a_grade_is_its_two_marks(reliability: Reliability, directness: Directness):
    assert re.fullmatch(r"[123][A-E]", grade(reliability, directness))


def test_the_shown_grade_is_its_code():
    assert grade(Reliability.UNTESTED, Directness.CORROBORATED) == "2C"


def test_references_are_short_and_unlike():
    references = [new_reference("C") for _ in range(500)]
    assert all(re.fullmatch(r"C-[2-9A-HJKMNP-TV-Z]{6}", reference) for reference in references)
    assert len(set(references)) == len(references)
    assert sorted(references) != references


def test_a_reference_has_no_confusing_letters():
    seen = set("".join(new_reference("E").removeprefix("E-") for _ in range(500)))
    assert not seen & set("01ILO")
    assert len(seen) > 25
