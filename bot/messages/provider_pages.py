"""What stands behind the first screen of a provider's summary, a page each, opened on demand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from bot.chat.port import Form
from bot.domain.handling import Viewer
from bot.messages.providers import Picture
from bot.messages.words import Templates
from bot.store.agenda_items import business_of
from bot.store.escalations import standing
from bot.store.groups import level_history
from bot.store.people import people_by_id
from bot.store.providers import providers_by_id
from bot.store.surveillance import meeting_days
from bot.store.tables import Action, Concern, Provider
from bot.store.unit import Unit

ON_A_PAGE = 15  # concerns, escalations, actions, levels or conclusions (ours): well within what a page holds
SITES = 40  # by name (ours)


class Part(StrEnum):
    """What somebody wants to read more of."""

    CONCERNS = "concerns"
    ESCALATIONS = "escalations"
    ACTIONS = "actions"
    LEVELS = "levels"
    MEETINGS = "meetings"
    PLACES = "places"


@dataclass(frozen=True)
class Sheet:
    """One page of a part: `number` of `last`."""

    picture: Picture
    part: Part
    number: int
    last: int
    today: date

    @property
    def first(self) -> int:
        """How many lines stand before it."""
        return (self.number - 1) * ON_A_PAGE

    @property
    def until(self) -> int:
        return self.first + ON_A_PAGE


async def page(
    unit: Unit, words: Templates, picture: Picture, part: Part, number: int, viewer: Viewer, today: date
) -> tuple[Form, Sequence[Concern | Action]]:
    """That page for this viewer, with the concerns and actions on it for the journal."""
    match part:
        case Part.CONCERNS:
            return _concerns(words, _sheet(picture, part, number, len(picture.found), today))
        case Part.ESCALATIONS:
            sheet = _sheet(picture, part, number, len(picture.escalations), today)
            several = picture.escalations[sheet.first : sheet.until]
            return words.page("provider.escalations", s=sheet, escalations=several, standing=standing), ()
        case Part.ACTIONS:
            sheet = _sheet(picture, part, number, len(picture.actions), today)
            actions = picture.actions[sheet.first : sheet.until]
            return words.page("provider.actions", s=sheet, actions=actions), [one.action for one in actions]
        case Part.LEVELS:
            return await _levels(unit, words, picture, number, viewer, today), ()
        case Part.MEETINGS:
            return await _meetings(unit, words, picture, number, viewer, today)
        case Part.PLACES:
            return await _places(unit, words, _sheet(picture, part, number, 0, today)), ()


def _sheet(picture: Picture, part: Part, number: int, lines: int, today: date) -> Sheet:
    last = max(1, -(-lines // ON_A_PAGE))
    return Sheet(picture, part, min(max(1, number), last), last, today)


def _concerns(words: Templates, sheet: Sheet) -> tuple[Form, Sequence[Concern]]:
    lines = sheet.picture.lines[sheet.first : sheet.until]
    themes = [(theme, list(several)) for theme, several in groupby(lines, key=lambda line: line["theme"])]
    return words.page("provider.concerns", s=sheet, themes=themes, lines=lines), [line["concern"] for line in lines]


async def _levels(unit: Unit, words: Templates, picture: Picture, number: int, viewer: Viewer, today: date) -> Form:
    history = await level_history(unit, group_ids=viewer.group_ids, provider_ids=picture.ids)
    sheet = _sheet(picture, Part.LEVELS, number, len(history), today)
    some = history[sheet.first : sheet.until]
    people = await people_by_id(unit, {level.decided_by_id for level, _, _ in some if level.decided_by_id})
    held = await meeting_days(unit, [level for level, _, _ in some])
    return words.page("provider.levels", s=sheet, history=some, people=people, held=held)


async def _meetings(
    unit: Unit, words: Templates, picture: Picture, number: int, viewer: Viewer, today: date
) -> tuple[Form, Sequence[Concern]]:
    """When it is looked at next, and as what; what was concluded before."""
    sheet = _sheet(picture, Part.MEETINGS, number, len(picture.conclusions), today)
    some = picture.conclusions[sheet.first : sheet.until]
    coming = []
    for meeting, group in picture.meetings:
        business = await business_of(unit, meeting, viewer, today)
        coming.append((meeting, group, [one for one in business if one.provider_id in picture.ids]))
    shown = [one.concern for one, _ in some] + [one.concern for _, _, several in coming for one in several]
    places = {place.group_id: place.name for place in viewer.groups}
    seen = words.page("provider.meetings", s=sheet, coming=coming, conclusions=some, places=places)
    return seen, [one.concern for one in shown if one]


async def _places(unit: Unit, words: Templates, sheet: Sheet) -> Form:
    provider = sheet.picture.provider
    parent = await unit.find(Provider, provider.parent_id) if provider.parent_id else None
    successor = await unit.find(Provider, provider.successor_id) if provider.successor_id else None
    sites = [one for one in await providers_by_id(unit, sheet.picture.ids) if one.key != provider.key]
    return words.page("provider.places", s=sheet, parent=parent, successor=successor, sites=sites, listed=SITES)
