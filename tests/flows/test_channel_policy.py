"""Nothing is posted where somebody could read it who may not: it waits, the secretariat is told, then it comes."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.cli.main import _channels
from bot.domain.terms import Role
from bot.playground.things import User
from bot.store.tables import Conflict, JournalEntry, Organisation, Person, Seat
from tests.flows.action_steps import SQLITE, add, add_site, digests, nine, set_person
from tests.flows.steps import given_concern, outbox, posts, told
from tests.world import QSG, World, chat_id, conflict, membership

UNSAFE = "Something cannot be posted in the channel of Marram QSG"
MEMBERS = "conversations.members"


def enter(world: World, user: str, **values: Any) -> None:
    """Somebody of this chat id is brought into the group's channel."""
    world.pg.workspace.users.setdefault(
        user, User(user, user.lower(), user.title(), **({"team_id": "T0SOUND"} | values))
    )
    world.pg.workspace.channels[QSG].members.add(user)


def go(world: World, user: str) -> None:
    world.pg.workspace.channels[QSG].members.discard(user)


def concerns(world: World, slug: str = "dean") -> list[Any]:
    """The concerns posted in the group's channel."""
    return [post for post in posts(world, slug) if "New concern" in post.text]


def warnings(world: World, slug: str = "secretary") -> list[str]:
    return [text for text in told(world, slug) if UNSAFE in text]


async def by_day(world: World) -> None:
    """Ten in the morning of the first day: people are told of what is wrong from nine to five."""
    await world.move(hours=2)


def account_of(world: World, user: str, workspace: str) -> None:
    """That account is another workspace's, and always was."""
    world.pg.workspace.users[user].team_id = workspace
    world.bot.work.chat.homes.keep(user, workspace)


async def elsewhere(world: World, slug: str, workspace: str) -> None:
    """That person is enrolled as somebody of another workspace."""
    await set_person(world, slug, workspace=workspace)


async def work_at(world: World, slug: str, provider_id: int) -> None:
    """That person's organisation is this provider, and a member of the group."""
    (body,) = await world.rows(Organisation, Organisation.slug == "trust")
    body.provider_id = provider_id
    await world.change(body)
    await set_person(world, slug, organisation_id=body.key)
    await add(world, membership(world.ids, "trust"))


async def conflict_with_the_whole(world: World, slug: str) -> None:
    """A conflict about the provider; what is raised is about it."""
    await add(world, conflict(world.ids, slug, "northgate"))


async def guest(world: World) -> str:
    enter(world, "U_GUEST")
    return "U_GUEST"


async def other_bot(world: World) -> str:
    enter(world, "U_ROBOT", is_bot=True)
    return "U_ROBOT"


async def leaver(world: World) -> str:
    enter(world, "U_LEAVER")  # of an organisation that has ended
    return "U_LEAVER"


async def left_yesterday(world: World) -> str:
    await set_person(world, "lead", ends_on=world.now.date() - timedelta(days=1))
    return "U_LEAD"


async def of_no_member(world: World) -> str:
    enter(world, "U_PHSO1")
    return "U_PHSO1"


async def seated_no_more(world: World) -> str:
    enter(world, "U_PHSO1")
    yesterday = world.now.date() - timedelta(days=1)
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["phso1"], role=Role.CHAIR, ends_on=yesterday))
    return "U_PHSO1"


async def namesake(world: World) -> str:
    """The id of somebody enrolled, but an account of another workspace."""
    account_of(world, "U_LEAD", "T_OTHER")
    return "U_LEAD"


async def enrolled_elsewhere(world: World) -> str:
    """The account is of this workspace, the person enrolled through another one."""
    await elsewhere(world, "lead", "T_OTHER")
    return "U_LEAD"


async def conflicted(world: World) -> str:
    await conflict_with_the_whole(world, "lead")
    return "U_LEAD"


async def own_staff(world: World) -> str:
    await work_at(world, "matron", world.ids["northgate"])
    enter(world, "U_MATRON")
    return "U_MATRON"


async def staff_of_a_site(world: World) -> str:
    """Who works at a site works at the whole provider."""
    await work_at(world, "matron", (await add_site(world)).key)
    enter(world, "U_MATRON")
    return "U_MATRON"


