"""Clusters of concerns about one provider [003 §15]: which accounts stand in them, and what they say to one reader.

What is kept is whose account it is and of when, never pairs and never a strength: how strong it is depends on the
reader, and is worked out from what they may see whenever it is read.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, delete, or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.answers import Grading, Voice
from bot.domain.handling import Viewer
from bot.domain.terms import ConcernState, Urgency
from bot.domain.triangulation import Account, Reading
from bot.store.surveillance import LONGEST_LINE, is_over
from bot.store.tables import Cluster, ClusterMember, Concern, ConcernAnswer, Group, Organisation, Provider
from bot.store.unit import Unit
from bot.store.visibility import channel_concerns, visible_answers, visible_concerns
from bot.store.visible_clusters import channel_answers, clustered_answers, clustered_concern, not_clustered

ANY_THEME = ""


@dataclass(frozen=True)
class Spot:
    """A provider, its sites included, in a group."""

    group_id: int
    provider_id: int


@dataclass(frozen=True)
class Together:
    """What accounts of one provider make together for one reader, in one group; `group` is its name where they stand in
    several, otherwise empty."""

    group: str
    group_id: int
    reading: Reading


async def whole(unit: Unit, provider_id: int, today: date) -> int:
    """The provider meant by that one: what it became, once it has ended, and never a site."""
    key = provider_id
    for _ in range(LONGEST_LINE):
        one = await unit.get(Provider, key)
        after = one.successor_id if is_over(one, today) else None
        if (following := after or one.parent_id) is None:
            break
        key = following
    return key


async def renew(unit: Unit, concern_id: int, now: datetime, today: date) -> Spot | None:
    """Bring up to date where one concern, and what bears it out, stand in clusters; the same again changes nothing.
    Gives where it stands, None if nowhere; nobody else renews there until this unit ends."""
    concern = await unit.first(clustered_concern(concern_id).execution_options(populate_existing=True))
    if concern is None or concern.provider_id is None:
        await leave_clusters(unit, concern_id)
        return None
    spot = Spot(concern.group_id, await whole(unit, concern.provider_id, today))
    clusters = await _open(unit, spot, concern.theme, now)
    accounts = [None, *await unit.all(clustered_answers(concern_id))]
    wanted = [_member(key, concern, one, now) for key in clusters for one in accounts]
    there = await unit.all(select(ClusterMember).where(ClusterMember.concern_id == concern_id))
    standing = {(one.cluster_id, one.source): one.key for one in there}
    missing = [one for one in wanted if (one.cluster_id, one.source) not in standing]
    keep = [standing[place] for one in wanted if (place := (one.cluster_id, one.source)) in standing]
    if missing or len(keep) < len(there):
        await leave_clusters(unit, concern_id, keeping=keep)
        await unit.insert_rows(missing)
        await unit.write(update(Cluster).where(col(Cluster.id).in_(clusters)).values(changed_at=now))
    return spot


async def leave_clusters(unit: Unit, concern_id: int, *, keeping: Collection[int] = ()) -> None:
    """Take a concern out of the clusters, with what bears it out, but for these places."""
    gone = delete(ClusterMember).where(col(ClusterMember.concern_id) == concern_id)
    await unit.write(gone.where(col(ClusterMember.id).not_in(keeping)))


async def heard_by(
    unit: Unit, viewer: Viewer, provider_ids: Collection[int], since: date, today: date
) -> dict[Spot, list[Account]]:
    """The accounts of these whole providers since that day which this person may know of, by group."""
    concerns = visible_concerns(viewer, today).where(Concern.state != ConcernState.WITHDRAWN)
    answers, where = visible_answers(viewer, today), col(Cluster.provider_id).in_(provider_ids)
    return await _heard(unit, where, since, concerns, answers, own=viewer.organisation_id)


async def heard_in_channel(unit: Unit, spot: Spot, since: date) -> list[Account]:
    """The same of one provider in one group, of what its channel may be shown."""
    where = and_(col(Cluster.group_id) == spot.group_id, col(Cluster.provider_id) == spot.provider_id)
    shown = channel_concerns(spot.group_id)
    return (await _heard(unit, where, since, shown, channel_answers(spot.group_id), own=0)).get(spot, [])


async def group_names(unit: Unit, group_ids: Collection[int]) -> dict[int, str]:
    """The names of these groups, by number."""
    return {one.key: one.name for one in await unit.all(select(Group).where(col(Group.id).in_(group_ids)))}


async def astray(
    unit: Unit, since: date, today: date, fresh_from: datetime, limit: int
) -> tuple[list[int], list[int], list[int]]:
    """Concerns that stand with a provider that has become another or a site of one; and those that stand nowhere and
    should, raised before that moment, and from it on. As many of each as that."""
    ended = and_(col(Provider.ends_on) < today, col(Provider.successor_id).is_not(None))
    moved = (
        select(ClusterMember.concern_id)
        .join(Cluster, col(Cluster.id) == col(ClusterMember.cluster_id))
        .join(Provider, col(Provider.id) == col(Cluster.provider_id))
        .where(or_(ended, col(Provider.parent_id).is_not(None)), Cluster.theme == ANY_THEME)
        .distinct()
        .order_by(col(ClusterMember.concern_id))
    )
    missing = not_clustered(since).order_by(col(Concern.id)).limit(limit)
    old, fresh = [
        [key for key in await unit.all(missing.where(raised)) if key is not None]
        for raised in (col(Concern.raised_at) < fresh_from, col(Concern.raised_at) >= fresh_from)
    ]
    return list(await unit.all(moved.limit(limit))), old, fresh


async def _heard(
    unit: Unit,
    where: ColumnElement[bool],
    since: date,
    concerns: SelectOfScalar[Concern],
    answers: SelectOfScalar[ConcernAnswer],
    *,
    own: int,
) -> dict[Spot, list[Account]]:
    """Three questions however many there are. `own` is the reader's organisation, which is always named to them."""
    within = (where, col(Cluster.theme) == ANY_THEME, col(ClusterMember.event_on) >= since)
    inside = and_(col(Cluster.id) == col(ClusterMember.cluster_id), *within)
    members = await unit.rows(
        select(ClusterMember, Cluster.group_id, Cluster.provider_id, Organisation.short_name)
        .join(Cluster, inside)
        .join(Organisation, col(Organisation.id) == col(ClusterMember.organisation_id))
    )
    if not members:
        return {}
    of_concerns = select(ClusterMember.concern_id).join(Cluster, inside)
    of_answers = select(ClusterMember.answer_id).join(Cluster, inside)
    shown = {one.key: one for one in await unit.all(concerns.where(col(Concern.id).in_(of_concerns)))}
    told = {one.key: one for one in await unit.all(answers.where(col(ConcernAnswer.id).in_(of_answers)))}
    found: dict[Spot, list[Account]] = {}
    for member, group_id, provider_id, organisation in members:
        if account := _account(member, organisation, shown, told, own):
            found.setdefault(Spot(group_id, provider_id), []).append(account)
    return found


