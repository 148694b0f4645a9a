"""The network file: the example is sound, and every kind of mistake is named with its line and field."""

import contextlib
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.terms import Level, ProtocolStatus
from bot.files.located import MistakesFound
from bot.files.network import Network
from bot.files.network_check import circles, load_network
from bot.files.network_file import read_network
from bot.files.policy import load_policy
from tests.files.editing import edited

EXAMPLE = Path(__file__).parents[2] / "deploy" / "example-network.yaml"


def mistakes(path: Path, known: frozenset[str] = frozenset()) -> list[tuple[int, str, str]]:
    with pytest.raises(MistakesFound) as caught:
        load_network(path, known, load_policy().categories)
    return [(mistake.line, mistake.field, mistake.problem) for mistake in caught.value.mistakes]


@pytest.fixture(scope="module")
def example() -> Network:
    return load_network(EXAMPLE, categories=load_policy().categories)


def test_the_example_is_the_demo_network(example: Network) -> None:
    people = {slug: person.slack for _, slug, person in example.people()}
    assert len(example.organisations) == 14
    assert {people[slug] for slug in ("inspector", "dean", "gmc-lead", "gmc-deputy", "chair", "secretariat")} == {
        "U_CQC_INSPECTOR",
        "U_HEE_DEAN",
        "U_GMC_LEAD",
        "U_GMC_DEPUTY",
        "U_NHSE_CHAIR",
        "U_NHSE_SECRETARIAT",
    }
    assert example.groups["marram"].meetings["marram-2026-11"].starts == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert example.groups["marram"].levels["RZZ01"].level is Level.ENHANCED


def test_the_example_has_the_signatories_of_2018(example: Network) -> None:
    signed = {o.short_name for o in example.organisations.values() if o.protocol.status is ProtocolStatus.SIGNATORY}
    assert signed == {"CQC", "GMC", "NMC", "GDC", "GPhC", "HCPC", "HEE", "PHSO", "LGSCO"}


def test_how_often_a_group_meets_and_why_it_exists(example: Network, tmp_path: Path) -> None:
    group = example.groups["east-coast"]
    assert group.cadence
    assert group.cadence.read().spoken() == "every 3 months on the second Wednesday at 14:00"
    assert group.purpose.endswith("where they cannot act alone.")
    assert example.groups["marram"].cadence is None
    path, _ = edited(EXAMPLE, tmp_path, "every: 3 months", "every: month")
    cadence = load_network(path).groups["east-coast"].cadence
    assert cadence
    assert cadence.read().spoken() == "every month on the second Wednesday at 14:00"


def test_a_mistake_in_a_cadence_hides_no_other_of_its_group(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "every: 3 months", "every: 3 moons")
    path.write_text(path.read_text().replace("parent: national", "parent: nation"))
    named = {name for _, name, _ in mistakes(path)}
    assert named == {"groups > east-coast > parent", "groups > east-coast > cadence > every"}


def test_weeks_are_counted_from_a_working_day(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "every: 3 months", "every: 12 weeks")
    lines = [line for line in path.read_text().splitlines() if "on: second Wednesday" not in line]
    path.write_text("\n".join(lines).replace("from: 2026-12-01", "from: 2026-12-05"))
    ((_, name, said),) = mistakes(path)
    assert (name, said) == (
        "groups > east-coast > cadence > from",
        "is a Saturday: name a day from Monday to Friday",
    )


def test_a_meeting_in_summer_is_in_london_time(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "starts: 2027-01-25 10:00", "starts: 2027-07-26 10:00")
    july = load_network(path).groups["marram"].meetings["marram-2027-01"]
    assert july.starts == datetime(2027, 7, 26, 9, tzinfo=UTC)
    path, _ = edited(EXAMPLE, tmp_path, "starts: 2027-01-25 10:00", "starts: 2027-07-26 10:00 +02:00")
    assert load_network(path).groups["marram"].meetings["marram-2027-01"].starts == datetime(2027, 7, 26, 8, tzinfo=UTC)