NOT_THERE = {
    guest: "Somebody not enrolled, chat id U_GUEST in workspace T0SOUND: not enrolled by any organisation",
    other_bot: "chat id U_ROBOT",
    leaver: "Leaver Person, chat id U_LEAVER: their enrolment has ended",
    left_yesterday: "Lead Person, chat id U_LEAD: their enrolment has ended",
    of_no_member: "Phso1 Person, chat id U_PHSO1: not of an organisation that belongs to this group",
    seated_no_more: "Phso1 Person, chat id U_PHSO1: not of an organisation that belongs to this group",
    namesake: "chat id U_LEAD in workspace T_OTHER: not enrolled by any organisation",
    enrolled_elsewhere: "chat id U_LEAD in workspace T0SOUND: not enrolled by any organisation",
    conflicted: "Lead Person, chat id U_LEAD: has declared a conflict of interest about Northgate University",
    own_staff: "Matron Person, chat id U_MATRON: works at Northgate University Hospital NHS Trust",
    staff_of_a_site: "Matron Person, chat id U_MATRON: works at Northgate University Hospital NHS Trust",
}


@pytest.mark.parametrize("somebody", NOT_THERE, ids=lambda one: one.__name__)
async def test_nothing_is_posted_while_they_are_there(world: World, somebody: Any):
    await by_day(world)
    user = await somebody(world)
    reference = await given_concern(world)
    assert concerns(world, "chair") == []
    (note,) = warnings(world)
    assert NOT_THERE[somebody] in note
    assert reference not in note
    assert "Trainees" not in note
    assert warnings(world, "chair") == []  # there is a secretariat
    (row,) = await outbox(world, "concern.posted")
    assert (row.state, row.error) == ("waiting", "held: who is in the channel")
    go(world, user)
    await world.move(minutes=15)
    (post,) = concerns(world, "chair")
    assert reference in post.text
    assert len(warnings(world)) == 1


async def connected(world: World) -> None:
    """A member through Slack Connect, enrolled by their own workspace's identity."""
    account_of(world, "U_LEAD", "T_CCG")
    await elsewhere(world, "lead", "T_CCG")


async def seated(world: World) -> None:
    """Of an organisation that is not a member, but with a seat in the group."""
    enter(world, "U_PHSO1")
    await add(world, Seat(group_id=world.ids["qsg"], person_id=world.ids["phso1"], role=Role.CHAIR))


async def conflicted_about_another(world: World) -> None:
    await add(world, conflict(world.ids, "lead", "vale"))


async def conflict_ended(world: World) -> None:
    row = conflict(world.ids, "lead", "northgate")
    row.ends_on = world.now.date() - timedelta(days=1)
    await add(world, row)


async def conflicted_about_a_site(world: World) -> None:
    await add(world, Conflict(person_id=world.ids["lead"], provider_id=(await add_site(world)).key))


async def staff_of_another(world: World) -> None:
    await work_at(world, "matron", world.ids["vale"])
    enter(world, "U_MATRON")


FINE = (connected, seated, conflicted_about_another, conflict_ended, conflicted_about_a_site, staff_of_another)


@pytest.mark.parametrize("somebody", FINE, ids=lambda one: one.__name__)
async def test_who_may_be_there_stops_nothing(world: World, somebody: Any):
    await by_day(world)
    await somebody(world)
    await given_concern(world)
    assert len(concerns(world)) == 1
    assert warnings(world) == []


@SQLITE
async def test_what_is_about_others_is_posted(world: World):
    """A conflict about one provider keeps back what is said about that one only."""
    await by_day(world)
    await conflicted(world)
    held = await given_concern(world)
    said = [await given_concern(world, provider="vale")]
    said.append(await given_concern(world, provider=None, provider_named="A clinic"))
    assert [any(reference in post.text for post in concerns(world)) for reference in (held, *said)] == [
        False,
        True,
        True,
    ]


@SQLITE
async def test_what_waited_comes_in_order(world: World):
    enter(world, "U_GUEST")
    references = []
    for _ in range(4):
        references.append(await given_concern(world))
        await world.move(minutes=4)
    go(world, "U_GUEST")
    await world.move(minutes=1)
    references.append(await given_concern(world, "dean"))  # brings the others with it
    shown = [post.text for post in concerns(world)]
    assert [reference in text for reference, text in zip(references, shown, strict=True)] == [True] * 5


