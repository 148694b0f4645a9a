"""A group's business cycle as people read it: whose turn has come, what each meeting of the year will look at, and the
themes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.chat.port import Attachment, Message
from bot.domain.cycle import InTurn, ThemeState, Turn, plan, turn, watched_from
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.messages.letter import Letter
from bot.messages.meetings import horizon
from bot.messages.words import Templates
from bot.reports.drawing import PlanPicture, draw
from bot.store import cycle as asked
from bot.store.cycle import SeenTheme
from bot.store.groups import group_by_id
from bot.store.meetings import coming
from bot.store.tables import Group, Meeting, Organisation, Person, PlannedTheme
from bot.store.unit import Unit

LISTED = 12  # providers of one kind, by name (ours)
IN_PICTURE = 8  # names beside one bar (ours)


@dataclass(frozen=True)
class Cycle:
    """Where a group stands in its cycle of so many months: its providers by whose turn has come, which are planned for
    each of its meetings of the next twelve months, and the themes."""

    group: Group
    months: int
    by_turn: dict[Turn, list[InTurn]]
    planned: list[tuple[Meeting, list[InTurn]]]
    themes: list[SeenTheme]

    @property
    def providers(self) -> list[int]:
        """Every provider it speaks of."""
        return [one.provider_id for several in self.by_turn.values() for one in several]

    def themes_for(self, meeting: Meeting) -> list[SeenTheme]:
        return [one for one in self.themes if one.meeting and one.meeting.key == meeting.key]


async def cycle_of(unit: Unit, group: Group, reader: Viewer | None, *, now: datetime, rules: Rules) -> Cycle:
    """The cycle of a group, of that what `reader` may be told; None is the group's channel, and whoever is in it."""
    today, months = rules.today(now), group.cycle_months or rules.policy.meetings.cycle_months
    meetings = await coming(unit, [group.key], now, horizon(now, rules.calendar))
    watched = [
        watched_from(
            one.provider.key, one.provider.name, rules.today(one.at) if one.at else None, months, always=one.always
        )
        for one in await asked.discussed(unit, group.key, reader, today)
    ]
    following = rules.today(meetings[1].starts_at) if len(meetings) > 1 else None
    numbers = {meeting.key: n for n, meeting in enumerate(meetings)}
    fixed = await asked.arranged(unit, list(numbers))
    planned = plan(watched, len(meetings), {provider: numbers[key] for provider, key in fixed.items()})
    return Cycle(
        group,
        months,
        {which: _of(which, watched, today, following) for which in Turn},
        list(zip(meetings, planned, strict=True)),
        await asked.themes_of(unit, group.key),
    )


async def suggested(letter: Letter) -> Message | None:
    """To the chair and the secretariat: a member suggests a theme. None once it has been decided."""
    theme = await letter.unit.get(PlannedTheme, letter.about("theme"))
    if letter.reader is None or not letter.reader.runs(theme.group_id) or theme.state is not ThemeState.SUGGESTED:
        return None
    return letter.words.render("cycle.suggested", theme=theme, **await _names(letter, theme))


async def decided(letter: Letter) -> Message | None:
    """To whoever suggested it: what became of it. None if it was decided again since."""
    theme = await letter.unit.get(PlannedTheme, letter.about("theme"))
    if letter.reader is None or theme.group_id not in letter.reader.group_ids:
        return None
    if theme.state is ThemeState.SUGGESTED or theme.version != int(letter.subject["decided"]):
        return None
    meeting = await letter.unit.get(Meeting, theme.meeting_id) if theme.meeting_id else None
    return letter.words.render("cycle.decided", theme=theme, meeting=meeting, **await _names(letter, theme))


async def year(letter: Letter) -> Message | None:
    """To whoever asked: the plan of the year as a picture, and in words."""
    group = await group_by_id(letter.unit, letter.about("group"), letter.today)
    if group is None or letter.reader is None or group.key not in letter.reader.group_ids:
        return None
    cycle = await cycle_of(letter.unit, group, letter.reader, now=letter.now, rules=letter.rules)
    letter.names(*cycle.providers)
    said = letter.words.render("cycle.plan", cycle=cycle, turns=Turn)
    bars = tuple(
        (f"{letter.rules.calendar.local(meeting.starts_at):%d %b %Y}", len(several), _beside(several))
        for meeting, several in cycle.planned
    )
    drawn = await draw(PlanPicture(letter.words.plain("cycle.picture", cycle=cycle), bars)) if bars else None
    alt = letter.words.plain("cycle.picture_alt", cycle=cycle)
    files = (Attachment(f"plan-{group.slug}.png", drawn, alt=alt),) if drawn else ()
    return Message(said.markdown, files)


def overview(words: Templates, cycle: Cycle, viewer: Viewer) -> Message:
    """Where the group stands, for one reader."""
    return words.render(
        "cycle.overview", cycle=cycle, turns=Turn, listed=LISTED, states=ThemeState, runs=viewer.runs(cycle.group.key)
    )


async def _names(letter: Letter, theme: PlannedTheme) -> dict[str, object]:
    by = await letter.unit.get(Person, theme.suggested_by_id)
    return {
        "by": by,
        "organisation": await letter.unit.get(Organisation, by.organisation_id),
        "group": await letter.unit.get(Group, theme.group_id),
        "label": letter.rules.policy.themes.get(theme.theme, theme.theme),
    }


def _beside(several: Sequence[InTurn]) -> str:
    more = f" + {len(several) - IN_PICTURE}" if len(several) > IN_PICTURE else ""
    return ", ".join(one.name for one in several[:IN_PICTURE]) + more


def _of(which: Turn, watched: Sequence[InTurn], today: date, following: date | None) -> list[InTurn]:
    found = [one for one in watched if turn(one, today, following) is which]
    return sorted(found, key=lambda one: (one.due_on or date.min, one.name.casefold()))
