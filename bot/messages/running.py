"""What the secretariat reads about the running of the bot itself: channels, and what was not delivered."""

from bot.chat.port import Message
from bot.domain.handling import Identity
from bot.messages.letter import Letter
from bot.store.channels import barred_strays, open_to, strays
from bot.store.outbox import failure
from bot.store.tables import Group, Person


async def failed(letter: Letter) -> Message | None:
    """A message could not be delivered: to whom, and the platform's reason. Not even its kind, which could betray
    that somebody was sent a restricted concern."""
    row = await failure(letter.unit, letter.about("outbox"))
    person = await letter.unit.get(Person, row.person_id) if row.person_id else None
    group = await letter.unit.get(Group, row.group_id) if row.group_id else None
    return letter.words.render("delivery.failed", row=row, person=person, group=group)


async def channel_missing(letter: Letter) -> Message | None:
    """The bot is not in a group's channel: what will not arrive, and what to do."""
    group = await letter.unit.get(Group, letter.about("group"))
    return letter.words.render("channel.missing", group=group) if group.channel_missing else None


async def channel_unsafe(letter: Letter) -> Message | None:
    """To those who run a group: who is in its channel that may not be, and why; never naming a provider that the
    reader may not know of. None once it has been put right."""
    group = await letter.unit.get(Group, letter.about("group"))
    if letter.reader is None or not letter.reader.runs(group.key):
        return None
    people = [one.partition(":") for one in str(letter.subject.get("people", "")).split()]
    members = [Identity(group.platform, workspace, user) for workspace, _, user in people]
    providers = [int(one) for one in str(letter.subject.get("providers", "")).split()]
    known = await open_to(letter.unit, letter.reader.person_id, providers, letter.today)
    found = [
        *await strays(letter.unit, group.key, members, letter.today),
        *await barred_strays(letter.unit, group.key, members, known, letter.today),
    ]
    code = letter.subject.get("code", "")
    return letter.words.render("channel.unsafe", group=group, found=found, code=code) if found or code else None
