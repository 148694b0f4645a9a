"""What happens at a meeting, in the field's terms [003 §46-47, §79, §130-132]."""

from enum import StrEnum


class Board(StrEnum):
    """The safeguarding board that is to be told [003 §72-79]."""

    ADULTS = "adults"
    CHILDREN = "children"


class NoteState(StrEnum):
    """Where the note of a meeting stands: one draft at a time, and the agreed one is frozen."""

    DRAFT = "draft"
    WITH_MEMBERS = "with members"
    AGREED = "agreed"
    REPLACED = "replaced"
