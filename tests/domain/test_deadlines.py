"""By when: what an addressee's page says of its time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Clock
from bot.domain.deadlines import Due, what_is_due
from bot.domain.escalation import AddresseeState, Pace, Progress, Rung, RungRole, next_step
from tests.domain.england import ENGLAND, POLICY, moments

NOTIFIED, ACKNOWLEDGED, RESPONDED, ASKS, STOPPED = AddresseeState
NEXT = datetime(2026, 11, 23, 10, tzinfo=UTC)
PACE = Pace(acknowledge=Clock(2, True), respond=Clock(24, True), repeat=Clock(4, True))


def later(hours: int) -> datetime:
    return NEXT + timedelta(hours=hours)


# what, progress, the next look → acknowledge by, answer by, late
TIMES = [
    ("told, not reminded: half is still to come", Progress(NOTIFIED, 0, False), NEXT, Due(later(1), later(25))),
    ("reminded: until the next is told", Progress(NOTIFIED, 0, True), NEXT, Due(NEXT, later(24))),
    ("nobody left to tell", Progress(NOTIFIED, 3, True, nudges=1), NEXT, Due(late=True)),
    ("acknowledged", Progress(ACKNOWLEDGED, 0), NEXT, Due(answer_by=NEXT)),
    ("acknowledged and silent", Progress(ACKNOWLEDGED, 0, nudges=1), NEXT, Due(late=True)),
    ("waits for a reply", Progress(ASKS, 0), NEXT, Due()),
    ("waits long for a reply", Progress(ASKS, 0, nudges=2), NEXT, Due()),
    ("answered", Progress(RESPONDED, 0), None, Due()),
    ("withdrawn", Progress(STOPPED, 0), None, Due()),
]


@pytest.mark.parametrize(("at", "next_at", "due"), [row[1:] for row in TIMES], ids=[row[0] for row in TIMES])
def test_each_state_has_its_time(at: Progress, next_at: datetime | None, due: Due):
    assert what_is_due(at, next_at, pace=PACE, calendar=ENGLAND) == due


@given(moments, st.sampled_from(list(POLICY.paces.values())))
def test_the_page_says_when_the_next_is_told(now: datetime, pace: Pace):
    """What somebody reads before the reminder and after it is the same moment: that at which the next is told."""
    ladder = [Rung(0, 1, RungRole.NOMINATED), Rung(1, 2, RungRole.DEPUTY)]
    rules = {"absent": set(), "pace": pace, "calendar": ENGLAND}
    told = next_step(Progress(NOTIFIED), ladder, now=now, **rules)
    assert told is not None
    reminded = next_step(told.progress, ladder, now=told.next_at, **rules)
    assert reminded is not None
    before = what_is_due(told.progress, told.next_at, pace=pace, calendar=ENGLAND)
    assert before == what_is_due(reminded.progress, reminded.next_at, pace=pace, calendar=ENGLAND)
    assert before.acknowledge_by == reminded.next_at
    assert before.answer_by == ENGLAND.after(reminded.next_at, pace.respond)