SHAPE = [
    ("kind: ombudsman", "kind: ombudsmen", "organisations > phso > kind", "did you mean “ombudsman”?"),
    ("short name: GDC", "short_name: GDC", "organisations > gdc > short_name", "did you mean “short name”?"),
    (
        "    kind: education\n",
        "    colour: blue\n    kind: education\n",
        "organisations > hee > colour",
        "is not a name we know here",
    ),
    (
        "slack: U_CQC_LEAD",
        "slack: '@felix'",
        "organisations > cqc > people > cqc-lead > slack",
        "is not a Slack member ID",
    ),
    (
        "email: felix.ardern@cqc.example",
        "email: felix",
        "organisations > cqc > people > cqc-lead > email",
        "“felix” is not an e-mail",
    ),
    (
        "email domains: cqc.example",
        "email domains: '@cqc'",
        "organisations > cqc > email domains > 1",
        "is not an e-mail domain",
    ),
    ("from: 2018-07-26", "from: 26/07/2018", "organisations > cqc > protocol > from", "write it like 2026-11-30"),
    ("from: 2018-07-26", "from: 2018-02-30", "organisations > cqc > protocol > from", "is not a date"),
    (
        "protocol: supporting",
        "protocol: supportive",
        "organisations > nhse > protocol > status",
        "did you mean “supporting”?",
    ),
    ("confirmed on: 2026-10-05", "confirmed on: 20261005", "organisations > cqc > confirmed on", "is not a date"),
    ("tier: local", "tier: village", "groups > marram > tier", "write one of local, national, oversight, regional"),
    ("channel: C_JSOG", "channel: jsog", "groups > national > channel", "is not a Slack channel ID"),
    (
        "minutes: 120",
        "minutes: two hours",
        "groups > marram > meetings > marram-2026-11 > minutes",
        "is not a whole number",
    ),
    (
        "starts: 2026-11-30 10:00",
        "starts: 2026-11-30",
        "groups > marram > meetings > marram-2026-11 > starts",
        "is not a day and time",
    ),
    (
        "every: 3 months",
        "every: 3 moons",
        "groups > east-coast > cadence > every",
        "is not how often a group meets: write it like “2 weeks” or “3 months”",
    ),
    ("every: 3 months", "every: 13 months", "groups > east-coast > cadence > every", "at most a year"),
    ("on: second Wednesday", "on: fifth Wednesday", "groups > east-coast > cadence > on", "is not a day to meet on"),
    ('at: "14:00"', "at: 2pm", "groups > east-coast > cadence > at", "is not a time of day"),
    ("minutes: 90", "minutes: 2", "groups > east-coast > cadence > minutes", "must be at least 5"),
    ("from: 2026-12-01", "form: 2026-12-01", "groups > east-coast > cadence > form", "did you mean “from”?"),
    ("purpose: >-", "purposes: >-", "groups > east-coast > purposes", "did you mean “purpose”?"),
    ("level: enhanced", "level: enhance", "groups > marram > levels > RZZ01 > level", "did you mean “enhanced”?"),
    ("town: Marram\n", "town:\n", "providers > RZZ01 > town", "is empty: fill it in or take the line out"),
    ("town: Marram\n", 'town: "Mar\\nram"\n', "providers > RZZ01 > town", "must be words on one line"),
    ("sector: acute", "sector: [acute]", "providers > RZZ01 > sector", "must be words on one line"),
    ("  nhsi:\n    name", "  NHS I:\n    name", "organisations > NHS I", "is not a name for this file"),
    ("workspace: T0SOUND", "workspace: soundings", "workspace", "is not a Slack workspace"),
    (
        "confirmed on: 2026-10-12\n    people:",
        "confirmed on: 2026-10-12\n    peoples:",
        "organisations > nmc > peoples",
        "“people”",
    ),
    (
        "nominated: nmc-lead",
        "hours: {opens: 08:00}",
        "organisations > nmc > hours > closes",
        "is missing: add a line “closes: …”",
    ),
    (
        "nominated: nmc-lead",
        "hours: {opens: 20:00, closes: 08:00}",
        "organisations > nmc > hours",
        "closes before it opens",
    ),
    (
        "nominated: nmc-lead",
        "hours: {opens: 8am, closes: 20:00}",
        "organisations > nmc > hours > opens",
        "“8am” is not a time of day: write it like 09:00",
    ),
    ("nominated: nmc-lead", "hours: 08:00", "organisations > nmc > hours", "must be a block of indented"),
    (
        "nominated: nmc-lead",
        "nominated in: {London: {nominate: nmc-lead}}",
        "organisations > nmc > nominated in > London > nominate",
        "did you mean “nominated”?",
    ),
    (
        "nominated: nmc-lead",
        "nominated in: {London: }",
        "organisations > nmc > nominated in > London",
        "is empty: fill it in or take the line out",
    ),
    (
        "nominated: nmc-lead",
        "nominated in: London",
        "organisations > nmc > nominated in",
        "must be a block of indented",
    ),
]
SENSE = [
    ("nominated: nmc-lead", "nominated: nmc-leed", "organisations > nmc > nominated > 1", "did you mean “nmc-lead”?"),
    (
        "nominated: nmc-lead",
        "nominated: dean",
        "organisations > nmc > nominated > 1",
        "“dean” is a person of “hee”, not of “nmc”",
    ),
    (
        "[cqc-lead, cqc-deputy]",
        "[cqc-lead, cqc-lead]",
        "organisations > cqc > nominated > 2",
        "“cqc-lead” is here twice",
    ),
    (
        "      gmc-deputy:",
        "      inspector:",
        "organisations > gmc > people > inspector",
        "is already a person on line",
    ),
    (
        "slack: U_CCG_QUALITY",
        "slack: U_GMC_LEAD",
        "organisations > marram-ccg > people > ccg-quality > slack",
        "already belongs to another person",
    ),
    ("channel: C_MARRAM_QSG", "channel: C_JSOG", "groups > marram > channel", "already belongs to another group"),
    (
        "until: 2026-12-07",
        "until: 2026-02-07",
        "organisations > gmc > people > gmc-lead > absences > 1 > until",
        "is before 2026-11-16",
    ),
    (
        "conflicts: [ZZ5002]",
        "conflicts: [ZZ502]",
        "organisations > marram-ccg > people > ccg-quality > conflicts > 1",
        "did you mean “ZZ5002”?",
    ),
    ("parent: east-coast", "parent: west-coast", "groups > marram > parent", "did you mean “east-coast”?"),
    (
        "parent: national",
        "parent: marram",
        "groups > east-coast > parent",
        "goes round in a circle: east-coast, marram, east-coast",
    ),
    ("chair: chair", "chair: phso-lead", "groups > marram > chair", "add “independent chair: yes”"),
    ("chair: chair", "chair: nobody", "groups > marram > chair", "“nobody” is not a person in this file"),
    (
        "secretariat: secretariat",
        "secretariat: secretary",
        "groups > national > secretariat > 1",
        "did you mean “secretariat”?",
    ),
    (
        "      marram-ccg: ccg-quality",
        "      marram-cc: ccg-quality",
        "groups > marram > members > marram-cc",
        "did you mean “marram-ccg”?",
    ),
    ("      nmc: nmc-lead", "      nmc: dean", "groups > national > members > nmc > representative", "not of “nmc”"),
    ("RZZ02, RZZ03,", "RZZ02, RZZ02,", "groups > marram > footprint > 5", "“RZZ02” is here twice"),
    ("on: second Wednesday", "on: Wednesday", "groups > east-coast > cadence > on", "which one of the month"),
    ("on: second Wednesday", "on: last Sunday", "groups > east-coast > cadence > on", "is a Sunday"),
    ("every: 3 months", "every: 12 weeks", "groups > east-coast > cadence > on", "counts within a month"),
    (
        "starts: 2027-01-25 10:00",
        "starts: 2026-11-30 11:59",
        "groups > marram > meetings > marram-2027-01 > starts",
        "still in the meeting",
    ),
    (
        "        by: chair",
        "        by: chairman",
        "groups > marram > levels > RZZ01 > by",
        "“chairman” is not a person",
    ),
    (
        "find out by: 2026-11-27",
        "find out by: 2026-01-01",
        "groups > marram > levels > ZZ5001 > find out by",
        "is before 2026-09-28",
    ),
    ("parent: RZZ03\n", "parent: RZZ03A\n", "providers > RZZ03A > parent", "goes round in a circle"),
    ("parent: RZZ03\n", "parent: RZZ99\n", "providers > RZZ03A > parent", "“RZZ99” is not a provider we know"),
    (
        "protocol: supporting\n",
        "protocol: supporting\n    successor: nhsx\n",
        "organisations > nhse > successor",
        "is not an organisation",
    ),
    (
        "nominated: nmc-lead",
        "nominated for: {trusted: nmc-lead}",
        "organisations > nmc > nominated for > trusted",
        "did you mean “trust”?",
    ),
    (
        "nominated: nmc-lead",
        "nominated in: {London: nmc-leed}",
        "organisations > nmc > nominated in > London > nominated > 1",
        "did you mean “nmc-lead”?",
    ),
    (
        "nominated: nmc-lead",
        "nominated in: {London: {nominated for: {trusted: nmc-lead}}}",
        "organisations > nmc > nominated in > London > nominated for > trusted",
        "did you mean “trust”?",
    ),
    (
        "nominated: nmc-lead",
        "nominated in: {London: {nominated for: {trust: dean}}}",
        "organisations > nmc > nominated in > London > nominated for > trust > 1",
        "“dean” is a person of “hee”, not of “nmc”",
    ),
    (
        "nominated: nmc-lead",
        "nominated in: {London: nmc-lead, LONDON: nmc-lead}",
        "organisations > nmc > nominated in > LONDON",
        "written otherwise: keep one of the two",
    ),
    (
        "nominated: nmc-lead",
        "nominated in: {London: {nominated for: {}}}",
        "organisations > nmc > nominated in > London",
        "has nobody: name who is nominated there",
    ),
    (
        "protocol: supporting",
        "protocol: {status: none, from: 2020-01-01, until: 2019-01-01}",
        "organisations > nhse > protocol > until",
        "is before",
    ),
    (
        "records leads: cqc-deputy",
        "records leads: cqc-deputi",
        "organisations > cqc > records leads > 1",
        "did you mean “cqc-deputy”?",
    ),
    (
        "records leads: cqc-deputy",
        "records leads: dean",
        "organisations > cqc > records leads > 1",
        "“dean” is a person of “hee”, not of “cqc”",
    ),
    (
        "records leads: cqc-deputy",
        "records leads: [cqc-lead, cqc-lead]",
        "organisations > cqc > records leads > 2",
        "“cqc-lead” is here twice",
    ),
]


