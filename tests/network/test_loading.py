"""Loading the network file: twice changes nothing, what is gone is ended, history is kept. On both databases."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, select

from bot.domain.terms import Level, MeetingState, Role
from bot.files.network import Network
from bot.files.network_check import load_network
from bot.services.network import Plan, apply, plan
from bot.services.network_compare import Act
from bot.store.network import known_codes
from bot.store.people import nominees
from bot.store.providers import find_providers
from bot.store.tables import (
    Absence,
    Conflict,
    Footprint,
    Group,
    JournalEntry,
    Meeting,
    MeetingReply,
    Membership,
    NominatedPerson,
    Organisation,
    Person,
    Provider,
    Seat,
    SurveillanceLevel,
)
from bot.store.unit import Store
from tests.files.test_network_file import EXAMPLE

MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
NETWORK_TABLES: tuple[type[SQLModel], ...] = (
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


def changed(folder: Path, *edits: tuple[str, str]) -> Network:
    """The example with these edits."""
    text = EXAMPLE.read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "network.yaml"
    path.write_text(text)
    return load_network(path)


async def load(store: Store, network: Network, today: date = MONDAY) -> Plan:
    async with store.begin() as unit:
        return await apply(unit, network, today, datetime(today.year, today.month, today.day, 8, tzinfo=UTC))


async def everything(store: Store) -> dict[str, list[dict[str, object]]]:
    async with store.look() as unit:
        return {
            table.__name__: sorted((row.model_dump() for row in await unit.all(select(table))), key=repr)
            for table in NETWORK_TABLES
        }


@pytest.fixture
def example() -> Network:
    return load_network(EXAMPLE)


async def test_a_provider_says_what_it_became(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    ended = "  RZZ01:\n    name: Northgate"
    await load(store, changed(tmp_path, (ended, ended.replace("name:", "successor: RZZ01A\n    name:"))))
    async with store.look() as unit:
        trust = await unit.first(select(Provider).where(Provider.code == "RZZ01"))
        heir = await unit.first(select(Provider).where(Provider.code == "RZZ01A"))
    assert trust
    assert heir
    assert trust.successor_id == heir.id


async def test_the_example_is_loaded_whole(store: Store, example: Network) -> None:
    done = await load(store, example)
    assert done.counts() == {"added": 144, "changed": 0, "ended": 0}
    async with store.look() as unit:
        ccg = await unit.first(select(Organisation).where(Organisation.slug == "marram-ccg"))
        site = await unit.first(select(Provider).where(Provider.code == "RZZ01A"))
        trust = await unit.first(select(Provider).where(Provider.code == "RZZ01"))
        marram = await unit.first(select(Group).where(Group.slug == "marram"))
        region = await unit.first(select(Group).where(Group.slug == "east-coast"))
        absence = await unit.first(select(Absence))
        levels = await unit.all(select(SurveillanceLevel).order_by(col(SurveillanceLevel.id)))
        found = await find_providers(unit, "north marram general")
    assert ccg
    assert ccg.workspace == "T0SOUND"
    assert site
    assert trust
    assert site.parent_id == trust.id
    assert marram
    assert region
    assert (marram.parent_id, marram.channel) == (region.id, "C_MARRAM_QSG")
    assert absence
    assert (absence.starts_at, absence.until) == (
        datetime(2026, 11, 16, tzinfo=UTC),
        datetime(2026, 12, 8, tzinfo=UTC),
    )
    assert [level.level for level in levels] == [Level.ENHANCED, Level.FURTHER_INFORMATION]
    assert {provider.code for provider in found} == {"RZZ01", "RZZ01A"}


async def test_a_plan_writes_nothing(store: Store, example: Network) -> None:
    async with store.begin() as unit:
        proposed = await plan(unit, example, MONDAY)
    assert len(proposed.lines(Act.ADDED)) == 144
    assert not any((await everything(store)).values())


async def test_loading_twice_changes_nothing(store: Store, example: Network) -> None:
    await load(store, example)
    before = await everything(store)
    assert (await load(store, example, TUESDAY)).changes == ()
    assert await everything(store) == before


async def test_a_load_leaves_one_journal_entry_with_counts_only(store: Store, example: Network) -> None:
    await load(store, example)
    await load(store, example)
    async with store.look() as unit:
        entries = await unit.all(select(JournalEntry))
    assert [(entry.act, entry.facts) for entry in entries] == [
        ("network loaded", {"added": 144, "changed": 0, "ended": 0})
    ]


async def test_what_is_gone_is_ended_yesterday_and_nothing_deleted(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    before = {table: len(rows) for table, rows in (await everything(store)).items()}
    without = changed(tmp_path, ("      nmc: nmc-lead\n", ""), ("RZZ01B, ", ""), ("[cqc-lead, cqc-deputy]", "cqc-lead"))
    done = await load(store, without, TUESDAY)
    assert sorted(done.lines(Act.ENDED)) == [
        "Bronwen Teasel (NMC) as representative of East Coast Regional Quality Surveillance Group",
        "Bronwen Teasel (NMC) as representative of Joint Strategic Oversight Group",
        "Bronwen Teasel (NMC) as representative of Marram and Vale Quality Surveillance Group",
        "NMC as a member of East Coast Regional Quality Surveillance Group",
        "NMC as a member of Joint Strategic Oversight Group",
        "NMC as a member of Marram and Vale Quality Surveillance Group",
        "Rosalind Pike (CQC) as nominated person or deputy of CQC",
        "St Brannock's Birth Centre (RZZ01B) in the footprint of Marram and Vale Quality Surveillance Group",
    ]
    assert {table: len(rows) for table, rows in (await everything(store)).items()} == before
    async with store.look() as unit:
        ended = await unit.all(select(Membership).where(col(Membership.ends_on).is_not(None)))
    assert {row.ends_on for row in ended} == {MONDAY}


async def test_an_organisation_gone_ends_with_all_that_hangs_on_it(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    text = EXAMPLE.read_text()
    entry = text[text.index("  healthwatch:\n") : text.index("groups:\n")]
    without = changed(tmp_path, (entry, ""), ("      healthwatch: healthwatch-lead\n", ""))
    done = await load(store, without, TUESDAY)
    assert len(done.lines(Act.ENDED)) == 6
    assert "organisation Healthwatch" in done.lines(Act.ENDED)
    async with store.look() as unit:
        person = await unit.first(select(Person).where(Person.slug == "healthwatch-lead"))
    assert person
    assert person.ends_on == MONDAY


async def test_what_comes_back_starts_a_new_period(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    await load(store, changed(tmp_path, ("      marram-ccg: ccg-quality\n", "")), TUESDAY)
    later = TUESDAY + timedelta(days=30)
    await load(store, example, later)
    async with store.look() as unit:
        ccg = await unit.first(select(Organisation).where(Organisation.slug == "marram-ccg"))
        assert ccg
        asked = select(Membership).where(Membership.organisation_id == ccg.key).order_by(col(Membership.starts_on))
        periods = [(row.starts_on, row.ends_on) for row in await unit.all(asked)]
    assert periods == [(MONDAY, MONDAY), (later, None)]
    assert (await load(store, example, later)).changes == ()


async def test_taken_out_and_put_back_within_a_day_is_whole_again(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    before = await everything(store)
    await load(store, changed(tmp_path, ("      marram-ccg: ccg-quality\n", "")))
    await load(store, example)
    assert await everything(store) == before


async def test_an_ended_organisation_may_return(store: Store, example: Network, tmp_path: Path) -> None:
    ended = changed(tmp_path, ("    short name: GDC\n", "    short name: GDC\n    ends: 2026-11-30\n"))
    await load(store, ended)
    assert (await load(store, ended, date(2026, 12, 5))).changes == ()
    done = await load(store, example, date(2026, 12, 5))
    assert done.lines(Act.CHANGED) == ["organisation GDC: last day 30 November 2026 becomes none"]


async def test_changes_are_told_field_by_field(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    done = await load(
        store,
        changed(
            tmp_path,
            ("title: Head of Inspection", "title: Deputy Chief Inspector"),
            ("starts: 2027-01-25 10:00", "starts: 2027-01-26 14:30"),
            ("protocol: supporting", "protocol: {status: signatory, from: 2026-11-01}"),
            ("parent: east-coast", "parent: national"),
        ),
    )
    assert done.lines(Act.CHANGED) == [
        (
            "organisation NHS England: standing under the protocol “supporting” becomes “signatory”; "
            "under the protocol from none becomes 1 November 2026"
        ),
        (
            "organisation NHSI: standing under the protocol “supporting” becomes “signatory”; "
            "under the protocol from none becomes 1 November 2026"
        ),
        "Felix Ardern (CQC): title “Head of Inspection” becomes “Deputy Chief Inspector”",
        (
            "group Marram and Vale Quality Surveillance Group: parent “East Coast Regional Quality Surveillance Group” "
            "becomes “Joint Strategic Oversight Group”"
        ),
        (
            "meeting of Marram and Vale Quality Surveillance Group on 26 January 2027 at 14:30: "
            "start 25 January 2027 at 10:00 becomes 26 January 2027 at 14:30"
        ),
    ]


async def test_two_people_may_swap_chat_identities(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    swapped = changed(
        tmp_path,
        ("slack: U_GMC_LEAD", "slack: U_TEMPORARY"),
        ("slack: U_GMC_DEPUTY", "slack: U_GMC_LEAD"),
        ("slack: U_TEMPORARY", "slack: U_GMC_DEPUTY"),
    )
    await load(store, swapped)
    async with store.look() as unit:
        rows = await unit.all(select(Person).where(col(Person.slug).in_(["gmc-lead", "gmc-deputy"])))
    assert {row.slug: row.chat_user for row in rows} == {"gmc-lead": "U_GMC_DEPUTY", "gmc-deputy": "U_GMC_LEAD"}
    assert (await load(store, swapped)).changes == ()


async def test_a_leavers_identity_passes_to_whoever_has_it_now(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    renamed = changed(tmp_path, ("nmc-lead", "nmc-adviser"))
    await load(store, renamed, TUESDAY)
    async with store.look() as unit:
        rows = await unit.all(select(Person).where(col(Person.slug).in_(["nmc-lead", "nmc-adviser"])))
    assert {row.slug: (row.chat_user, row.ends_on) for row in rows} == {
        "nmc-lead": (None, MONDAY),
        "nmc-adviser": ("U_NMC_LEAD", None),
    }


async def test_a_conflict_of_interest_outlives_a_line_left_out(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    done = await load(store, changed(tmp_path, ("        conflicts: [ZZ5002]\n", "")), TUESDAY)
    assert done.changes == ()
    assert any("stands; give its last day to end it" in warning for warning in done.warnings)
    ended = changed(tmp_path, ("[ZZ5002]", "[{provider: ZZ5002, until: 2026-11-23}]"))
    assert len((await load(store, ended, TUESDAY)).changes) == 1
    assert (await load(store, ended, TUESDAY)).changes == ()


async def test_a_meeting_gone_is_cancelled_and_a_past_one_is_not(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    text = EXAMPLE.read_text()
    meetings = text[text.index("    meetings:\n") : text.index("    levels:\n")]
    done = await load(store, changed(tmp_path, (meetings, "    meetings: {}\n")), date(2026, 12, 1))
    assert done.lines(Act.ENDED) == ["meeting marram-2027-01 on 25 January 2027 at 10:00"]
    async with store.look() as unit:
        states = {row.slug: row.state for row in await unit.all(select(Meeting))}
    assert states == {"marram-2026-11": MeetingState.SCHEDULED, "marram-2027-01": MeetingState.CANCELLED}


async def test_what_was_said_to_a_meeting_counts_no_more_once_the_file_moves_it(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    async with store.begin() as unit:
        meetings = await unit.all(select(Meeting))
        person = await unit.first(select(Person))
        assert person
        unit.add(*(MeetingReply(meeting_id=one.key, person_id=person.key, coming=True, at=now) for one in meetings))
    place = "minutes: 120\n        place: Committee room 2, Marram County Hall\n      marram-2027-01"
    await load(store, changed(tmp_path, (place, place.replace("room 2", "room 3"))))
    async with store.look() as unit:
        assert len(await unit.all(select(MeetingReply))) == 2
    await load(store, changed(tmp_path, ("starts: 2026-11-30 10:00", "starts: 2026-12-01 10:00")))
    async with store.look() as unit:
        (left,) = await unit.all(select(MeetingReply))
        assert (await unit.get(Meeting, left.meeting_id)).slug == "marram-2027-01"


async def test_a_group_that_lists_no_meetings_keeps_those_made_in_chat(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    text = EXAMPLE.read_text()
    meetings = text[text.index("    meetings:\n") : text.index("    levels:\n")]
    assert (await load(store, changed(tmp_path, (meetings, "")))).changes == ()


async def test_a_decision_once_recorded_is_not_rewritten(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    assert (await load(store, changed(tmp_path, ("level: enhanced", "level: risk summit")))).changes == ()
    later = changed(tmp_path, ("reason: Concerns about", "reason: More about"), ("2026-09-28", "2026-10-26"))
    assert len((await load(store, later)).lines(Act.ADDED)) == 2
    async with store.look() as unit:
        assert len(await unit.all(select(SurveillanceLevel))) == 4


async def test_an_absence_ended_early_brings_the_person_back_today(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    done = await load(store, changed(tmp_path, ("        absences: [{from: 2026-11-16, until: 2026-12-07}]\n", "")))
    assert done.lines(Act.ENDED) == ["absence of Tobias Wrenfield (GMC) from 16 November 2026"]
    async with store.look() as unit:
        absence = await unit.first(select(Absence))
    assert absence
    assert absence.until == datetime(2026, 11, 23, tzinfo=UTC)


async def test_the_order_of_nominated_people_follows_the_file(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    await load(store, changed(tmp_path, ("[cqc-lead, cqc-deputy]", "[cqc-deputy, cqc-lead]")))
    async with store.look() as unit:
        rows = await unit.rows(
            select(col(Person.slug), col(NominatedPerson.rung))
            .join(NominatedPerson, col(NominatedPerson.person_id) == col(Person.id))
            .where(col(Person.slug).in_(["cqc-lead", "cqc-deputy"]))
        )
    assert dict(rows) == {"cqc-deputy": 0, "cqc-lead": 1}


LONDON = "nominated: [gmc-lead, gmc-deputy]\n    nominated in: {London: [gmc-deputy]}\n"


async def test_who_is_nominated_for_a_region_is_loaded_changed_and_ended(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    london = changed(tmp_path, ("nominated: [gmc-lead, gmc-deputy]\n", LONDON))
    named = "Anjali Merrow (GMC) as nominated person or deputy of GMC in “London”"
    assert (await load(store, london)).lines(Act.ADDED) == [named]
    assert (await load(store, london, TUESDAY)).changes == ()
    async with store.look() as unit:
        gmc = await unit.first(select(Organisation).where(Organisation.slug == "gmc"))
        assert gmc
        lines = (await nominees(unit, [gmc.key], MONDAY))[gmc.key]
    assert [(one.rung, one.category, one.region) for one in lines] == [(0, "", ""), (1, "", ""), (0, "", "London")]
    both = changed(tmp_path, ("nominated: [gmc-lead, gmc-deputy]\n", LONDON.replace("[gmc-deputy]}", TRUST)))
    done = await load(store, both, TUESDAY)
    assert done.lines(Act.ADDED) == [named.replace(" in", " for “trust” in")]
    assert done.lines(Act.ENDED) == [named]


TRUST = "{nominated for: {trust: gmc-deputy}}}"


async def test_an_organisation_s_own_hours_are_loaded_and_told(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    nmc = "    nominated: nmc-lead\n"
    own = changed(tmp_path, (nmc, nmc + "    hours: {opens: 08:00, closes: 20:00}\n"))
    assert (await load(store, own)).lines(Act.CHANGED) == [
        "organisation NMC: opens none becomes 08:00; closes none becomes 20:00"
    ]
    assert (await load(store, own, TUESDAY)).changes == ()
    assert (await load(store, example, TUESDAY)).lines(Act.CHANGED) == [
        "organisation NMC: opens 08:00 becomes none; closes 20:00 becomes none"
    ]


async def test_a_provider_s_region_is_loaded(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    placed = changed(tmp_path, ("    name: Heron House\n", "    name: Heron House\n    region: East of England\n"))
    assert (await load(store, placed)).lines(Act.CHANGED) == [
        "provider Heron House (RZZ03A): region none becomes “East of England”"
    ]


async def test_the_file_adds_to_what_the_directory_says_of_a_provider(
    store: Store, example: Network, tmp_path: Path
) -> None:
    async with store.begin() as unit:
        unit.add(Provider(code="ZZ5002", name="QUAYSIDE SURGERY", town="MARRAM", area="From the directory"))
        unit.add(Provider(code="ZZ9999", name="Elsewhere"))
    silent = changed(
        tmp_path,
        ("    postcode: ZZ1 6RB\n    sector: general practice\n    area: Marram and Vale\n", ""),
    )
    await load(store, silent)
    async with store.look() as unit:
        surgery = await unit.first(select(Provider).where(Provider.code == "ZZ5002"))
        other = await unit.first(select(Provider).where(Provider.code == "ZZ9999"))
        assert await known_codes(unit, {"ZZ9999", "ZZ0000"}) == {"ZZ9999"}
    assert surgery
    assert (surgery.name, surgery.area) == ("Quayside Surgery", "From the directory")
    assert other
    assert other.ends_on is None


async def test_chairs_and_secretariats_have_seats(store: Store, example: Network) -> None:
    await load(store, example)
    async with store.look() as unit:
        rows = await unit.rows(
            select(col(Person.slug), col(Seat.role))
            .join(Seat, col(Seat.person_id) == col(Person.id))
            .join(Group, col(Group.id) == col(Seat.group_id))
            .where(Group.slug == "marram")
        )
    assert {("chair", Role.CHAIR), ("secretariat", Role.SECRETARIAT), ("inspector", Role.DEPUTY)} <= set(rows)
    assert len(rows) == 16


async def test_records_leads_are_those_the_file_names(store: Store, example: Network, tmp_path: Path) -> None:
    async def leads() -> set[str]:
        async with store.look() as unit:
            return set(await unit.all(select(Person.slug).where(col(Person.records_lead).is_(True))))

    await load(store, example)
    assert {"cqc-deputy", "gmc-deputy", "secretariat"} <= await leads()
    assert "cqc-lead" not in await leads()
    given = changed(tmp_path, ("records leads: cqc-deputy", "records leads: [cqc-lead, inspector]"))
    done = await load(store, given, TUESDAY)
    assert sorted(done.lines(Act.CHANGED)) == [
        "Felix Ardern (CQC): records lead no becomes yes",
        "Imogen Sallow (CQC): records lead no becomes yes",
        "Rosalind Pike (CQC): records lead yes becomes no",
    ]
    assert {"cqc-lead", "inspector"} <= await leads()
    assert "cqc-deputy" not in await leads()


async def test_a_leaver_is_records_lead_no_more(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    whole = EXAMPLE.read_text()
    start = whole.index("      hee-quality:")
    person = whole[start : whole.index("\n\n", start) + 1]
    left = changed(
        tmp_path,
        (person, ""),
        ("    records leads: hee-quality\n", ""),
        ("nominated: [dean, hee-quality]", "nominated: dean"),
        ("{representative: dean, deputies: hee-quality}", "dean"),
    )
    await load(store, left, TUESDAY)
    async with store.look() as unit:
        gone = await unit.first(select(Person).where(Person.slug == "hee-quality"))
    assert gone is not None
    assert (gone.records_lead, gone.ends_on) == (False, MONDAY)
