"""Taking in a concern as its form was sent: checked for what identifies people, saved, its annexes locked away."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.concern import Draft, check_draft
from bot.domain.handling import Viewer
from bot.domain.identifiers import Finding, Identifier, find_identifiers, fingerprint
from bot.domain.policy import Rules
from bot.domain.terms import AnnexeKind
from bot.errors import FormErrors, NoKeys
from bot.services.annexe import store_annexe
from bot.services.concerns import Raised, raise_concern
from bot.store.concerns import Readers, submitted_as
from bot.store.journal import record
from bot.store.unit import Unit

CHECKED = ("provider_named", "headline", "details")
STILL_THERE = "Take out what is shown above, or tick this box if it identifies nobody."
ANNEXES = {"people_involved": AnnexeKind.PEOPLE, "source_identity": AnnexeKind.SOURCE}


@dataclass(frozen=True)
class Intake:
    """What a form was sent with. `shown` is the print of the readers it last named; `earlier` counts, by kind, what
    it was found to hold before; `vouched` are the prints of findings of which the person says that they identify
    nobody; `annexes` are texts by the name of their field."""

    draft: Draft
    shown: str
    earlier: Mapping[str, int] = field(default_factory=dict)
    vouched: Collection[str] = ()
    annexes: Mapping[str, str] = field(default_factory=dict)


class LookAgain(Exception):
    """Nothing was saved: somebody has to look at what was found first, or at who will see it, since that is not
    who the form last said would."""

    def __init__(self, findings: Collection[Finding], *, other_readers: bool = False) -> None:
        super().__init__()
        self.findings = tuple(findings)
        self.other_readers = other_readers


def findings_in(answers: Mapping[str, object]) -> list[Finding]:
    """What may identify somebody in the texts that others read. The annexes are there to hold just that."""
    texts = {name: str(answers.get(name) or "") for name in CHECKED}
    return [Finding(name, text, found) for name, text in texts.items() for found in find_identifiers(text)]


def shown_as(readers: Readers) -> str:
    """The print of the names of who will see it."""
    return hashlib.sha256(json.dumps([readers.organisations, readers.people]).encode()).hexdigest()[:16]


def counted(findings: Collection[Finding], earlier: Mapping[str, int]) -> dict[str, int]:
    """How many of each kind were found at most, now or before."""
    now = [one.found.kind for one in findings]
    counts = {kind: max(now.count(kind), earlier.get(kind, 0)) for kind in Identifier}
    return {str(kind): count for kind, count in counts.items() if count}


async def take_in(unit: Unit, sent: Intake, *, by: Viewer, key: str, now: datetime, rules: Rules) -> Raised:
    """Save the concern with its annexes. The same `key` again changes nothing and answers the same.

    Raises `FormErrors`; and `LookAgain`, with nothing saved, when its texts hold what may identify somebody and
    nobody has said that it does not, or when those who will see it are not those the form last named.
    """
    findings = findings_in(vars(sent.draft))
    if findings and fingerprint(findings) not in sent.vouched and not await submitted_as(unit, key):
        check_draft(sent.draft, rules.today(now))
        raise LookAgain(findings)
    raised = await raise_concern(unit, sent.draft, by=by, key=key, now=now, rules=rules)
    if not raised.new:
        return raised
    if shown_as(raised.readers) != sent.shown:
        raise LookAgain(findings, other_readers=True)  # which undoes all that this unit has done
    _record_decision(unit, raised, findings, sent, by, now)
    await _store_annexes(unit, raised, sent, by, now)
    return raised


def _record_decision(
    unit: Unit, raised: Raised, findings: Collection[Finding], sent: Intake, by: Viewer, now: datetime
) -> None:
    """How many of each kind were found, and how many of them were kept: numbers only."""
    found = counted(findings, sent.earlier)
    if found:
        kinds = [str(one.found.kind) for one in findings]
        facts = {f"{kind}_found": count for kind, count in found.items()}
        facts |= {f"{kind}_kept": kinds.count(kind) for kind in found}
        subject = ("concern", raised.concern.key)
        record(unit, "identifiers found", by=by, now=now, subject=subject, group_id=raised.concern.group_id, **facts)


async def _store_annexes(unit: Unit, raised: Raised, sent: Intake, by: Viewer, now: datetime) -> None:
    for name, text in sent.annexes.items():
        try:
            await store_annexe(unit, raised.concern, ANNEXES[name], text, by=by, now=now)
        except NoKeys as missing:
            raise FormErrors({name: str(missing)}) from missing
