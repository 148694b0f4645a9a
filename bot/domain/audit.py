"""The audit journal's arithmetic: how an entry is written down, committed to and chained to the one before it.

The encoding is JSON with sorted keys, no spaces and UTF-8, of exactly the fields of `Entry.sealed`; a moment is
ISO 8601 in UTC with microseconds. A chain's first entry follows `GENESIS`.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64
NETWORK = "network"
Facts = Mapping[str, int | str]


@dataclass(frozen=True)
class Entry:
    """One entry as it is hashed. The facts are only committed to, so that they can be erased and the chain holds."""

    chain: str
    number: int
    at: datetime
    act: str
    person_id: int | None
    organisation_id: int | None
    group_id: int | None
    subject_kind: str
    subject_id: int | None
    commitment: str
    previous: str

    def digest(self) -> str:
        """SHA-256 of the encoded entry, as hexadecimal."""
        sealed = {name: value for name, value in vars(self).items() if name != "at"}
        return hashlib.sha256(encoded(sealed | {"at": written(self.at), "version": 1})).hexdigest()


def commitment(facts: Facts, salt: str) -> str:
    """HMAC-SHA-256 of the encoded facts under the salt (hexadecimal): without it nobody can guess them."""
    return hmac.new(bytes.fromhex(salt), encoded(facts), hashlib.sha256).hexdigest()


def chain_of(group_id: int | None, organisation_id: int | None) -> str:
    """The chain an entry belongs to: its group's; else the organisation's whose person acted; else the network's."""
    if group_id is not None:
        return f"g{group_id}"
    return NETWORK if organisation_id is None else f"o{organisation_id}"


def written(moment: datetime) -> str:
    """A moment as it is hashed."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def encoded(value: Mapping[str, object]) -> bytes:
    """The canonical bytes of a JSON object."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