@pytest.mark.parametrize(("old", "new", "field", "problem"), SHAPE + SENSE)
def test_a_mistake_is_named_with_its_line_and_field(
    tmp_path: Path, old: str, new: str, field: str, problem: str
) -> None:
    path, line = edited(EXAMPLE, tmp_path, old, new)
    found = mistakes(path)
    named = [(at, said) for at, name, said in found if name == field]
    assert len(named) == 1, found
    at, said = named[0]
    assert problem in said
    assert at in range(line, line + 3)


@pytest.mark.parametrize(("old", "new", "field", "problem"), SHAPE)
def test_one_wrong_value_is_one_mistake(tmp_path: Path, old: str, new: str, field: str, problem: str) -> None:
    path, _ = edited(EXAMPLE, tmp_path, old, new)
    found = mistakes(path)
    # Renaming a thing also breaks what names it; everything else is told once.
    assert len(found) == 1 or field in ("organisations > NHS I", "organisations > nmc > peoples")


def test_mistakes_of_shape_and_of_sense_come_together(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    for old, new, _, _ in (SHAPE[0], SHAPE[3], SENSE[0], SENSE[9], SENSE[15]):
        text = text.replace(old, new)
    path = tmp_path / "network.yaml"
    path.write_text(text)
    fields = [field for _, field, _ in mistakes(path)]
    assert fields == [
        "organisations > cqc > people > cqc-lead > slack",
        "organisations > nmc > nominated > 1",
        "organisations > phso > kind",
        "organisations > lgsco > kind",
        "groups > east-coast > parent",
        "groups > marram > footprint > 5",
    ]


def test_an_independent_chair_may_come_from_anywhere(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "    chair: chair", "    chair: phso-lead\n    independent chair: yes")
    assert load_network(path).groups["marram"].independent_chair


def test_a_provider_may_be_known_only_to_the_database(tmp_path: Path) -> None:
    path, line = edited(EXAMPLE, tmp_path, "footprint: [RZZ01,", "footprint: [ELSEWHERE,")
    assert [(at, name) for at, name, _ in mistakes(path)] == [(line, "groups > marram > footprint > 1")]
    assert read_network(path).codes_elsewhere() == {"ELSEWHERE"}
    assert "ELSEWHERE" in load_network(path, frozenset({"ELSEWHERE"})).groups["marram"].footprint


def test_a_provider_organisation_must_name_its_provider(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "kind: patient voice", "kind: provider")
    assert [name for _, name, _ in mistakes(path)] == ["organisations > healthwatch"]
    path, _ = edited(EXAMPLE, tmp_path, "kind: patient voice", "kind: provider\n    provider: RZZ02")
    assert load_network(path).organisations["healthwatch"].provider == "RZZ02"


def test_further_information_needs_somebody_to_find_out(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "        find out: ccg-quality\n", "")
    assert [name for _, name, _ in mistakes(path)] == ["groups > marram > levels > ZZ5001"]


def test_without_a_workspace_chat_identities_have_no_home(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "workspace: T0SOUND\n", "")
    found = mistakes(path)
    assert len(found) == 20 + 3
    assert {problem.split(":")[0] for _, _, problem in found} == {"has no workspace"}


def test_successors_may_not_go_in_circles(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    for slug, other in (("NHSI", "nhse"), ("NHS England", "nhsi")):
        text = text.replace(f"    short name: {slug}\n", f"    short name: {slug}\n    successor: {other}\n")
    path = tmp_path / "network.yaml"
    path.write_text(text)
    assert [name for _, name, _ in mistakes(path)] == ["organisations > nhse > successor"]


def test_circles_are_found_once_each() -> None:
    links = {"a": "b", "b": "c", "c": "b", "d": "d", "e": "a", "f": None}
    assert circles(links) == [["b", "c"], ["d"]]


REGIONS = """nominated: [gmc-lead, gmc-deputy]
    nominated for: {trust: gmc-deputy}
    nominated in:
      London: [gmc-deputy, gmc-lead]
      North West:
        nominated: gmc-lead
        nominated for: {trust: gmc-deputy}
    hours: {opens: "08:00", closes: 20:30}
"""


def test_people_are_nominated_for_regions_and_categories(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "nominated: [gmc-lead, gmc-deputy]\n", REGIONS)
    gmc = load_network(path, categories=load_policy().categories).organisations["gmc"]
    assert [(one.category, one.region, one.people) for one in gmc.nominations()] == [
        ("", "", ("gmc-lead", "gmc-deputy")),
        ("trust", "", ("gmc-deputy",)),
        ("", "London", ("gmc-deputy", "gmc-lead")),
        ("", "North West", ("gmc-lead",)),
        ("trust", "North West", ("gmc-deputy",)),
    ]
    assert gmc.hours is not None
    assert (gmc.hours.opens, gmc.hours.closes) == (time(8), time(20, 30))


def test_short_forms_mean_the_same_as_long_ones(tmp_path: Path) -> None:
    path, _ = edited(EXAMPLE, tmp_path, "      nmc: nmc-lead\n", "      nmc: {representative: nmc-lead}\n")
    assert load_network(path) == load_network(EXAMPLE)
    path, _ = edited(EXAMPLE, tmp_path, "      nmc: nmc-lead\n", "      nmc:\n")
    assert load_network(path).groups["national"].members["nmc"].representative is None


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, len(EXAMPLE.read_text().splitlines()) - 1),
    st.sampled_from(
        ["", "drop", "twice", "  ", "x: y", "      - 1", "    : ", "9" * 400, "    until: 9999-12-31", "é: [", "\t"]
    ),
)
def test_however_a_line_is_spoilt_the_answer_is_a_network_or_its_mistakes(
    tmp_path_factory: pytest.TempPathFactory, line: int, spoilt: str
) -> None:
    lines = EXAMPLE.read_text().splitlines()
    lines[line : line + 1] = {"drop": [], "twice": [lines[line]] * 2}.get(spoilt, [spoilt])
    path = tmp_path_factory.getbasetemp() / "spoilt.yaml"
    path.write_text("\n".join(lines))
    with contextlib.suppress(MistakesFound):
        assert load_network(path).organisations
