"""Drawing a chart in a process of its own, which ends with it.

The library that draws takes some 45 MB and seconds of work just to be there, and charts are wanted once a quarter: the
bot itself never loads it (`docs/decisions/0017`). The process is given the figures and nothing else of the bot: no
settings, no keys, no database.
"""

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

log = structlog.get_logger()

PROGRAM = "bot.reports.chart"
ROOT = Path(__file__).parents[2]
SECONDS = 20.0
# What a program needs to run at all, and where the library keeps what it found out about fonts.
HANDED_DOWN = ("PATH", "HOME", "LANG", "TMPDIR", "MPLCONFIGDIR", "PYTHONPATH", "SYSTEMROOT")
# One at a time, however many messages wait for a picture.
ONE_AT_A_TIME = ThreadPoolExecutor(max_workers=1, thread_name_prefix="drawing")


@dataclass(frozen=True)
class Picture:
    """Two charts beside each other: hours quarter by quarter (None where there is nothing to show), and how often each
    answer was given. `left` and `right` stand above them."""

    left: str
    hours: tuple[tuple[str, float | None], ...]
    right: str
    answers: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PlanPicture:
    """A bar for each meeting of a year, the next one at the top: its day, how many it looks at, and their names."""

    title: str
    meetings: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class ProviderPicture:
    """Bars that stand on each other, a kind of shading for each of `series`, a name with a figure for each of `months`;
    and below them a `band` of words, one for each month."""

    title: str
    months: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]
    band_title: str
    band: tuple[str, ...]


async def draw(picture: Picture | PlanPicture | ProviderPicture) -> bytes | None:
    """The picture as PNG, the same bytes for the same figures; None if it could not be drawn in time."""
    return await asyncio.get_running_loop().run_in_executor(ONE_AT_A_TIME, _drawn, picture)


def _drawn(picture: Picture | PlanPicture | ProviderPicture) -> bytes | None:
    try:
        done = subprocess.run(  # noqa: S603  # our own program, and the figures only on its input
            [sys.executable, "-m", PROGRAM],
            input=json.dumps(asdict(picture)).encode(),
            capture_output=True,
            cwd=ROOT,
            env={name: os.environ[name] for name in HANDED_DOWN if name in os.environ},
            timeout=SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("chart not drawn", why=type(error).__name__)
        return None
    return done.stdout or None