@SQLITE
async def test_each_day_and_each_new_face_is_told_once(world: World):
    await by_day(world)
    enter(world, "U_GUEST")
    await given_concern(world)
    await given_concern(world)
    for _ in range(6):
        await world.move(hours=1)
    assert len(warnings(world)) == 1
    enter(world, "U_ROBOT", is_bot=True)
    await given_concern(world)
    assert "U_ROBOT" in warnings(world)[-1]
    await world.move_to(nine("2026-11-24") - timedelta(minutes=1))
    assert len(warnings(world)) == 2
    await world.move(minutes=2)
    assert len(warnings(world)) == 3
    await world.move_to(nine("2026-11-28"))  # a Saturday
    before = len(warnings(world))
    await world.move(hours=3)
    assert len(warnings(world)) == before
    told_of = await world.rows(JournalEntry, JournalEntry.act == "channel unsafe")
    assert {(entry.group_id, entry.facts["people"]) for entry in told_of} == {
        (world.ids["qsg"], 1),
        (world.ids["qsg"], 2),
    }


async def test_two_replicas_tell_once_and_post_once(world: World):
    await by_day(world)
    replica = world.twin()
    enter(world, "U_GUEST")
    await given_concern(world)
    for _ in range(3):
        world.pg.clock.advance(timedelta(minutes=15))
        await world.tick(world.bot, replica)
    assert len(warnings(world)) == 1
    go(world, "U_GUEST")
    world.pg.clock.advance(timedelta(minutes=15))
    await world.tick(world.bot, replica)
    await replica.store.close()
    assert len(concerns(world)) == 1


@SQLITE
async def test_the_form_says_so_before_anything_is_typed(world: World):
    enter(world, "U_GUEST")
    await world.tick()
    dean = world.persona("dean")
    await dean.command("/concern", "northgate")
    assert "nothing can be posted in the channel of Marram QSG just now" in dean.modal.text
    go(world, "U_GUEST")
    await world.tick()
    await dean.command("/concern", "northgate")
    assert "nothing can be posted" not in dean.modal.text


@SQLITE
@pytest.mark.parametrize("chair_too", [False, True])
async def test_a_barred_secretariat_learns_nothing(world: World, chair_too: bool):
    """The chair is told instead, and nobody if the chair is barred as well."""
    await by_day(world)
    await add(world, *(conflict(world.ids, slug, "northgate") for slug in ("secretary", *["chair"] * chair_too)))
    await given_concern(world)
    assert concerns(world) == warnings(world) == []
    notes = warnings(world, "chair")
    assert len(notes) == (0 if chair_too else 1)
    assert all("Secretary Person" in note and "Northgate" in note for note in notes)


@SQLITE
async def test_a_barred_secretary_hears_of_the_others(world: World):
    await add(world, conflict(world.ids, "secretary", "northgate"), conflict(world.ids, "lead", "vale"))
    await world.move_to(nine("2026-11-23"))  # the digest speaks of both
    assert digests(world) == []
    assert "Northgate" not in "".join(told(world, "secretary"))
    assert "Vale Community Health" in warnings(world)[-1]
    assert "Northgate" in warnings(world, "chair")[-1]


@SQLITE
async def test_a_digest_waits_for_all_it_names(world: World):
    """Even for a provider that is only said never to have been discussed."""
    await add(world, conflict(world.ids, "lead", "vale"))
    await world.move_to(nine("2026-11-23"))
    assert digests(world) == []
    go(world, chat_id("lead"))
    await world.move(minutes=15)
    assert len(digests(world)) == 1


@SQLITE
async def test_without_a_secretariat_the_chair_is_told(world: World):
    await by_day(world)
    (seat,) = await world.rows(Seat, Seat.role == Role.SECRETARIAT)
    seat.ends_on = date(2026, 11, 1)
    await world.change(seat)
    enter(world, "U_GUEST")
    await given_concern(world)
    assert (len(warnings(world)), len(warnings(world, "chair"))) == (0, 1)


