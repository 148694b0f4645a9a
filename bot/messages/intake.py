"""What the concern form says of itself: who will see it, and what in it may identify somebody."""

from collections.abc import Sequence
from typing import Any

from bot.chat.port import Form, Message
from bot.domain.concern import Draft
from bot.domain.handling import Viewer
from bot.domain.identifiers import Finding
from bot.messages.words import Templates
from bot.store.concerns import Readers

AROUND = 40  # characters shown either side of what was found (ours)
SHOWN = 20  # findings shown one by one (ours)


def preview(words: Templates, draft: Draft, readers: Readers, viewer: Viewer) -> Message:
    """Who will see a concern if it is sent as it stands, and what the channel will show."""
    own = viewer.organisation if viewer.organisation in readers.organisations else ""
    return words.render(
        "concern.preview",
        problems=(),
        own=own,
        others=[name for name in readers.organisations if name != own],
        people=readers.people,
        draft=draft,
        group=next(place.name for place in viewer.groups if place.group_id == draft.group_id),
        organisation=viewer.organisation,
    )


def check(words: Templates, findings: Sequence[Finding], *, other_readers: bool, annexe: bool) -> Form:
    """What to look at before sending: each finding within its line, and whether who will see it has changed."""
    return words.page(
        "concern.check",
        findings=[_quoted(one) for one in findings[:SHOWN]],
        more=max(0, len(findings) - SHOWN),
        other_readers=other_readers,
        annexe=annexe,
    )


def _quoted(one: Finding) -> dict[str, Any]:
    """What was found with what stands around it on its line; gaps apart, since a shown value has none at its ends."""
    start, end = one.found.start, one.found.end
    before = one.text[:start].rpartition("\n")[2]
    after = one.text[end:].partition("\n")[0]
    return {
        "field": one.field,
        "kind": str(one.found.kind),
        "before": ("…" if len(before) > AROUND else "") + before[-AROUND:],
        "gap_before": before[-1:].isspace(),
        "words": one.words,
        "gap_after": after[:1].isspace(),
        "after": after[:AROUND] + ("…" if len(after) > AROUND else ""),
    }
