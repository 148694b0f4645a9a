"""The protocol's rules: who is told, in which order, when; and what an organisation may answer."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Clock
from bot.domain.escalation import (
    AWAITED,
    AddresseeState,
    Event,
    Fault,
    Nominee,
    Pace,
    Progress,
    Rung,
    RungRole,
    Step,
    StepKind,
    after,
    build_ladder,
    fault,
    next_step,
)
from bot.domain.terms import Urgency
from tests.domain.england import ENGLAND, POLICY, moments

NOTIFIED, ACKNOWLEDGED, RESPONDED, ASKS, STOPPED = AddresseeState
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
PACE = Pace(acknowledge=Clock(2, True), respond=Clock(24, True), repeat=Clock(4, True))


def rungs(*people: int) -> list[Rung]:
    return [Rung(position, person, RungRole.DEPUTY) for position, person in enumerate(people)]


def step_at(at: Progress, ladder: list[Rung], absent: frozenset[int] = frozenset(), now: datetime = NOW) -> Step | None:
    return next_step(at, ladder, absent=absent, pace=PACE, calendar=ENGLAND, now=now)


LADDERS = {
    "nominated, deputies, representative": (
        [Nominee(1, 0), Nominee(2, 1), Nominee(3, 2)],
        [4],
        [(1, "nominated person"), (2, "deputy"), (3, "deputy"), (4, "representative")],
    ),
    "in the order of rungs": ([Nominee(2, 1), Nominee(1, 0)], [], [(1, "nominated person"), (2, "deputy")]),
    "own category before every category": (
        [Nominee(1, 0), Nominee(2, 0, "trust")],
        [],
        [(2, "nominated person"), (1, "nominated person")],
    ),
    "all of a category before all of every": (
        [Nominee(1, 0), Nominee(2, 1), Nominee(3, 0, "trust"), Nominee(4, 1, "trust")],
        [],
        [(3, "nominated person"), (4, "deputy"), (1, "nominated person"), (2, "deputy")],
    ),
    "category and region, category, region, every": (
        [Nominee(1, 0), Nominee(2, 0, "", "London"), Nominee(3, 0, "trust"), Nominee(4, 0, "trust", "London")],
        [5],
        [*((one, "nominated person") for one in (4, 3, 2, 1)), (5, "representative")],
    ),
    "by rung within a region": (
        [Nominee(3, 0), Nominee(2, 1, "", "London"), Nominee(1, 0, "", "London")],
        [],
        [(1, "nominated person"), (2, "deputy"), (3, "nominated person")],
    ),
    "a region however it is written": ([Nominee(1, 0, "", "  LONDON ")], [], [(1, "nominated person")]),
    "not for another region": ([Nominee(1, 0, "", "North"), Nominee(2, 1)], [], [(2, "deputy")]),
    "not for a category elsewhere": ([Nominee(1, 0, "trust", "North")], [6], [(6, "representative")]),
    "not for another category": ([Nominee(1, 0, "systems"), Nominee(2, 1)], [], [(2, "deputy")]),
    "nobody stands on two rungs": (
        [Nominee(1, 0), Nominee(1, 1), Nominee(2, 2)],
        [2, 1, 3],
        [(1, "nominated person"), (2, "deputy"), (3, "representative")],
    ),
    "not the originator": ([Nominee(9, 0), Nominee(1, 1)], [9], [(1, "deputy")]),
    "representatives alone": ([], [5, 6], [(5, "representative"), (6, "representative")]),
    "nobody named": ([], [], []),
}


@pytest.mark.parametrize(("nominees", "seats", "people"), LADDERS.values(), ids=LADDERS)
def test_a_ladder_holds_its_people_in_order(nominees, seats, people):
    ladder = build_ladder(nominees, seats, category="trust", region="London", without={9})
    assert [(rung.person_id, rung.role) for rung in ladder] == people
    assert [rung.position for rung in ladder] == list(range(len(people)))


def test_where_no_region_is_known_nobody_is_told_for_one():
    named = [Nominee(1, 0, "trust", "London"), Nominee(2, 0, "", "London"), Nominee(3, 0, "trust")]
    assert [rung.person_id for rung in build_ladder(named, [], category="trust", without=set())] == [3]


nominees = st.lists(
    st.builds(
        Nominee,
        person_id=st.integers(1, 6),
        rung=st.integers(0, 3),
        category=st.sampled_from(["", "trust", "systems"]),
        region=st.sampled_from(["", "London", "North"]),
    )
)


@given(nominees, st.lists(st.integers(1, 9)), st.frozensets(st.integers(1, 9)))
def test_a_ladder_has_each_person_once_and_nobody_of_elsewhere(named, seats, without):
    ladder = build_ladder(named, seats, category="trust", region="London", without=without)
    people = [rung.person_id for rung in ladder]
    assert len(set(people)) == len(people)
    fit = {n.person_id for n in named if n.category in ("", "trust") and n.region in ("", "London")}
    assert set(people) == (fit | set(seats)) - without


NOBODY_YET = Progress(NOTIFIED)
LADDER = rungs(11, 12, 13)
# what, progress, ladder, absent → kind, whom, position after, reminded after, nudges after, hours until the next look
STEPS = [
    ("starts with the first", NOBODY_YET, LADDER, {}, ("tell", 11, 0, False, 0, 1)),
    ("passes over one who is away", NOBODY_YET, LADDER, {11}, ("tell", 12, 1, False, 0, 1)),
    ("reaches the last", NOBODY_YET, LADDER, {11, 12}, ("tell", 13, 2, False, 0, 1)),
    ("all away: says so at once", NOBODY_YET, LADDER, {11, 12, 13}, ("nobody", None, 3, True, 1, 4)),
    ("nobody named: says so at once", NOBODY_YET, [], {}, ("nobody", None, 0, True, 1, 4)),
    ("reminds at half time", Progress(NOTIFIED, 0, False), LADDER, {}, ("remind", 11, 0, True, 0, 1)),
    ("does not remind one who is away now", Progress(NOTIFIED, 0, False), LADDER, {11}, ("tell", 12, 1, False, 0, 1)),
    ("reminded: goes on to the next", Progress(NOTIFIED, 0, True), LADDER, {}, ("tell", 12, 1, False, 0, 1)),
    ("reminded: over a gap", Progress(NOTIFIED, 0, True), LADDER, {12}, ("tell", 13, 2, False, 0, 1)),
    ("the last is reminded too", Progress(NOTIFIED, 2, False), LADDER, {}, ("remind", 13, 2, True, 0, 1)),
    ("after the last: telephone", Progress(NOTIFIED, 2, True), LADDER, {}, ("nobody", None, 3, True, 1, 4)),
    ("the last went away", Progress(NOTIFIED, 2, False), LADDER, {13}, ("nobody", None, 3, True, 1, 4)),
    ("telephone again", Progress(NOTIFIED, 3, True, 1), LADDER, {}, ("nobody", None, 3, True, 2, 4)),
    ("back from absence is not told anew", Progress(NOTIFIED, 1, True), LADDER, {12}, ("tell", 13, 2, False, 0, 1)),
    ("acknowledged: chased", Progress(ACKNOWLEDGED, 1, True), LADDER, {}, ("chase", None, 1, True, 1, 4)),
    ("chased although away", Progress(ACKNOWLEDGED, 1, True, 1), LADDER, {12}, ("chase", None, 1, True, 2, 4)),
]


@pytest.mark.parametrize(
    ("at", "ladder", "absent", "expected"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS]
)
def test_the_next_step_is(at, ladder, absent, expected):
    step = step_at(at, ladder, frozenset(absent))
    assert step is not None
    after = step.progress
    whom = step.rung.person_id if step.rung else None
    hours = (step.next_at - NOW) / timedelta(hours=1)
    assert (step.kind, whom, after.position, after.reminded, after.nudges, hours) == expected
    assert after.state is at.state


def test_an_answer_ends_all_steps():
    assert step_at(Progress(RESPONDED, 1, False), LADDER) is None


ladders = st.integers(0, 5).map(lambda size: rungs(*range(20, 20 + size)))
absences = st.frozensets(st.integers(20, 24))
progresses = st.builds(
    Progress, st.sampled_from([NOTIFIED, ACKNOWLEDGED]), st.integers(-1, 5), st.booleans(), st.integers(0, 9)
)
paces = st.sampled_from(Urgency).map(POLICY.paces.__getitem__)


@given(progresses, ladders, absences, paces, moments)
def test_every_open_state_has_a_next_step(at, ladder, absent, pace, now):
    step = next_step(at, ladder, absent=absent, pace=pace, calendar=ENGLAND, now=now)
    assert step is not None
    assert step.next_at > now
    assert step.rung is None or step.rung.person_id not in absent
    again = next_step(step.progress, ladder, absent=absent, pace=pace, calendar=ENGLAND, now=step.next_at)
    assert again is not None
    assert again.next_at > step.next_at


def climb(ladder: list[Rung], absent_at, pace: Pace = PACE, start: datetime = NOW) -> list[tuple[datetime, Step]]:
    """Every step from the start until the originator is told to telephone; `absent_at` gives who is away then."""
    taken: list[tuple[datetime, Step]] = []
    at, now = NOBODY_YET, start
    while not taken or taken[-1][1].kind is not StepKind.NOBODY:
        step = next_step(at, ladder, absent=absent_at(len(taken)), pace=pace, calendar=ENGLAND, now=now)
        assert step is not None
        taken.append((now, step))
        at, now = step.progress, step.next_at
        assert len(taken) <= 2 * len(ladder) + 1
    return taken


@given(ladders, st.lists(absences, min_size=12, max_size=12))
def test_nobody_is_told_twice(ladder, away):
    steps = [step for _, step in climb(ladder, away.__getitem__)]
    told = [step.rung.person_id for step in steps if step.kind is StepKind.TELL]
    reminded = [step.rung.person_id for step in steps if step.kind is StepKind.REMIND]
    assert told == sorted(set(told))
    assert reminded == sorted(set(reminded))
    assert set(reminded) <= set(told)


@given(ladders, absences, paces, moments)
def test_absence_costs_no_time(ladder, absent, pace, start):
    present = [rung for rung in ladder if rung.person_id not in absent]
    with_gaps = climb(ladder, lambda _: absent, pace, start)
    without = climb(present, lambda _: frozenset(), pace, start)
    assert [(when, step.kind, step.rung) for when, step in with_gaps] == [
        (when, step.kind, step.rung) for when, step in without
    ]


@given(ladders, paces, moments)
def test_each_rung_has_its_whole_time(ladder, pace, start):
    told = [
        when for when, step in climb(ladder, lambda _: frozenset(), pace, start) if step.kind is not StepKind.REMIND
    ]
    for earlier, later in pairwise(told):
        assert later == ENGLAND.after(earlier, pace.acknowledge)


SOON, FURTHEST, OLDEST = NOW + timedelta(hours=1), NOW + timedelta(days=1), NOW - timedelta(minutes=15)


@pytest.mark.parametrize(
    ("state", "is_open", "next_at", "expected"),
    [
        (NOTIFIED, True, SOON, None),
        (ASKS, True, NOW, None),
        (ACKNOWLEDGED, True, OLDEST, None),
        (ACKNOWLEDGED, True, FURTHEST, None),
        (NOTIFIED, True, None, Fault.MISSING),
        (ACKNOWLEDGED, True, FURTHEST + timedelta(seconds=1), Fault.FAR),
        (NOTIFIED, True, OLDEST - timedelta(seconds=1), Fault.LATE),
        (RESPONDED, True, None, None),
        (RESPONDED, True, SOON, Fault.NEEDLESS),
        (STOPPED, True, FURTHEST + timedelta(days=9), Fault.NEEDLESS),
        (NOTIFIED, False, SOON, Fault.NEEDLESS),
        (NOTIFIED, False, None, None),
    ],
)
def test_what_can_be_wrong_with_a_next_step(state, is_open, next_at, expected):
    assert fault(state, is_open=is_open, next_at=next_at, furthest=FURTHEST, oldest=OLDEST) is expected


@given(progresses, ladders, absences, paces, moments, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_no_step_that_is_taken_is_a_fault(at, ladder, absent, pace, now, earlier):
    """Nor is what a brought near one is set to; and an earlier one was never set further than what is so now."""
    step = next_step(at, ladder, absent=absent, pace=pace, calendar=ENGLAND, now=now)
    assert step is not None
    furthest = pace.furthest(ENGLAND, now)
    for next_at in (step.next_at, ENGLAND.after(now, pace.running(at)), pace.furthest(ENGLAND, now - earlier)):
        assert next_at <= furthest
    assert fault(at.state, is_open=True, next_at=step.next_at, furthest=furthest, oldest=now) is None


@given(progresses, ladders, absences, paces, moments)
def test_a_step_is_set_by_the_clock_that_runs(at, ladder, absent, pace, now):
    step = next_step(at, ladder, absent=absent, pace=pace, calendar=ENGLAND, now=now)
    assert step is not None
    assert step.next_at == ENGLAND.after(now, pace.running(step.progress))


@pytest.mark.parametrize("state", AddresseeState)
def test_only_who_is_waited_for_is_succeeded(state):
    assert after(state, Event.SUCCEED) is (NOTIFIED if state in AWAITED else None)
