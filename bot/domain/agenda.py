"""When a meeting's digest is posted: at its lead times in working days, once each *(ours)*; how much of it stands in
front on a phone, what is different between two versions, and which themes run across providers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.calendar import WorkingCalendar
from bot.domain.policy import DigestPolicy

# (ours) What a phone shows at once of a message: of 844 points' height some 650 are left between the bars, at 22 a
# line, and of 390 points' width some 320, at 7.3 a character.
SCREENS, SCREEN_LINES, LINE_CHARACTERS = 2, 29, 44
BUDGET = SCREENS * SCREEN_LINES
THEME_PROVIDERS = 3  # from how many providers on a theme is one across providers
# The sections of which a later version says what is new, gone or moved, each with what its numbers are of.
COMPARED = {
    "business": "item",
    "waiting": "escalation",
    "panels": "panel",
    "proposals": "proposal",
    "reviews": "review",
    "dissents": "dissent",
    "attention": "provider",
    "find_out": "provider",
    "new": "concern",
    "overdue": "action",
    "due": "action",
    "done": "action",
    "feedback": "feedback",
}
Held = Mapping[str, Collection[int]]


def digest_due_at(starts_at: datetime, lead: int, calendar: WorkingCalendar, policy: DigestPolicy) -> datetime:
    """The moment the digest with that lead is due: `lead` working days before the meeting's day."""
    return calendar.at(calendar.shift(calendar.day(starts_at), -lead), policy.at)


def digest_lead(starts_at: datetime, calendar: WorkingCalendar, policy: DigestPolicy, now: datetime) -> int | None:
    """The lead whose digest should have been posted by `now`, or None.

    Only the nearest one: after an outage over both, members get one digest, not two. None once it has begun.
    """
    if now >= starts_at:
        return None
    reached = [lead for lead in policy.leads if digest_due_at(starts_at, lead, calendar, policy) <= now]
    return min(reached, default=None)


def digest_slot(day: date, lead: int | None) -> str:
    """What a version is made for: a meeting's day with a lead time, or published early. A meeting put off has versions
    of its own."""
    return f"{day.isoformat()} {'early' if lead is None else lead}"


def lines_on_phone(text: str) -> int:
    """How many lines plain text takes on a phone, of `LINE_CHARACTERS` characters each. What is blank in it is a gap
    between two blocks there, of a fraction of a line."""
    return sum(-(-len(line.strip()) // LINE_CHARACTERS) for line in text.splitlines())


def fit(sizes: Sequence[Sequence[int]], room: int) -> list[int]:
    """How many items of each section stand in front of what goes on below, given the lines each item takes.

    One of every section in their order, then a second of every one, and so on, so that no section crowds out another;
    in a section none is passed over. A briefing is as short as possible [003 §98].
    """
    taken = [0] * len(sizes)
    growing = list(range(len(sizes)))
    while growing:
        for section in tuple(growing):
            size = sizes[section][taken[section]] if taken[section] < len(sizes[section]) else room + 1
            if size > room:
                growing.remove(section)
            else:
                taken[section] += 1
                room -= size
    return taken


@dataclass(frozen=True)
class Difference:
    """What is different between two versions: what is new, moved to another section or gone, each as a pair of what it
    is and its number; `moved` also has the section it is in now."""

    new: frozenset[tuple[str, int]]
    gone: frozenset[tuple[str, int]]
    moved: Mapping[tuple[str, int], str]


def difference(before: Held, after: Held) -> Difference:
    """Compare what stood in two versions, section by section."""
    first, second = _placed(before), _placed(after)
    moved = {one: section for one, section in second.items() if first.get(one, section) != section}
    return Difference(frozenset(second.keys() - first.keys()), frozenset(first.keys() - second.keys()), moved)


def _placed(held: Held) -> dict[tuple[str, int], str]:
    return {(kind, key): section for section, kind in COMPARED.items() for key in held.get(section, ())}


def common_themes(found: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    """The themes that are brought about `THEME_PROVIDERS` providers or more, with these [003 §94; 000 5.6]. `found` has
    a theme and a provider's number for each concern."""
    about: dict[str, set[int]] = {}
    for theme, provider in found:
        about.setdefault(theme, set()).add(provider)
    return {theme: providers for theme, providers in sorted(about.items()) if len(providers) >= THEME_PROVIDERS}
