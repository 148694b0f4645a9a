"""What in a text looks like an identifier, what does not, and that no text takes long to look through."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.gb import nhs

from bot.domain.identifiers import Finding, Identifier, find_identifiers, fingerprint, nhs_number
from tests.hostile import anything

FOUND = [
    ("NHS no 943 476 5919, seen", "nhs", "943 476 5919"),
    ("9434765919", "nhs", "9434765919"),
    ("(943-476-5919)", "nhs", "943-476-5919"),
    ("943 – 476 – 5919", "nhs", "943 – 476 – 5919"),
    ("943\u00a0476\u202f5919", "nhs", "943\u00a0476\u202f5919"),
    ("٩٤٣ ٤٧٦ ٥٩١٩", "nhs", "٩٤٣ ٤٧٦ ٥٩١٩"),
    ("９４３４７６５９１９", "nhs", "９４３４７６５９１９"),
    ("Dr Vale, GMC 1234567.", "gmc", "1234567"),
    ("GMC1234567", "gmc", "1234567"),
    ("registration number: 1234567", "gmc", "1234567"),
    ("1234567 is her GMC number", "gmc", "1234567"),
    ("PIN 12A3456E", "nmc", "12A3456E"),
    ("pin 12a3456e", "nmc", "12a3456e"),
    ("１２A３４５６E", "nmc", "１２A３４５６E"),
    ("born 12/03/1956", "birth", "12/03/1956"),
    ("born on the 3rd of May 1999", "birth", "3rd of May 1999"),
    ("DOB 3.5.99", "birth", "3.5.99"),
    ("D.O.B.: 1956-03-12", "birth", "1956-03-12"),
    ("12 March 1956 (date of birth)", "birth", "12 March 1956"),
    ("stillborn on March 12, 2026", "birth", "March 12, 2026"),
    ("the baby, born 12 March", "birth", "12 March"),
    ("ring 020 7946 0000 now", "phone", "020 7946 0000"),
    ("(020) 7946 0000", "phone", "(020) 7946 0000"),
    ("07700-900123", "phone", "07700-900123"),
    ("+44 (0)7700 900123", "phone", "+44 (0)7700 900123"),
    ("00447700900123", "phone", "00447700900123"),
    ("01632 960983.", "phone", "01632 960983"),
    ("write to A.Nurse+1@ward.nhs.uk.", "email", "A.Nurse+1@ward.nhs.uk"),
    ("<a@b.co>", "email", "a@b.co"),
    ("lives at SW1A 1AA", "postcode", "SW1A 1AA"),
    ("lives at sw1a1aa", "postcode", "sw1a1aa"),
    ("M1 1AE", "postcode", "M1 1AE"),
    ("Ec1a 1bb", "postcode", "Ec1a 1bb"),
]


@pytest.mark.parametrize(("text", "kind", "words"), FOUND)
def test_it_is_found(text: str, kind: str, words: str):
    assert [(one.kind, text[one.start : one.end]) for one in find_identifiers(text)] == [(kind, words)]


INNOCENT = [
    "943 476 5918",  # the check digit is wrong
    "19434765919",
    "9434765919-1",
    "C-7Q4KM2 and E-W2H7BD and C-W2H7BD",  # the last has the shape of a postcode
    "seen on 12/03/2026 and 13 March 2026",
    "a stubborn leak on 12 March 2026",
    "in 2019-2020, 2020/21 and 2021 2022",
    "£1,234,567 or £1234567 of GMC fees",
    "1234567 attendances",
    "GMC survey: 12345678 answers",
    "Room 101, Ward W1 3rd floor, bay B2 2nd bed, A5 4hr waits",
    "between B2 2pm and 3pm",
    "RZZ01 and A81001",
    "999, 111 and 0800 1111",
    "12A3456",
    "@channel and user@host",
    "at 08:00 and 20:00, 12.5% of 1,000",
    "",
]


@pytest.mark.parametrize("text", INNOCENT)
def test_it_is_left_alone(text: str):
    assert find_identifiers(text) == []


def test_several_are_found_in_order():
    text = "Ann, born 1/2/1990, a@b.co\n07700 900123, GMC 7654321, 12A3456E at SW1A 1AA: 9434765919"
    kinds = [one.kind for one in find_identifiers(text)]
    assert kinds == ["birth", "email", "phone", "gmc", "nmc", "postcode", "nhs"]
    assert set(kinds) == set(Identifier)


@given(st.text("0123456789", min_size=10, max_size=10))
def test_the_check_digit_is_the_one_in_use(digits: str):
    assert nhs_number(digits) == nhs.is_valid(digits)


@given(st.lists(st.one_of(anything, st.sampled_from([text for text, _, _ in FOUND])), max_size=6).map(" ".join))
def test_what_is_found_lies_within_and_apart(text: str):
    found = find_identifiers(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    "part",
    ["a", "1", "1 ", "a@", "a.", "@", "(0", "0", "born ", "12/", "- ", "+44", "\u0661", "gmc 1", "a1 1", "\u200b"]
    + [f"{text} " for text, _, _ in FOUND],
)
def test_no_text_takes_long(part: str):
    """Sixteen times the text takes far from the 256 times as long that a quadratic search would."""

    def seconds(length: int) -> float:
        text = (part * length)[:length]
        began = time.process_time()
        find_identifiers(text)
        return time.process_time() - began

    def least(length: int) -> float:
        return min(seconds(length) for _ in range(3))

    assert least(40_000) < 100 * max(least(2_500), 0.0005)


def test_a_fingerprint_is_of_what_was_found():
    def of(*texts: str) -> str:
        return fingerprint(Finding("details", text, one) for text in texts for one in find_identifiers(text))

    assert of("ring 07700 900123", "a@b.co") == of("A@B.co, or 07700900123, or 07700 900123")
    assert of("07700 900123") != of("07700 900124")
    assert of("a@b.co") != of("a@b.co and c@d.co")
