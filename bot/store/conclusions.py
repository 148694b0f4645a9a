"""What meetings concluded, for whoever may be told of the provider: item by item, who disagreed, when discussed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlmodel import col, select

from bot.domain.handling import Viewer
from bot.store.barring import allowed_providers, barred_from
from bot.store.concerns import SeenConcern, seen
from bot.store.people import people_by_id
from bot.store.tables import Concern, Conclusion, Dissent, Meeting, Organisation, Person, Provider
from bot.store.unit import Unit
from bot.store.visibility import agenda_concerns, kept_from


@dataclass(frozen=True)
class Disagreement:
    """An organisation that disagrees with a conclusion, by its short name."""

    dissent: Dissent
    organisation: str


@dataclass(frozen=True)
class SeenConclusion:
    """What was concluded on one item, with the names to show it. `concern` is what it was about, as far as the reader
    may still be shown it; `people` are those whom it names, by number."""

    conclusion: Conclusion
    provider: Provider | None
    concern: SeenConcern | None
    people: Mapping[int, Person]
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def title(self) -> str:
        """What the item is called; empty for one about a concern that can no longer be shown and no known provider."""
        if self.concern:
            return self.concern.concern.headline
        return self.conclusion.title or (self.provider.name if self.provider else "")

    def name(self, person_id: int | None) -> str:
        """Somebody's name; empty for nobody."""
        return self.people[person_id].name if person_id else ""


async def conclusions_of(unit: Unit, meeting_id: int, reader: Viewer | None, today: date) -> list[SeenConclusion]:
    """What a meeting concluded, in its order, drafts included until it is closed: without what is about a provider of
    which `reader` may be told nothing. None is the group's channel, and whoever is in it."""
    asked = select(Conclusion).where(Conclusion.meeting_id == meeting_id)
    rows = await unit.all(asked.order_by(col(Conclusion.position), col(Conclusion.id)))
    return await _seen(unit, (await unit.get(Meeting, meeting_id)).group_id, rows, reader, today)


async def conclusions_about(
    unit: Unit, provider_ids: Collection[int], reader: Viewer, today: date
) -> list[tuple[SeenConclusion, Meeting]]:
    """What meetings of their groups concluded about these providers, the newest meeting first: nothing that is still a
    draft, nor what was concluded on a concern of which `reader` may not even be told that."""
    rows = await unit.rows(
        select(Conclusion, Meeting)
        .join(Meeting, col(Meeting.id) == col(Conclusion.meeting_id))
        .where(
            col(Conclusion.provider_id).in_(provider_ids),
            col(Conclusion.settled_at).is_not(None),
            col(Meeting.group_id).in_(reader.group_ids),
        )
        .order_by(col(Meeting.starts_at).desc(), col(Conclusion.position), col(Conclusion.id))
    )
    concerns = [row.concern_id for row, _ in rows if row.concern_id]
    kept = set(await unit.all(kept_from(reader, today).where(col(Concern.id).in_(concerns)))) if concerns else set()
    told = [(row, meeting) for row, meeting in rows if row.concern_id is None or row.concern_id not in kept]
    found: dict[int, SeenConclusion] = {}
    for group in sorted({meeting.group_id for _, meeting in told}):
        theirs = [row for row, meeting in told if meeting.group_id == group]
        found |= {one.conclusion.key: one for one in await _seen(unit, group, theirs, reader, today)}
    return [(found[row.key], meeting) for row, meeting in told if row.key in found]


async def conclusion_by_submission(unit: Unit, submit_key: str) -> Conclusion | None:
    """What that form, or that item, has become already."""
    return await unit.first(select(Conclusion).where(Conclusion.submit_key == submit_key))


async def dissent_of(unit: Unit, conclusion_id: int, organisation_id: int) -> Dissent | None:
    """What an organisation has against a conclusion, if it has."""
    mine = (Dissent.conclusion_id == conclusion_id, Dissent.organisation_id == organisation_id)
    return await unit.first(select(Dissent).where(*mine))


async def dissent_for(unit: Unit, key: int, reader: Viewer, today: date) -> tuple[Dissent, Meeting] | None:
    """A disagreement with its meeting, for whoever runs the group and is not barred from the provider; it is locked."""
    dissent = await unit.find(Dissent, key, lock=True)
    if dissent is None:
        return None
    conclusion = await unit.get(Conclusion, dissent.conclusion_id)
    meeting = await unit.get(Meeting, conclusion.meeting_id)
    about = [conclusion.provider_id] if conclusion.provider_id else []
    if not reader.runs(meeting.group_id) or await barred_from(unit, reader, about, today):
        return None
    return dissent, meeting


async def unlink_concern(unit: Unit, concern_id: int) -> None:
    """A concern is destroyed: what the group concluded on it stays, and says no more what it was about."""
    await unit.write(update(Conclusion).where(col(Conclusion.concern_id) == concern_id).values(concern_id=None))


async def _seen(
    unit: Unit, group_id: int, rows: Sequence[Conclusion], reader: Viewer | None, today: date
) -> list[SeenConclusion]:
    about = sorted({row.provider_id for row in rows if row.provider_id})
    allowed = set(about) if reader is None else await allowed_providers(unit, reader, about, today)
    rows = [row for row in rows if row.provider_id is None or row.provider_id in allowed]
    providers = {one.key: one for one in await unit.all(select(Provider).where(col(Provider.id).in_(allowed)))}
    shown = agenda_concerns(group_id, reader, today)
    numbers = [row.concern_id for row in rows if row.concern_id]
    found = await seen(unit, shown.where(col(Concern.id).in_(numbers)), by=reader)
    concerns = {one.concern.key: one for one in found}
    named = {key for row in rows for key in _named(row)}
    people = await people_by_id(unit, named)
    against = await _disagreements(unit, [row.key for row in rows])
    return [
        SeenConclusion(
            row,
            providers.get(row.provider_id or 0),
            concerns.get(row.concern_id or 0),
            {key: people[key] for key in _named(row)},
            tuple(against.get(row.key, ())),
        )
        for row in rows
    ]


def _named(row: Conclusion) -> list[int]:
    every = (row.find_out_id, row.board_by_id, row.tell_by_id, row.recorded_by_id)
    return [key for key in every if key]


async def _disagreements(unit: Unit, keys: Collection[int]) -> dict[int, list[Disagreement]]:
    rows = await unit.rows(
        select(Dissent, col(Organisation.short_name))
        .join(Organisation, col(Organisation.id) == col(Dissent.organisation_id))
        .where(col(Dissent.conclusion_id).in_(keys))
        .order_by(col(Organisation.short_name), col(Dissent.id))
    )
    found: dict[int, list[Disagreement]] = {}
    for dissent, body in rows:
        found.setdefault(dissent.conclusion_id, []).append(Disagreement(dissent, body))
    return found
