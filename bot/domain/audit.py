"""The audit journal's arithmetic: how an entry is written down, committed to and chained to the one before it.

The encoding is JSON with sorted keys, no spaces and UTF-8, of exactly the fields of `Entry`, a version and nothing
else; a moment is ISO 8601 in UTC with microseconds. A chain's first entry follows `GENESIS`. docs/operator.md describes
it for whoever writes a verifier of their own.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

GENESIS = "0" * 64
NETWORK = "network"
HEADS_NOTED = "heads noted"
"""The act of an entry whose facts are another chain's head: `chain`, `number` and `hash`."""
UNSIGNED = "-"
Facts = Mapping[str, int | str]

_CHAIN = r"g[1-9]\d*|o[1-9]\d*|network"
# Mail and chat fold long lines, so any white space may stand between the parts.
_WITNESS = re.compile(
    rf"soundings-witness\s+v1\s+({_CHAIN})\s+(\d{{1,18}})\s+([0-9a-f]{{64}})\s+(\S{{32}})"
    r"\s+([A-Za-z0-9._-]{1,40})\s+([A-Za-z0-9+/]{86}==|-)(?!\S)",
    re.ASCII,
)
_BEGINS = re.compile(r"soundings-witness\s")
CHAIN_NAME = re.compile(_CHAIN, re.ASCII)


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


@dataclass(frozen=True)
class Head:
    """How far a chain had come at a moment: the number and hash of its last entry then."""

    chain: str
    number: int
    hash: str
    at: datetime


@dataclass(frozen=True)
class WitnessLine:
    """A chain's head as it is posted, to be kept by others. Without a key `key` and `signature` are empty."""

    head: Head
    key: str = ""
    signature: str = ""

    def signed_text(self) -> str:
        """What is signed, as UTF-8: the line up to and with the key's name."""
        head = self.head
        parts = (head.chain, str(head.number), head.hash, written(head.at), self.key or UNSIGNED)
        return f"soundings-witness v1 {' '.join(parts)}"

    def text(self) -> str:
        """The whole line, to be copied."""
        return f"{self.signed_text()} {self.signature or UNSIGNED}"


def witnesses_in(text: str) -> Iterator[tuple[int, WitnessLine | None]]:
    """Every witness line in a text of any kind, with the place of its first character; None for a damaged one."""
    for beginning in _BEGINS.finditer(text):
        found = _WITNESS.match(text, beginning.start())
        yield beginning.start(), _read_witness(found) if found else None


def _read_witness(found: re.Match[str]) -> WitnessLine | None:
    chain, number, digest, at, key, signature = found.groups()
    try:
        head = Head(chain, int(number), digest, read_moment(at))
    except ValueError:
        return None
    return WitnessLine(head, key, signature) if signature != UNSIGNED else WitnessLine(head)


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


def read_moment(text: str) -> datetime:
    """The moment that is written so. Raises `ValueError` for one written in any other way."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or written(moment) != text:
        raise ValueError(text)
    return moment


def encoded(value: Mapping[str, object]) -> bytes:
    """The canonical bytes of a JSON object."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
