"""What the secretariat hears of before anything happens."""

from datetime import date
from pathlib import Path

import pytest

from bot.services.network_warnings import warnings
from tests.files.test_network_file import EXAMPLE
from tests.network.test_loading import changed

TODAY = date(2026, 11, 23)
AWAY = "        absences: [{from: 2026-11-20, until: 2026-11-23}]\n"


def warned(folder: Path, *edits: tuple[str, str], today: date = TODAY) -> list[str]:
    return list(warnings(changed(folder, *edits), today))


def test_the_example_needs_nothing(tmp_path: Path) -> None:
    assert warned(tmp_path) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        pytest.param(
            "    nominated: gdc-lead\n",
            "",
            "GDC: nobody is nominated and nobody represents it, so nobody can be reached.",
            id="nobody",
        ),
        pytest.param(
            "        slack: U_GDC_LEAD\n",
            "",
            "GDC: nobody named for it has a Slack member ID, so nobody can be reached.",
            id="no chat",
        ),
        pytest.param(
            "        slack: U_GDC_LEAD\n",
            "        slack: U_GDC_LEAD\n" + AWAY,
            "GDC: everybody named for it is away today, so nobody can be reached.",
            id="away",
        ),
        pytest.param(
            "        slack: U_GDC_LEAD\n",
            "        slack: U_GDC_LEAD\n        ends: 2026-11-22\n",
            "GDC: nobody named for it has a Slack member ID, so nobody can be reached.",
            id="left",
        ),
        pytest.param(
            "confirmed on: 2026-09-21",
            "confirmed on: 2026-08-24",
            "GMC: who is nominated was last confirmed on 24 August 2026, more than 90 days ago.",
            id="stale",
        ),
        pytest.param(
            "    confirmed on: 2026-09-21\n",
            "",
            "GMC: who is nominated has never been confirmed; add “confirmed on”.",
            id="unconfirmed",
        ),
        pytest.param(
            "    records leads: gdc-lead\n",
            "",
            "GDC: no records lead can be reached, so what people there raised is kept on once they have left.",
            id="no records lead",
        ),
        pytest.param(
            "        slack: U_GDC_LEAD\n",
            "",
            "GDC: no records lead can be reached, so what people there raised is kept on once they have left.",
            id="records lead without chat",
        ),
        pytest.param(
            "    channel: C_JSOG\n    chair: nhse-nurse\n",
            "",
            "Joint Strategic Oversight Group: has no channel and no chair.",
            id="group",
        ),
        pytest.param(
            "      marram-ccg: ccg-quality\n",
            "      marram-ccg:\n",
            "Marram and Vale Quality Surveillance Group: Marram and Vale CCG has no representative.",
            id="member",
        ),
    ],
)
def test_a_gap_is_a_warning(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert sentence in warned(tmp_path, (old, new))


def test_ninety_days_are_not_yet_too_long(tmp_path: Path) -> None:
    assert warned(tmp_path, ("confirmed on: 2026-09-21", "confirmed on: 2026-08-25")) == []


def test_an_absence_counts_only_on_its_days(tmp_path: Path) -> None:
    away = ("        slack: U_GDC_LEAD\n", "        slack: U_GDC_LEAD\n" + AWAY)
    assert len(warned(tmp_path, away, today=date(2026, 11, 20))) == 1
    assert warned(tmp_path, away, today=date(2026, 11, 24)) == []


def test_a_deputy_who_is_there_is_enough(tmp_path: Path) -> None:
    assert "absences: [{from: 2026-11-16" in EXAMPLE.read_text()
    assert not [warning for warning in warned(tmp_path) if warning.startswith("GMC")]


def test_an_organisation_that_has_ended_needs_nobody(tmp_path: Path) -> None:
    gone = ("    nominated: gdc-lead\n", "    ends: 2026-11-22\n")
    assert warned(tmp_path, gone) == []