def _account(
    member: ClusterMember, organisation: str, shown: Mapping[int, Concern], told: Mapping[int, ConcernAnswer], own: int
) -> Account | None:
    """What stands there, if both its concern and, of an answer, the answer are shown."""
    concern = shown.get(member.concern_id)
    said = concern if member.answer_id is None else told.get(member.answer_id)
    if concern is None or said is None or not (said.lineage and said.reliability and said.directness):
        return None
    named = organisation if concern.attributed or member.organisation_id == own else ""
    known = Grading(said.lineage, said.reliability, said.directness, member.event_on)
    urgency = concern.urgency if member.answer_id is None else Urgency.ROUTINE
    return Account(member.source, concern.key, concern.theme, urgency, Voice(member.organisation_id, named, known))


async def _open(unit: Unit, spot: Spot, theme: str, now: datetime) -> list[int]:
    """The clusters of a provider in a group for any theme and for this one, made if they are not there, and locked in
    that order: of two at once the second sees the first."""
    keys = []
    for one in (ANY_THEME, theme):
        where = (Cluster.group_id == spot.group_id, Cluster.provider_id == spot.provider_id, Cluster.theme == one)
        asked = select(col(Cluster.id)).where(*where).with_for_update()
        if (key := await unit.first(asked)) is None:
            await unit.insert_once(
                Cluster(group_id=spot.group_id, provider_id=spot.provider_id, theme=one, changed_at=now)
            )
            key = await unit.first(asked)
        keys.append(key or 0)
    return keys


def _member(cluster_id: int, concern: Concern, answer: ConcernAnswer | None, now: datetime) -> ClusterMember:
    """A concern in a cluster; or, with one, the answer that bears it out."""
    said = answer or concern
    return ClusterMember(
        cluster_id=cluster_id,
        source=f"a{answer.key}" if answer else f"c{concern.key}",
        concern_id=concern.key,
        answer_id=answer.key if answer else None,
        organisation_id=said.organisation_id,
        event_on=said.event_on or concern.event_on,
        added_at=now,
    )
