"""The table of routes in the policy file: whom to propose for an escalation, and when."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bot.domain.routing import Route
from bot.domain.terms import OrganisationKind
from bot.files.located import At, Located
from bot.files.network_types import SLUG
from bot.files.plain import nearest, one_of
from bot.files.shape import Strict, as_list, words

ASKED = tuple(kind for kind in OrganisationKind if kind is not OrganisationKind.PROVIDER)


def _asked(value: str) -> str:
    """A kind of organisation, or the name one has in the network file. What that file has is not known here."""
    if value in ASKED:
        return OrganisationKind(value)
    if value == OrganisationKind.PROVIDER:
        raise ValueError("is not a kind that is ever asked: providers see nothing")
    if not re.fullmatch(SLUG, value):
        raise ValueError(one_of(value, ASKED))
    return value


def _given(value: object) -> object:
    if value is None:
        raise ValueError("is empty: fill it in or take the line out")
    return value


Condition = Annotated[tuple[Annotated[str, words(100)], ...], as_list, Field(min_length=1, max_length=100)]
Asked = Annotated[tuple[Annotated[str, words(60), AfterValidator(_asked)], ...], as_list, Field(min_length=1)]
YesOrNo = Annotated[bool | None, BeforeValidator(_given)]


class RouteEntry(Strict):
    """Conditions, of which any may be left out, and whom to propose when all of them hold."""

    category: Condition = ()
    profession: Condition = ()
    region: Condition = ()
    sector: Condition = ()
    learning_environment: YesOrNo = None
    proposes: Asked
    because: Annotated[str, words(75)]


def note_unknown(
    document: Located, entries: Sequence[RouteEntry], categories: Collection[str], professions: Collection[str]
) -> None:
    """Note every category and profession of a route that the policy does not have."""
    for at, name, what, known in _keys(entries, categories, professions):
        if name not in known:
            near = nearest(name, known)
            hint = f": did you mean “{near}”?" if near else f": it has {', '.join(sorted(known))}"
            document.note(at, f"“{name}” is not a {what} of this policy{hint}")


def _keys(
    entries: Sequence[RouteEntry], categories: Collection[str], professions: Collection[str]
) -> Iterator[tuple[At, str, str, Collection[str]]]:
    for n, entry in enumerate(entries):
        for m, name in enumerate(entry.category):
            yield ("routes", n, "category", m), name, "category", categories
        for m, name in enumerate(entry.profession):
            yield ("routes", n, "profession", m), name, "profession", professions


def as_routes(entries: Iterable[RouteEntry]) -> Iterator[Route]:
    """The table as the rules use it."""
    for entry in entries:
        kinds = frozenset(one for one in entry.proposes if isinstance(one, OrganisationKind))
        yield Route(
            because=entry.because,
            organisations=frozenset(entry.proposes) - kinds,
            kinds=kinds,
            categories=frozenset(entry.category),
            professions=frozenset(entry.profession),
            regions=frozenset(entry.region),
            sectors=frozenset(entry.sector),
            learning_environment=entry.learning_environment,
        )
