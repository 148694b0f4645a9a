"""The network file as read: what of it is sound, and where each part stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.files.located import At, Located, read_located
from bot.files.network import Network
from bot.files.shape import validate


@dataclass
class NetworkFile:
    """A file as read: `network` is what of it has the right shape, `document` knows the lines and the mistakes."""

    document: Located
    network: Network | None

    def named(self, section: str) -> dict[str, At]:
        """Every name the file declares in a section, sound or not, and where."""
        return {name: (section, name) for name in _block(self.document.value.get(section))}

    def people_named(self) -> dict[str, list[At]]:
        """Every person the file declares, sound or not, and each place where it does."""
        found: dict[str, list[At]] = {}
        for organisation, entry in _block(self.document.value.get("organisations")).items():
            for slug in _block(_block(entry).get("people")):
                found.setdefault(slug, []).append(("organisations", organisation, "people", slug))
        return found

    def members_named(self, group: str) -> set[str]:
        """The organisations a group names as members, sound or not."""
        entry = _block(_block(self.document.value.get("groups")).get(group))
        return set(_block(entry.get("members")))

    def codes_elsewhere(self) -> set[str]:
        """Provider codes the file mentions and does not declare: the directory must have them."""
        return {code for code, _ in self.codes()} - set(self.named("providers"))

    def codes(self) -> Iterator[tuple[str, At]]:
        """Every mention of a provider, and where."""
        if self.network:
            yield from _codes_of_organisations(self.network)
            yield from _codes_of_groups(self.network)
            for code, provider in self.network.providers.items():
                if provider.parent:
                    yield provider.parent, ("providers", code, "parent")
                if provider.successor:
                    yield provider.successor, ("providers", code, "successor")


def _codes_of_organisations(network: Network) -> Iterator[tuple[str, At]]:
    for slug, organisation in network.organisations.items():
        if organisation.provider:
            yield organisation.provider, ("organisations", slug, "provider")
    for owner, slug, person in network.people():
        for n, conflict in enumerate(person.conflicts):
            yield conflict.provider, ("organisations", owner, "people", slug, "conflicts", n)


def _codes_of_groups(network: Network) -> Iterator[tuple[str, At]]:
    for slug, group in network.groups.items():
        for n, code in enumerate(group.footprint):
            yield code, ("groups", slug, "footprint", n)
        for code in group.levels:
            yield code, ("groups", slug, "levels", code)


def read_network(path: Path) -> NetworkFile:
    """Read the file and check its shape. Mistakes are noted, not raised, so that the cross-check can add its own;
    only a file that cannot be read as YAML raises `BadFile`."""
    document = read_located(path)
    network = validate(document, Network)
    return NetworkFile(document, network or _sound_part(document))


def _sound_part(document: Located) -> Network | None:
    """The file without the entries that have mistakes, so that the rest can still be checked."""
    value = _without(document.value, {_entry(at) for at in document.broken if at}, ())
    try:
        return Network.model_validate(value)
    except ValidationError:
        return None


def _entry(at: At) -> At:
    """The nearest whole entry around a place: a person, member, meeting, level or cadence; else an organisation or
    group."""
    if at[2:3] == ("cadence",):
        return at[:3]
    inner = len(at) > 3 and at[2] in ("people", "members", "meetings", "levels")
    return at[:4] if inner else at[:2]


def _without(value: Any, places: set[At], here: At) -> Any:
    if not isinstance(value, dict) or not any(place[: len(here)] == here for place in places):
        return value
    kept = {name: inner for name, inner in value.items() if (*here, name) not in places}
    return {name: _without(inner, places, (*here, name)) for name, inner in kept.items()}


def _block(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
