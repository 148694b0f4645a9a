"""The timetable: what is looked at, and how often. What is *due* is a question to the database with `now`.

A missed or doubled tick changes nothing: every message has a key that lets it be queued once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from bot.chat.port import Busy, Channel
from bot.metrics import OUTBOX, TICKED
from bot.schedules.actions import unaccepted
from bot.schedules.digests import digest
from bot.schedules.escalations import audit, chase
from bot.schedules.figures import figures
from bot.schedules.information import information
from bot.schedules.keeping import keep
from bot.schedules.meeting_replies import replies
from bot.schedules.meetings import meeting_packs, meetings
from bot.schedules.notes import notes
from bot.schedules.panel_record import panel_packs, panel_reviews
from bot.schedules.panels import panels
from bot.schedules.people import absences, accounts, enrolment, reconfirm
from bot.schedules.reminders import copies, remind
from bot.schedules.reports import reports
from bot.schedules.surveillance import surveillance
from bot.schedules.triangulation import triangulation
from bot.schedules.work import Work, each
from bot.services.channel import company_of, note_company, unfit
from bot.services.handling_approval import review
from bot.services.undelivered import note_channel
from bot.services.witness import note_heads, witness_group, witnessing_time
from bot.store.groups import with_channels
from bot.store.handling import due_requests
from bot.store.outbox import depths
from bot.store.tables import Group
from bot.store.unit import DatabaseAway
from bot.store.witnesses import network_noted, unwitnessed

log = structlog.get_logger()


@dataclass(frozen=True)
class Tick:
    """One line of the timetable. It is looked at every `beats` beats of the heart."""

    name: str
    beats: int
    look: Callable[[Work], Awaitable[None]]


async def channels(work: Work) -> None:
    """Whether the bot is in each group's channel, and nobody who may not be, so that people hear of it before they
    rely on it."""
    now = work.clock()
    async with work.store.look() as unit:
        found = {group.key: group for group in await with_channels(unit, work.rules.today(now))}

    async def act(key: int) -> None:
        group = found[key]
        present = await work.chat.present(Channel(group.platform, group.workspace or "", group.channel or ""))
        async with work.store.begin() as unit:
            await note_channel(unit, key, present=present, now=now, rules=work.rules)
        if present:
            await look_round(group)

    async def look_round(group: Group) -> None:
        try:
            company = await company_of(work.chat, group)
        except Busy as busy:  # a large channel takes several looks; what was learned is remembered
            log.info("channel not read yet", group=group.key, seconds=busy.seconds)
            return
        async with work.store.begin() as unit:
            strays = await unfit(unit, company, (), now=now, rules=work.rules)
            await note_company(unit, company, strays, now=now, rules=work.rules)

    await each("channels", found, act)


async def witness(work: Work) -> None:
    """Once a working day, the heads of the journal's chains: noted first, then posted to each group's channel."""
    now = work.clock()
    if not witnessing_time(now, work.rules):
        return
    today = work.rules.today(now)
    async with work.store.look() as unit:
        noted, groups = await network_noted(unit, today), await unwitnessed(unit, today)

    async def note(_: int) -> None:
        async with work.store.begin() as unit:
            await note_heads(unit, now=now, rules=work.rules)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await witness_group(unit, key, now=now, rules=work.rules)

    await each("witness", [] if noted else [0], note)
    await each("witness", groups, act)


async def handling(work: Work) -> None:
    """For each change of handling that waits for a second person: no reply is no, and who has left is replaced."""
    now = work.clock()
    async with work.store.look() as unit:
        due = [key for key in await due_requests(unit, now, work.rules.today(now)) if key is not None]

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await review(unit, key, now=now, rules=work.rules)

    await each("handling", due, act)


async def measure(work: Work) -> None:
    """How full the outbox is, for whoever watches."""
    async with work.store.look() as unit:
        counted = await depths(unit)
    OUTBOX.clear()
    for state, number in counted.items():
        OUTBOX.labels(state).set(number)


TIMETABLE = (
    Tick("absences", 1, absences),
    Tick("chase", 1, chase),
    Tick("audit", 20, audit),
    Tick("remind", 2, remind),
    Tick("copies", 4, copies),
    Tick("digest", 2, digest),
    Tick("channels", 20, channels),
    Tick("witness", 20, witness),
    Tick("keeping", 20, keep),
    Tick("handling", 4, handling),
    Tick("panels", 4, panels),
    Tick("enrolment", 1, enrolment),
    Tick("accounts", 240, accounts),
    Tick("reconfirm", 2, reconfirm),
    Tick("panel_packs", 2, panel_packs),
    Tick("panel_reviews", 2, panel_reviews),
    Tick("figures", 4, figures),
    Tick("unaccepted", 20, unaccepted),
    Tick("meetings", 4, meetings),
    Tick("replies", 4, replies),
    Tick("notes", 4, notes),
    Tick("meeting_packs", 2, meeting_packs),
    Tick("reports", 4, reports),
    Tick("surveillance", 8, surveillance),
    Tick("information", 8, information),
    Tick("triangulation", 8, triangulation),
    Tick("measure", 4, measure),
)


async def look(tick: Tick, work: Work) -> None:
    """Run one line of the timetable and note that it ran to its end."""
    try:
        await tick.look(work)
    except DatabaseAway as away:
        log.error("tick missed", job=tick.name, why=str(away))
        return
    TICKED.labels(tick.name).set(datetime.now(UTC).timestamp())
