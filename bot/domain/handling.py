"""Handling: who is looking, what a choice of audience and marking means, and who may change it."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.terms import Audience, HandlingKind, Marking, Role
from bot.errors import FormErrors

STRICTNESS = (Marking.GREEN, Marking.AMBER_STRICT, Marking.RED)
NARROWING = frozenset({HandlingKind.NARROW, HandlingKind.TIGHTEN, HandlingKind.WITHDRAW})
BY_TWO = frozenset({HandlingKind.WIDEN, HandlingKind.LOOSEN, HandlingKind.ANNEXE})
SHARING = frozenset({HandlingKind.WIDEN, HandlingKind.OVERRIDE, HandlingKind.TIGHTEN})  # these say who may read it then
EXPLAINED = BY_TWO | {HandlingKind.WITHDRAW, HandlingKind.OVERRIDE}


@dataclass(frozen=True)
class Identity:
    """Somebody on a chat platform: platform + workspace (or tenant) + user id."""

    platform: str
    workspace: str
    user: str


@dataclass(frozen=True)
class Place:
    """A group somebody belongs to, and the seats they have in it.

    `channel` is empty until one is set up; `channel_missing` when nothing could be posted in it
    when it was last looked at: the bot was not there, or somebody was who may not be.
    """

    group_id: int
    name: str
    slug: str
    channel: str
    roles: frozenset[Role]
    channel_missing: bool = False


@dataclass(frozen=True)
class Viewer:
    """Somebody enrolled, on a day: what they may see follows from this and from nothing else.

    `groups` are those their organisation belongs to today, or in which they hold a seat. `provider_id` is set for
    people who work at a provider, `records_lead` for those who look after their organisation's records.
    """

    person_id: int
    name: str
    organisation_id: int
    organisation: str
    groups: tuple[Place, ...]
    provider_id: int | None = None
    records_lead: bool = False

    @property
    def group_ids(self) -> tuple[int, ...]:
        return tuple(place.group_id for place in self.groups)

    def holds(self, group_id: int, *roles: Role) -> bool:
        """Whether they hold one of these seats in that group."""
        return any(p.group_id == group_id and p.roles & set(roles) for p in self.groups)

    @property
    def runs_groups(self) -> tuple[int, ...]:
        """The groups they chair or are the secretariat of."""
        return tuple(key for key in self.group_ids if self.runs(key))

    @property
    def secretariat_of(self) -> tuple[int, ...]:
        """The groups whose secretariat they are."""
        return tuple(key for key in self.group_ids if self.holds(key, Role.SECRETARIAT))

    def runs(self, group_id: int) -> bool:
        """Whether they chair that group or are its secretariat."""
        return self.holds(group_id, Role.CHAIR, Role.SECRETARIAT)


def check_handling(
    audience: Audience, marking: Marking, *, organisations: Collection[int], people: Collection[int]
) -> None:
    """Raise `FormErrors` when the audience, those chosen and the marking do not belong together."""
    errors = {}
    if audience is Audience.ORGANISATIONS and (not organisations or people):
        errors["chosen"] = "Choose at least one organisation, and no single people, or share with the whole group."
    if audience is Audience.PEOPLE and (not people or organisations):
        errors["chosen"] = "Name at least one person, and no organisations, or choose a wider audience."
    if audience is Audience.GROUP and (organisations or people):
        errors["chosen"] = "Leave this empty, or choose “Only these” above: the whole group would see it."
    if not fits_marking(marking, audience, ()):  # organisations among named people are said beside them, above
        errors["marking"] = "TLP:RED is for named people only. Choose named people, or another marking."
    if errors:
        raise FormErrors(errors)


def fits_marking(marking: Marking, audience: Audience, organisations: Collection[int]) -> bool:
    """Whether what is marked so may be shared so: `TLP:RED` with named people only, so never in a channel."""
    return marking is not Marking.RED or (audience is Audience.PEOPLE and not organisations)


@dataclass(frozen=True)
class Standing:
    """What somebody who may read a concern is to it. `lead` is whether they answer for their own organisation: its
    representative or deputy in the group, or a person it has nominated."""

    ours: bool
    lead: bool = False


def changes_open_to(who: Standing, marking: Marking, *, withdrawn: bool = False) -> frozenset[HandlingKind]:
    """The changes this reader may make or ask for.

    The originating organisation makes stricter what it shared; every reader may ask for the opposite; a recipient's
    lead may override for a duty in law [003 §93], and with `TLP:RED` anybody named may, since nobody else knows of it.
    """
    if withdrawn:
        return frozenset({HandlingKind.ANNEXE}) if who.ours else frozenset()
    kinds = set(BY_TWO)
    if who.ours:
        kinds |= NARROWING
    elif who.lead or marking is Marking.RED:
        kinds.add(HandlingKind.OVERRIDE)
    if not markings_open_to(HandlingKind.TIGHTEN, marking):
        kinds.discard(HandlingKind.TIGHTEN)
    if not markings_open_to(HandlingKind.LOOSEN, marking):
        kinds.discard(HandlingKind.LOOSEN)
    return frozenset(kinds)


def markings_open_to(kind: HandlingKind, marking: Marking) -> tuple[Marking, ...]:
    """The markings that a change of this kind may lead to, the nearest first; none for one that leaves it alone."""
    at = STRICTNESS.index(marking)
    if kind is HandlingKind.TIGHTEN:
        return STRICTNESS[at + 1 :]
    return STRICTNESS[:at][::-1] if kind is HandlingKind.LOOSEN else ()


def wanted_audience(organisations: Collection[int], people: Collection[int]) -> Audience:
    """What a change that names these speaks of: naming nobody means the whole group."""
    if organisations:
        return Audience.ORGANISATIONS
    return Audience.PEOPLE if people else Audience.GROUP


def check_change(
    kind: HandlingKind,
    before: Marking,
    *,
    marking: Marking | None,
    organisations: Collection[int],
    people: Collection[int],
    reason: str,
) -> None:
    """Raise `FormErrors` when a change asked for does not hold together. `before` is the marking as it stands."""
    errors = {}
    wanted = wanted_audience(organisations, people)
    if kind in EXPLAINED and not reason.strip():
        errors["reason"] = "Say why: it is kept with the change."
    if kind in (HandlingKind.NARROW, HandlingKind.OVERRIDE) and wanted is Audience.GROUP:
        errors["readers"] = "Choose at least one organisation or person."
    elif kind in SHARING and not fits_marking(marking or before, wanted, organisations):
        errors["readers"] = "TLP:RED is for named people only. Choose people, and no organisations."
    if kind in (HandlingKind.TIGHTEN, HandlingKind.LOOSEN) and marking not in markings_open_to(kind, before):
        errors["marking"] = "Choose another marking than it has now."
    if errors:
        raise FormErrors(errors)


def audience_after(before: Audience, *, whole_group: bool | None, organisations: Collection[int]) -> Audience:
    """What a changed audience is called. `whole_group` is True when it now is, False when it no longer is, None
    when that was left alone; `organisations` are those other than the originating one that it still reaches."""
    if whole_group or (whole_group is None and before is Audience.GROUP):
        return Audience.GROUP
    return Audience.ORGANISATIONS if organisations else Audience.PEOPLE
