"""What the chart of a provider shows, as tables of facts."""

from datetime import date

from bot.domain.provider_chart import Decided, band, counted, level_at, months_to
from bot.domain.terms import Level

TODAY = date(2026, 11, 23)
MONTHS = months_to(TODAY)


def test_the_last_twelve_months_end_with_this_one():
    assert (len(MONTHS), MONTHS[0], MONTHS[-1]) == (12, date(2025, 12, 1), date(2026, 11, 1))


def test_who_raised_how_many_in_which_month():
    raised = [("CQC", date(2026, 11, 2)), ("CQC", TODAY), ("HEE", date(2025, 12, 31)), ("", TODAY)]
    old = [("GMC", date(2025, 11, 30))]
    rows = counted(raised + old, MONTHS)
    assert list(rows) == ["CQC", "HEE", ""]
    assert [row[-1] for row in rows.values()] == [2, 0, 1]
    assert rows["HEE"][0] == 1


def test_beyond_the_first_few_they_are_taken_together():
    rows = counted([(name, TODAY) for name in "ABCDEFG"], MONTHS)
    assert list(rows) == ["A", "B", "C", "D", "E", ""]
    assert rows[""][-1] == 2


def test_the_gravest_level_of_any_group_counts():
    decisions = [
        Decided(1, 1, Level.ENHANCED, date(2026, 3, 31)),
        Decided(2, 1, Level.ROUTINE, date(2026, 4, 2)),
        Decided(1, 1, Level.ROUTINE, date(2026, 9, 1)),
    ]
    assert level_at(decisions, date(2026, 3, 30)) is None
    levels = band(decisions, MONTHS, TODAY)
    assert [level.value if level else "" for level in levels] == [""] * 3 + ["EN"] * 6 + ["R"] * 3
