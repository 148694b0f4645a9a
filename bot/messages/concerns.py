"""What people read about concerns."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat.port import Form, Message
from bot.domain.concern import grade
from bot.domain.handling import Viewer
from bot.domain.policy import Rules
from bot.messages.answers import heard
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.clusters import Together
from bot.store.concerns import Readers, SeenConcern, readers_of, seen, visible_by_id
from bot.store.tables import Concern
from bot.store.visibility import channel_concerns


def facts(seen_concern: SeenConcern, rules: Rules) -> dict[str, Any]:
    """One concern as a template sees it."""
    concern = seen_concern.concern
    return {
        "concern": concern,
        "provider": seen_concern.provider,
        "organisation": seen_concern.organisation,
        "theme": rules.policy.themes.get(concern.theme, concern.theme),
        "source": rules.policy.sources.get(concern.source, concern.source),
        "annexe": seen_concern.annexe,
        "grade": grade(concern.reliability, concern.directness),
    }


async def receipt(letter: Letter) -> Message | None:
    """To the originator: the reference, and exactly who can see it."""
    if letter.reader is None:
        return None
    found = await visible_by_id(letter.unit, letter.about("concern"), letter.reader, letter.today)
    if found is None:
        return None
    readers = await readers_of(letter.unit, found.concern)
    letter.shows(found.concern)
    return letter.words.render("concern.receipt", readers=readers, **facts(found, letter.rules))


async def posted(letter: Letter) -> Message | None:
    """To the group's channel: reference, provider, theme, organisation, date and headline, and nothing else."""
    if letter.group_id is None:
        return None
    statement = channel_concerns(letter.group_id).where(Concern.id == letter.about("concern"))
    for found in await seen(letter.unit, statement):
        letter.shows(found.concern)
        return letter.words.render("concern.posted", **facts(found, letter.rules))
    return None


async def shared(letter: Letter) -> Message | None:
    """To those chosen: that there is something, and nothing of what it says until it is opened."""
    return await _if_visible(letter, "concern.shared")


async def unmatched(letter: Letter) -> Message | None:
    """To the secretariat: somebody named a provider that is not in the directory."""
    return await _if_visible(letter, "concern.unmatched")


async def strange(letter: Letter) -> Message | None:
    """To whoever raised it: nobody knows its marking, so it is treated as the strictest there is."""
    return await _if_visible(letter, "concern.strange")


async def _if_visible(letter: Letter, name: str) -> Message | None:
    if letter.reader is None:
        return None
    found = await visible_by_id(letter.unit, letter.about("concern"), letter.reader, letter.today)
    if found is None:
        return None
    letter.shows(found.concern)
    return letter.words.render(name, **facts(found, letter.rules))


def thanks(words: Templates, found: SeenConcern, readers: Readers, rules: Rules) -> Form:
    """The page that takes the form's place once a concern is saved."""
    return words.page("concern.thanks", readers=readers, **facts(found, rules))


def reading(
    words: Templates,
    found: SeenConcern,
    readers: Readers,
    rules: Rules,
    viewer: Viewer,
    together: Sequence[Together],
) -> Form:
    """The page of one concern, opened on demand; `together` is what others have said of the same for this reader."""
    mine = found.concern.organisation_id == viewer.organisation_id
    about = heard(found) | facts(found, rules)
    joined = {"together": together, "themes": rules.policy.themes}
    return words.page("concern.page", readers=readers, mine=mine, viewer=viewer, **about, **joined)


def mine(
    words: Templates,
    found: Sequence[SeenConcern],
    fates: Mapping[int, list[tuple[str, int, int]]],
    rules: Rules,
) -> Message:
    """Somebody's own concerns and what became of them."""
    lines = [facts(one, rules) | {"escalations": fates[one.concern.key]} for one in found]
    return words.render("concern.mine", lines=lines)
