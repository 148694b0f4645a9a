"""What is told of a meeting's digest: the digest itself and what came late, to the channel; to people, that it is
theirs to read, and what they may read beside it. A direct message carries references and buttons: no content until
opened."""

from sqlmodel import col

from bot.chat.port import Message
from bot.domain.agenda import COMPARED, difference
from bot.domain.escalation import AWAITED
from bot.domain.terms import ActionState, MeetingState
from bot.messages.agenda import Sections, Since, gather, held_in, render
from bot.messages.agenda_since import compared
from bot.messages.concerns import facts
from bot.messages.letter import Letter
from bot.store.agenda_items import business_of
from bot.store.concerns import seen
from bot.store.digests import late_for, restricted_for, versions_of
from bot.store.escalations import with_grids
from bot.store.groups import group_by_id
from bot.store.tables import Action, Concern, DigestVersion, Escalation, Group, Meeting
from bot.store.visibility import agenda_concerns
from bot.store.visible_requests import agenda_escalations, channel_actions

MOST_BUTTONS = 10  # (ours) in the message of what the channel may not show; the page has all


async def digest(letter: Letter) -> Message | None:
    """To the channel. None if the meeting has begun or was called off since. A version shows what it was frozen to, as
    far as it may be seen today; one that was queued before there were versions, what there is."""
    meeting = await _to_come(letter)
    if meeting is None:
        return None
    version, before = await _versions(letter, meeting)
    held = version.held if version else None
    sections = await gather(letter.unit, meeting, letter.rules, letter.now, held=held)
    letter.shows(*sections.shown)
    letter.names(*sections.named)
    if version is None:
        return render(letter.words, sections, lead=0, removed="removed" in letter.subject)
    since = await _since(letter, sections, version, before) if before else None
    removed = "again" in letter.subject and _lost(version, sections)
    return render(letter.words, sections, lead=0, removed=removed, number=version.number, since=since)


async def late(letter: Letter) -> Message | None:
    """To the channel, after the digest: what has come since it was frozen. None once there is nothing of it."""
    meeting = await _to_come(letter)
    version, _ = await _versions(letter, meeting) if meeting else (None, None)
    if meeting is None or version is None:
        return None
    concerns, items = await late_for(letter.unit, meeting, version.held, None, letter.today)
    shown = agenda_concerns(meeting.group_id, None, letter.today).where(col(Concern.id).in_(concerns))
    found = await seen(letter.unit, shown.order_by(col(Concern.raised_at), col(Concern.id)))
    business = await business_of(letter.unit, meeting, None, letter.today) if items else []
    arranged = [one for one in business if one.item and one.item.key in items]
    letter.shows(*(one.concern for one in found), *(one.concern.concern for one in arranged if one.concern))
    letter.names(*(one.provider_id for one in arranged))
    if not found and not arranged:
        return None
    lines = [facts(one, letter.rules) for one in found]
    return letter.words.render("agenda.late", meeting=meeting, version=version, lines=lines, items=arranged)


async def direct(letter: Letter) -> Message | None:
    """To a member's own messages, where the channel cannot have the digest: that it is theirs to read."""
    meeting = await _to_come(letter)
    if meeting is None or letter.reader is None or meeting.group_id not in letter.reader.group_ids:
        return None
    group = await letter.unit.get(Group, meeting.group_id)
    runs = letter.reader.runs(group.key)
    return letter.words.render("agenda.direct", meeting=meeting, group=group, runs=runs)


async def restricted(letter: Letter) -> Message | None:
    """To somebody with a seat, beside the digest: that they may read something which the channel is not shown. None if
    there is nothing."""
    meeting = await _to_come(letter)
    if meeting is None or letter.reader is None or meeting.group_id not in letter.reader.group_ids:
        return None
    found = await restricted_for(letter.unit, meeting, letter.reader, letter.today)
    group = await group_by_id(letter.unit, meeting.group_id, letter.today)
    if not found or group is None:
        return None
    named = [one.concern for one in found[:MOST_BUTTONS]]
    letter.shows(*named)
    return letter.words.render("agenda.restricted", meeting=meeting, group=group, count=len(found), named=named)


async def _to_come(letter: Letter) -> Meeting | None:
    """The meeting it is about, unless it has begun or was called off since."""
    meeting = await letter.unit.get(Meeting, letter.about("meeting"))
    to_come = meeting.state is MeetingState.SCHEDULED and meeting.starts_at > letter.now
    return meeting if to_come else None


async def _versions(letter: Letter, meeting: Meeting) -> tuple[DigestVersion | None, DigestVersion | None]:
    """The version it tells of, and the one before it."""
    versions = {one.number: one for one in await versions_of(letter.unit, [meeting.key])}
    number = int(letter.subject.get("version", 0))
    return versions.get(number), versions.get(number - 1)


def _lost(version: DigestVersion, sections: Sections) -> bool:
    """Whether something that was frozen in it may be shown no more."""
    now = held_in(sections)
    return any(set(version.held.get(name, ())) - set(now.get(name, ())) for name in COMPARED)


async def _since(letter: Letter, sections: Sections, version: DigestVersion, before: DigestVersion) -> Since:
    found = difference(before.held, version.held)
    gone = {kind: {key for one, key in found.gone if one == kind} for kind in ("escalation", "action")}
    group_id = sections.group.key
    told = agenda_escalations(group_id, None, letter.today).where(col(Escalation.id).in_(gone["escalation"]))
    escalations = await with_grids(letter.unit, told)
    answered = {
        escalation.key: escalation.reference
        for escalation, lines in escalations
        if not any(line.addressee.state in AWAITED for line in lines)
    }
    shut = (col(Action.id).in_(gone["action"]), col(Action.state) == ActionState.CLOSED)
    closed = await letter.unit.all(channel_actions(group_id).where(*shut))
    return compared(sections, before.made_at, found, answered, {one.key: one.reference for one in closed})
