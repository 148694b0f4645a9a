"""The chart of a provider: concerns by month and organisation against its level, of what one viewer may see."""

from dataclasses import dataclass
from datetime import date

from bot.chat.lengths import cut
from bot.chat.port import Attachment, Message
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.domain.provider_chart import Decided, band, counted, months_to
from bot.domain.terms import Level
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.reports.drawing import ProviderPicture, draw
from bot.store.barring import barred_from
from bot.store.concerns import SeenConcern, about_provider
from bot.store.groups import level_history, sites_of
from bot.store.tables import Provider
from bot.store.unit import Unit

ALT_LIMIT = 2000  # characters of a description, as the platform takes them


@dataclass(frozen=True)
class Figures:
    """What the chart shows. `series` are by organisation, the empty name for those taken together; `levels` are those
    at the end of each month."""

    provider: Provider
    months: list[date]
    series: dict[str, tuple[int, ...]]
    levels: list[Level | None]
    found: list[SeenConcern]

    @property
    def by_month(self) -> list[tuple[date, list[tuple[str, int]]]]:
        """The months in which anything was raised, with who raised how many."""
        told = [(month, [(name, row[n]) for name, row in self.series.items() if row[n]]) for n, month in self.months_by]
        return [(month, several) for month, several in told if several]

    @property
    def moves(self) -> list[tuple[date, Level | None]]:
        """The first month, and each whose level is another than the month before."""
        return [
            (month, self.levels[n]) for n, month in self.months_by if n == 0 or self.levels[n] != self.levels[n - 1]
        ]

    @property
    def months_by(self) -> list[tuple[int, date]]:
        return list(enumerate(self.months))


async def figures(unit: Unit, provider: Provider, viewer: Viewer, rules: Rules, today: date) -> Figures:
    """The last twelve months, by the day on which a concern came in."""
    ids, months = await sites_of(unit, provider.key), months_to(today)
    found = await about_provider(unit, viewer, ids, today)
    within = [one for one in found if rules.today(one.concern.raised_at) >= months[0]]
    history = await level_history(unit, group_ids=viewer.group_ids, provider_ids=ids)
    decisions = [
        Decided(row.group_id, row.provider_id, row.level, rules.today(row.decided_at))
        for row, _, _ in reversed(history)
    ]
    raised = [(one.organisation, rules.today(one.concern.raised_at)) for one in within]
    return Figures(provider, months, counted(raised, months), band(decisions, months, today), within)


async def chart(letter: Letter) -> Message | None:
    """To whoever asked: the chart, and the same in words. None for whoever may be told nothing of the provider."""
    provider = await letter.unit.find(Provider, letter.about("provider"))
    if provider is None or letter.reader is None:
        return None
    if await barred_from(letter.unit, letter.reader, await sites_of(letter.unit, provider.key), letter.today):
        return None
    seen = await figures(letter.unit, provider, letter.reader, letter.rules, letter.today)
    letter.names(provider.key)
    letter.shows(*(one.concern for one in seen.found))
    drawn = await draw(_picture(letter.words, seen))
    alt = cut(letter.words.plain("provider.picture_alt", f=seen), ALT_LIMIT)
    files = (Attachment(f"{provider.code}.png", drawn, alt=alt),) if drawn else ()
    said = letter.words.render("provider.chart", f=seen, drawn=drawn is not None, today=letter.today)
    return Message(said.markdown, files)


def _picture(words: Templates, seen: Figures) -> ProviderPicture:
    def say(part: str, **about: object) -> str:
        return words.plain("provider.picture", part=part, f=seen, **about)

    return ProviderPicture(
        title=say("title"),
        months=tuple(f"{month:%b}\n{month:%Y}" for month in seen.months),
        series=tuple((name or say("others"), row) for name, row in seen.series.items()),
        band_title=say("band"),
        band=tuple(say("level", level=level) for level in seen.levels),
    )
