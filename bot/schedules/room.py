"""A group's channel while something is delivered to it: may all who are in it read that?"""

from collections.abc import Collection
from dataclasses import dataclass, field

from bot.schedules.work import Work
from bot.services.channel import Company, company_of, note_company, unfit
from bot.services.digests import tell_directly
from bot.store.channels import Stray
from bot.store.tables import Group, OutboxRow

DIGEST = "agenda.digest"


@dataclass
class Room:
    """One channel during one batch. The platform is asked once who is in it, the database about them every time."""

    work: Work
    group_id: int
    company: Company | None = None
    found: set[Stray] = field(default_factory=set)

    async def refuses(self, providers: Collection[int]) -> bool:
        """Whether somebody is there who may not read what is said about these providers, or who is there cannot be
        known. Raises `Busy`, `ConnectionError` and `TimeoutError`."""
        if self.company is None:
            async with self.work.store.look() as unit:
                group = await unit.get(Group, self.group_id)
            self.company = await company_of(self.work.chat, group)
        async with self.work.store.look() as unit:
            found = await unfit(unit, self.company, providers, now=self.work.clock(), rules=self.work.rules)
        self.found |= set(found)
        return bool(found or self.company.code)

    async def hand_out(self, row: OutboxRow) -> None:
        """A digest that has to wait for somebody to leave is not kept from everybody else."""
        if row.kind == DIGEST and self.found:
            async with self.work.store.begin() as unit:
                await tell_directly(unit, row, now=self.work.clock(), rules=self.work.rules)

    async def report(self, _group_id: int) -> None:
        """Tell those who run the group, if something had to wait."""
        if self.company and (self.found or self.company.code):
            async with self.work.store.begin() as unit:
                await note_company(unit, self.company, self.found, now=self.work.clock(), rules=self.work.rules)
