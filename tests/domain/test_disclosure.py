"""Which words are found, and how markings add up."""

import itertools

import pytest

from bot.domain.disclosure import Request, holds_all, in_confidence, strictest
from bot.domain.terms import DisclosureKind, Marking


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        ([], "", True),
        (["smith"], "Dr SMITH said", True),
        (["smith", "jane"], "Dr Smith said", False),
        (["Jane Smith"], "Smith, Jane", True),
        (["smi"], "blacksmith", True),
        (["josé"], "JOSE", True),
        (["jose"], "José", True),
        (["strasse"], "Straße", True),
        (["o'brien"], "O’Brien", True),
        (["O’Brien"], "o'brien", True),
        (["9434765919"], "943 476 5919", True),
        (["943-476-5919"], "NHS 9434765919.", True),
        (["943 476 5919"], "943 476 5918", False),
        (["  "], "anything", True),
        (["%"], "anything", False),
        (["_"], "anything", False),
    ],
)
def test_words_are_found_however_they_are_written(words: list[str], text: str, found: bool):
    assert holds_all(words, [text]) is found


def test_words_may_stand_in_different_texts():
    assert holds_all(["smith", "ward"], ["headline: ward 3", "", "details: Smith"])


@pytest.mark.parametrize("markings", list(itertools.permutations(Marking)))
def test_the_highest_marking_wins_in_any_order(markings: tuple[Marking, ...]):
    assert strictest(markings) is Marking.RED
    assert strictest([one for one in markings if one is not Marking.RED]) is Marking.AMBER_STRICT


def test_nothing_is_marked_least():
    assert strictest([]) is Marking.GREEN
    assert strictest([Marking("TLP:PURPLE")]) is Marking.RED


def test_all_but_green_is_in_confidence():
    assert {one: in_confidence(one) for one in Marking} == {
        Marking.RED: True,
        Marking.AMBER_STRICT: True,
        Marking.GREEN: False,
    }


@pytest.mark.parametrize("kind", DisclosureKind)
def test_originators_are_asked_when_somebody_outside_asks(kind: DisclosureKind):
    assert Request("1", kind).asks_originators is (kind is not DisclosureKind.OWN_RECORDS)
