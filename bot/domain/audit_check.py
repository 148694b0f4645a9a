"""Checking an exported journal: is every entry there, in its place, as it was written and as others witnessed it?

Nothing is needed but the entries, in the order of each chain, and what is claimed about them by witnesses, by the
export's first line and by entries of other chains. Of each chain only the last entry is kept in mind.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.audit import CHAIN_NAME, GENESIS, HEADS_NOTED, Entry, Facts, Head, commitment, encoded, read_moment
from bot.domain.audit import written as as_written

_HEX = frozenset("0123456789abcdef")
_FIELDS = frozenset({*Entry.__dataclass_fields__, "facts", "salt", "hash"})
_NUMBERS = ("person_id", "organisation_id", "group_id", "subject_id")


@dataclass(frozen=True)
class Line:
    """One exported entry, with the facts it commits to unless they were erased, and the hash it was given."""

    entry: Entry
    hash: str
    facts: Facts | None
    salt: str | None

    def text(self) -> str:
        """The line as it stands in an export."""
        own = vars(self.entry) | {"at": as_written(self.entry.at)}
        return encoded(own | {"facts": self.facts, "salt": self.salt, "hash": self.hash}).decode()

    def wrong(self) -> str:
        """What is wrong with it by itself, or nothing."""
        if self.entry.digest() != self.hash:
            return "it was edited, for what it says does not give its hash"
        if (self.facts is None) != (self.salt is None):
            return "its facts and their salt can only be erased together"
        if self.facts is not None and commitment(self.facts, self.salt or "") != self.entry.commitment:
            return "its facts were edited, for they do not match what it commits to"
        return ""


@dataclass(frozen=True)
class Claim:
    """What somebody says about a chain: `source` for people; `noted_in` the chain and number of an entry saying it.

    Only a `witness` is in other hands than the journal itself.
    """

    head: Head
    source: str
    witness: bool = False
    noted_in: tuple[str, int] | None = None


@dataclass(frozen=True)
class Problem:
    """The first bad entry of a chain, and what is wrong with it."""

    chain: str
    number: int
    why: str

    def __str__(self) -> str:
        return f"{self.chain}, entry {self.number}: {self.why}."


@dataclass(frozen=True)
class Cover:
    """Up to which entry a chain is held by a witness outside the journal, since when, and by which."""

    number: int
    since: datetime
    source: str


@dataclass(frozen=True)
class Verdict:
    """What was found about one chain."""

    chain: str
    entries: int
    problem: Problem | None
    cover: Cover | None


@dataclass
class _Chain:
    """A chain as far as it has been read. `claims` are those still to be met, the next one last."""

    name: str
    claims: list[Claim]
    number: int = 0
    hash: str = GENESIS
    entries: int = 0
    agreed: int = 0
    problem: Problem | None = None
    met: list[Claim] = field(default_factory=list)

    def read(self, line: Line) -> None:
        self.entries += 1
        if self.problem:
            return
        number, why = line.entry.number, self._misplaced(line.entry) or line.wrong()
        if not why and line.entry.previous != self.hash:
            why = "it does not follow the entry before it, so one of the two was rewritten"
        if why:
            self.problem = Problem(self.name, min(number, self.number + 1), why)
            return
        self.number, self.hash = number, line.hash
        self._meet()

    def end(self) -> None:
        """Whoever names a later entry than the last one shows that the end was cut off."""
        if self.claims and not self.problem:
            last = self.claims[0]
            why = f"it is missing, for the chain ends before it and {last.source} names entry {last.head.number}"
            self.problem = Problem(self.name, self.number + 1, why)

    def _misplaced(self, entry: Entry) -> str:
        if entry.number == self.number + 1:
            return ""
        if entry.number > self.number:
            return f"it is missing or was moved, for entry {entry.number} comes after entry {self.number}"
        return f"it comes again, or too late, after entry {self.number}"

    def _meet(self) -> None:
        before = self.agreed
        while self.claims and self.claims[-1].head.number == self.number:
            claim = self.claims.pop()
            if claim.head.hash != self.hash:
                since = f"it, or an entry after {before}" if before else "it, or an entry before it"
                why = f"{since}, was rewritten, for {claim.source} has another hash"
                self.problem = Problem(self.name, self.number, why)
                return
            self.met.append(claim)
            if claim.witness or claim.noted_in:
                self.agreed = self.number


def check(lines: Iterable[Line], claims: Iterable[Claim]) -> list[Verdict]:
    """One verdict for each chain that is exported or spoken of, in the order of their names."""
    by_chain: defaultdict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_chain[claim.head.chain].append(claim)
    chains = {name: _chain(name, several) for name, several in by_chain.items()}
    for line in lines:
        name = line.entry.chain
        if name not in chains:
            chains[name] = _Chain(name, [])
        chains[name].read(line)
    for chain in chains.values():
        chain.end()
    covers = _covers([claim for chain in chains.values() for claim in chain.met])
    ordered = sorted(chains.values(), key=lambda chain: (len(chain.name), chain.name))
    return [Verdict(one.name, one.entries, one.problem, covers.get(one.name)) for one in ordered]


def notes(lines: Iterable[Line]) -> Iterator[Claim]:
    """What entries say about other chains: whoever holds a witness of theirs holds one of those as well."""
    for line in lines:
        facts = line.facts
        if line.entry.act != HEADS_NOTED or facts is None or line.wrong():
            continue
        chain, number, digest = facts.get("chain"), facts.get("number"), facts.get("hash")
        if isinstance(chain, str) and isinstance(number, int) and isinstance(digest, str):
            place = (line.entry.chain, line.entry.number)
            head = Head(chain, number, digest, line.entry.at)
            yield Claim(head, f"{place[0]}, entry {place[1]},", noted_in=place)


def read_line(text: str, value: object) -> Line:
    """The entry in a line of an export, already read as JSON. Raises `ValueError` unless it is one exactly."""
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        raise ValueError("it does not have exactly the fields of an entry")
    if "\\u" in text:
        encoded(value)  # which raises for characters that no text can have, written as escapes
    facts, salt = value.pop("facts"), value.pop("salt")
    digest = value.pop("hash")
    value["at"] = read_moment(_text(value["at"]))
    entry = Entry(**value)
    _check_types(entry)
    if not _is_hex(digest, 64) or not (salt is None or _is_hex(salt, 32)):
        raise ValueError("a hash or salt is not hexadecimal")
    if not (facts is None or _are_facts(facts)):
        raise ValueError("the facts are not numbers and words")
    return Line(entry, digest, facts, salt)


def _chain(name: str, claims: list[Claim]) -> _Chain:
    # A claim about number 0 says nothing: an empty chain can only grow.
    return _Chain(name, sorted((c for c in claims if c.head.number > 0), key=lambda c: -c.head.number))


def _covers(met: list[Claim]) -> Mapping[str, Cover]:
    """How far each chain is witnessed: directly, or through an entry of a chain that is witnessed up to there."""
    covers: dict[str, Cover] = {}
    grown = True
    while grown:
        grown = False
        for claim in met:
            cover = _cover(claim, covers)
            before = covers.get(claim.head.chain)
            if cover and (before is None or cover.number > before.number):
                covers[claim.head.chain] = cover
                grown = True
    return covers


def _cover(claim: Claim, covers: Mapping[str, Cover]) -> Cover | None:
    if claim.witness:
        return Cover(claim.head.number, claim.head.at, claim.source)
    through = covers.get(claim.noted_in[0]) if claim.noted_in else None
    if through is None or claim.noted_in is None or claim.noted_in[1] > through.number:
        return None
    return Cover(claim.head.number, through.since, through.source)


def _check_types(entry: Entry) -> None:
    numbers = [getattr(entry, name) for name in _NUMBERS]
    sound = (
        _is_number(entry.number)
        and all(number is None or _is_number(number) for number in numbers)
        and all(isinstance(text, str) for text in (entry.chain, entry.act, entry.subject_kind))
        and CHAIN_NAME.fullmatch(entry.chain)
        and _is_hex(entry.commitment, 64)
        and _is_hex(entry.previous, 64)
    )
    if not sound:
        raise ValueError("a field is not of its kind")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a moment is not written as text")  # noqa: TRY004  # all that is unusable is one kind
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_hex(value: object, length: int) -> bool:
    return isinstance(value, str) and len(value) == length and _HEX.issuperset(value)


def _are_facts(value: object) -> bool:
    return isinstance(value, dict) and all(_is_number(one) or isinstance(one, str) for one in value.values())
