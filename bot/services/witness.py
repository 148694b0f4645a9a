"""Giving the journal's heads into other hands: once a day each group's channel holds a witness of what is written.

Chains that no channel is shown are noted in the network's chain, and that is noted in each group's; so any group's
witness covers them all.
"""

from datetime import datetime

from bot.domain.audit import HEADS_NOTED, NETWORK, Head, WitnessLine
from bot.domain.policy import Rules
from bot.store import witnesses as asked
from bot.store.journal import head, hold_chain, record, seal
from bot.store.outbox import Telling, tell
from bot.store.tables import Witness
from bot.store.unit import Unit


def witnessing_time(now: datetime, rules: Rules) -> bool:
    """Whether the day's witness may be taken: a working day, from the policy's time until midnight."""
    local = rules.calendar.local(now)
    return rules.calendar.is_working_day(local.date()) and local.time() >= rules.policy.witness_at


async def note_heads(unit: Unit, *, now: datetime, rules: Rules) -> None:
    """In the network's chain, the heads of the chains no channel is shown, as far as they have grown. Once a day."""
    today = rules.today(now)
    await hold_chain(unit, NETWORK)
    if await asked.network_noted(unit, today):
        return
    before = await asked.kept_numbers(unit)
    for chain in await asked.unposted_chains(unit, today):
        number, digest = await head(unit, chain)
        row = Witness(chain=chain, day=today, number=number, hash=digest, at=now)
        if number > before.get(chain, 0) and await unit.insert_once(row):
            record(unit, HEADS_NOTED, by=None, now=now, chain=chain, number=number, hash=digest)
    await seal(unit)
    number, digest = await head(unit, NETWORK)
    unit.add(Witness(chain=NETWORK, day=today, number=number, hash=digest, at=now))


async def witness_group(unit: Unit, group_id: int, *, now: datetime, rules: Rules) -> None:
    """Note the network's head in a group's chain, then take that chain's head as the day's witness and post it.

    Once a day, and only when something has been written since the last one. Waits for `note_heads`.
    """
    today, chain = rules.today(now), f"g{group_id}"
    await hold_chain(unit, chain)
    network = await asked.witness_of(unit, NETWORK, today)
    if network is None or await asked.witness_of(unit, chain, today):
        return
    if network.number > await asked.noted_number(unit, chain):
        number, digest = network.number, network.hash
        record(unit, HEADS_NOTED, by=None, now=now, group_id=group_id, chain=NETWORK, number=number, hash=digest)
        await seal(unit)
    number, digest = await head(unit, chain)
    if number <= await asked.kept_number(unit, chain):
        return
    line = WitnessLine(Head(chain, number, digest, now), unit.keys.primary)
    key, signature = unit.keys.sign(line.signed_text().encode())
    row = Witness(chain=chain, day=today, number=number, hash=digest, at=now, key_id=key, signature=signature)
    unit.add(row)
    await unit.flush()
    await tell(unit, Telling("journal.witness", {"witness": row.key}, group_id=group_id), now)
