"""The figures and lists a group may change, as read from the policy file. Local policy is marked *(ours)* there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.domain.calendar import WorkingCalendar
from bot.domain.escalation import Pace
from bot.domain.kinds import DRILL, Addressed, AnswerKind, Kind
from bot.domain.routing import Route
from bot.domain.terms import OrganisationKind, Urgency

NO_LONGER_LISTED = Kind(
    "Formal request",
    "for an answer",
    Addressed.SIGNATORIES,
    {"answered": AnswerKind("Our answer", "has answered", True)},
)


@dataclass(frozen=True)
class Category:
    """A category under the protocol, and the kinds of organisation proposed for it; `Policy.routes` has them too."""

    label: str
    proposes: frozenset[OrganisationKind]


@dataclass(frozen=True)
class ReminderPolicy:
    """When owners are reminded: calendar days before, working days before, then overdue; at which local time.

    In working days overdue: when the owner's organisation's representative, and when the chair reads of it. How many
    working days past its day a reminder may be put off, and how often while it is overdue. After how many working days
    whoever raised an action hears that its owner has not accepted it.
    """

    days_before: tuple[int, ...]
    working_days_before: tuple[int, ...]
    overdue_first: int
    overdue_every: int
    at: time
    copy_representative: int = 5
    copy_chair: int = 10
    snooze_past_due: int = 1
    snoozes_overdue: int = 3
    accept_after: int = 2


@dataclass(frozen=True)
class DigestPolicy:
    """Lead times in working days before a meeting, and the local time of posting."""

    leads: tuple[int, ...]
    at: time


@dataclass(frozen=True)
class HandlingPolicy:
    """How long a second person has to agree, in working days, and how long an opened annexe stays open, in hours."""

    reply_days: int
    annexe_hours: int


@dataclass(frozen=True)
class PanelPolicy:
    """In working days: how long before a panel those who come are reminded, beside the day, and its pack is sent;
    after how many its convener is told that no time has been fixed; how often an overdue review is recalled."""

    working_days_before: tuple[int, ...]
    unfixed_after: int
    pack_before: int
    review_every: int


@dataclass(frozen=True)
class MeetingPolicy:
    """In working days before a meeting: when people are asked whether they come, reminded if they did not say, and when
    its pack goes out. In working days after it: by when a provider, and a safeguarding board, is told what was
    concluded; and, once its note is sent, how long members have to agree it or to comment. In months: within which a
    group discusses each of its providers, unless the network file says otherwise [003 §95]."""

    ask_before: int
    remind_before: int
    pack_before: int = 5
    tell_provider_within: int = 5
    tell_board_within: int = 1
    note_agreed_within: int = 5
    cycle_months: int = 12


@dataclass(frozen=True)
class ReportPolicy:
    """Reports between tiers: working days after which a quarter's is overdue, months that a first one looks back, and
    at how many providers a theme is one across providers."""

    late_after: int
    first_months: int
    theme_at: int


@dataclass(frozen=True)
class LevelPolicy:
    """Surveillance levels: for how many months one stays on enhanced after assurance was gained, and after how many
    quarters in a row on enhanced the position is reviewed."""

    hold_months: int
    review_quarters: int


@dataclass(frozen=True)
class TriangulationPolicy:
    """Triangulation: over how many days back, by the date of the event, what organisations say is put together."""

    window_days: int


@dataclass(frozen=True)
class Keeping:
    """How long one class of record is kept after the last new answer."""

    label: str
    days: int


@dataclass(frozen=True)
class RetentionPolicy:
    """The classes, and in days: how long before the end people are warned, and how long what was removed can be
    restored."""

    classes: Mapping[str, Keeping]
    warn_days: int
    restore_days: int


@dataclass(frozen=True)
class Policy:
    """Everything in the policy file, validated. Keys are stored; labels are shown."""

    themes: Mapping[str, str]
    sources: Mapping[str, str]
    quality_domains: Mapping[str, str]
    categories: Mapping[str, Category]
    kinds: Mapping[str, Kind]
    professions: Mapping[str, str]
    routes: tuple[Route, ...]
    paces: Mapping[Urgency, Pace]
    drill: Pace
    reminders: ReminderPolicy
    digest: DigestPolicy
    opens: time
    closes: time
    silence_days: int
    handling: HandlingPolicy
    legal_bases: Mapping[str, str]
    retention: RetentionPolicy
    reconfirm_days: int
    figures_days: int
    witness_at: time
    panels: PanelPolicy
    meetings: MeetingPolicy
    reports: ReportPolicy
    levels: LevelPolicy
    triangulation: TriangulationPolicy

    def kind(self, key: str) -> Kind:
        """A kind of request; for one that has been taken out of the file since, what can still be said of it."""
        return self.kinds.get(key, NO_LONGER_LISTED)

    def pace(self, kind: str, urgency: Urgency) -> Pace:
        """How long an addressee has: by the kind's own figures, or else by those for all; a drill has its own."""
        if kind == DRILL:
            return self.drill
        return self.kind(kind).paces.get(urgency, self.paces[urgency])


@dataclass(frozen=True)
class Rules:
    """What every service is given to decide by: the group's policy and the working calendar."""

    policy: Policy
    calendar: WorkingCalendar

    def today(self, now: datetime) -> date:
        """The local date of a moment."""
        return self.calendar.day(now)
