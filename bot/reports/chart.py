"""The program that draws a chart: the figures as JSON on its input, a PNG on its output. Only ever run by
`bot/reports/drawing.py`, since what it imports is large.

Bars of one dark colour, or of shades with patterns, each with its figure: nothing is told by colour alone, so it reads
the same in grey.
"""

import json
import sys
import textwrap
from io import BytesIO
from itertools import groupby
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, PAPER = "#1f4e79", "#ffffff"  # (ours) 8.6 to 1 against each other
# (ours) Fill, figure and pattern of bars that stand on each other: apart by shade and by pattern.
SHADES = (
    (INK, PAPER, ""),
    (PAPER, INK, ""),
    ("#8fb1d6", "#000000", ""),
    (PAPER, INK, "////"),
    ("#d9d9d9", "#000000", "...."),
    (PAPER, INK, "xxxx"),
)
INCHES, DOTS = (9.0, 3.6), 110
LABEL_CHARACTERS = 30
NAMES_CHARACTERS = 96
ROW_INCHES = 0.62
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def png(picture: dict[str, Any]) -> bytes:
    """The picture described by `drawing.Picture`, `drawing.PlanPicture` or `drawing.ProviderPicture`. Nothing in the
    file says when or by what it was made."""
    with mpl.rc_context(STYLE):
        rows = len(picture.get("meetings", ()))
        size = (INCHES[0], max(INCHES[1], ROW_INCHES * rows + 1)) if rows else INCHES
        figure = Figure(figsize=size, dpi=DOTS, facecolor=PAPER, layout="constrained")
        FigureCanvasAgg(figure)
        if "band" in picture:
            upper, lower = figure.subplots(2, 1, height_ratios=(5, 1))
            _stacked(upper, picture["title"], picture["months"], picture["series"])
            _band(lower, picture["band_title"], picture["band"])
        elif rows:
            _plan(figure.subplots(), picture["title"], picture["meetings"])
        else:
            left, right = figure.subplots(1, 2)
            _hours(left, picture["left"], picture["hours"])
            _answers(right, picture["right"], picture["answers"])
        out = BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _hours(axes: Axes, title: str, hours: list[tuple[str, float | None]]) -> None:
    bars = axes.bar(range(len(hours)), [value or 0 for _, value in hours], color=INK)
    axes.bar_label(bars, ["–" if value is None else f"{value:.1f}" for _, value in hours], padding=2)
    axes.set_xticks(range(len(hours)), [label.replace(" ", "\n") for label, _ in hours])
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_ylim(0, max([value or 0 for _, value in hours] + [1]) * 1.15)


def _stacked(axes: Axes, title: str, months: list[str], series: list[tuple[str, list[int]]]) -> None:
    below = [0] * len(months)
    for number, (name, counts) in enumerate(series):
        fill, ink, hatch = SHADES[number % len(SHADES)]
        bars = axes.bar(months, counts, bottom=below, color=fill, edgecolor=INK, hatch=hatch, label=name)
        figures = [str(count) if count else "" for count in counts]
        ground = {"facecolor": fill, "edgecolor": "none", "pad": 0.8}
        axes.bar_label(bars, figures, label_type="center", color=ink, fontsize=8, bbox=ground)
        below = [so_far + count for so_far, count in zip(below, counts, strict=True)]
    axes.set_ylim(0, max([*below, 1]) * 1.1)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="x", labelsize=8)
    axes.set_title(title, loc="left", fontsize=11)
    if series:
        axes.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize=8, frameon=False)


def _band(axes: Axes, title: str, band: list[str]) -> None:
    """Months with the same word are one block, with the word in it."""
    start = 0
    for word, several in groupby(band):
        length = len(list(several))
        axes.barh(0, length, left=start - 0.5, color=PAPER, edgecolor=INK, height=1)
        axes.text(start - 0.5 + length / 2, 0, textwrap.fill(word, 9 * length), ha="center", va="center", fontsize=8)
        start += length
    axes.set_xlim(-0.9, len(band) - 0.1)
    axes.set_axis_off()
    axes.set_title(title, loc="left", fontsize=9)


def _answers(axes: Axes, title: str, answers: list[tuple[str, int]]) -> None:
    shown = answers[::-1]
    bars = axes.barh(range(len(shown)), [count for _, count in shown], color=INK)
    axes.bar_label(bars, [str(count) for _, count in shown], padding=3)
    axes.set_yticks(range(len(shown)), [textwrap.fill(label, LABEL_CHARACTERS) for label, _ in shown])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, max([count for _, count in shown] + [1]) * 1.15)
    axes.set_title(title, loc="left", fontsize=11)


def _plan(axes: Axes, title: str, meetings: list[tuple[str, int, str]]) -> None:
    shown = meetings[::-1]
    most = max(count for _, count, _ in shown) or 1
    bars = axes.barh(range(len(shown)), [count for _, count, _ in shown], color=INK, height=0.5)
    words = [textwrap.fill(f"{count}  {names}", NAMES_CHARACTERS, max_lines=2) for _, count, names in shown]
    axes.bar_label(bars, words, padding=4, fontsize=8)
    axes.set_yticks(range(len(shown)), [day for day, _, _ in shown])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_xlim(0, most * 5)  # the names have four fifths of the room
    axes.set_title(title, loc="left", fontsize=11)


if __name__ == "__main__":
    sys.stdout.buffer.write(png(json.load(sys.stdin)))
