"""A file's name is safe on whatever computer it is kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.file_names import MOST_BYTES, NAMELESS, safe_name
from tests.hostile import HOSTILE


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("panel.ics", "panel.ics"),
        ("Panel on 3 December (draft).ics", "Panel on 3 December (draft).ics"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\notes.docx", "notes.docx"),
        ("folder/", NAMELESS),
        ("..", NAMELESS),
        (".bashrc", "bashrc"),
        ("  spaced \t out\r\n.png ", "spaced out.png"),
        ("nul\x00led\x1b[31m.png", "nulled[31m.png"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("zero\u200bwidth\ufeff.ics", "zerowidth.ics"),
        ("\ud800broken.ics", "broken.ics"),
        ('pack: "A|B" <1>?*.docx', "pack- -A-B- -1---.docx"),
        ("דוח.ics", "דוח.ics"),
        ("", NAMELESS),
        ("   ", NAMELESS),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_safe(given_name: str, kept: str):
    assert safe_name(given_name) == kept


@pytest.mark.parametrize("letter", ["a", "é", "語", "🏥"])
def test_a_very_long_name_keeps_its_ending(letter: str):
    short = safe_name(letter * 400 + ".xlsx")
    assert MOST_BYTES - 4 < len(short.encode()) <= MOST_BYTES
    assert short.endswith(f"{letter}.xlsx")


def test_an_ending_that_is_none_does_not_count_as_one():
    assert len(safe_name("a." + "b" * 400).encode()) == MOST_BYTES


@given(st.one_of(st.text(), st.sampled_from(HOSTILE), st.text(alphabet="./\\: \u202e\x00a")))
def test_any_name_is_safe_and_stays_as_it_is(said: str):
    name = safe_name(said)
    assert name
    assert len(name.encode()) <= MOST_BYTES
    assert not set(name) & set('/\\<>:"|?*')
    assert not name.startswith(".")
    assert not any(unicodedata.category(character).startswith("C") for character in name)
    assert safe_name(name) == name
