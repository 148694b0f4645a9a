"""The bench runs, and gives a figure for everything. How large the figures are is no test's business."""

import math

from bench.__main__ import PARTS, measure
from bench.counts import QUICK
from bench.databases import SQLITE, open_databases
from bench.figures import percentile, table_of


async def test_every_line_of_the_table_has_its_figures() -> None:
    with open_databases((SQLITE,)) as databases:
        sections = await measure(databases, QUICK)
    assert len(sections) == len(PARTS)
    lines = [line for section in sections for line in section.lines]
    assert all(section.lines for section in sections)
    wrong = [
        line for line in lines if not all(math.isfinite(n) and n > 0 for n in (line.ours, line.theirs, line.ratio))
    ]
    assert wrong == []
    assert table_of(sections).row_count == len(lines) + len(sections)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile(range(1, 101), 99) == 99
    assert percentile([5.0], 99) == 5.0
