"""The policy file: figures and lists a group may change, checked and turned into `Policy`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from bot.domain.escalation import Pace
from bot.domain.kinds import DRILL
from bot.domain.policy import (
    Category,
    DigestPolicy,
    HandlingPolicy,
    Keeping,
    LevelPolicy,
    MeetingPolicy,
    PanelPolicy,
    Policy,
    ReminderPolicy,
    ReportPolicy,
    RetentionPolicy,
    TriangulationPolicy,
)
from bot.domain.routing import Route
from bot.domain.terms import OrganisationKind, Urgency
from bot.files.located import read_located
from bot.files.policy_kinds import KindEntry
from bot.files.policy_values import Days, Hours, Key, Label, Labels, OpeningHours, PaceEntry, TimeOfDay
from bot.files.routes import RouteEntry, as_routes, note_unknown
from bot.files.shape import Strict, validate

RETENTION_CLASSES = ("information", "acted_on")
SHIPPED = Path(__file__).with_name("policy.yaml")


class _Category(Strict):
    label: Label
    proposes: Annotated[tuple[OrganisationKind, ...], Field(min_length=1)]


class _Reminders(Strict):
    days_before: tuple[Days, ...]
    working_days_before: tuple[Days, ...]
    overdue_first: Days
    overdue_every: Days
    at: TimeOfDay
    accept_after: Days
    copy_representative: Days
    copy_chair: Days
    snooze_past_due: Days
    snoozes_overdue: Annotated[int, Field(ge=0, le=100)]


class _Digest(Strict):
    leads: Annotated[tuple[Days, ...], Field(min_length=1)]
    at: TimeOfDay


class _Handling(Strict):
    reply_days: Days
    annexe_hours: Annotated[int, Field(ge=1, le=168)]


class _Panels(Strict):
    working_days_before: tuple[Days, ...]
    unfixed_after: Days
    pack_before: Days
    review_every: Days


class _Meetings(Strict):
    ask_before: Days
    remind_before: Days
    cycle_months: Annotated[int, Field(ge=1, le=60)]
    note_agreed_within: Days
    tell_provider_within: Days
    tell_board_within: Days
    pack_before: Days


class _Reports(Strict):
    late_after: Days
    first_months: Annotated[int, Field(ge=1, le=24)]
    theme_at: Annotated[int, Field(ge=2, le=100)]


class _Levels(Strict):
    hold_months: Annotated[int, Field(ge=1, le=24)]
    review_quarters: Annotated[int, Field(ge=1, le=20)]


class _Triangulation(Strict):
    window_days: Annotated[int, Field(ge=1, le=3660)]


class _Keeping(Strict):
    label: Label
    days: Annotated[int, Field(ge=1, le=36600)]


class _Retention(Strict):
    classes: dict[Key, _Keeping]
    warn_days: Days
    restore_days: Days


class _PolicyFile(Strict):
    themes: Labels
    sources: Labels
    quality_domains: Labels
    categories: Annotated[dict[Key, _Category], Field(min_length=1, max_length=100)]
    kinds: Annotated[dict[Key, KindEntry], Field(min_length=1, max_length=30)]
    professions: Labels
    routes: Annotated[tuple[RouteEntry, ...], Field(max_length=500)]
    paces: dict[Urgency, PaceEntry]
    drill: Hours
    reminders: _Reminders
    digest: _Digest
    opening: OpeningHours
    silence_days: Annotated[int, Field(ge=1, le=3660)]
    handling: _Handling
    legal_bases: Labels
    retention: _Retention
    reconfirm_days: Annotated[int, Field(ge=1, le=3660)]
    figures_days: Days
    witness_at: TimeOfDay
    panels: _Panels
    meetings: _Meetings
    reports: _Reports
    levels: _Levels
    triangulation: _Triangulation


def load_policy(path: Path | None = None) -> Policy:
    """The policy in that file, or the one we ship. Raises `BadFile` with every mistake and its line."""
    document = read_located(path or SHIPPED)
    file = validate(document, _PolicyFile)
    if file:
        for urgency in Urgency:
            if urgency not in file.paces:
                document.note(("paces", urgency.value), "is missing: say how long an organisation then has")
        if DRILL in file.kinds:
            document.note(("kinds", DRILL), "is the assistant’s own word for a rehearsal: choose another key")
        for name, at in (("reminders", file.reminders.at), ("digest", file.digest.at)):
            if not file.opening.opens <= at < file.opening.closes:
                document.note((name, "at"), "must be within opening hours, or nothing would ever be sent")
        if file.meetings.remind_before >= file.meetings.ask_before:
            document.note(("meetings", "remind before"), "must be fewer days than “ask before”, or nobody is reminded")
        note_unknown(document, file.routes, file.categories, file.professions)
        for name in RETENTION_CLASSES:
            if name not in file.retention.classes:
                document.note(("retention", "classes", name), "is missing: say how long such a record is kept")
    document.stop_if_mistaken()
    assert file is not None  # noqa: S101  # a file without mistakes has its shape
    return _policy(file)


def _policy(file: _PolicyFile) -> Policy:
    return Policy(
        themes=file.themes,
        sources=file.sources,
        quality_domains=file.quality_domains,
        categories={key: Category(c.label, frozenset(c.proposes)) for key, c in file.categories.items()},
        kinds={key: kind.read() for key, kind in file.kinds.items()},
        paces={urgency: pace.read() for urgency, pace in file.paces.items()},
        drill=Pace(file.drill, file.drill, file.drill),
        professions=file.professions,
        routes=(*as_routes(file.routes), *_general(file.categories)),
        reminders=ReminderPolicy(**dict(file.reminders)),
        digest=DigestPolicy(**dict(file.digest)),
        opens=file.opening.opens,
        closes=file.opening.closes,
        silence_days=file.silence_days,
        handling=HandlingPolicy(**dict(file.handling)),
        legal_bases=file.legal_bases,
        retention=_retention(file.retention),
        reconfirm_days=file.reconfirm_days,
        figures_days=file.figures_days,
        witness_at=file.witness_at,
        panels=PanelPolicy(**dict(file.panels)),
        meetings=MeetingPolicy(**dict(file.meetings)),
        reports=ReportPolicy(**dict(file.reports)),
        levels=LevelPolicy(**dict(file.levels)),
        triangulation=TriangulationPolicy(**dict(file.triangulation)),
    )


def _general(categories: Mapping[str, _Category]) -> Iterator[Route]:
    """What each category proposes by itself, as the routes that give way to all others."""
    for key, one in categories.items():
        yield Route(one.label, kinds=frozenset(one.proposes), categories=frozenset({key}), general=True)


def _retention(entry: _Retention) -> RetentionPolicy:
    classes = {key: Keeping(one.label, one.days) for key, one in entry.classes.items()}
    return RetentionPolicy(classes, entry.warn_days, entry.restore_days)
