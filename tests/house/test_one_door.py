"""One place decides who may see what: nobody else asks the tables of concerns, nor of escalations."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import MODULES, Module, called, names_in

CONCERNS = {"Concern", "ConcernAudience"}
ESCALATIONS = {"Escalation", "Addressee", "LadderRung"}
ANNEXES = {"Annexe", "AnnexeGrant"}
ANSWERS = {"ConcernAnswer"}
READS = {"select", "exists", "update", "delete", "insert", "insert_many"}
TARGETS = {"join", "outerjoin", "select_from", "get", "get_one", "find", "aliased"}


def asks(module: Module, tables: set[str], targets: set[str] = TARGETS) -> list[int]:
    """The lines on which these tables are read or written by statement, or joined to another's."""
    return sorted({call.lineno for call in module.calls if tables & _asked(call, targets)})


def _asked(call: ast.Call, targets: set[str]) -> set[str]:
    name = called(call)
    if name in targets:
        return names_in(call.args[0]) if call.args else set()
    if name in READS:
        return set().union(*map(names_in, call.args))
    # A condition on another table's rows joins the tables as well: `select(Person).where(Concern.id == …)`.
    root = next((one for one in _chain(call) if called(one) in READS), None)
    return set().union(*map(names_in, call.args)) if root else set()


def _chain(call: ast.Call) -> Iterator[ast.Call]:
    """`a(…).b(…).c(…)` from the last call to the first."""
    while isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Call):
        call = call.func.value
        yield call


@pytest.mark.parametrize(
    "text",
    [
        "select(Concern)",
        "select(func.count(col(Concern.id)))",
        "select(Person).join(Concern, Concern.raised_by_id == Person.id)",
        "select(Person).where(col(Person.id) == Concern.raised_by_id)",
        "exists().where(ConcernAudience.concern_id == key)",
        "update(Concern).where(Concern.id == key)",
        "unit.get(Concern, key)",
        "session.get_one(Concern, key)",
        "statement.outerjoin(ConcernAudience)",
        "aliased(Concern)",
    ],
)
def test_asking_past_the_door_would_be_noticed(text: str):
    assert asks(Module("sample", text), CONCERNS) == [1]


@pytest.mark.parametrize(
    "text",
    [
        "visible_concerns(viewer, today).where(Concern.reference == reference)",
        "channel_concerns(key).where(Concern.state != state).order_by(Concern.id)",
        "statement.outerjoin(Provider, Provider.id == Concern.provider_id)",
        "ConcernAudience(concern_id=1)",
        "select(Escalation.concern_id)",
        "values.get('concern')",
    ],
)
def test_asking_through_the_door_is_fine(text: str):
    assert asks(Module("sample", text), CONCERNS) == []


def test_only_visibility_asks_for_concerns():
    names = ("visibility", "visible_requests", "visible_clusters")
    doors = {f"bot/store/{name}.py" for name in names}
    assert {module.name for module in MODULES if asks(module, CONCERNS)} == doors


def test_only_the_store_asks_for_escalations():
    questions = TARGETS - {"get", "find"}  # a row by its number, which only the outbox and the clock hold
    asking = {module.name for module in MODULES if asks(module, ESCALATIONS, questions)}
    others = {"panel_guests", "panel_record", "exchanges", "receipts", "escalation_figures"}
    others |= {"drills", "escalation_audit"}
    names = {"visibility", "visible_requests", "concerns", "escalations", "escalation_changes", "ladders", *others}
    assert asking == {f"bot/store/{name}.py" for name in names}


@pytest.mark.parametrize("name", ["concerns_kept", "keeping_set", "retired_concerns", "held_concerns"])
def test_only_the_clock_looks_through_nobodys_eyes(name: str):
    """What is asked without a viewer, or of what is removed, is asked in one place and never for its words."""
    assert {m.name for m in MODULES if name in m.text} == {"bot/store/visibility.py", "bot/store/keeping.py"}


@pytest.mark.parametrize("name", ["clustered_concern", "clustered_answers", "not_clustered"])
def test_only_clusters_look_through_nobodys_eyes_as_well(name: str):
    doors = {"bot/store/visible_clusters.py", "bot/store/clusters.py"}
    assert {m.name for m in MODULES if name in m.text} == doors


def test_only_one_module_asks_for_annexes():
    assert {module.name for module in MODULES if asks(module, ANNEXES)} == {"bot/store/annexe.py"}


def test_only_visibility_asks_for_answers():
    assert {module.name for module in MODULES if asks(module, ANSWERS)} == {
        "bot/store/visibility.py",
        "bot/store/visible_clusters.py",
    }


def test_an_answer_whoever_asks_is_asked_for_in_one_place():
    assert {m.name for m in MODULES if "any_answer" in m.text} == {"bot/store/visibility.py", "bot/store/answers.py"}


def test_statements_are_written_in_the_store_only():
    """Elsewhere a statement may only be narrowed."""
    bare = {m.name for m in MODULES for call in m.calls if isinstance(call.func, ast.Name) and called(call) in READS}
    assert {name for name in bare if not name.startswith("bot/store/")} == set()


@pytest.mark.parametrize("words", ['tables["concern', "FROM concern", "from concern"])
def test_no_plain_sql_goes_round_the_door(words: str):
    assert [module.name for module in MODULES if words in module.text] == []
