"""A small network on a strict workspace: the bot driven as Slack would, with a clock that tests move."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import select

from bot.app import Soundings, build
from bot.domain.terms import Level, MeetingState, OrganisationKind, ProtocolStatus, Role, Tier
from bot.playground import MovableClock, Playground, Seed, SeedChannel, SeedCommand, SeedShortcut, SeedUser
from bot.schedules.deliver import deliver
from bot.schedules.timetable import TIMETABLE
from bot.settings import Settings
from bot.store.migrate import migrate
from bot.store.providers import index_providers
from bot.store.tables import (
    Absence,
    Conflict,
    Footprint,
    Group,
    Meeting,
    Membership,
    NominatedPerson,
    Organisation,
    Person,
    Provider,
    Seat,
    SurveillanceLevel,
)
from bot.store.unit import Store
from tests.playground.transport import bolt_transport

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
QSG = "C_QSG"
OTHER = "C_OTHER"

# slug, short name, kind, status
BODIES = [
    ("cqc", "CQC", OrganisationKind.SYSTEM_REGULATOR, ProtocolStatus.SIGNATORY),
    ("gmc", "GMC", OrganisationKind.PROFESSIONAL_REGULATOR, ProtocolStatus.SIGNATORY),
    ("nmc", "NMC", OrganisationKind.PROFESSIONAL_REGULATOR, ProtocolStatus.SIGNATORY),
    ("hee", "HEE", OrganisationKind.EDUCATION, ProtocolStatus.SIGNATORY),
    ("nhse", "NHS England", OrganisationKind.COMMISSIONER, ProtocolStatus.SUPPORTING),
    ("ccg", "Vale CCG", OrganisationKind.COMMISSIONER, ProtocolStatus.NONE),
    ("phso", "PHSO", OrganisationKind.OMBUDSMAN, ProtocolStatus.SIGNATORY),
    ("trust", "Northgate", OrganisationKind.PROVIDER, ProtocolStatus.NONE),
    ("gone", "Old Body", OrganisationKind.OVERSIGHT, ProtocolStatus.NONE),
]
# slug, organisation; the chat id is U_ and the slug in capitals
PEOPLE = [
    ("inspector", "cqc"),
    ("colleague", "cqc"),
    ("dean", "hee"),
    ("gmc1", "gmc"),
    ("gmc2", "gmc"),
    ("gmc3", "gmc"),
    ("nmc1", "nmc"),
    ("chair", "nhse"),
    ("secretary", "nhse"),
    ("lead", "ccg"),
    ("phso1", "phso"),
    ("matron", "trust"),
    ("leaver", "gone"),
]
MEMBERS = ["cqc", "gmc", "hee", "nhse", "ccg"]
RECORDS_LEADS = ("colleague", "gmc2")
CONFIRMED = date(2026, 11, 2)
NOMINATED = [("gmc", "gmc1", 0), ("gmc", "gmc2", 1), ("nmc", "nmc1", 0), ("hee", "dean", 0), ("cqc", "colleague", 0)]


def chat_id(slug: str) -> str:
    return f"U_{slug.upper()}"


SEED = Seed(
    users=(
        *(SeedUser(chat_id(slug), slug, slug.title(), body) for slug, body in PEOPLE),
        SeedUser("U_STRANGER", "stranger", "Stranger"),
    ),
    channels=(
        SeedChannel(QSG, "qsg", members=tuple(chat_id(slug) for slug, body in PEOPLE if body in MEMBERS)),
        SeedChannel(OTHER, "other", members=("U_INSPECTOR", "U_CHAIR", "U_STRANGER")),
    ),
    commands=tuple(
        SeedCommand(f"/{name}", "", name)
        for name in (
            "concern",
            "escalate",
            "action",
            "agenda",
            "meeting",
            "provider",
            "find",
            "surveillance",
            "away",
            "escalations",
            "soundings",
        )
    ),
    shortcuts=(
        SeedShortcut("concern.new", "Raise a concern", kind="global"),
        SeedShortcut("concern.from_message", "Raise a concern from this message", kind="message"),
        SeedShortcut("action.from_message", "Add an action", kind="message"),
    ),
)


@dataclass
class World:
    """The workspace, the bot, and the ids of what is in its store."""

    pg: Playground
    bot: Soundings
    ids: dict[str, int]

    def persona(self, slug: str) -> Any:
        return self.pg.persona(chat_id(slug))

    @property
    def now(self) -> datetime:
        return self.pg.clock()

    async def settle(self, *replicas: Soundings) -> None:
        """Let the bot, or these processes of it at the same time, send all they have to say now."""
        await asyncio.gather(*(deliver(bot.work) for bot in replicas or (self.bot,)))

    async def move(self, **by: float) -> None:
        """Move the clock on and let the timetable be looked at, then everything be sent."""
        self.pg.clock.advance(timedelta(**by))
        await self.tick()

    async def move_to(self, moment: datetime) -> None:
        self.pg.clock.set(moment)
        await self.tick()

    async def tick(self, *replicas: Soundings) -> None:
        """Let the bot, or these processes of it at the same time, look at the timetable and send what is due."""
        for line in TIMETABLE:
            await asyncio.gather(*(line.look(bot.work) for bot in replicas or (self.bot,)))
        await self.settle(*replicas)

    def twin(self, **settings: Any) -> Soundings:
        """Another process of the bot on the same database and workspace: a restart, or a replica. To be closed."""
        return start(self.pg, str(self.bot.settings.database_url), self.pg.clock, **settings)

    async def rows(self, table: Any, *where: Any) -> list[Any]:
        """Rows in the order they were put in; PostgreSQL gives those that were changed last otherwise."""
        async with self.bot.store.look() as unit:
            return list(await unit.all(select(table).where(*where).order_by(*table.__table__.primary_key)))

    async def without_meetings(self) -> None:
        """Call off every meeting, so that the clock says nothing of them."""
        meetings = await self.rows(Meeting)
        for meeting in meetings:
            meeting.state = MeetingState.CANCELLED
        await self.change(*meetings)

    async def change(self, *rows: Any) -> None:
        async with self.bot.store.begin() as unit:
            for row in rows:
                await unit.session.merge(row)


@asynccontextmanager
async def open_world(database_url: str, ids: dict[str, int] | None = None, **settings: Any) -> AsyncIterator[World]:
    """The bot on an empty database, or on one already filled whose `ids` are known."""
    clock = MovableClock(MONDAY)
    # Real time stands still for the workspace, so that no trigger expires because the machine is busy.
    patient = {"post_burst": 1000, "tier_limits": False, "ack_seconds": 60, "monotonic": lambda: 0.0}
    async with Playground(SEED, clock=clock, **patient) as pg:
        bot = start(pg, database_url, clock, **settings)
        pg.transport = bolt_transport(bot.slack, pg.signing_secret)
        try:
            if ids is None:
                await migrate(bot.store)
                ids = await fill(bot.store)
            yield World(pg, bot, ids)
        finally:
            await bot.store.close()


def start(pg: Playground, database_url: str, clock: MovableClock, **settings: Any) -> Soundings:
    """A process of the bot for this workspace."""
    return build(
        Settings(
            database_url=database_url,
            slack_bot_token=pg.bot_token,
            slack_app_token=pg.app_token,
            slack_signing_secret=pg.signing_secret,
            slack_api_url=pg.api_url,
            **settings,
        ),
        clock=clock,
    )


async def fill(store: Store) -> dict[str, int]:
    """One local group, its parent, their people, two providers and a meeting a week on Monday."""
    async with store.begin() as unit:
        trust = Provider(code="RZZ01", name="Northgate University Hospital NHS Trust", town="Marram", area="Marram")
        trust.former_names = "North Marram General Hospital"
        vale = Provider(code="RZZ02", name="Vale Community Health", town="Valeham", area="Vale")
        unit.add(trust, vale)
        await unit.flush()
        await index_providers(unit, [trust, vale])
        bodies = {
            slug: Organisation(slug=slug, name=short, short_name=short, kind=kind, protocol_status=status)
            for slug, short, kind, status in BODIES
        }
        bodies["trust"].provider_id = trust.key
        bodies["gone"].ends_on = date(2026, 11, 1)
        unit.add(*bodies.values())
        await unit.flush()
        people = {slug: _person(slug, bodies[body].key) for slug, body in PEOPLE}
        groups = {
            "qsg": Group(slug="qsg", name="Marram QSG", tier=Tier.LOCAL, workspace="T0SOUND", channel=QSG),
            "region": Group(slug="region", name="Regional QSG", tier=Tier.REGIONAL),
        }
        unit.add(*people.values(), *groups.values())
        await unit.flush()
        ids = {slug: row.key for slug, row in {**people, **groups}.items()}
        ids |= {f"org:{slug}": row.key for slug, row in bodies.items()} | {"northgate": trust.key, "vale": vale.key}
        unit.add(*_membership(ids))
        return ids


def _person(slug: str, organisation_id: int) -> Person:
    return Person(
        slug=slug,
        name=f"{slug.title()} Person",
        title="Adviser",
        telephone="020 7946 0000",
        organisation_id=organisation_id,
        workspace="T0SOUND",
        chat_user=chat_id(slug),
        records_lead=slug in RECORDS_LEADS,
    )


def _membership(ids: dict[str, int]) -> list[Any]:
    qsg = ids["qsg"]
    return [
        *(Membership(group_id=qsg, organisation_id=ids[f"org:{slug}"]) for slug in MEMBERS),
        Seat(group_id=qsg, person_id=ids["chair"], role=Role.CHAIR),
        Seat(group_id=qsg, person_id=ids["secretary"], role=Role.SECRETARIAT),
        Seat(group_id=qsg, person_id=ids["gmc3"], role=Role.REPRESENTATIVE),
        Seat(group_id=qsg, person_id=ids["lead"], role=Role.REPRESENTATIVE),
        *(
            NominatedPerson(organisation_id=ids[f"org:{body}"], person_id=ids[slug], rung=rung, confirmed_on=CONFIRMED)
            for body, slug, rung in NOMINATED
        ),
        Footprint(group_id=qsg, provider_id=ids["northgate"]),
        Footprint(group_id=qsg, provider_id=ids["vale"]),
        Meeting(slug="m1", group_id=qsg, starts_at=datetime(2026, 11, 30, 10, tzinfo=UTC), place="Room 1"),
        SurveillanceLevel(
            group_id=qsg,
            provider_id=ids["northgate"],
            level=Level.ENHANCED,
            reason="Trainee survey and mortality.",
            decided_at=datetime(2026, 9, 1, tzinfo=UTC),
        ),
    ]


def absence(ids: dict[str, int], slug: str, starts_at: datetime, until: datetime) -> Absence:
    return Absence(person_id=ids[slug], starts_at=starts_at, until=until)


def conflict(ids: dict[str, int], slug: str, provider: str) -> Conflict:
    return Conflict(person_id=ids[slug], provider_id=ids[provider])


def membership(ids: dict[str, int], body: str, group: str = "qsg") -> Membership:
    return Membership(group_id=ids[group], organisation_id=ids[f"org:{body}"])
