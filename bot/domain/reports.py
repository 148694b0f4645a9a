"""The reports that move between tiers [003 §25-28, §33, §90, §97, §126-127, §133-134, Annexes C, E, F and G]."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.calendar import DAY
from bot.domain.terms import Audience, Marking, Role, Tier

PART_LIMIT = 3000  # characters of one entry
FEEDBACK_LIMIT = 1500
NONE = "None identified"
READERS = frozenset({Role.CHAIR, Role.SECRETARIAT, Role.REPRESENTATIVE})
OFFICERS = frozenset({Role.CHAIR, Role.SECRETARIAT})
_CONCERN = re.compile(r"\bC-[2-9A-HJKMNP-Z]{6}\b", re.IGNORECASE)
NOT_NAMED = "a concern that stays where it is"


class ReportKind(StrEnum):
    """Which annex a report has the shape of."""

    COMMISSIONER = "commissioner to local"
    LOCAL = "local to regional"
    REGIONAL = "regional to national"
    SURVEILLANCE = "quarterly surveillance"


class ReportState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    RECEIVED = "received"


@dataclass(frozen=True)
class Part:
    """One part of an annex: its heading and what it asks for, as the annex prints them, and what is said of it when
    there is nothing."""

    key: str
    heading: str
    asks: str
    none: str = NONE


PARTS: Mapping[ReportKind, tuple[Part, ...]] = {
    ReportKind.COMMISSIONER: (  # [003 Annex C]
        Part("purpose", "PURPOSE", "To provide intelligence in relation to clinical quality and safety issues."),
        Part(
            "issues",
            "KEY POINTS/ISSUES OF CONCERN",
            "A brief overview of any significant risks and principal concerns, and actions being taken to remedy the "
            "situation: any provider, and specific areas of care in general.",
        ),
        Part(
            "incidents",
            "Serious incidents – multiple provider investigations",
            "Any providers that are failing to support or cooperate in multi-provider Serious Incident "
            "investigations [003 §97].",
        ),
        Part("summary", "SUMMARY/RECOMMENDATIONS", "For information only, or are any requests for action being made?"),
    ),
    ReportKind.LOCAL: (  # [003 Annex F]
        Part("purpose", "1.0 PURPOSE", "Feedback following the Local QSG meeting(s), and a summary of key issues."),
        Part(
            "issues",
            "2.0 KEY ISSUES FOR THE ATTENTION OF THE REGIONAL QSG",
            "A short summary of the main quality concerns discussed and the actions agreed.",
        ),
        Part(
            "interventions",
            "2.0 Significant interventions resulting from a quality concern",
            "Such as a risk summit, rapid responsive review and/or regulatory enforcement.",
        ),
        Part(
            "support",
            "3.0 ISSUES REQUIRING REGIONAL QSG SUPPORT/RESPONSE",
            "Please state none if none identified. Also points on which the Local QSG seeks further clarity.",
        ),
        Part(
            "summary",
            "4.0 SUMMARY/RECOMMENDATIONS",
            "Whether the report is to note or for action, and any specific recommendations that the Regional QSG need "
            "to consider.",
        ),
    ),
    ReportKind.REGIONAL: (  # [003 Annex G]
        Part("purpose", "1. PURPOSE", "To summarise the key quality issues, risks and concerns within the region."),
        Part(
            "support",
            "2.1 For national escalation within NHSE",
            "Specific issues, risks or concerns that require national support and/or response: proposed actions, "
            "action owners and timeframes.",
            f"{NONE}. No specific issues, risks or concerns identified for national escalation",
        ),
        Part(
            "themes",
            "3.1 Cross-system and/or regional issues",
            "Any cross-system or region issues, e.g. workforce, including the actions agreed and progress.",
            f"{NONE}. No cross-system or regional issues identified for the attention of QAG",
        ),
        Part(
            "interventions",
            "3.2 Organisations/Systems at Risk Summit level of surveillance",
            "Quality intelligence on each, including the actions agreed and progress against these.",
        ),
        Part(
            "issues",
            "3.3 Key Quality Issues in Other Selected Organisations/Systems",
            "By exception only, including the actions agreed and progress against these.",
        ),
    ),
    ReportKind.SURVEILLANCE: (  # [003 §126-127, Annex E]
        Part("interventions", "RS Risk Summit", "Serious, specific risk to quality identified."),
        Part("issues", "EN Enhanced", "Quality concerns identified: the actions agreed, and why it remains so."),
        Part("information", "F Further information required", "Who finds out what, and when it is next considered."),
        Part("changes", "Changes of level in the quarter", "From which level to which, when and why."),
        Part("summary", "Comments", "What else the receiving group should know about levels and actions taken."),
    ),
}


@dataclass(frozen=True)
class Entry:
    """What a report says in one part about one provider, or in general. Whoever is barred from the provider never
    reads it. An empty text is shown as what the part says of nothing, never as a blank."""

    key: str
    provider_id: int | None
    text: str

    def stored(self) -> dict[str, str | int | None]:
        """As the row keeps it."""
        return {"key": self.key, "provider": self.provider_id, "text": self.text}


@dataclass(frozen=True)
class Resting:
    """A concern on which something rests. `with_receiver` is whether the receiving group is the one it was shared
    with, so that its members may read it already; `verbal_only` whether it is to be said and not written [003 §118]."""

    audience: str
    marking: str
    with_receiver: bool = False
    verbal_only: bool = False


def may_go_on(rests_on: Iterable[Resting]) -> bool:
    """Whether something may stand in a report to another group, in words.

    The one rule: a concern goes on only if its whole group may see it and it is `TLP:GREEN`; to the very group it was
    shared with, `TLP:AMBER+STRICT` does as well. What is only to be said is never written. What rests on several needs
    all of them. What rests on none, a group's own decision about a level and its reason, is the group's to tell. A
    marking that nobody knows is `TLP:RED`.
    """
    return all(
        one.audience == Audience.GROUP
        and not one.verbal_only
        and (one.marking == Marking.GREEN or (one.with_receiver and one.marking == Marking.AMBER_STRICT))
        for one in rests_on
    )


def concerns_named(text: str) -> set[str]:
    """The references of concerns that stand in a text."""
    return {found.upper() for found in _CONCERN.findall(text)}


def nameable_in(about: int | None, provider_id: int | None, whole_id: int | None) -> bool:
    """Whether an entry about a provider may name a concern: one about it, about the whole provider that it is a site
    of, or about none. Whoever may read the entry may then be told of it."""
    return about in (None, provider_id, whole_id)


def without_concerns(text: str, allowed: Collection[str]) -> str:
    """The text without the references of concerns that may not be named there."""
    return _CONCERN.sub(lambda found: found[0] if found[0].upper() in allowed else NOT_NAMED, text)


def text_error(text: str, allowed: Collection[str], own: Iterable[str], others: Iterable[str]) -> str:
    """What is wrong with an entry's text, or "". `allowed` are the concerns that may be named in it; `own` the names of
    the provider it is about, `others` those of other providers: whoever is barred from one would read about it here."""
    if len(text) > PART_LIMIT:
        return f"This is longer than {PART_LIMIT:,} characters. Keep it short."
    if strange := sorted(concerns_named(text) - set(allowed)):
        return f"{', '.join(strange)} cannot be named here: only what is TLP:GREEN, and about this provider, may go on."
    if named := providers_named(text, own, others):
        return f"It names {named[0]}. Write about that in an entry of its own, so that nobody barred from it reads it."
    return ""


def providers_named(text: str, own: Iterable[str], others: Iterable[str]) -> list[str]:
    """Which of these other providers a text names in full. A name within the provider's own is none."""
    left = text.casefold()
    mine = {name.casefold() for name in own}
    for name in mine:
        left = left.replace(name, " ")
    found = [name for name in others if name.casefold() in left and name.casefold() not in mine]
    return [name for name in found if re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", left)]


def shape_of(tier: Tier) -> ReportKind | None:
    """The report that a group of that tier sends to its parent after its meetings, beside the quarterly one."""
    return {Tier.LOCAL: ReportKind.LOCAL, Tier.REGIONAL: ReportKind.REGIONAL}.get(tier)


def may_edit(kind: ReportKind, sender: Collection[Role], receiver: Collection[Role], *, own_organisation: bool) -> bool:
    """Whether somebody drafts, edits and approves a report: the chair or secretariat of the group that sends it; for a
    commissioner's [003 Annex C], its own representative in the group that receives it."""
    if kind is ReportKind.COMMISSIONER:
        return own_organisation and Role.REPRESENTATIVE in receiver
    return bool(OFFICERS & set(sender))


def may_read(
    kind: ReportKind,
    state: ReportState,
    sender: Collection[Role],
    receiver: Collection[Role],
    *,
    own_organisation: bool = False,
) -> bool:
    """Whether somebody reads a report, but for what it says of providers that they are barred from. `sender` and
    `receiver` are their seats in the two groups. Until it is approved, only those who may edit it."""
    if may_edit(kind, sender, receiver, own_organisation=own_organisation):
        return True
    return state is not ReportState.DRAFT and bool(READERS & {*sender, *receiver})


def empty_parts(kind: ReportKind, entries: Iterable[Entry]) -> list[Part]:
    """The parts of which nothing is said."""
    said = {one.key for one in entries if one.text.strip()}
    return [part for part in PARTS[kind] if part.key not in said]


def whole(kind: ReportKind, entries: Iterable[Entry]) -> list[Entry]:
    """The entries in the order of the annex: one for each provider in a part, and in each part one in general, though
    it be empty."""
    texts: dict[tuple[str, int | None], str] = {}
    several = list(entries)
    for part in PARTS[kind]:
        texts[part.key, None] = ""
        for one in (one for one in several if one.key == part.key):
            said = "\n".join(filter(None, (texts.get((one.key, one.provider_id)), one.text)))
            texts[one.key, one.provider_id] = said[:PART_LIMIT]
    return [Entry(key, provider, text) for (key, provider), text in texts.items()]


def period_after(last: date | None, today: date, earliest: date) -> tuple[date, date]:
    """The days a new report is about, both included: since the one before it, or else from `earliest`, until today."""
    starts_on = last + DAY if last else earliest
    return min(starts_on, today), today
