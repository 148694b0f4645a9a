"""Every claim of docs/security.md names tests that are there."""

import re

from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| **")]


def test_every_test_it_names_is_there():
    named = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))
    assert sorted(name for name in named if not (ROOT / name).is_file()) == []


def test_every_adversary_has_a_test():
    assert len(ROWS) == 11
    assert [row for row in ROWS if "`tests/" not in row.rsplit("|", 2)[1]] == []
