"""What the clock does about people: who is it that asked, whose account was closed, who is still nominated."""

from datetime import datetime

from bot.chat.port import Busy, Profile, Refused
from bot.domain.handling import Identity
from bot.domain.reminders import sending_time
from bot.schedules.work import Work, each
from bot.services.absences import begin
from bot.services.enrolment import identity, introduce
from bot.services.leavers import account_closed, account_open
from bot.services.reconfirming import ANSWER_DAYS, ask_to_confirm, report_silence
from bot.store.absences import beginning
from bot.store.enrolment import accounts as accounts_of
from bot.store.enrolment import people_not_answering, people_to_ask, requests_to_look_up
from bot.store.people import identity_of

SHARES = 24  # one for each hour: everybody is looked at once a day


async def enrolment(work: Work) -> None:
    """Ask the platform who those are who would be let in, and put them to the secretariat."""
    now = work.clock()
    async with work.store.look() as unit:
        waiting = {one.key: identity(one) for one in await requests_to_look_up(unit)}
    slowed: list[float] = []

    async def act(key: int) -> None:
        if slowed:
            return  # the platform asks for patience: the next look goes on
        try:
            profile = await _profile(work, waiting[key])
        except Busy as busy:
            slowed.append(busy.seconds)
            return
        async with work.store.begin() as unit:
            await introduce(unit, key, profile, now=now, rules=work.rules)

    await each("enrolment", waiting, act)


async def absences(work: Work) -> None:
    """For each absence that has begun, what waits for that person goes to the next."""
    now = work.clock()
    async with work.store.look() as unit:
        due = await beginning(unit, now)

    async def act(key: int) -> None:
        async with work.store.begin() as unit:
            await begin(unit, key, now=now)

    await each("absences", due, act)


async def accounts(work: Work) -> None:
    """Whether the accounts of this hour's share of people are open: the platform's own word of it may be missed."""
    now = work.clock()
    async with work.store.look() as unit:
        share = await accounts_of(unit, work.rules.calendar.local(now).hour, SHARES, work.rules.today(now))
    closed = {person.key: person.deactivated_at is not None for person in share}
    who = {person.key: identity_of(person) for person in share}
    slowed: list[float] = []

    async def act(key: int) -> None:
        if slowed:
            return
        try:
            profile = await _profile(work, who[key])
        except Busy as busy:
            slowed.append(busy.seconds)
            return
        # Only a plain “closed” counts: a platform that does not know somebody may be the wrong one.
        if profile and profile.active is closed[key]:
            await note_account(work, who[key], active=profile.active, now=now)

    await each("accounts", who, act)


async def note_account(work: Work, who: Identity, *, active: bool, now: datetime) -> None:
    async with work.store.begin() as unit:
        if active:
            await account_open(unit, who, now=now)
        else:
            await account_closed(unit, who, now=now, rules=work.rules)


async def reconfirm(work: Work) -> None:
    """In working time: ask the nominated people whose time has come, and report those who did not answer."""
    now = work.clock()
    if not sending_time(now, work.rules.calendar, work.rules.policy.reminders):
        return
    today = work.rules.today(now)
    async with work.store.look() as unit:
        to_ask = await people_to_ask(unit, today, work.rules.policy.reconfirm_days)
        silent = await people_not_answering(unit, today, work.rules.calendar.shift(today, -ANSWER_DAYS))

    async def ask(key: int) -> None:
        async with work.store.begin() as unit:
            await ask_to_confirm(unit, key, now=now, rules=work.rules)

    async def report(key: int) -> None:
        async with work.store.begin() as unit:
            await report_silence(unit, key, now=now, rules=work.rules)

    await each("reconfirm", to_ask, ask)
    await each("reconfirm", silent, report)


async def _profile(work: Work, who: Identity) -> Profile | None:
    try:
        return await work.chat.profile(who)
    except Refused:
        return None
