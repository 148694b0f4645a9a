"""What a load of the network file will do, line by line in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.cadence import read_cadence
from bot.files.network import Network
from bot.services.network_wanted import LONDON, Ref
from bot.store.network import Held, Key, Table
from bot.store.tables import (
    Absence,
    Conflict,
    Footprint,
    Group,
    Meeting,
    Membership,
    NominatedPerson,
    Organisation,
    Person,
    Provider,
    Seat,
    SurveillanceLevel,
)

# Columns as a secretariat calls them; those not here are called by their name without underscores.
COLUMNS = {
    "chat_user": "Slack member ID",
    "ends_on": "last day",
    "starts_on": "first day",
    "starts_at": "start",
    "organisation_id": "organisation",
    "parent_id": "parent",
    "successor_id": "successor",
    "provider_id": "provider",
    "until": "back on",
    "back_at": "said to be back",
    "rung": "place in the order",
    "timezone": "time zone",
    "slug": "name in the file",
    "enrolled_in_chat": "let in through chat",
    "deactivated_at": "account closed on",
    "email": "e-mail",
    "email_domains": "e-mail domains",
    "protocol_status": "standing under the protocol",
    "protocol_from": "under the protocol from",
    "protocol_until": "under the protocol until",
}
SENTENCES: Mapping[Table, str] = {
    Organisation: "organisation {0}",
    Person: "{0}",
    Group: "group {0}",
    Provider: "provider {0}",
    Meeting: "meeting {0}",
    NominatedPerson: "{1} as nominated person or deputy of {0}",
    Absence: "absence of {0} from {1}",
    Conflict: "conflict of interest of {0} about {1}",
    Membership: "{1} as a member of {0}",
    Seat: "{1} as {2} of {0}",
    Footprint: "{1} in the footprint of {0}",
    SurveillanceLevel: "surveillance level of {1} in {0}, decided on {2}",
}
NAMED: Mapping[Table, tuple[Table | None, ...]] = {
    Organisation: (Organisation,),
    Person: (Person,),
    Group: (Group,),
    Provider: (Provider,),
    Meeting: (Meeting,),
    NominatedPerson: (Organisation, Person, None, None),
    Absence: (Person, None),
    Conflict: (Person, Provider),
    Membership: (Group, Organisation),
    Seat: (Group, Person, None),
    Footprint: (Group, Provider),
    SurveillanceLevel: (Group, Provider, None),
}


def spoken_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def spoken_moment(moment: datetime) -> str:
    local = moment.astimezone(ZoneInfo(LONDON))
    return spoken_day(local) if (local.hour, local.minute) == (0, 0) else f"{spoken_day(local)} at {local:%H:%M}"


def for_what(category: str, region: str) -> str:
    """What somebody is nominated for, when that is not everything."""
    return (f" for “{category}”" if category else "") + (f" in “{region}”" if region else "")


@dataclass
class Words:
    """Speaks of rows by the names people know them by."""

    held: Held
    shown: dict[tuple[Table, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, held: Held, network: Network) -> "Words":
        """The names in the database, and over them those in the file."""
        words = cls(held)
        for table, say in SHOWN.items():
            for row in held.rows[table]:
                words.shown[table, held.key(row)[0]] = say(row)
        for slug, organisation in network.organisations.items():
            words.shown[Organisation, slug] = organisation.short_name
        for owner, slug, person in network.people():
            words.shown[Person, slug] = f"{person.name} ({words.shown[Organisation, owner]})"
        for slug, group in network.groups.items():
            words.shown[Group, slug] = group.name
            for name, meeting in group.meetings.items():
                words.shown[Meeting, name] = f"of {group.name} on {spoken_moment(meeting.starts)}"
        for code, provider in network.providers.items():
            words.shown[Provider, code] = f"{provider.name} ({code})"
        return words

    def label(self, table: Table, key: Key) -> str:
        """What a row is, for a person to read."""
        parts = [self._part(named, part) for named, part in zip(NAMED[table], key, strict=True)]
        extra = for_what(key[2], key[3]) if table is NominatedPerson else ""
        return SENTENCES[table].format(*parts) + extra

    def change(self, column: str, before: Any, after: Any) -> str:
        """One column's change."""
        name = COLUMNS.get(column, column.removesuffix("_id").replace("_", " "))
        table = after.table if isinstance(after, Ref) else None
        old = self.shown.get((table, self.held.names.get((table, before), "")), "another") if table else before
        return f"{name} {self._value(old)} becomes {self._value(after)}"

    def _part(self, named: Table | None, part: str) -> str:
        if named:
            return self.shown.get((named, part), part)
        if part[:4].isdigit() and "T" in part:
            return spoken_moment(datetime.fromisoformat(part))
        return part

    def _value(self, value: Any) -> str:
        if isinstance(value, Ref):
            return f"“{self.shown.get((value.table, value.name), value.name)}”"
        if isinstance(value, datetime):
            return spoken_moment(value)
        if isinstance(value, date):
            return spoken_day(value)
        if isinstance(value, time):
            return f"{value:%H:%M}"
        if isinstance(value, dict):
            value = read_cadence(value).spoken()
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "none" if value in (None, "") else f"“{value}”"


SHOWN: Mapping[Table, Callable[[Any], str]] = {
    Organisation: lambda row: str(row.short_name),
    Person: lambda row: str(row.name),
    Group: lambda row: str(row.name),
    Provider: lambda row: f"{row.name} ({row.code})",
    Meeting: lambda row: f"{row.slug} on {spoken_moment(row.starts_at)}",
}
