"""The calendar file, read back with a library that knows nothing of us."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event

from bot.domain.calendar import LONDON
from bot.files.calendar_file import MEETINGS, Entry, calendar_file, calendar_of
from tests.hostile import anything

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TEN = datetime(2026, 11, 30, 10, tzinfo=UTC)
FIRST = Entry("p-7q4km2@soundings", 1, "Regulatory review panel P-7Q4KM2", TEN, 90, "Room 4")


def read(content: bytes) -> tuple[Calendar, Event]:
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_a_request_has_what_a_calendar_needs():
    calendar, event = read(calendar_file(FIRST, NOW))
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "REQUEST")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (FIRST.uid, 1, "CONFIRMED")
    assert (event["DTSTART"].dt, event["DTEND"].dt, event["DTSTAMP"].dt) == (TEN, TEN + timedelta(minutes=90), NOW)
    assert (event["SUMMARY"], event["LOCATION"]) == (FIRST.summary, "Room 4")
    assert not {"URL", "DESCRIPTION", "ATTENDEE"} & set(event)


def test_calling_off_is_the_same_entry_cancelled():
    calendar, event = read(calendar_file(Entry("u", 3, "s", TEN, 60, "p", cancelled=True), NOW))
    assert (calendar["METHOD"], event["STATUS"], event["UID"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", "u", 3)


def test_several_entries_are_one_file_and_those_off_are_marked():
    entries = [Entry(f"m{n}", n, f"Meeting {n}", TEN + timedelta(days=n), 60, "p", cancelled=n == 2) for n in range(4)]
    calendar = Calendar.from_ical(calendar_of(entries, NOW))
    events = calendar.walk("VEVENT")
    assert (calendar["METHOD"], calendar["PRODID"]) == ("PUBLISH", MEETINGS)
    assert [one["UID"] for one in events] == ["m0", "m1", "m2", "m3"]
    assert [one["STATUS"] for one in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert calendar_of(entries, NOW) == calendar_of(entries, NOW)


def test_a_meeting_s_file_says_that_it_is_one_and_a_panel_s_stays_as_it_was():
    assert read(calendar_file(FIRST, NOW))[0]["PRODID"] == "-//Soundings//Regulatory review panels//EN"
    assert read(calendar_file(FIRST, NOW, MEETINGS))[0]["PRODID"] == "-//Soundings//Meetings of groups//EN"


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=LONDON), "20261024T233000Z"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=LONDON), "20261025T003000Z"),
        (datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=LONDON), "20261025T013000Z"),
        (datetime(2026, 10, 26, 10, 0, tzinfo=LONDON), "20261026T100000Z"),
        (datetime(2027, 3, 28, 0, 30, tzinfo=LONDON), "20270328T003000Z"),
        (datetime(2027, 3, 28, 2, 30, tzinfo=LONDON), "20270328T013000Z"),
        (datetime(2027, 3, 29, 10, 0, tzinfo=LONDON), "20270329T090000Z"),
    ],
)
def test_both_nights_on_which_the_clocks_change(local: datetime, utc: str):
    content = calendar_file(Entry("u", 1, "s", local, 120, "p"), NOW)
    assert f"DTSTART:{utc}\r\n".encode() in content
    _, event = read(content)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=2)  # two hours that really pass


@given(anything, st.integers(-12, 14))
def test_whatever_the_place_is_it_is_one_value(place: str, hours: int):
    zone = timezone(timedelta(hours=hours))
    content = calendar_file(Entry("u", 1, "s", TEN.astimezone(zone), 60, place), NOW)
    calendar, event = read(content)
    assert event["DTSTART"].dt == TEN
    assert len(calendar.subcomponents) == 1
    assert set(event) == set(read(calendar_file(FIRST, NOW))[1])
    kept = "".join(c for c in " ".join(place.split()) if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)
    assert "".join(c for c in str(event["LOCATION"]) if c.isprintable()) == kept


def test_every_line_ends_and_is_as_long_as_it_may_be():
    content = calendar_file(Entry("u", 1, "s", TEN, 60, "Room " + "ä" * 200), NOW)
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")
