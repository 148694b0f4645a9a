"""The audit journal: one entry for each act, reading and refusal, in the transaction of what it speaks of."""

from datetime import datetime

from bot.domain.handling import Viewer
from bot.store.tables import JournalEntry
from bot.store.unit import Unit


def record(
    unit: Unit,
    act: str,
    *,
    by: Viewer | None,
    now: datetime,
    subject: tuple[str, int | None] = ("", None),
    group_id: int | None = None,
    **facts: int | str,
) -> None:
    """Add an entry. `facts` are ids and codes only, never what somebody wrote. `by` is None for the clock."""
    unit.add(
        JournalEntry(
            at=now,
            act=act,
            person_id=by.person_id if by else None,
            organisation_id=by.organisation_id if by else None,
            group_id=group_id,
            subject_kind=subject[0],
            subject_id=subject[1],
            facts=facts,
        )
    )
