"""What the secretariat reads when the assistant had to put the clock of an escalation right."""

from bot.chat.port import Message
from bot.messages.letter import Letter
from bot.store.escalation_audit import references_among


async def repaired(letter: Letter) -> Message | None:
    """To those who run the group: which escalations had no next step, or a wrong one. Of those that they may not open,
    only how many."""
    if letter.reader is None or not letter.reader.runs(letter.about("group")):
        return None
    lines = [int(key) for key in str(letter.subject["lines"]).split()]
    references, others = await references_among(letter.unit, lines, letter.reader, letter.today)
    if not references and not others:
        return None
    return letter.words.render("escalation.repaired", references=references, others=others)
