"""Whom a secretariat let in through chat, and the network file: it neither ends them nor makes them twice."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from bot.files.network import Network
from bot.files.network_check import load_network
from bot.services.network_compare import Act
from bot.store.tables import NominatedPerson, Organisation, Person
from bot.store.unit import Store
from tests.files.test_network_file import EXAMPLE
from tests.network.test_loading import MONDAY, TUESDAY, changed, load

NEW = (
    "      cqc-lead:",
    "      jo:\n        name: Jo Bloggs\n        title: Analyst\n        slack: U_JO\n      cqc-lead:",
)


@pytest.fixture
def example() -> Network:
    return load_network(EXAMPLE)


async def let_in(store: Store, **values: object) -> int:
    """Jo, let in for CQC through chat on the day of the first load; their number."""
    async with store.begin() as unit:
        (cqc,) = await unit.all(select(Organisation).where(Organisation.slug == "cqc"))
        given = {"slug": "chat:1:3", "name": "Jo", "workspace": "T0SOUND", "chat_user": "U_JO", "starts_on": MONDAY}
        jo = Person(organisation_id=cqc.key, enrolled_in_chat=True, **(given | values))
        unit.add(jo)
        await unit.flush()
        return jo.key


async def people(store: Store, *slugs: str) -> list[Person]:
    async with store.look() as unit:
        return list(await unit.all(select(Person).where(col(Person.slug).in_(slugs)).order_by(col(Person.id))))


async def test_the_file_does_not_end_them(store: Store, example: Network) -> None:
    await load(store, example)
    await let_in(store)
    assert (await load(store, example, TUESDAY)).changes == ()
    (jo,) = await people(store, "chat:1:3")
    assert (jo.ends_on, jo.enrolled_in_chat, jo.chat_user) == (None, True, "U_JO")


@pytest.mark.parametrize("how", ["gone", "ended", "ends later"])
async def test_with_their_organisation_they_end(store: Store, example: Network, tmp_path: Path, how: str) -> None:
    await load(store, example)
    await let_in(store)
    if how == "gone":
        network = example.model_copy(deep=True)
        del network.organisations["cqc"]
    else:
        last = "2026-11-23" if how == "ended" else "2027-03-31"
        network = changed(tmp_path, ("    short name: CQC\n", f"    short name: CQC\n    ends: {last}\n"))
    await load(store, network, TUESDAY)
    (jo,) = await people(store, "chat:1:3")
    assert jo.ends_on == (None if how == "ends later" else MONDAY)


async def test_the_file_takes_them_over(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    key = await let_in(store)
    named = changed(tmp_path, NEW)
    done = await load(store, named, TUESDAY)
    assert [line.split(":")[0] for line in done.lines(Act.CHANGED)] == ["Jo Bloggs (CQC)"]
    assert "name in the file “chat:1:3” becomes “jo”" in done.lines(Act.CHANGED)[0]
    (jo,) = await people(store, "jo", "chat:1:3")
    assert (jo.key, jo.name, jo.chat_user, jo.enrolled_in_chat) == (key, "Jo Bloggs", "U_JO", False)
    assert (await load(store, named, TUESDAY)).changes == ()
    await load(store, example, TUESDAY)
    (jo,) = await people(store, "jo")
    assert jo.ends_on == MONDAY


async def test_taken_over_with_a_place_in_the_file(store: Store, example: Network, tmp_path: Path) -> None:
    """What hangs on the new name finds the row that is there."""
    await load(store, example)
    key = await let_in(store)
    await load(store, changed(tmp_path, NEW, ("    nominated: [cqc-lead", "    nominated: [jo, cqc-lead")), TUESDAY)
    async with store.look() as unit:
        (named,) = await unit.all(select(NominatedPerson).where(NominatedPerson.person_id == key))
    assert named.rung == 0


async def test_an_account_of_somebody_the_file_has_already(store: Store, example: Network, tmp_path: Path) -> None:
    """They were in the file without an account; the file gives it to them, and the row made in chat is over."""
    without = changed(tmp_path, (NEW[0], NEW[1].replace("        slack: U_JO\n", "")))
    await load(store, without)
    await let_in(store)
    await load(store, changed(tmp_path, NEW), TUESDAY)
    jo, made = await people(store, "jo", "chat:1:3")
    assert (jo.chat_user, jo.ends_on) == ("U_JO", None)
    assert (made.chat_user, made.ends_on) == (None, MONDAY)


async def test_another_workspace_is_another_account(store: Store, example: Network, tmp_path: Path) -> None:
    await load(store, example)
    await let_in(store, workspace="T_OTHER")
    await load(store, changed(tmp_path, NEW), TUESDAY)
    jo, made = sorted(await people(store, "jo", "chat:1:3"), key=lambda one: one.slug == "chat:1:3")
    assert jo.key != made.key
    assert (jo.workspace, made.workspace, made.ends_on) == ("T0SOUND", "T_OTHER", None)


async def test_a_closed_account_stays_closed_until_the_file_gives_another(
    store: Store, example: Network, tmp_path: Path
) -> None:
    await load(store, example)
    async with store.begin() as unit:
        (lead,) = await unit.all(select(Person).where(Person.slug == "cqc-lead"))
        lead.deactivated_at = datetime(2026, 11, 23, 9, tzinfo=UTC)
        unit.add(lead)
    assert (await load(store, example, TUESDAY)).changes == ()
    (lead,) = await people(store, "cqc-lead")
    assert lead.deactivated_at is not None
    await load(store, changed(tmp_path, ("slack: U_CQC_LEAD", "slack: U_CQC_NEW")), TUESDAY)
    (lead,) = await people(store, "cqc-lead")
    assert (lead.chat_user, lead.deactivated_at) == ("U_CQC_NEW", None)


async def test_what_was_confirmed_in_chat_outlives_an_older_day_in_the_file(
    store: Store, example: Network, tmp_path: Path
) -> None:
    async def confirmed() -> set[date | None]:
        async with store.look() as unit:
            cqc = select(Organisation.id).where(Organisation.slug == "cqc")
            rows = await unit.all(select(NominatedPerson).where(col(NominatedPerson.organisation_id).in_(cqc)))
            return {row.confirmed_on for row in rows}

    await load(store, example)
    async with store.begin() as unit:
        for row in await unit.all(select(NominatedPerson)):
            row.confirmed_on = date(2026, 11, 20)
            unit.add(row)
    assert (await load(store, example, TUESDAY)).changes == ()
    assert await confirmed() == {date(2026, 11, 20)}
    await load(store, changed(tmp_path, ("confirmed on: 2026-10-05", "confirmed on: 2026-11-24")), TUESDAY)
    assert await confirmed() == {date(2026, 11, 24)}
