"""What a group's channel reads about the audit journal."""

from bot.chat.port import Message
from bot.domain.audit import Head, WitnessLine
from bot.messages.escaping import Trusted
from bot.messages.letter import Letter
from bot.store.witnesses import witness_by_id


async def witness(letter: Letter) -> Message | None:
    """To the channel: what is for members to keep, as one line to copy."""
    row = await witness_by_id(letter.unit, letter.about("witness"))
    if row is None:
        return None
    line = WitnessLine(Head(row.chain, row.number, row.hash, row.at), row.key_id, row.signature)
    # It stands in a block of code, where an escape would show; it is made of letters, figures and base64 only.
    return letter.words.render("journal.witness", line=Trusted(line.text()))
