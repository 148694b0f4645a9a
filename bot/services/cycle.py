"""The themes of a group's business cycle: members suggest them, the chair or secretariat plans them [003 §94-95]."""

from datetime import datetime

from bot.domain.cycle import ThemeState
from bot.domain.handling import Viewer
from bot.domain.panel_record import check_identifiers
from bot.domain.policy import Rules
from bot.domain.terms import MeetingState, Role
from bot.errors import FormErrors, NotFound, NotYours, WrongState
from bot.store import cycle as asked
from bot.store.journal import record
from bot.store.outbox import Telling, tell_many
from bot.store.people import seated
from bot.store.tables import AgendaItem, Group, Meeting, PlannedTheme
from bot.store.unit import Unit

THOSE_WHO_RUN = "the chair or the secretariat of the group"


async def suggest_theme(
    unit: Unit, group_id: int, theme: str, title: str, *, by: Viewer, key: str, now: datetime, rules: Rules
) -> PlannedTheme:
    """Suggest something to look at across providers; the chair and the secretariat are told. The same `key` again
    changes nothing. Raises `NotFound` for whoever is not of the group, and `FormErrors`."""
    if group_id not in by.group_ids:
        raise NotFound(what=str(group_id))
    title = " ".join(title.split())
    if theme not in rules.policy.themes:
        raise FormErrors({"theme": "Choose one from the list."})
    if not title:
        raise FormErrors({"title": "Say what to look at, in a few words."})
    check_identifiers({"title": title}, vouched=False)
    row = PlannedTheme(
        submit_key=key, group_id=group_id, theme=theme, title=title, suggested_by_id=by.person_id, suggested_at=now
    )
    new = await unit.insert_once(row)
    saved = await asked.theme_by_submission(unit, key) or row
    if new:
        _note(unit, saved, "theme suggested", by, now)
        runners = await seated(unit, group_id, rules.today(now), Role.CHAIR, Role.SECRETARIAT)
        about: dict[str, int | str] = {"theme": saved.key}
        others = [one.key for one in runners if one.key != by.person_id]
        await tell_many(unit, [Telling("cycle.suggested", about, person_id=key) for key in others], now)
    return saved


async def to_decide(unit: Unit, key: int, *, by: Viewer) -> PlannedTheme:
    """A theme that somebody who runs the group is about to plan or decline. Raises `NotFound`, `NotYours`, and
    `WrongState` for one that was declined."""
    theme = await asked.lock_theme(unit, key)
    if theme is None or theme.group_id not in by.group_ids:
        raise NotFound(what="that theme")
    if not by.runs(theme.group_id):
        raise NotYours(who=THOSE_WHO_RUN)
    if theme.state is ThemeState.DECLINED:
        raise WrongState(what="This theme", now="declined", wanted="decided")
    return theme


async def plan_theme(unit: Unit, key: int, meeting_id: int, *, by: Viewer, now: datetime) -> PlannedTheme:
    """Put a theme on the agenda of one of the group's meetings to come, and take it off the one it was on. The same
    meeting again changes nothing. Raises as `to_decide` does, and `FormErrors`."""
    theme = await to_decide(unit, key, by=by)
    meeting = await unit.find(Meeting, meeting_id)
    if meeting is None or meeting.group_id != theme.group_id or meeting.starts_at <= now:
        raise FormErrors({"meeting": "Choose a meeting of the group that is still to come."})
    if meeting.state is not MeetingState.SCHEDULED:
        raise FormErrors({"meeting": "This meeting was called off. Choose another."})
    if theme.meeting_id == meeting.key:
        return theme
    await _put_on_agenda(unit, theme, meeting, by, now)
    theme.meeting_id = meeting.key
    await _decided(unit, theme, ThemeState.PLANNED, "", by, now)
    return theme


async def decline_theme(unit: Unit, key: int, answer: str, *, by: Viewer, now: datetime) -> PlannedTheme:
    """Say no, and why. Raises as `to_decide` does, and `FormErrors`."""
    theme = await to_decide(unit, key, by=by)
    if not answer.strip():
        raise FormErrors({"answer": "Say why: whoever suggested it reads it."})
    item = await asked.theme_item(unit, _item_key(theme))
    if item:
        item.off = True
        unit.add(item)
    theme.meeting_id = None
    await _decided(unit, theme, ThemeState.DECLINED, answer.strip(), by, now)
    return theme


async def send_plan(unit: Unit, group: Group, *, by: Viewer, now: datetime) -> None:
    """Send the plan of the year as a picture to whoever asks, once a minute at most."""
    telling = Telling("cycle.plan", {"group": group.key}, person_id=by.person_id, slot=f"{now:%Y-%m-%dT%H:%M}")
    await tell_many(unit, [telling], now)
    record(unit, "plan asked", by=by, now=now, subject=("group", group.key), group_id=group.key)


async def _put_on_agenda(unit: Unit, theme: PlannedTheme, meeting: Meeting, by: Viewer, now: datetime) -> None:
    """Its item of an agenda moves along with it, so that what was arranged of it stays."""
    item = await asked.theme_item(unit, _item_key(theme)) or AgendaItem(
        submit_key=_item_key(theme), meeting_id=meeting.key, title=theme.title, put_by_id=by.person_id, put_at=now
    )
    item.meeting_id, item.off = meeting.key, False
    item.position = await asked.last_position(unit, meeting.key) + 1
    unit.add(item)


async def _decided(unit: Unit, theme: PlannedTheme, state: ThemeState, answer: str, by: Viewer, now: datetime) -> None:
    theme.state, theme.answer = state, answer
    theme.decided_by_id, theme.decided_at = by.person_id, now
    unit.add(theme)
    await unit.flush()
    _note(unit, theme, f"theme {state}", by, now)
    if theme.suggested_by_id != by.person_id:
        about: dict[str, int | str] = {"theme": theme.key, "decided": theme.version}
        telling = Telling("cycle.decided", about, person_id=theme.suggested_by_id)
        await tell_many(unit, [telling], now)


def _item_key(theme: PlannedTheme) -> str:
    return f"theme:{theme.key}"


def _note(unit: Unit, theme: PlannedTheme, act: str, by: Viewer, now: datetime) -> None:
    record(unit, act, by=by, now=now, subject=("theme", theme.key), group_id=theme.group_id)