REFUSED = {
    "scope": (MEMBERS, "missing_scope"),
    "whose": ("users.info", "missing_scope"),
    "policy": (MEMBERS, "access_denied"),
}


@SQLITE
@pytest.mark.parametrize(("method", "code"), REFUSED.values(), ids=REFUSED)
async def test_what_cannot_be_judged_is_not_posted(world: World, method: str, code: str):
    await by_day(world)
    world.bot.work.chat.homes._known.clear()
    world.pg.fail_next(method, error=code, count=99)
    await given_concern(world)
    assert concerns(world) == []
    (note,) = warnings(world)
    assert f"What the chat platform said: {code}" in note
    world.pg._faults.ordered.clear()
    await world.move(minutes=15)
    assert len(concerns(world)) == 1


@SQLITE
async def test_somebody_slack_will_not_speak_of_is_a_stranger(world: World):
    await by_day(world)
    world.bot.work.chat.homes._known.pop(chat_id("lead"), None)
    world.pg.fail_next("users.info", error="user_not_visible", count=9)
    await given_concern(world)
    assert concerns(world) == []
    assert "chat id U_LEAD: not enrolled" in warnings(world)[0]


@SQLITE
async def test_when_slack_asks_to_wait(world: World):
    world.pg.fail_next(MEMBERS, status=429, retry_after=20)
    await given_concern(world)
    (row,) = await outbox(world, "concern.posted")
    assert (concerns(world), row.state, row.error) == ([], "waiting", "ratelimited")
    await world.move(seconds=20)
    assert len(concerns(world)) == 1


@SQLITE
async def test_members_are_read_once_for_all_that_is_due(world: World):
    enter(world, "U_GUEST")
    for _ in range(5):
        await given_concern(world)
    go(world, "U_GUEST")
    world.pg.clock.advance(timedelta(minutes=15))
    before = len(world.pg.calls)
    await world.settle()
    calls = [name for name, _ in world.pg.calls[before:]]
    assert (calls.count(MEMBERS), calls.count("users.info"), calls.count("chat.postMessage")) == (1, 0, 5)


@SQLITE
async def test_a_large_channel_is_read_to_its_end(world: World):
    people = [f"U_MANY{number:03}" for number in range(250)]
    async with world.bot.store.begin() as unit:
        organisation = world.ids["org:cqc"]
        like = {"organisation_id": organisation, "workspace": "T0SOUND"}
        await unit.insert_rows([Person(slug=one.lower(), name=one, chat_user=one, **like) for one in people])
    for one in people:
        enter(world, one)
    await given_concern(world)
    assert len(concerns(world)) == 1
    enter(world, "U_ZULU")  # the last of the last page
    await given_concern(world)
    assert len(concerns(world)) == 1


@SQLITE
async def test_whose_account_it_is_is_asked_again_in_time(world: World):
    await given_concern(world)
    world.pg.workspace.users["U_LEAD"].team_id = "T_OTHER"  # their account has moved
    await given_concern(world)
    assert len(concerns(world)) == 2
    await world.move(hours=13)
    await given_concern(world)
    assert len(concerns(world)) == 2


@SQLITE
async def test_word_of_it_is_not_sent_once_it_is_put_right(world: World):
    await by_day(world)
    enter(world, "U_PHSO1")
    world.pg.fail_next("chat.postMessage", status=429, retry_after=60, channel=chat_id("secretary"))
    await given_concern(world)
    await add(world, membership(world.ids, "phso"))
    await world.move(minutes=1)
    assert warnings(world) == []


@SQLITE
async def test_the_operator_can_look_beforehand(world: World):
    assert await _channels(world.bot) == []
    enter(world, "U_GUEST")
    (line,) = await _channels(world.bot)
    assert "In the channel of Marram QSG: U_GUEST, not enrolled." in line
    world.pg.fail_next(MEMBERS, error="missing_scope")
    (line,) = await _channels(world.bot)
    assert "cannot be seen, so nothing is posted there: missing_scope" in line
    world.pg.fail_next(MEMBERS, status=429, retry_after=5)
    (line,) = await _channels(world.bot)
    assert "asks to wait 5 seconds" in line
