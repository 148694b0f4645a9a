"""What is typed after `/find`, read as terms and filters."""

from datetime import date

import pytest

from bot.domain.finding import Sought, Term, read_sought, reference_in
from bot.errors import NothingToFind, UnknownFilter

READ = {
    "the nights": Sought((Term(("nights",)),)),
    '"out of hours" rota*': Sought((Term(("out", "of", "hours")), Term(("rota",), begins=True))),
    "“two words": Sought((Term(("two", "words")),)),
    "St Mary’s": Sought((Term(("st",)), Term(("mary", "s")))),
    "from: cqc since:2026-01-01": Sought(sender="cqc", since=date(2026, 1, 1)),
    'about:"vale house" theme:workforce': Sought(about="vale house", theme="workforce"),
    "9:30 note:": Sought((Term(("9", "30")), Term(("note",)))),
    "one " * 5: Sought((Term(("one",)),)),
    " ".join(f"w{n}" for n in range(9)): Sought(tuple(Term((f"w{n}",)) for n in range(8)), cut=True),
}


@pytest.mark.parametrize("typed", READ)
def test_what_is_typed_is_read(typed: str):
    assert read_sought(typed) == READ[typed]


@pytest.mark.parametrize("typed", ["", "the and", '"', "*", "🚑", '"of the"'])
def test_what_says_nothing_is_said_so(typed: str):
    with pytest.raises(NothingToFind):
        read_sought(typed)


@pytest.mark.parametrize("typed", ["colour:red", "since:soon", 'from:""', "about:!"])
def test_an_unknown_filter_is_said_so(typed: str):
    with pytest.raises(UnknownFilter):
        read_sought(typed)


def test_a_reference_alone_is_one():
    assert (reference_in(" c-7q4km2 "), reference_in("C-7Q4KM2 rota"), reference_in("C-1")) == ("C-7Q4KM2", "", "")
