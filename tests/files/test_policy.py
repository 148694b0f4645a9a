"""The policy file: what we ship says what the documents say, and a bad one is refused line by line."""

from datetime import time
from pathlib import Path

import pytest

from bot.domain.calendar import Clock
from bot.domain.routing import Route
from bot.domain.terms import OrganisationKind, Urgency
from bot.files.located import MistakesFound
from bot.files.policy import SHIPPED, load_policy
from tests.files.editing import edited


def mistakes(path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(MistakesFound) as caught:
        load_policy(path)
    return [(mistake.line, mistake.field, mistake.problem) for mistake in caught.value.mistakes]


def test_the_shipped_policy_has_the_agreed_figures() -> None:
    policy = load_policy()
    paces = {urgency: (pace.acknowledge, pace.respond, pace.repeat) for urgency, pace in policy.paces.items()}
    assert paces == {
        Urgency.ROUTINE: (Clock(16), Clock(40), Clock(8)),
        Urgency.SOON: (Clock(8), Clock(24), Clock(8)),
        Urgency.URGENT: (Clock(1, True), Clock(24, True), Clock(4, True)),
    }
    assert (policy.opens, policy.closes, policy.silence_days) == (time(9), time(17), 180)
    assert (policy.digest.leads, policy.digest.at) == ((5, 1), time(9))
    assert (policy.reminders.days_before, policy.reminders.working_days_before) == ((7,), (1,))
    assert (policy.meetings.ask_before, policy.meetings.remind_before, policy.meetings.pack_before) == (10, 3, 5)
    assert policy.meetings.note_agreed_within == 5
    assert (policy.reminders.overdue_first, policy.reminders.overdue_every) == (1, 5)


def test_the_shipped_lists_are_complete() -> None:
    policy = load_policy()
    assert (len(policy.themes), len(policy.sources), len(policy.quality_domains)) == (16, 15, 6)
    assert policy.categories["trust"].proposes == {
        OrganisationKind.PROFESSIONAL_REGULATOR,
        OrganisationKind.OMBUDSMAN,
    }
    assert "other" in policy.themes
    assert "other" in policy.sources


def test_a_category_s_own_proposals_come_last_and_give_way() -> None:
    policy = load_policy()
    general = [route.general for route in policy.routes]
    assert general == sorted(general)
    for key, category in policy.categories.items():
        assert Route(category.label, kinds=category.proposes, categories=frozenset({key}), general=True) in (
            policy.routes
        )


def with_routes(folder: Path, routes: str) -> Path:
    """The shipped policy with this table of routes."""
    text = SHIPPED.read_text()
    start, end = text.index("routes:\n"), text.index("# How long an organisation has to acknowledge")
    path = folder / "policy.yaml"
    path.write_text(text[:start] + routes + text[end:])
    return path


def test_a_route_may_have_every_condition_and_one_name_may_stand_alone(tmp_path: Path) -> None:
    one = (
        "  - {category: trust, profession: [medicine, nursing], region: London, sector: acute, "
        "learning environment: no, proposes: [gmc, local authority], because: So agreed}\n"
    )
    path = with_routes(tmp_path, f"routes:\n{one}  - {{proposes: cqc, because: Always}}\n")
    first, second, *general = load_policy(path).routes
    assert first == Route(
        "So agreed",
        organisations=frozenset({"gmc"}),
        kinds=frozenset({OrganisationKind.LOCAL_AUTHORITY}),
        categories=frozenset({"trust"}),
        professions=frozenset({"medicine", "nursing"}),
        regions=frozenset({"London"}),
        sectors=frozenset({"acute"}),
        learning_environment=False,
    )
    assert second == Route("Always", organisations=frozenset({"cqc"}))
    assert all(route.general for route in general)
    assert load_policy(with_routes(tmp_path, "routes: []\n")).routes == tuple(general)


def test_the_routes_the_secretariat_is_shown_are_sound(tmp_path: Path) -> None:
    page = (SHIPPED.parents[2] / "docs" / "secretariat.md").read_text()
    shown = page[page.index("```yaml\nroutes:\n") + len("```yaml\n") :]
    path = with_routes(tmp_path, shown[: shown.index("```")])
    assert [route.organisations for route in load_policy(path).routes][:2] == [frozenset({"gmc", "nmc"}), frozenset()]


def test_every_figure_names_its_source() -> None:
    figures = [line for line in SHIPPED.read_text().splitlines() if any(c.isdigit() for c in line.split("#")[0])]
    section = SHIPPED.read_text()
    assert [line for line in figures if "(ours)" not in line and "[" not in line.split("#")[-1]] == [
        "silence days: 180"
    ]
    assert "[003 §33]; the figure is (ours)." in section


@pytest.mark.parametrize(
    ("old", "new", "field", "problem"),
    [
        pytest.param(
            "16 working hours", "16 hours", "paces > routine > acknowledge", "“16 hours” is not a length", id="hours"
        ),
        pytest.param(
            "16 working hours", "0 working hours", "paces > routine > acknowledge", "is not a length", id="no time"
        ),
        pytest.param("40 working hours", "4 working hours", "paces > routine", "less time to respond", id="order"),
        pytest.param("silence days: 180", "silence days: -3", "silence days", "must be at least 1", id="negative"),
        pytest.param(
            "silence days: 180", "silence days: ten", "silence days", "“ten” is not a whole number", id="words"
        ),
        pytest.param("silence days: 180", "silence days:", "silence days", "is empty: fill it in", id="blank"),
        pytest.param("silence days: 180", "silent days: 180", "silent days", "did you mean “silence days”?", id="name"),
        pytest.param("leads: [5, 1]", "leads: []", "digest > leads", "needs at least 1", id="no leads"),
        pytest.param("leads: [5, 1]", "leads: 5", "digest > leads", "must be a list, such as", id="not a list"),
        pytest.param(
            "leads: [5, 1]", "leads: [5, x]", "digest > leads > 2", "“x” is not a whole number", id="one lead"
        ),
        pytest.param("every: 5", "every: 0", "reminders > overdue every", "must be at least 1", id="endless"),
        pytest.param('closes: "17:00"', "closes: 08:00", "opening", "closes before it opens", id="opening"),
        pytest.param('closes: "17:00"', "closes: 0900", "opening > closes", "is not a time of day", id="time"),
        pytest.param(
            "[professional regulator]",
            "[regulator]",
            "categories > professionals > proposes > 1",
            "is not known",
            id="kind",
        ),
        pytest.param("  urgent:", "  urgently:", "paces > urgently", "did you mean “urgent”?", id="urgency"),
        pytest.param("  workforce:", "  Work force:", "themes > Work force", "is not a key", id="key"),
        pytest.param(": Medicines", ": " + "x" * 76, "themes > medicines", "too long: at most 75", id="label"),
        pytest.param(
            "profession: nursing",
            "profession: nursin",
            "routes > 2 > profession > 1",
            "“nursin” is not a profession of this policy: did you mean “nursing”?",
            id="profession",
        ),
        pytest.param(
            "profession: nursing",
            "profession: [medicine, law]",
            "routes > 2 > profession > 2",
            "“law” is not a profession of this policy: it has allied_health, dentistry",
            id="one of several professions",
        ),
        pytest.param(
            "category: trust",
            "category: trusting",
            "routes > 11 > category > 1",
            "“trusting” is not a category of this policy: did you mean “trust”?",
            id="category of a route",
        ),
        pytest.param(
            "proposes: gmc",
            "proposes: General Medical Council",
            "routes > 1 > proposes > 1",
            "is not known",
            id="neither name nor kind",
        ),
        pytest.param(
            "proposes: gmc",
            "proposes: professional regulators",
            "routes > 1 > proposes > 1",
            "did you mean “professional regulator”?",
            id="kind of a route",
        ),
        pytest.param("proposes: gmc", "proposes: provider", "routes > 1 > proposes > 1", "ever asked", id="providers"),
        pytest.param("proposes: gmc", "proposes: []", "routes > 1 > proposes", "needs at least 1", id="nobody"),
        pytest.param(
            "learning environment: yes",
            "learning environment: maybe",
            "routes > 7 > learning environment",
            "“maybe” is not yes or no",
            id="neither yes nor no",
        ),
        pytest.param(
            "learning environment: yes",
            "learning environment:",
            "routes > 7 > learning environment",
            "is empty: fill it in or take the line out",
            id="empty condition",
        ),
        pytest.param("sector: pharmacy", "sectors: pharmacy", "routes > 9 > sectors", "mean “sector”?", id="condition"),
        pytest.param("sector: pharmacy", "sector: []", "routes > 9 > sector", "needs at least 1", id="no sectors"),
        pytest.param(
            "because: Regulates doctors", "because:", "routes > 1 > because", "is empty: fill it in", id="no reason"
        ),
        pytest.param(
            "because: Regulates doctors",
            "because: " + "x" * 76,
            "routes > 1 > because",
            "too long: at most 75",
            id="long reason",
        ),
        pytest.param(
            "remind before: 3", "remind before: 10", "meetings > remind before", "or nobody is reminded", id="too soon"
        ),
        pytest.param("digest:", "digests:", "digests", "did you mean “digest”?", id="section"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_field(
    tmp_path: Path, old: str, new: str, field: str, problem: str
) -> None:
    path, line = edited(SHIPPED, tmp_path, old, new)
    found = mistakes(path)
    assert [at for at, _, _ in found] == [line] or field in ("opening", "paces > routine")
    assert [name for _, name, _ in found] == [field]
    assert problem in found[0][2]


def test_a_missing_urgency_is_missed(tmp_path: Path) -> None:
    text = SHIPPED.read_text()
    start, end = text.index("  soon:"), text.index("  urgent:")
    path = tmp_path / "policy.yaml"
    path.write_text(text[:start] + text[end:])
    assert [(field, problem) for _, field, problem in mistakes(path)] == [
        ("paces > soon", "is missing: say how long an organisation then has")
    ]


def test_sending_outside_opening_hours_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(SHIPPED.read_text().replace('at: "09:00"', 'at: "18:00"'))
    assert [field for _, field, _ in mistakes(path)] == ["reminders > at", "digest > at"]


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    text = SHIPPED.read_text().replace("16 working hours", "soon").replace("180", "no").replace("[5, 1]", "[-1]")
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    assert [field for _, field, _ in mistakes(path)] == [
        "paces > routine > acknowledge",
        "digest > leads > 1",
        "silence days",
        "triangulation > window days",
    ]
