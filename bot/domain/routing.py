"""Whom to propose for an escalation: a table of routes, which the secretariat edits, matched with what is known.

The categories are the protocol's [000 4.26]; which organisation is proposed for which is local policy *(ours)*. The
assistant only proposes: a person always decides whom to ask.
"""

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.domain.terms import OrganisationKind

NONE: frozenset[str] = frozenset()


def plainly(text: str) -> str:
    """A sector or region for comparing: neither capitals, spaces nor “&” for “and” make a difference."""
    return " ".join(text.replace("&", " and ").casefold().split())


def same_words(one: str, other: str) -> bool:
    """Whether two names of a sector or region mean the same."""
    return plainly(one) == plainly(other)


@dataclass(frozen=True)
class Facts:
    """What is known when whom to ask is chosen. Empty is not known: no route that asks for it fits.

    `category` and `professions` are the policy's keys; `region` and `sector` are the provider's, as typed.
    """

    category: str = ""
    professions: frozenset[str] = NONE
    region: str = ""
    sector: str = ""
    learning_environment: bool = False


@dataclass(frozen=True)
class Route:
    """One line of the table: conditions, each of which may be left out, and whom to propose when all of them hold.

    `general` marks a category's own proposals: they give way, kind by kind, to an organisation named by another route.
    """

    because: str
    organisations: frozenset[str] = NONE
    kinds: frozenset[OrganisationKind] = frozenset()
    categories: frozenset[str] = NONE
    professions: frozenset[str] = NONE
    regions: frozenset[str] = NONE
    sectors: frozenset[str] = NONE
    learning_environment: bool | None = None
    general: bool = False

    def fits(self, facts: Facts) -> bool:
        """Whether every condition this route has holds."""
        return (
            _among({facts.category}, self.categories)
            and _among(facts.professions, self.professions)
            and _among({plainly(facts.region)}, {plainly(one) for one in self.regions})
            and _among({plainly(facts.sector)}, {plainly(one) for one in self.sectors})
            and self.learning_environment in (None, facts.learning_environment)
        )


@dataclass(frozen=True)
class Candidate:
    """An organisation that may be asked. One that took another's place is here again under the other's name and
    kind."""

    organisation_id: int
    slug: str
    kind: OrganisationKind


@dataclass(frozen=True)
class Proposal:
    """An organisation proposed, and the reason the route gives."""

    organisation_id: int
    because: str


def propose(
    candidates: Sequence[Candidate],
    facts: Facts,
    routes: Iterable[Route],
    *,
    without: AbstractSet[int] = frozenset(),
) -> list[Proposal]:
    """Whom to propose, each once, in the order of the routes and then of the candidates.

    `without` are never proposed (the organisation that asks), yet a route that names them still speaks for their kind:
    the GMC asking about doctors is not offered the regulators of other professions.
    """
    fitting = [route for route in routes if route.fits(facts)]
    named = {slug for route in fitting for slug in route.organisations}
    spoken_for = {one.kind for one in candidates if one.slug in named}
    found: dict[int, str] = {}
    for route in fitting:
        kinds = route.kinds - spoken_for if route.general else route.kinds
        for one in candidates:
            if one.organisation_id not in without and (one.slug in route.organisations or one.kind in kinds):
                found.setdefault(one.organisation_id, route.because)
    return [Proposal(organisation_id, because) for organisation_id, because in found.items()]


def _among(known: Collection[str], allowed: Collection[str]) -> bool:
    """Whether a condition holds; one left out always does."""
    return not allowed or not set(allowed).isdisjoint(known)
