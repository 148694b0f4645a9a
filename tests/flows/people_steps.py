"""What people do to be let in, to leave, and to say that they are still nominated, in a line each."""

from typing import Any

from bot.domain.terms import EnrolmentState
from bot.store.tables import EnrolmentRequest, Organisation, Person
from tests.flows.steps import answer_of, last_dm, told
from tests.world import World

OUTSIDE = "This assistant is for people enrolled by their organisation"
ASKED = "tried to use this assistant"


async def give_domains(world: World, **domains: str) -> None:
    """What the addresses of these organisations' people end in; `workspace` beside it after a bar."""
    for slug, written in domains.items():
        (body,) = await world.rows(Organisation, Organisation.slug == slug)
        body.email_domains, _, workspace = written.partition("|")
        body.workspace = workspace or body.workspace
        await world.change(body)


def account(world: World, email: str, name: str = "Jo Bloggs", workspace: str = "T0SOUND") -> Any:
    """Make the stranger somebody, as the platform knows them."""
    user = world.pg.workspace.users["U_STRANGER"]
    user.email, user.real_name, user.team_id = email, name, workspace
    return user


async def knock(world: World, slug: str = "stranger") -> str:
    """Use a command without being enrolled, and let the bot look who that was; what it answered."""
    await world.persona(slug).command("/soundings", "northgate")
    answer = answer_of(world, slug)
    await world.tick()
    return answer


def asked_of(world: World, slug: str = "secretary") -> list[str]:
    """What that secretariat has been told of people who would be let in."""
    return [text for text in told(world, slug) if ASKED in text]


async def decide(world: World, label: str, slug: str = "secretary") -> str:
    """Press a button of the newest such message; the page that opens."""
    person = world.persona(slug)
    word = next(message for message in reversed(person.dms()) if ASKED in message.text)
    outcome = await person.press(word, label)
    assert outcome.ok, outcome
    await world.settle()
    page = person.modal.text
    await person.close(person.modal)
    return page


async def people(world: World, user: str = "U_STRANGER") -> list[Person]:
    """Every person with that account."""
    return await world.rows(Person, Person.chat_user == user)


async def state(world: World) -> EnrolmentState:
    """Where the only request stands."""
    (request,) = await world.rows(EnrolmentRequest)
    return request.state


async def press_last(world: World, slug: str, label: str) -> str:
    """Press a button of the newest message to that person; the page that opens."""
    person = world.persona(slug)
    outcome = await person.press(last_dm(world, slug), label)
    assert outcome.ok, outcome
    await world.settle()
    page = person.modal.text
    await person.close(person.modal)
    return page
