"""What a parent group says to one of its groups [003 §90]: saved, told to its officers, on its next agenda."""

from datetime import date, datetime

from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.reports import FEEDBACK_LIMIT, concerns_named, providers_named
from bot.errors import FormErrors, NotYours
from bot.store.escalation_figures import officers
from bot.store.feedback import feedback_by_submission, groups_below
from bot.store.journal import record
from bot.store.outbox import Telling, tell
from bot.store.reports import watched_by
from bot.store.tables import Feedback
from bot.store.unit import Unit


async def give_feedback(
    unit: Unit, to_group_id: int, text: str, *, vouched: bool, by: Viewer, key: str, now: datetime, rules: Rules
) -> Feedback:
    """Say something to a group below. The same `key` again is given as the first time.

    Raises `NotYours` for whoever does not run its parent, and `FormErrors` naming `group` or `text`.
    """
    found = await feedback_by_submission(unit, key)
    if found:
        return found
    today = rules.today(now)
    below = {group.key: group for group in await groups_below(unit, by, today)}
    if not below:
        raise NotYours(who="the chair or the secretariat of a group with groups below it")
    if to_group_id not in below:
        raise FormErrors({"group": "Choose one from the list."})
    await _check_text(unit, text.strip(), to_group_id, today)
    kept = check_identifiers({"text": text}, vouched=vouched)
    row = Feedback(
        submit_key=key,
        from_group_id=below[to_group_id].parent_id or 0,
        to_group_id=to_group_id,
        text=text.strip(),
        by_id=by.person_id,
        at=now,
    )
    unit.add(row)
    await unit.flush()
    facts = {f"{kind}_kept": number for kind, number in kept.items()}
    record(unit, "feedback given", by=by, now=now, subject=("feedback", row.key), group_id=to_group_id, **facts)
    for person_id in (await officers(unit, [to_group_id], today))[to_group_id]:
        await tell(unit, Telling("feedback.given", {"feedback": row.key}, person_id=person_id), now)
    return row


async def _check_text(unit: Unit, text: str, group_id: int, today: date) -> None:
    """The whole group reads it, whoever in it is barred from what: so it names no concern and no provider."""
    if not text:
        raise FormErrors({"text": "Say something, or close the form."})
    if len(text) > FEEDBACK_LIMIT:
        raise FormErrors({"text": f"This is longer than {FEEDBACK_LIMIT:,} characters. Keep it short."})
    if concerns_named(text) or providers_named(text, (), await watched_by(unit, group_id, today)):
        problem = "The whole group reads this, so it can name no provider and no concern. Say it without."
        raise FormErrors({"text": problem})
