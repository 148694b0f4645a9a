"""What the secretariat reads about the running of the bot itself: strangers, and what could not be delivered."""

from bot.chat.port import Message
from bot.messages.letter import Letter
from bot.store.outbox import failure
from bot.store.tables import Group, Person


async def stranger(letter: Letter) -> Message | None:
    """Somebody who is not enrolled asked; their chat id, so that the secretariat can look them up."""
    subject = letter.subject
    return letter.words.render("people.stranger", user=subject["user"], workspace=subject["workspace"])


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
