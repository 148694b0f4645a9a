"""What a secretariat should hear of before anything happens: nobody to reach, nobody confirmed, nowhere to post."""

from collections.abc import Iterator
from datetime import date, timedelta

from bot.files.network import GroupEntry, Network, OrganisationEntry, PersonEntry
from bot.services.network_words import spoken_day

CONFIRM_EVERY = timedelta(days=90)
"""How long a nomination stands before it should be confirmed again *(ours)*."""


def warnings(network: Network, today: date) -> Iterator[str]:
    """One sentence for each thing that will go wrong if it stays as it is."""
    people = {slug: person for _, slug, person in network.people()}
    for slug, organisation in network.organisations.items():
        if _current(organisation.starts, organisation.ends, today):
            yield from _reach(organisation, [people[name] for name in _answering(network, slug)], today)
            yield from _confirmation(organisation, today)
            yield from _records(organisation, [people[name] for name in organisation.records_leads], today)
    for group in network.groups.values():
        if _current(group.starts, group.ends, today):
            yield from _group(group, network)


def _answering(network: Network, slug: str) -> list[str]:
    """Everybody who may be told for an organisation: nominated people, then its representatives and deputies."""
    organisation = network.organisations[slug]
    names = [*organisation.nominated, *(name for some in organisation.nominated_for.values() for name in some)]
    for group in network.groups.values():
        if member := group.members.get(slug):
            names += [member.representative] if member.representative else []
            names += member.deputies
    return list(dict.fromkeys(names))


def _reach(organisation: OrganisationEntry, people: list[PersonEntry], today: date) -> Iterator[str]:
    here = [person for person in people if person.slack and _current(person.starts, person.ends, today)]
    if not people:
        yield f"{organisation.short_name}: nobody is nominated and nobody represents it, so nobody can be reached."
    elif not here:
        yield f"{organisation.short_name}: nobody named for it has a Slack member ID, so nobody can be reached."
    elif all(_away(person, today) for person in here):
        yield f"{organisation.short_name}: everybody named for it is away today, so nobody can be reached."


def _away(person: PersonEntry, today: date) -> bool:
    return any(absence.from_ <= today <= absence.until for absence in person.absences)


def _confirmation(organisation: OrganisationEntry, today: date) -> Iterator[str]:
    if not (organisation.nominated or organisation.nominated_for):
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
