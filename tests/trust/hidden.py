"""A concern with all that hangs on it, put into the scene of `tests/store/scene.py`, and who may read it: the rules of
Handling in `domain.md` said a second time, in plain Python, without a database."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import text

from bot.domain.answers import AnswerHandling, AnswerKind
from bot.domain.escalation import RungRole
from bot.domain.terms import (
    AnnexeKind,
    Audience,
    Basis,
    ChangeState,
    ConcernState,
    Directness,
    HandlingKind,
    Lineage,
    Marking,
    Reliability,
    Urgency,
    Wanted,
)
from bot.store.tables import (
    Addressee,
    Annexe,
    AnnexeGrant,
    ConcernAnswer,
    ConcernAudience,
    Escalation,
    EscalationConcern,
    Exchange,
    HandlingChange,
    Hold,
    LadderRung,
    Panel,
    PanelInvitee,
    PanelTime,
    PanelVote,
    PastAnswer,
)
from bot.store.unit import Unit
from tests.store.rows import NOW, TODAY, concern
from tests.store.scene import PEOPLE, Ids

REFERENCE, ESCALATION, CHANGE, PANEL = "C-HIDDEN", "E-HIDDEN", "H-HIDDEN", "P-HIDDEN"
UNKNOWN = "TLP:PURPLE"
SHARED = (Marking.AMBER_STRICT, Marking.GREEN)
MEMBERS = {"cqc", "gmc", "hee", "late", "gone", "trust", "clinic"}
NOT_LET_IN = {"ended organisation", "retired"}
BARRED = {
    "own staff": {"northgate", "site"},
    "site's staff": {"northgate", "site"},
    "conflicted": {"northgate", "site"},
    "conflict with a site": {"site"},
}
BODIES = sorted(set(PEOPLE.values()))


@dataclass(frozen=True)
class Hidden:
    """One concern: `lines` are (who, basis, whether still in force), `asked` the organisations it is escalated to."""

    by: str
    marking: str
    audience: Audience
    lines: tuple[tuple[str, Basis, bool], ...]
    provider: str | None
    state: ConcernState
    retired: bool
    attributed: bool
    urgency: Urgency
    asked: tuple[str, ...]

    def read_by(self, who: str) -> bool:
        if who in NOT_LET_IN or self.retired or self.provider in BARRED.get(who, set()):
            return False
        body = PEOPLE[who]
        own = body == PEOPLE[self.by] if self.marking in SHARED else who == self.by
        shared = any(self._gives(line, who, body) for line in self.lines)
        return own or (shared and self.state is not ConcernState.WITHDRAWN)

    def known_to(self, who: str) -> bool:
        """Whether they may know that it is there: whoever raised it may bring back what has been removed."""
        may_know = who == self.by and who not in NOT_LET_IN and self.provider not in BARRED.get(who, set())
        return may_know or self.read_by(who)

    def _gives(self, line: tuple[str, Basis, bool], who: str, body: str) -> bool:
        to, basis, in_force = line
        if not in_force:
            return False
        if to == body:
            return self.marking in SHARED and (basis not in (Basis.GROUP, Basis.CHOSEN) or body in MEMBERS)
        seated = who == "chair from outside" and self.marking in SHARED
        return to == who and (basis is not Basis.GROUP or seated)

    @property
    def in_channel(self) -> bool:
        whole = self.audience is Audience.GROUP and self.marking in SHARED
        return whole and not self.retired and self.state is not ConcernState.WITHDRAWN

    async def put(self, unit: Unit, ids: Ids) -> list[int]:
        """Save it all; gives the numbers of the concern, its change of handling, its escalation and first line."""
        by, body = ids[f"person {self.by}"], ids[PEOPLE[self.by]]
        row = await concern(
            unit,
            REFERENCE,
            raised_by_id=by,
            organisation_id=body,
            group_id=ids["qsg"],
            provider_id=ids[self.provider] if self.provider else None,
            audience=self.audience,
            state=self.state,
            retired_at=NOW if self.retired else None,
            attributed=self.attributed,
            urgency=self.urgency,
        )
        # By plain SQL: the model would make an unknown marking one that it knows.
        marked = text("UPDATE concern SET marking = :marking WHERE id = :key")
        await unit.write(marked.bindparams(marking=self.marking, key=row.key))
        rows = [*self._audience(ids, row.key), *self._extras(row.key, by, body)]
        unit.add(*self._answers(ids, row.key), *rows)
        await unit.flush()
        numbers = await self._escalate(unit, ids, row.key, by, body) if self.asked else []
        return list(dict.fromkeys([row.key, rows[-1].key, *numbers[:2]]))

    def _audience(self, ids: Ids, key: int) -> list[Any]:
        return [
            ConcernAudience(
                concern_id=key,
                basis=basis,
                shared_at=NOW,
                ended_at=None if in_force else NOW,
                **({"organisation_id": ids[to]} if to in BODIES else {"person_id": ids[f"person {to}"]}),
            )
            for to, basis, in_force in self.lines
        ]

    def _answers(self, ids: Ids, key: int) -> list[Any]:
        """What others answered to it, for all its readers and for its originator alone; one was taken back."""
        given = [("member", AnswerKind.CORROBORATE), ("named", AnswerKind.RESOLVED), ("addressed", AnswerKind.ASK_MORE)]
        known = {"lineage": Lineage.OWN, "reliability": Reliability.RELIABLE, "directness": Directness.SEEN}
        return [
            ConcernAnswer(
                submit_key=f"{REFERENCE} {who} {handling}",
                concern_id=key,
                kind=kind,
                handling=handling,
                text="hidden words",
                by_id=ids[f"person {who}"],
                organisation_id=ids[PEOPLE[who]],
                at=NOW,
                withdrawn_at=NOW if who == "addressed" else None,
                **({**known, "event_on": TODAY} if kind is AnswerKind.CORROBORATE else {}),
            )
            for handling in AnswerHandling
            for who, kind in given
        ]

    def _extras(self, key: int, by: int, body: int) -> list[Any]:
        locked = {"key_id": "k", "wrapped_key": b"x", "sealed": b"x"}
        asked = {"kind": HandlingKind.WIDEN, "state": ChangeState.ASKED, "asked_by_id": by, "organisation_id": body}
        return [
            Annexe(concern_id=key, kind=AnnexeKind.PEOPLE, added_by_id=by, added_at=NOW, **locked),
            AnnexeGrant(concern_id=key, person_id=by, reason="r", granted_at=NOW, expires_at=NOW),
            Hold(concern_id=key, placed_by_id=by, organisation_id=body, placed_at=NOW, reason="r"),
            HandlingChange(reference=CHANGE, submit_key=CHANGE, concern_id=key, asked_at=NOW, approver_id=by, **asked),
        ]

    async def _escalate(self, unit: Unit, ids: Ids, key: int, by: int, body: int) -> list[int]:
        row = Escalation(
            reference=ESCALATION,
            submit_key=ESCALATION,
            kind="emerging_concern",
            group_id=ids["qsg"],
            category="trust",
            wanted=Wanted.ACTION,
            urgency=self.urgency,
            raised_by_id=by,
            organisation_id=body,
            started_at=NOW,
        )
        unit.add(row)
        await unit.flush()
        unit.add(EscalationConcern(escalation_id=row.key, concern_id=key, added_at=NOW, added_by_id=by))
        numbers = [row.key]
        for asked in self.asked:
            line = Addressee(
                escalation_id=row.key, organisation_id=ids[asked], added_at=NOW, position=0, next_step_at=NOW
            )
            unit.add(line)
            await unit.flush()
            numbers.append(line.key)
            reached = {"addressee_id": line.key, "role": RungRole.NOMINATED, "told_at": NOW}
            people = [slug for slug, its in PEOPLE.items() if its == asked]
            unit.add(*(LadderRung(person_id=ids[f"person {p}"], position=n, **reached) for n, p in enumerate(people)))
            unit.add(*self._said(line.key, by, ids[f"person {people[0]}"]))
        await self._meet(unit, ids, row.key, by, body)
        return numbers

    def _said(self, line: int, by: int, to: int) -> list[Any]:
        """What was asked back, replied and shared, and an answer before the one that stands."""
        said = [(to, False), (by, True)]
        return [
            *(
                Exchange(
                    submit_key=f"{ESCALATION} {line} {ours}",
                    addressee_id=line,
                    person_id=who,
                    ours=ours,
                    text="hidden words",
                    at=NOW,
                    shared_at=NOW,
                    shared_by_id=who,
                )
                for who, ours in said
            ),
            PastAnswer(addressee_id=line, outcome="hold", reason="hidden words", responded_at=NOW, responded_by_id=to),
        ]

    async def _meet(self, unit: Unit, ids: Ids, escalation: int, by: int, body: int) -> None:
        """A panel to which everybody there is has been invited: that alone gives nobody anything."""
        convened = {"convened_by_id": by, "organisation_id": body, "convened_at": NOW, "purpose": "p", "place": "p"}
        panel = Panel(reference=PANEL, submit_key=PANEL, escalation_id=escalation, **convened)
        unit.add(panel)
        await unit.flush()
        asked = {"panel_id": panel.key, "invited_by_id": by, "invited_at": NOW}
        when = PanelTime(panel_id=panel.key, starts_at=NOW + timedelta(days=7))
        unit.add(when, *(PanelInvitee(person_id=ids[f"person {slug}"], **asked) for slug in PEOPLE))
        await unit.flush()
        unit.add(PanelVote(panel_time_id=when.key, person_id=by, can=True, at=NOW))


hidden = st.builds(
    Hidden,
    by=st.sampled_from(["originator", "colleague", "member", "own staff", "outsider", "addressed"]),
    marking=st.sampled_from([*map(str, Marking), UNKNOWN]),
    audience=st.sampled_from(Audience),
    lines=st.lists(
        st.tuples(st.sampled_from([*BODIES, *PEOPLE]), st.sampled_from(Basis), st.booleans()),
        max_size=6,
        unique_by=lambda line: line[0],
    ).map(tuple),
    provider=st.sampled_from(["northgate", "site", "vale", None]),
    state=st.sampled_from(ConcernState),
    retired=st.booleans(),
    attributed=st.booleans(),
    urgency=st.sampled_from(Urgency),
    asked=st.lists(st.sampled_from(BODIES), max_size=3, unique=True).map(tuple),
)
