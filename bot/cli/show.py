"""What the command line shows: results on standard output, what is wrong on standard error, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from slack_sdk.errors import SlackApiError

from bot.errors import BadSetting, SoundingsError
from bot.files.located import MistakesFound
from bot.store.unit import DatabaseAway

MISTAKEN = 1
MISUSED = 2


def say(*lines: str, style: str | None = None) -> None:
    """Lines on standard output, exactly as they are: nothing in a file is taken for mark-up."""
    _print(Console(), lines, style)


def complain(*lines: str) -> None:
    """Lines on standard error."""
    _print(Console(stderr=True), lines, None)


def _print(console: Console, lines: tuple[str, ...], style: str | None) -> None:
    for line in lines:
        console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def readable() -> Iterator[None]:
    """Our errors as sentences and exit codes: 1 for mistakes, 2 for a wrong setting."""
    try:
        yield
    except MistakesFound as error:
        complain(*(str(mistake) for mistake in error.mistakes), str(error))
        raise typer.Exit(MISTAKEN) from None
    except BadSetting as error:
        complain(str(error))
        raise typer.Exit(MISUSED) from None
    except SlackApiError as error:
        complain(f"Slack refused: {error.response.get('error')}. Check the SLACK_ settings and try again.")
        raise typer.Exit(MISUSED) from None
    except SoundingsError as error:
        complain(str(error))
        raise typer.Exit(MISTAKEN) from None
    except DatabaseAway:
        complain("The database cannot be reached, so nothing was changed. Check DATABASE_URL and try again.")
        raise typer.Exit(MISTAKEN) from None
