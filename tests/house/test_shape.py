"""The shape of the code: small modules and functions, one clock, one commit, one broad except, layers."""

import ast
import os
from statistics import median

import pytest
from importlinter.cli import lint_imports

from bot.schedules.timetable import TIMETABLE
from tests.house.source import FUNCTION, MODULES, ROOT, Module, called, lines_of, within

CLOCKS = {
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
# The composition root, and what an operator watches: when a job last ran is a matter of the wall's clock.
MAY_ASK_THE_CLOCK = ("bot/app.py", "bot/web.py", "bot/schedules/timetable.py", "bot/playground/")


def clocks_asked(module: Module) -> list[str]:
    return [ast.unparse(node) for node in module.of(ast.Attribute) if ast.unparse(node) in CLOCKS]


def broad(module: Module) -> list[int]:
    """The lines on which every error there is, is caught."""
    caught = [(node, node.type) for node in module.of(ast.ExceptHandler)]
    caught += [(node, argument) for node in module.calls if called(node) == "suppress" for argument in node.args]
    return [
        node.lineno
        for node, what in caught
        if what is None or {"Exception", "BaseException"} & {getattr(part, "id", "") for part in ast.walk(what)}
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("try:\n    f()\nexcept Exception:\n    pass", [3]),
        ("try:\n    f()\nexcept (ValueError, BaseException):\n    pass", [3]),
        ("try:\n    f()\nexcept:\n    pass", [3]),
        ("with contextlib.suppress(Exception):\n    f()", [1]),
        ("try:\n    f()\nexcept (OSError, ValueError):\n    pass", []),
    ],
    ids=["named", "among others", "bare", "suppressed", "narrow"],
)
def test_a_broad_except_would_be_noticed(text: str, found: list[int]):
    assert broad(Module("sample", text)) == found


def test_one_except_catches_everything():
    places = {module.name: broad(module) for module in MODULES if broad(module)}
    assert [(name, len(lines)) for name, lines in places.items()] == [("bot/schedules/work.py", 1)]


def test_a_clock_would_be_noticed():
    sample = Module("sample", "from datetime import datetime\nnow = datetime.now(UTC)\nday = date.today()")
    assert clocks_asked(sample) == ["datetime.now", "date.today"]


def test_only_the_top_asks_the_clock():
    asking = {module.name for module in MODULES if clocks_asked(module)}
    assert {name for name in asking if not name.startswith(MAY_ASK_THE_CLOCK)} == set()


def test_only_the_unit_commits():
    assert {m.name for m in MODULES if any(called(call) == "commit" for call in m.calls)} == {"bot/store/unit.py"}


def test_no_module_is_over_300_lines():
    assert {m.name: len(m.text.splitlines()) for m in MODULES if len(m.text.splitlines()) > 300} == {}


def test_no_function_is_over_40_lines():
    long = {f"{m.name}: {f.name}": lines_of(f) for m in MODULES for f in m.functions if lines_of(f) > 40}
    assert long == {}


def test_most_functions_are_short():
    assert median(lines_of(function) for module in MODULES for function in module.functions) <= 10


def test_nothing_is_imported_inside_a_function():
    inside = [
        f"{module.name}: {function.name}"
        for module in MODULES
        for function in module.functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_every_rule_says_what_it_decides():
    silent = [
        f"{module.name}: {node.name}"
        for module in within("bot/domain/")
        for node in module.tree.body
        if isinstance(node, FUNCTION) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_module_says_what_it_is_for():
    assert [m.name for m in MODULES if m.text.strip() and not ast.get_docstring(m.tree)] == []


def test_the_timetable_has_its_jobs():
    assert [tick.name for tick in TIMETABLE] == [
        "absences",
        "chase",
        "audit",
        "remind",
        "copies",
        "digest",
        "channels",
        "witness",
        "keeping",
        "handling",
        "panels",
        "enrolment",
        "accounts",
        "reconfirm",
        "panel_packs",
        "panel_reviews",
        "figures",
        "unaccepted",
        "meetings",
        "replies",
        "notes",
        "meeting_packs",
        "reports",
        "surveillance",
        "information",
        "triangulation",
        "measure",
    ]
    assert all(tick.beats >= 1 for tick in TIMETABLE)


def test_each_layer_imports_only_what_is_below(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == os.EX_OK, capsys.readouterr().out
    assert "0 broken" in capsys.readouterr().out


def test_only_the_program_that_draws_loads_the_library_for_it():
    loading = {m.name for m in MODULES if "import matplotlib" in m.text or "from matplotlib" in m.text}
    assert loading == {"bot/reports/chart.py"}
    assert {m.name for m in MODULES if "bot.reports.chart" in m.text} == {"bot/reports/drawing.py"}


def test_only_the_program_that_writes_spreadsheets_loads_the_library_for_it():
    loading = {m.name for m in MODULES if "import openpyxl" in m.text or "from openpyxl" in m.text}
    assert loading == {"bot/reports/workbook.py"}
    assert {m.name for m in MODULES if "bot.reports.workbook" in m.text} == {"bot/reports/spreadsheet.py"}
