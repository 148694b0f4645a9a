"""An export as a record for machines: JSON of a shape that is documented and versioned (`docs/operator.md`)."""

import json
from typing import Any

from bot.domain.concern import grade
from bot.domain.disclosure import in_confidence
from bot.domain.policy import Policy
from bot.store.concerns import SeenAnswer
from bot.store.disclosure import Asked, Contribution, Export
from bot.store.tables import PastAnswer

FORMAT, VERSION = "soundings-disclosure", 1


def write_record(export: Export, policy: Policy) -> bytes:
    """The record in UTF-8, its contributions in the order of the document. Moments are ISO 8601 in UTC."""
    record = {
        "format": FORMAT,
        "version": VERSION,
        "marking": f"OFFICIAL-SENSITIVE {export.marking}",
        "export": export.number,
        "case": export.request.case,
        "request": export.request.kind,
        "organisation": {"code": export.organisation.slug, "name": export.organisation.name},
        "by": {"code": export.by.slug, "name": export.by.name},
        "made_at": export.made_at.isoformat(),
        "narrowed_to": {
            "provider": export.provider or None,
            "words": list(export.request.words),
            "since": export.request.since.isoformat() if export.request.since else None,
            "until": export.request.until.isoformat() if export.request.until else None,
        },
        "counts": {
            "contributions": len(export.contributions),
            "own": export.own,
            "positions_not_answered": export.unanswered,
        },
        "contributions": [_contribution(one, export, policy) for one in export.contributions],
    }
    # A broken half of a character stays readable as what it is, instead of stopping everything.
    return json.dumps(record, ensure_ascii=False, indent=2).encode("utf-8", "backslashreplace") + b"\n"


def _contribution(one: Contribution, export: Export, policy: Policy) -> dict[str, Any]:
    concern = one.seen.concern
    return {
        "reference": concern.reference,
        "supplied_by": {"organisation": one.seen.organisation or None, "person": one.person or None},
        "supplied_at": concern.raised_at.isoformat(),
        "in_confidence": in_confidence(concern.marking),
        "marking": concern.marking,
        "about": one.seen.provider,
        "happened_on": concern.event_on.isoformat(),
        "headline": concern.headline,
        "details": concern.details,
        "verbal_only": concern.verbal_only,
        "theme": policy.themes.get(concern.theme, concern.theme),
        "source": policy.sources.get(concern.source, concern.source),
        "grade": grade(concern.reliability, concern.directness),
        "urgency": concern.urgency,
        "wanted": concern.wanted,
        "state": concern.state,
        "outcome": concern.outcome,
        "escalations": [_escalation(asked, policy) for asked in one.asked],
        "own_answers": [_answer(said) for said in one.answers],
        "position": _position(one, export),
        "restricted_annexe": one.annexe,
    }


def _answer(said: SeenAnswer) -> dict[str, Any]:
    it = said.answer
    return {
        "kind": it.kind,
        "for": it.handling,
        "at": it.at.isoformat(),
        "text": it.text or None,
        "happened_on": it.event_on.isoformat() if it.event_on else None,
        "grade": said.grade or None,
    }


def _escalation(asked: Asked, policy: Policy) -> dict[str, Any]:
    escalation = asked.escalation
    category = policy.categories.get(escalation.category)
    return {
        "reference": escalation.reference,
        "asked_by": asked.organisation or None,
        "asked_at": escalation.started_at.isoformat(),
        "kind": policy.kind(escalation.kind).label,
        "category": category.label if category else escalation.category,
        "said": escalation.said,
        "answers": [
            {
                "organisation": answer.organisation,
                "state": answer.state,
                "outcome": answer.outcome or None,
                "by": answer.by_on.isoformat() if answer.by_on else None,
                "reason": answer.reason or None,
                "answered_at": answer.answered_at.isoformat() if answer.answered_at else None,
                "person": answer.person or None,
                "before": [_past(one) for one in answer.before],
                "messages": [
                    {
                        "from": (asked.organisation or None) if one.ours else answer.organisation,
                        "at": one.at.isoformat(),
                        "text": one.text,
                        "shared_with_all": one.shared_at is not None,
                    }
                    for one in answer.said
                ],
            }
            for answer in asked.answers
        ],
    }


def _past(answer: PastAnswer) -> dict[str, Any]:
    return {
        "outcome": answer.outcome,
        "by": answer.by_on.isoformat() if answer.by_on else None,
        "reason": answer.reason or None,
        "answered_at": answer.responded_at.isoformat(),
    }


def _position(one: Contribution, export: Export) -> dict[str, Any] | None:
    row = export.positions.get(one.key)
    if row is None:
        return None
    answered_at = row.answered_at.isoformat() if row.answered_at else None
    return {
        "position": row.position,
        "reason": row.reason or None,
        "asked_at": row.asked_at.isoformat(),
        "answered_at": answered_at,
    }
