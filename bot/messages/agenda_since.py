"""What is different between two versions of a digest, in the words of the later one."""

from datetime import datetime
from itertools import chain

from bot.domain.agenda import Difference
from bot.messages.agenda import Sections, Since


def compared(
    sections: Sections, made_at: datetime, found: Difference, answered: dict[int, str], closed: dict[int, str]
) -> Since:
    """The difference between two versions in the words of the later one. `answered` and `closed` are references of
    what may still be told of, by number."""
    names = _references(sections)
    new = [names[one] for one in sorted(found.new) if one in names]
    told = {("escalation", key) for key in answered} | {("action", key) for key in closed}
    gone = found.gone - told
    return Since(
        made_at,
        new,
        len(found.new) - len(new),
        sorted(reference for key, reference in answered.items() if ("escalation", key) in found.gone),
        sorted(reference for key, reference in closed.items() if ("action", key) in found.gone),
        sorted(names[one] for one in found.moved if one in names),
        len(gone),
    )


def _references(sections: Sections) -> dict[tuple[str, int], str]:
    """What each thing is called in the digest."""
    names = {("concern", line["concern"].key): line["concern"].reference for line in sections.lines}
    names |= {("escalation", one.key): one.reference for one, *_ in sections.waiting}
    names |= {("panel", one.panel.key): one.panel.reference for one in sections.panels}
    named = chain.from_iterable(sections.actions.values())
    names |= {("action", one.action.key): one.action.reference for one in named}
    levels = [*(one.standing.provider for one in sections.attention), *(one.provider for one in sections.find_out)]
    return names | {("provider", one.key): one.name for one in levels}
