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


NOMINATED = "    nominated: [cqc-lead, cqc-deputy]\n"
UNREACHABLE = "        slack: U_CQC_LEAD\n"
SEATS = (
    ("      cqc: {representative: cqc-lead, deputies: cqc-deputy}\n", "      cqc:\n"),
    ("      cqc: {representative: cqc-lead, deputies: [cqc-deputy, inspector]}\n", "      cqc:\n"),
    ("      cqc: cqc-lead\n", "      cqc:\n"),
)
# What stands in place of CQC's nominations while nobody represents it; and all that is said of CQC.
GAPS = {
    "everything has somebody": ("nominated: cqc-deputy\n    nominated for: {trust: inspector}", []),
    "one category only": (
        "nominated for: {trust: cqc-deputy}",
        [
            "CQC for any other category: nobody is nominated and nobody represents it, so nobody can be reached.",
        ],
    ),
    "one region only": (
        "nominated in: {London: cqc-deputy}",
        ["CQC in any other region: nobody is nominated and nobody represents it, so nobody can be reached."],
    ),
    "a category here, another there": (
        "nominated for: {trust: cqc-deputy}\n    nominated in:\n      London: {nominated for: {systems: cqc-deputy}}",
        [
            f"CQC for {what}: nobody is nominated and nobody represents it, so nobody can be reached."
            for what in (
                "any other category in any other region",
                "any other category in “London”",
                "“systems” in any other region",
            )
        ],
    ),
    "a region without chat, and others": (
        "nominated: cqc-deputy\n    nominated in: {London: cqc-lead}",
        ["CQC: nobody nominated in “London” has a Slack member ID; others of it are told."],
    ),
    "everywhere but a region without chat": (
        "nominated: cqc-lead\n    nominated in: {London: cqc-deputy}",
        ["CQC in any other region: nobody named for it has a Slack member ID, so nobody can be reached."],
    ),
}


@pytest.mark.parametrize(("nominated", "sentences"), GAPS.values(), ids=GAPS)
def test_nobody_for_something_is_a_warning(tmp_path: Path, nominated: str, sentences: list[str]) -> None:
    edits = ((NOMINATED, f"    {nominated}\n"), (UNREACHABLE, ""), *SEATS)
    assert [one for one in warned(tmp_path, *edits) if one.startswith("CQC")] == sentences


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("      nhsi: nhsi-manager\n", "      nhsi: nhsi-manager\n", id="a representative is there"),
        pytest.param("status: signatory, from: 2018-07-26", "status: signatory, from: 2026-11-24", id="not yet signed"),
        pytest.param("status: signatory, from: 2018-07-26", "status: signatory, until: 2026-11-22", id="has left"),
    ],
)
def test_a_gap_that_reaches_nobody_s_escalation_is_none(tmp_path: Path, old: str, new: str) -> None:
    seats = SEATS if "signatory" in old else ()
    edits = ((NOMINATED, "    nominated for: {trust: cqc-deputy}\n"), *seats, (old, new))
    assert [one for one in warned(tmp_path, *edits) if one.startswith("CQC")] == []
