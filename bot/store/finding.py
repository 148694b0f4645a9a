"""What `/find` asks of concerns: only of those its viewer may read, by nothing but what stands in these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, true
from sqlmodel import col, select

from bot.domain.finding import Sought, Term, theme_of, themes_meant, words_apart
from bot.domain.handling import Viewer
from bot.errors import UnknownSender, UnknownTheme
from bot.store.concerns import SeenConcern, seen
from bot.store.full_text import saying
from bot.store.providers import with_all_words
from bot.store.tables import Concern, Organisation
from bot.store.unit import Unit
from bot.store.visibility import visible_concerns

PAGE_SIZE = 10
MOST = 1000  # are put in order, the newest that match; nobody reads more (ours)


@dataclass(frozen=True)
class Found:
    """One page of what was found. `count` is of all that match and may be read, up to `MOST`."""

    lines: Sequence[SeenConcern]
    count: int
    page: int

    @property
    def last(self) -> int:
        return max(1, -(-self.count // PAGE_SIZE))

    @property
    def many(self) -> bool:
        return self.count >= MOST


async def find_concerns(
    unit: Unit, sought: Sought, themes: Mapping[str, str], viewer: Viewer, today: date, page: int
) -> Found:
    """That page, counted from 1: first those whose headline, provider, theme or reference has most of the words, then
    the newest. How often a word stands in other texts says nothing here, since most of these may not be read.

    Raises `UnknownSender` and `UnknownTheme`.
    """
    wanted = [_anywhere(unit, term, themes) for term in sought.terms]
    wanted += await _filters(unit, sought, themes, viewer)
    newest = (col(Concern.event_on).desc(), col(Concern.id).desc())
    matching = visible_concerns(viewer, today).where(*wanted).with_only_columns(col(Concern.id))
    first = matching.order_by(*newest).limit(MOST).subquery()
    (count,) = await unit.all(select(func.count()).select_from(first))
    standing = [case((_prominent(unit, term, themes), 1), else_=0) for term in sought.terms]
    found = Found((), count, 1)
    page = min(max(page, 1), found.last)
    asked = visible_concerns(viewer, today).where(col(Concern.id).in_(select(first.c.id)))
    asked = asked.order_by(sum(standing, literal(0)).desc(), *newest)
    lines = await seen(unit, asked.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE), by=viewer)
    return Found(lines, count, page)


def _anywhere(unit: Unit, term: Term, themes: Mapping[str, str]) -> ColumnElement[bool]:
    return or_(col(Concern.id).in_(saying(unit, term)), _named(term, themes))


def _prominent(unit: Unit, term: Term, themes: Mapping[str, str]) -> ColumnElement[bool]:
    headed = or_(*(col(Concern.id).in_(saying(unit, term, part)) for part in ("headline", "provider_named")))
    return or_(headed, _named(term, themes))


def _named(term: Term, themes: Mapping[str, str]) -> ColumnElement[bool]:
    """Whether its reference, its provider or its theme is meant."""
    slugs = theme_of(term, themes)
    return or_(
        col(Concern.reference) == term.said.upper(),
        col(Concern.provider_id).in_(with_all_words(term.said)),
        col(Concern.theme).in_(slugs) if slugs else false(),
    )


async def _filters(unit: Unit, sought: Sought, themes: Mapping[str, str], viewer: Viewer) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if sought.sender:
        senders = await _senders(unit, sought.sender)
        # Whoever is not named to this viewer is not found out by asking for each organisation in turn either.
        told = or_(col(Concern.attributed).is_(true()), col(Concern.organisation_id) == viewer.organisation_id)
        wanted.append(and_(col(Concern.organisation_id).in_(senders), told))
    if sought.about:
        named = (col(Concern.id).in_(saying(unit, one, "provider_named")) for one in words_apart(sought.about))
        wanted.append(or_(col(Concern.provider_id).in_(with_all_words(sought.about)), and_(*named)))
    if sought.theme:
        slugs = themes_meant(sought.theme, themes)
        if not slugs:
            raise UnknownTheme(words=sought.theme[:60], themes=", ".join(themes))
        wanted.append(col(Concern.theme).in_(slugs))
    if sought.since:
        wanted.append(col(Concern.event_on) >= sought.since)
    return wanted


async def _senders(unit: Unit, said: str) -> Sequence[int | None]:
    """The organisations with that short name, or else with these words in their name."""
    plain = said.lower()
    short = or_(func.lower(Organisation.short_name) == plain, col(Organisation.slug) == plain)
    found = await unit.all(select(col(Organisation.id)).where(short))
    if not found:
        longer = col(Organisation.name).icontains(said, autoescape=True)
        found = await unit.all(select(col(Organisation.id)).where(longer))
    if not found:
        raise UnknownSender(words=said[:60])
    return found
