"""What may be asked of `/provider`, as a table of words."""

from datetime import date

import pytest

from bot.domain.provider_question import Question, read_question
from bot.errors import DayToCome, NotADay

TODAY = date(2026, 11, 23)
FIRST = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("northgate", Question("northgate")),
        ("St Thomas of Vale", Question("St Thomas of Vale")),
        ("northgate as of 2026-03-01", Question("northgate", day=FIRST)),
        ("RZZ01  AS OF 1 march 2026", Question("RZZ01", day=FIRST)),
        ("northgate as at 1 Mar 2026", Question("northgate", day=FIRST)),
        ("northgate on 1 March 2026", Question("northgate on 1 March 2026")),
        ("northgate as of 23/11/2026", Question("northgate", day=TODAY)),
        ("northgate vs vale", Question("northgate", "vale")),
        ("RZZ01 versus RZZ02", Question("RZZ01", "RZZ02")),
    ],
)
def test_what_words_ask(words: str, asked: Question):
    assert read_question(words, TODAY) == asked


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("x as of", NotADay),
        ("x as of last week", NotADay),
        ("x as of 31/2/2026", NotADay),
        ("x as of 2026-11-24", DayToCome),
    ],
)
def test_what_is_no_day(words: str, error: type[Exception]):
    with pytest.raises(error):
        read_question(words, TODAY)
