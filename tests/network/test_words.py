"""Words as typed meet words as written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.store.tables import Provider
from bot.store.words import after_prefix, fold, index_words, needed


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("St Mary's", ["st", "marys"]),
        ("ST  MARY’S", ["st", "marys"]),
        ("Ynys Môn – Llŷn", ["ynys", "mon", "llyn"]),
        ("Marram & Vale (Sedge-mere)", ["marram", "and", "vale", "sedge", "mere"]),
        ("Straße", ["strasse"]),
        ("１２３ ﬁne", ["123", "fine"]),
        ("a\x00b\ud800c", ["a", "b", "c"]),
        ("'’ -- \t", []),
        ("x" * 200, ["x" * 60]),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert fold(text) == words


@given(st.text(max_size=80))
def test_folding_twice_is_folding_once(text: str) -> None:
    words = fold(text)
    assert fold(" ".join(words)) == words
    assert all(0 < len(word) <= 60 for word in words)


@given(st.text(min_size=1, max_size=8), st.text(max_size=8))
def test_a_prefix_bounds_everything_that_starts_with_it(prefix: str, rest: str) -> None:
    end = after_prefix(prefix)
    assert end is None or prefix <= prefix + rest < end
    # The order of code points is the order of UTF-8 bytes, in which both databases compare.
    assert end is None or (prefix + rest).encode() < end.encode()


def test_the_bound_passes_over_what_is_no_character() -> None:
    assert after_prefix("a\ud7ff") == "a\ue000"
    assert after_prefix("b\U0010ffff") == "c"
    assert after_prefix("\U0010ffff") is None


def test_only_the_words_that_narrow_are_needed() -> None:
    assert needed(["north", "northgate", "n", "marram"]) == ["northgate", "marram"]
    assert needed(["same", "same"]) == ["same"]
    assert len(needed([f"{n}word" for n in range(50)])) == 8


def test_a_provider_is_found_by_all_its_words() -> None:
    provider = Provider(
        code="1-101", name="St Mary's", former_names="The Elms; Old Elms", town="Vale Magna", postcode="ZZ1 2AB"
    )
    words = {"1", "101", "1101", "st", "marys", "the", "elms", "old", "vale", "magna", "zz1", "2ab", "zz12ab"}
    assert index_words(provider) == words
