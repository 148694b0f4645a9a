"""What an organisation answers to a concern: each answer is a record of its own, and counts for triangulation."""

from enum import StrEnum


class AnswerKind(StrEnum):
    """The four things a member organisation can say to a concern."""

    CORROBORATE = "corroborate"
    CONTRADICT = "contradict"
    ASK_MORE = "ask for more"
    RESOLVED = "resolved"


class AnswerHandling(StrEnum):
    """Who may read an answer: whoever may read the concern, or its originator alone. Never more than the concern."""

    READERS = "readers"
    ORIGINATOR = "originator"
