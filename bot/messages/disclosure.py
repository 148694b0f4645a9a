"""What people read about disclosure exports: the question to an originator, their answer, and the document itself."""

from collections.abc import Iterator, Sequence

from bot.chat.port import Form, Message
from bot.domain.disclosure import in_confidence
from bot.domain.policy import Rules
from bot.domain.terms import Position
from bot.messages.concerns import facts
from bot.messages.letter import Letter
from bot.messages.words import Templates
from bot.store.disclosure import Contribution, Export, Line, case_with_id, own_positions
from bot.store.tables import Organisation, Person

SHOWN = 30


async def asked(letter: Letter) -> Message | None:
    """To an originator: who asks, for what kind of request, and which references, but nothing of what they say."""
    if letter.reader is None:
        return None
    case = await case_with_id(letter.unit, letter.about("disclosure"))
    lines = await own_positions(letter.unit, case.key, letter.reader, letter.today) if case else []
    if case is None or all(position.position is not Position.ASKED for _, position in lines):
        return None
    letter.shows(*(concern for concern, _ in lines))
    return letter.words.render(
        "disclosure.asked",
        case=case,
        organisation=await letter.unit.get(Organisation, case.organisation_id),
        lead=await letter.unit.get(Person, case.by_id),
        lines=lines[:SHOWN],
        more=len(lines[SHOWN:]),
    )


def answered(words: Templates, lines: Sequence[Line]) -> Form:
    """The page after an answer: what now stands."""
    return words.page("disclosure.position", lines=lines[:SHOWN], more=len(lines[SHOWN:]))


def edges(words: Templates, export: Export) -> tuple[str, str]:
    """The header and the footer of every page."""
    header = words.render("disclosure.header", export=export)
    return header.markdown, words.render("disclosure.footer", export=export).markdown


def front(words: Templates, export: Export) -> str:
    """The first page: of what, for whom, by whom, when, how many, and what is left out and why."""
    return words.render("disclosure.front", export=export).markdown


def pages(words: Templates, export: Export, rules: Rules) -> Iterator[str]:
    """Everything else, a contribution at a time."""
    for number, contribution in enumerate(export.contributions, 1):
        yield _page(words, export, contribution, number, rules)


def _page(words: Templates, export: Export, contribution: Contribution, number: int, rules: Rules) -> str:
    row = export.positions.get(contribution.key)
    return words.render(
        "disclosure.contribution",
        number=number,
        one=contribution,
        position=row,
        confidential=in_confidence(contribution.seen.concern.marking),
        policy=rules.policy,
        categories={key: category.label for key, category in rules.policy.categories.items()},
        **(facts(contribution.seen, rules) | {"annexe": contribution.annexe}),
    ).markdown
