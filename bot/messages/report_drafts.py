"""A report's first words, drawn from the record: each line cites its reference, organisation and date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.escalation import AWAITED, AddresseeState
from bot.domain.policy import Rules
from bot.domain.reports import PART_LIMIT, Entry, ReportKind, whole
from bot.domain.terms import Level
from bot.messages.words import Templates
from bot.store.escalations import GridLine
from bot.store.report_record import About, Span
from bot.store.tables import Escalation, Group, Organisation, Report

FURTHER = {ReportKind.SURVEILLANCE: "information"}


@dataclass(frozen=True)
class Drafter:
    """What the words are made with. `sender` is the group, or the organisation, whose report it is; `receiver` the
    group it goes to."""

    words: Templates
    rules: Rules
    span: Span
    report: Report
    sender: Group | Organisation
    receiver: Group

    def entries(self, record: Mapping[int | None, About], below: list[tuple[str, Report, Entry]]) -> list[Entry]:
        """Every part of the annex, with what the record says of it."""
        said = [*self._general(record), *self._below(below)]
        for provider in sorted(record, key=lambda key: (key is not None, key or 0)):
            said += self._about(provider, record[provider])
        return whole(self.report.kind, [one for one in said if one.text])

    def _general(self, record: Mapping[int | None, About]) -> Iterator[Entry]:
        """What it is for, and whether it is to note or for action [003 §26]."""
        if self.report.kind is ReportKind.SURVEILLANCE:
            return
        kind, asks = self.report.kind.name, any(about.requests for about in record.values())
        about = {"kind": kind, "report": self.report, "sender": self.sender, "receiver": self.receiver}
        yield Entry("purpose", None, self.words.plain("draft.purpose", **about))
        if kind != "REGIONAL":
            yield Entry("summary", None, self.words.plain("draft.summary", asks=asks))

    def _below(self, told: list[tuple[str, Report, Entry]]) -> Iterator[Entry]:
        for group, report, one in told:
            text = self.words.plain("draft.below", group=group, report=report)
            yield Entry("interventions", one.provider_id, f"{text}\n{one.text}"[:PART_LIMIT])

    def _about(self, provider: int | None, about: About) -> Iterator[Entry]:
        """What is told of one provider, part by part."""
        if key := self._part_of(about):
            yield _entry(key, provider, self.words.plain("draft.about", **self._facts(about)))
        if self.report.kind is ReportKind.REGIONAL and about.themes:
            yield _entry("themes", provider, self.words.plain("draft.themes", **self._facts(about)))
        if self.report.kind in (ReportKind.LOCAL, ReportKind.REGIONAL) and about.requests:
            yield _entry("support", provider, self.words.plain("draft.requests", **self._facts(about)))
        if self.report.kind is ReportKind.SURVEILLANCE and self._changes(about):
            yield _entry("changes", provider, self.words.plain("draft.changes", **self._facts(about)))

    def _part_of(self, about: About) -> str:
        """The part that has what is known of a provider; none for one of which there is nothing to tell."""
        match about.level:
            case Level.RISK_SUMMIT:
                return "interventions"
            case Level.ENHANCED:
                return "issues"
            case Level.FURTHER_INFORMATION:
                return FURTHER.get(self.report.kind, "issues")
        if self.report.kind is ReportKind.SURVEILLANCE:
            return ""
        return "issues" if about.concerns or about.actions or about.requests or self._changes(about) else ""

    def _changes(self, about: About) -> list[tuple[str, str, object, str]]:
        """What its level was and became in the period, the newest first: before, after, when and why."""
        if about.standing is None:
            return []
        history = [about.standing.level, *about.standing.before]
        pairs = zip(history, [*history[1:], None], strict=True)
        return [
            (before.level.value if before else "", after.level.value, after.decided_at, after.reason)
            for after, before in pairs
            if self.span.first <= after.decided_at < self.span.end
        ]

    def _facts(self, about: About) -> dict[str, object]:
        """One provider as a template sees it."""
        surveillance = self.report.kind is ReportKind.SURVEILLANCE
        policy = self.rules.policy
        return {
            "about": about,
            "changes": [] if surveillance else self._changes(about),
            "all_changes": self._changes(about),
            "themes": [
                (policy.themes.get(key, key), [one for one in about.concerns if one.concern.theme == key])
                for key in about.themes
            ],
            "requests": [] if surveillance else [_request(one, lines, self.rules) for one, lines in about.requests],
            "own": self.report.kind is ReportKind.COMMISSIONER,
            "today": self.span.today,
        }


def _entry(key: str, provider: int | None, text: str) -> Entry:
    """Without the empty lines that a template leaves."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return Entry(key, provider, "\n".join(line for line in lines if line)[:PART_LIMIT])


def _request(escalation: Escalation, lines: list[GridLine], rules: Rules) -> dict[str, object]:
    """One formal request: what kind, since when, and who has answered; never what they answered."""
    return {
        "reference": escalation.reference,
        "kind": rules.policy.kind(escalation.kind).label,
        "on": escalation.started_at,
        "waiting": ", ".join(line.organisation for line in lines if line.addressee.state in AWAITED),
        "answered": ", ".join(line.organisation for line in lines if line.addressee.state is AddresseeState.RESPONDED),
    }
