"""The bot's own source, read once and parsed, for the rules that hold for all of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Module:
    """One file of the bot; `name` is its path from the top of the repository."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    def of(self, *kinds: type) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    @property
    def calls(self) -> Iterator[ast.Call]:
        return self.of(ast.Call)

    @property
    def functions(self) -> Iterator[ast.FunctionDef]:
        return self.of(*FUNCTION)


def _modules() -> list[Module]:
    """All but the migrations, which Alembic writes."""
    files = sorted(path for path in (ROOT / "bot").rglob("*.py") if "versions" not in path.parts)
    return [Module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in files]


MODULES = _modules()


def within(*folders: str) -> list[Module]:
    return [module for module in MODULES if module.name.startswith(folders)]


def called(call: ast.Call) -> str:
    """The last word of what is called: `select` for `select(…)`, `get` for `unit.get(…)`."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def text_of(node: ast.AST) -> str:
    """A string written out in the source, or nothing."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def names_in(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def lines_of(function: ast.FunctionDef) -> int:
    return function.end_lineno - function.lineno + 1
