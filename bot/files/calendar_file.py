"""Meetings as a file for people's calendars (RFC 5545): the same entry every time one is fixed, moved or called off."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

NAME = "panel.ics"
PANELS, MEETINGS = "-//Soundings//Regulatory review panels//EN", "-//Soundings//Meetings of groups//EN"
NOBODY = "invalid:nomail"  # a request must name an organiser, who is nobody's address here


@dataclass(frozen=True)
class Entry:
    """One version of an entry. `sequence` rises with every version, `uid` never changes; moments are aware."""

    uid: str
    sequence: int
    summary: str
    starts_at: datetime
    minutes: int
    place: str
    cancelled: bool = False


def calendar_file(entry: Entry, made_at: datetime, product: str = PANELS) -> bytes:
    """The entry as a file to be opened with any calendar: to put in, to change, or to take out again."""
    return _file([entry], made_at, product, "CANCEL" if entry.cancelled else "REQUEST")


def calendar_of(entries: Iterable[Entry], made_at: datetime, product: str = MEETINGS) -> bytes:
    """Several entries as one file; those called off among them are marked so."""
    return _file(entries, made_at, product, "PUBLISH")


def _file(entries: Iterable[Entry], made_at: datetime, product: str, method: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", product)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    for entry in entries:
        calendar.add_component(_event(entry, made_at))
    return bytes(calendar.to_ical())


def _event(entry: Entry, made_at: datetime) -> Event:
    """Times are in UTC, so no zone has to be understood."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.starts_at.astimezone(UTC) + timedelta(minutes=entry.minutes))
    event.add("summary", _plain(entry.summary))
    event.add("location", _plain(entry.place))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("class", "CONFIDENTIAL")
    organiser = vCalAddress(NOBODY)
    organiser.params["CN"] = vText("Soundings")
    event["organizer"] = organiser
    return event


def _plain(text: str) -> str:
    """One line without control characters, which would end it or break the file."""
    line = " ".join(text.split())
    return "".join(character for character in line if unicodedata.category(character) not in {"Cc", "Cs"})
