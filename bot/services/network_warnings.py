"""What a secretariat should hear of before anything happens: nobody to reach, nobody confirmed, nowhere to post."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from bot.domain.escalation import Nominee, build_ladder
from bot.domain.terms import ProtocolStatus
from bot.files.network import GroupEntry, Network, Nomination, OrganisationEntry, PersonEntry
from bot.services.network_words import for_what, spoken_day

CONFIRM_EVERY = timedelta(days=90)
"""How long a nomination stands before it should be confirmed again *(ours)*."""


def warnings(network: Network, today: date) -> Iterator[str]:
    """One sentence for each thing that will go wrong if it stays as it is."""
    people = {slug: person for _, slug, person in network.people()}
    for slug, organisation in network.organisations.items():
        if _current(organisation.starts, organisation.ends, today):
            yield from _reach(organisation, _answering(network, slug), people, today)
            yield from _confirmation(organisation, today)
            yield from _records(organisation, [people[name] for name in organisation.records_leads], today)
    for group in network.groups.values():
        if _current(group.starts, group.ends, today):
            yield from _group(group, network)


@dataclass(frozen=True)
class _Answering:
    """Who may be told for an organisation, by their names in the file."""

    nominations: tuple[Nomination, ...]
    representatives: tuple[str, ...]

    def everybody(self) -> list[str]:
        named = [name for one in self.nominations for name in one.people]
        return list(dict.fromkeys([*named, *self.representatives]))

    def about(self, category: str, region: str) -> list[str]:
        """Whoever the ladder would have for that category and region."""
        names = self.everybody()
        lines = [
            Nominee(names.index(name), rung, one.category, one.region)
            for one in self.nominations
            for rung, name in enumerate(one.people)
        ]
        seats = [names.index(name) for name in self.representatives]
        ladder = build_ladder(lines, seats, category=category, region=region, without=frozenset())
        return [names[rung.person_id] for rung in ladder]

    def subjects(self) -> list[tuple[str, str]]:
        """Every category with every region that somebody is nominated for, "" being all the others."""
        categories = dict.fromkeys(["", *(one.category for one in self.nominations)])
        regions = dict.fromkeys(["", *(one.region for one in self.nominations)])
        return list(product(categories, regions))


def _answering(network: Network, slug: str) -> _Answering:
    """Nominated people, then its representatives and deputies in any group."""
    seats: list[str] = []
    for group in network.groups.values():
        if member := group.members.get(slug):
            seats += [member.representative] if member.representative else []
            seats += member.deputies
    return _Answering(tuple(network.organisations[slug].nominations()), tuple(dict.fromkeys(seats)))


def _reach(
    organisation: OrganisationEntry, answering: _Answering, people: Mapping[str, PersonEntry], today: date
) -> Iterator[str]:
    """Nobody at all; under the protocol also nobody for something, while others of it are nominated for more."""
    if reason := _gap(answering.everybody(), people, today):
        yield f"{organisation.short_name}: {reason}, so nobody can be reached."
    elif _under_protocol(organisation, today):
        gaps = {about: _gap(answering.about(*about), people, today) for about in answering.subjects()}
        for about, reason in gaps.items():
            if reason:
                yield f"{organisation.short_name}{_subject(answering, *about)}: {reason}, so nobody can be reached."
        for one in answering.nominations:
            about = (one.category, one.region)
            if one.people and not gaps[about] and not _here(one.people, people, today):
                what = for_what(*about)
                yield f"{organisation.short_name}: nobody nominated{what} has a Slack member ID; others of it are told."


def _gap(names: Collection[str], people: Mapping[str, PersonEntry], today: date) -> str:
    """Why none of these people can be reached; empty if somebody can."""
    here = _here(names, people, today)
    if not names:
        return "nobody is nominated and nobody represents it"
    if not here:
        return "nobody named for it has a Slack member ID"
    return "everybody named for it is away today" if all(_away(person, today) for person in here) else ""


def _here(names: Iterable[str], people: Mapping[str, PersonEntry], today: date) -> list[PersonEntry]:
    named = [people[name] for name in names]
    return [person for person in named if person.slack and _current(person.starts, person.ends, today)]


def _subject(answering: _Answering, category: str, region: str) -> str:
    """A category and region in words, “any other” where others have people of their own."""
    categories = any(one.category for one in answering.nominations)
    regions = any(one.region for one in answering.nominations)
    what = f" for “{category}”" if category else " for any other category" if categories else ""
    where = f" in “{region}”" if region else " in any other region" if regions else ""
    return what + where


def _under_protocol(organisation: OrganisationEntry, today: date) -> bool:
    protocol = organisation.protocol
    return protocol.status is not ProtocolStatus.NONE and _current(protocol.from_, protocol.until, today)


def _away(person: PersonEntry, today: date) -> bool:
    return any(absence.from_ <= today <= absence.until for absence in person.absences)


def _confirmation(organisation: OrganisationEntry, today: date) -> Iterator[str]:
    if not any(one.people for one in organisation.nominations()):
        return
    if not organisation.confirmed_on:
        yield f"{organisation.short_name}: who is nominated has never been confirmed; add “confirmed on”."
    elif today - organisation.confirmed_on > CONFIRM_EVERY:
        when = spoken_day(organisation.confirmed_on)
        yield f"{organisation.short_name}: who is nominated was last confirmed on {when}, more than 90 days ago."


def _records(organisation: OrganisationEntry, leads: list[PersonEntry], today: date) -> Iterator[str]:
    """What a leaver raised is destroyed only after somebody of their organisation has been warned."""
    if not any(lead.slack and _current(lead.starts, lead.ends, today) for lead in leads):
        yield (
            f"{organisation.short_name}: no records lead can be reached, so what people there raised is kept on "
            "once they have left."
        )


def _group(group: GroupEntry, network: Network) -> Iterator[str]:
    missing = [
        word
        for word, there in (("channel", group.channel), ("chair", group.chair), ("secretariat", group.secretariat))
        if not there
    ]
    if missing:
        yield f"{group.name}: has no {' and no '.join(missing)}."
    for slug, member in group.members.items():
        if not member.representative:
            yield f"{group.name}: {network.organisations[slug].short_name} has no representative."


def _current(starts: date | None, ends: date | None, today: date) -> bool:
    return (starts is None or starts <= today) and (ends is None or today <= ends)
