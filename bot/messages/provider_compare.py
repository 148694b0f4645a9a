"""Two providers beside each other, for one viewer."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from bot.chat.port import Message
from bot.domain.policy import Rules
from bot.domain.provider_chart import months_to
from bot.messages.providers import Picture
from bot.messages.words import Templates


@dataclass(frozen=True)
class Side:
    """One of the two: what is known of it, and how many concerns came in lately by theme, most first."""

    picture: Picture
    since: date
    themes: list[tuple[str, int]]

    @property
    def count(self) -> int:
        return sum(number for _, number in self.themes)


def compare(words: Templates, pictures: tuple[Picture, Picture], rules: Rules, today: date) -> Message:
    """Level, concerns of the last twelve months by theme, actions and when last discussed, of each."""
    since = months_to(today)[0]
    return words.render("provider.compare", sides=[_side(one, since, rules) for one in pictures], today=today)


def _side(picture: Picture, since: date, rules: Rules) -> Side:
    late = [line["theme"] for line in picture.lines if rules.today(line["concern"].raised_at) >= since]
    return Side(picture, since, sorted(Counter(late).items(), key=lambda one: (-one[1], one[0])))
