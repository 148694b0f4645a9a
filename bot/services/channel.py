"""What a group's channel shows, and to whom: who must not be in it, and taking back what it may no longer show."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.chat.port import Channel, Chat, Refused
from bot.domain.handling import Identity
from bot.domain.policy import Rules
from bot.domain.reminders import sending_time
from bot.domain.terms import Role
from bot.services.undelivered import note_channel
from bot.store.channels import (
    Stray,
    barred_strays,
    channel_shows,
    letters_about,
    letters_of_changes,
    packs_with,
    runners_free_of,
    shown_last,
    strays,
)
from bot.store.journal import record
from bot.store.outbox import NEVER_SENT, Telling, tell, told_group
from bot.store.people import seated
from bot.store.tables import Concern, Group, Meeting, OutboxRow
from bot.store.unit import Unit

NOT_THERE = ("channel_not_found", "not_in_channel")
MOST_NAMED = 30  # (ours): more would not be read


@dataclass(frozen=True)
class Company:
    """Who is in a group's channel at a moment. `code` is the platform's reason for not saying so."""

    group_id: int
    members: tuple[Identity, ...] = ()
    code: str = ""


async def company_of(chat: Chat, group: Group) -> Company:
    """Ask the platform. Raises `Busy`, `ConnectionError` and `TimeoutError`."""
    if not group.channel:
        return Company(group.key)
    try:
        members = await chat.members(Channel(group.platform, group.workspace or "", group.channel))
    except Refused as refused:
        return Company(group.key, code=refused.code)
    return Company(group.key, tuple(members))


async def unfit(
    unit: Unit, company: Company, providers: Collection[int], *, now: datetime, rules: Rules
) -> list[Stray]:
    """Who of them may not read what is said about these providers, or anything at all."""
    today = rules.today(now)
    always = await strays(unit, company.group_id, company.members, today)
    return [*always, *await barred_strays(unit, company.group_id, company.members, providers, today)]


async def note_company(unit: Unit, company: Company, found: Collection[Stray], *, now: datetime, rules: Rules) -> None:
    """Remember whether a group's channel can be posted to. While it cannot, tell the secretariat who and why, or its
    chair if there is no secretariat who may know: once a working day for the same people."""
    if company.code in NOT_THERE:
        await note_channel(unit, company.group_id, present=False, now=now, rules=rules)
        return
    group = await unit.get(Group, company.group_id)
    unsafe = bool(company.code) or any(not stray.provider_id for stray in found)
    if group.channel_unsafe != unsafe:
        group.channel_unsafe = unsafe
        unit.add(group)
    if (found or company.code) and sending_time(now, rules.calendar, rules.policy.reminders):
        await _tell_runners(unit, company, found, now, rules)


async def _tell_runners(unit: Unit, company: Company, found: Collection[Stray], now: datetime, rules: Rules) -> None:
    today = rules.today(now)
    people = sorted({f"{stray.who.workspace}:{stray.who.user}" for stray in found})
    providers = {stray.provider_id for stray in found if stray.provider_id}
    beside: dict[str, int | str] = {"people": " ".join(people[:MOST_NAMED]), "code": company.code}
    beside["providers"] = " ".join(str(provider) for provider in sorted(providers))
    same = hashlib.sha256(" ".join([*people, company.code]).encode()).hexdigest()[:16]
    told = False
    for person_id in await _runners(unit, company.group_id, providers, now, rules):
        about: dict[str, int | str] = {"group": company.group_id}
        slot = f"{today.isoformat()} {same}"
        telling = Telling("channel.unsafe", about, person_id=person_id, slot=slot, beside=beside)
        told = await tell(unit, telling, now) or told
    if told:
        record(
            unit,
            "channel unsafe",
            by=None,
            now=now,
            group_id=company.group_id,
            people=len(people),
            code=company.code,
        )


async def _runners(unit: Unit, group_id: int, providers: Collection[int], now: datetime, rules: Rules) -> list[int]:
    """The secretariat; and the chair where nobody of the secretariat may know of one of these providers."""
    today = rules.today(now)
    secretariat = [person.key for person in await seated(unit, group_id, today, Role.SECRETARIAT)]
    if secretariat and await runners_free_of(unit, secretariat, providers, today):
        return secretariat
    chairs = [person.key for person in await seated(unit, group_id, today, Role.CHAIR)]
    return [*secretariat, *(chair for chair in chairs if chair not in secretariat)]


async def refresh_channel(unit: Unit, concern: Concern, *, now: datetime, rules: Rules) -> None:
    """Queue the edits that make a group's channel show of this concern what it may now, and nothing more.

    Call it in the transaction that changed what the channel may show: narrowed, tightened, widened, withdrawn,
    retired, restored. What has never been posted and now may be, is. A channel in which it was never shown learns
    nothing. The direct messages that name its provider are brought up to date as well.
    """
    await unit.flush()
    shows = await channel_shows(unit, concern.group_id, concern.key)
    posted = await told_group(unit, concern.group_id, "concern.posted", concern=concern.key)
    standing = [row for row in posted if row.state not in NEVER_SENT or row.handle]
    shown = bool(standing) and await shown_last(unit, standing[-1].once)
    if shows and not standing:
        about: dict[str, int | str] = {"concern": concern.key}
        slot = _unlike_any() if posted else ""
        await tell(unit, Telling("concern.posted", about, group_id=concern.group_id, slot=slot), now)
    if shown or shows:
        for row in standing:
            await _replace(unit, row, now, shown=int(shows))
    if shown != shows and standing:
        await _refresh_digests(unit, concern, now, removed=not shows)
    for row in await letters_about(unit, concern.key, concern.raised_by_id, concern.group_id):
        await _replace(unit, row, now)
    await _refresh_packs(unit, concern, now, rules, shows=shows)


async def refresh_changes(unit: Unit, concern: Concern, *, now: datetime) -> None:
    """Queue the edits that take what people wrote about its handling out of direct messages, or put it back: for what
    is removed or restored."""
    for row in await letters_of_changes(unit, concern.key):
        await _replace(unit, row, now)


async def _refresh_digests(unit: Unit, concern: Concern, now: datetime, *, removed: bool) -> None:
    """Each digest of a meeting still to come that may have shown it, and each list of what came after one."""
    for row in await told_group(unit, concern.group_id, "agenda.digest"):
        late = row.sent_at is not None and row.sent_at < concern.raised_at
        if not late and await _to_come(unit, row, now):
            await _replace(unit, row, now, again=1, **({"removed": 1} if removed else {}))
    for row in await told_group(unit, concern.group_id, "agenda.late"):
        if await _to_come(unit, row, now):
            await _replace(unit, row, now, again=1)


async def _to_come(unit: Unit, row: OutboxRow, now: datetime) -> bool:
    """Whether it is there, or will be, and its meeting has not begun."""
    meeting = await unit.get(Meeting, int(row.subject["meeting"]))
    return meeting.starts_at > now and (row.state not in NEVER_SENT or bool(row.handle))


async def _refresh_packs(unit: Unit, concern: Concern, now: datetime, rules: Rules, *, shows: bool) -> None:
    """Each pack in which it was shown: made anew while its meeting is to come, and taken away after that, since what
    was on the table is not written anew."""
    for row, meeting in await packs_with(unit, concern):
        if meeting.starts_at > now or not shows:
            beside: dict[str, int | str] = {"day": rules.today(now).isoformat()}
            await _replace(unit, row, now, **(beside if shows else {**beside, "removed": 1}))


async def _replace(unit: Unit, row: OutboxRow, now: datetime, **beside: int | str) -> None:
    """Queue the same message as it may be read now, in place of the one sent."""
    again = Telling(
        row.kind, row.subject, row.person_id, row.group_id, slot=_unlike_any(), edits=row.once, beside=beside
    )
    await tell(unit, again, now)


def _unlike_any() -> str:
    """A slot of its own: several changes may come at one moment, and the last must be told."""
    return f"again {secrets.token_hex(6)}"
