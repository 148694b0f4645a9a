"""What closing a panel needs, when it is looked at again, and what is pointed out before it is kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.panel_record import (
    Conclusion,
    begun,
    check_conclusion,
    check_identifiers,
    may_contribute,
    pack_due_at,
    recall_day,
)
from bot.domain.panels import ContributionKind, PanelOutcome, PanelState, TellProvider
from bot.domain.policy import PanelPolicy
from bot.errors import FormErrors
from bot.files.policy import load_policy
from tests.domain.england import ENGLAND

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
POLICY = PanelPolicy((1,), 3, pack_before=1, review_every=5)
SOUND = {
    "outcome": PanelOutcome.MONITOR,
    "rationale": "Why.",
    "tell": TellProvider.YES,
    "tell_by_id": 1,
    "tell_on": TODAY,
    "review_on": date(2026, 11, 24),
}


def wrong(**values: object) -> set[str]:
    try:
        check_conclusion(Conclusion(**SOUND | values), {1, 2}, TODAY, ENGLAND)
    except FormErrors as errors:
        return set(errors.fields)
    return set()


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, set()),
        ({"rationale": " \n"}, {"rationale"}),
        ({"tell_by_id": None}, {"tell_by"}),
        ({"tell_by_id": 3}, {"tell_by"}),
        ({"tell_on": None}, {"tell_on"}),
        ({"tell_on": date(2026, 11, 22)}, {"tell_on"}),
        ({"tell": TellProvider.NO}, {"tell_by", "tell_on"}),
        ({"tell": TellProvider.NOT_YET, "tell_by_id": None, "tell_on": None}, set()),
        ({"review_on": None}, {"review_on"}),
        ({"review_on": None, "outcome": PanelOutcome.NO_ACTION}, set()),
        ({"review_on": TODAY}, {"review_on"}),
        ({"review_on": TODAY, "outcome": PanelOutcome.NO_ACTION}, {"review_on"}),
        ({"review_on": date(2026, 11, 28)}, {"review_on"}),
        ({"review_on": date(2026, 12, 25)}, {"review_on"}),
        ({"rationale": "", "tell_by_id": None, "review_on": None}, {"rationale", "tell_by", "review_on"}),
    ],
)
def test_what_closing_needs(values: dict[str, object], fields: set[str]):
    assert wrong(**values) == fields


@pytest.mark.parametrize("outcome", [one for one in PanelOutcome if one is not PanelOutcome.NO_ACTION])
def test_only_no_further_action_is_not_looked_at_again(outcome: PanelOutcome):
    assert wrong(outcome=outcome, review_on=None) == {"review_on"}


EARLY, LATE = NOW - timedelta(minutes=1), NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "starts_at", "activity", "said", "recorded"),
    [
        (PanelState.PROPOSED, None, True, False, False),
        (PanelState.FIXED, LATE, True, False, False),
        (PanelState.FIXED, NOW, True, True, True),
        (PanelState.FIXED, EARLY, True, True, True),
        (PanelState.HELD, EARLY, False, False, True),
        (PanelState.CANCELLED, EARLY, False, False, False),
    ],
)
def test_what_may_be_said_when(
    state: PanelState, starts_at: datetime | None, activity: bool, said: bool, recorded: bool
):
    at = (state, starts_at, NOW)
    assert may_contribute(ContributionKind.ACTIVITY, *at) is activity
    assert may_contribute(ContributionKind.SAID, *at) is said
    assert begun(*at) is recorded


@pytest.mark.parametrize(
    ("starts_at", "due"),
    [
        (datetime(2026, 11, 25, 14, tzinfo=UTC), datetime(2026, 11, 24, 9, tzinfo=UTC)),
        (datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 27, 9, tzinfo=UTC)),
        (datetime(2026, 12, 29, 9, tzinfo=UTC), datetime(2026, 12, 24, 9, tzinfo=UTC)),  # after Christmas
        (datetime(2027, 3, 30, 9, tzinfo=UTC), datetime(2027, 3, 25, 9, tzinfo=UTC)),  # after Easter and the clocks
    ],
)
def test_when_the_pack_goes_out(starts_at: datetime, due: datetime):
    assert pack_due_at(starts_at, ENGLAND, POLICY, load_policy().digest) == due


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-30, 400))
def test_a_recall_is_on_a_working_day_not_before_the_review_and_not_after_today(review_on: date, later: int):
    today = review_on + timedelta(days=later)
    day = recall_day(review_on, today, ENGLAND, POLICY)
    if day is None:
        assert today < ENGLAND.on_or_after(review_on)
        return
    assert review_on <= day <= today
    assert ENGLAND.is_working_day(day)
    assert ENGLAND.working_days_between(ENGLAND.on_or_after(review_on), day) % POLICY.review_every == 0
    assert ENGLAND.working_days_between(day, today) < POLICY.review_every


def test_identifiers_are_named_beside_their_field():
    texts = {"note": "Ring 020 7946 0958 or write to ann@example.org.", "risk": "None."}
    with pytest.raises(FormErrors) as refused:
        check_identifiers(texts, vouched=False)
    assert set(refused.value.fields) == {"note"}
    assert "an e-mail address and a telephone number" in refused.value.fields["note"]
    assert check_identifiers(texts, vouched=True) == {"email": 1, "phone": 1}
    assert check_identifiers({"risk": "None."}, vouched=False) == {}
