"""The program that draws a chart: the figures as JSON on its input, a PNG on its output. Only ever run by
`bot/reports/drawing.py`, since what it imports is large.

Bars of one dark colour, each with its figure beside it: nothing is told by colour, so it reads the same in grey.
"""

import json
import sys
import textwrap
from io import BytesIO
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, PAPER = "#1f4e79", "#ffffff"  # (ours) 8.6 to 1 against each other
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
    """The picture described by `drawing.Picture` or `drawing.PlanPicture`. Nothing in the file says when or by what it
    was made."""
    with mpl.rc_context(STYLE):
        rows = len(picture.get("meetings", ()))
        size = (INCHES[0], max(INCHES[1], ROW_INCHES * rows + 1)) if rows else INCHES
        figure = Figure(figsize=size, dpi=DOTS, facecolor=PAPER, layout="constrained")
        FigureCanvasAgg(figure)
        if rows:
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
