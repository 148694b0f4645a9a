"""Handling: who is looking, and what a choice of audience and marking means."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.terms import Audience, Marking, Role
from bot.errors import FormErrors


@dataclass(frozen=True)
class Identity:
    """Somebody on a chat platform: platform + workspace (or tenant) + user id."""

    platform: str
    workspace: str
    user: str


@dataclass(frozen=True)
class Place:
    """A group somebody belongs to, and the seats they have in it.

    `channel` is empty until one is set up; `channel_missing` when the bot was last seen not to be in it.
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
    if marking is Marking.RED and audience is not Audience.PEOPLE:
        errors["marking"] = "TLP:RED is for named people only. Choose named people, or another marking."
    if errors:
        raise FormErrors(errors)
