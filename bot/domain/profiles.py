"""Trigger tools and risk profiles: a structured assessment that members score together [004; 003 §111-113]."""

from enum import StrEnum


class ProfileState(StrEnum):
    """Where a risk profile stands: drafted by its lead, scored by members, moderated together, then agreed."""

    DRAFT = "draft"
    SCORING = "scoring"
    MODERATING = "moderating"
    AGREED = "agreed"
    ABANDONED = "abandoned"
