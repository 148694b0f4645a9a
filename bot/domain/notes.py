"""The note of a meeting, as rules: its parts, who may read which version, and what members say to it [003 §130, §132].

One organisation's silence is not consent: a note names whoever did not answer.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.domain.calendar import WorkingCalendar
from bot.domain.sittings import NoteState

PART_LIMIT = 3000  # characters that a form takes
HEADING_LIMIT = 200


class Section(StrEnum):
    """What a part is, in the order of a note. `AGREEMENT` says who agreed, and is written when the note is frozen."""

    THERE = "there"
    CONCLUDED = "concluded"
    ACTIONS = "actions"
    LEFT = "left"
    OTHER = "other"
    AGREEMENT = "agreement"


STATED = (Section.CONCLUDED, Section.LEFT)
"""Of these it is stated that there is none, to whoever reads none."""


@dataclass(frozen=True)
class Part:
    """A part of a note: `provider` and `concern` are the numbers of what it is about, and take it away from whoever may
    be shown nothing of these."""

    heading: str
    text: str
    provider: int | None = None
    concern: int | None = None
    section: Section = Section.OTHER

    @property
    def mark(self) -> str:
        """16 hexadecimal digits that stand for the part as it now is; with any change they are others."""
        what = "\n".join((str(self.provider), str(self.concern), self.heading, self.text))
        return hashlib.sha256(what.encode(errors="replace")).hexdigest()[:16]

    def stored(self) -> dict[str, Any]:
        """The part as its row holds it."""
        about = {"provider": self.provider, "concern": self.concern, "section": self.section.value}
        return {**about, "heading": self.heading, "text": self.text}


@dataclass(frozen=True)
class NoteReader:
    """Somebody who wants to read a note. `runs` is whether they chair the group or are its secretariat, `was_member`
    whether their organisation was a member on the day of the meeting."""

    of_group: bool
    runs: bool
    was_member: bool


@dataclass(frozen=True)
class Said:
    """What somebody said to a note, for an organisation."""

    organisation_id: int
    person_id: int
    agrees: bool
    at: datetime


@dataclass(frozen=True)
class Tally:
    """Which member organisations agreed, commented, and did not answer; by number, in the order of the members."""

    agreed: tuple[int, ...]
    commented: tuple[int, ...]
    silent: tuple[int, ...]

    @property
    def complete(self) -> bool:
        """Whether every member has agreed; of a group without any, nobody has."""
        return bool(self.agreed) and not (self.commented or self.silent)


def read_parts(stored: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    """The parts that a row holds, in order."""
    return tuple(
        Part(one["heading"], one["text"], one["provider"], one.get("concern"), Section(one.get("section", "other")))
        for one in stored
    )


def in_order(parts: Iterable[Part]) -> list[Part | Section]:
    """The parts that one reader reads, section by section, with a section in place of what is stated to be none.
    Whether there is none, or none for them, looks the same."""
    by_section: dict[Section, list[Part]] = {section: [] for section in Section}
    for part in parts:
        by_section[part.section].append(part)
    found: list[Part | Section] = []
    for section, its in by_section.items():
        found += its or ([section] if section in STATED else [])
    return found


def packed(part: Part) -> list[Part]:
    """A part that is longer than a form takes as several, cut between lines wherever that can be."""
    texts, room = [""], PART_LIMIT
    for line in part.text.splitlines():
        pieces = [line[start : start + room] for start in range(0, len(line), room)] or [""]
        for piece in pieces:
            longer = f"{texts[-1]}\n{piece}" if texts[-1] else piece
            if len(longer) <= room:
                texts[-1] = longer
            else:
                texts.append(piece)
    return [replace(part, heading=_numbered(part.heading, number), text=text) for number, text in enumerate(texts, 1)]


def _numbered(heading: str, number: int) -> str:
    after = f" ({number})" if number > 1 else ""
    return heading[: HEADING_LIMIT - len(after)] + after


def may_read(state: NoteState, who: NoteReader, *, sent: bool, agreed: bool) -> bool:
    """Whether somebody may read a version of a note: drafts are for those who run the group; what has been sent, for
    organisations that were members on the day; what was ever agreed, for the whole group as it is today *(ours)*."""
    if not who.of_group or who.runs:
        return who.of_group
    if agreed:
        return True
    return sent and state is not NoteState.DRAFT and who.was_member


def tally(members: Sequence[int], said: Iterable[Said], aside: Collection[int]) -> Tally:
    """How the members stand: each organisation's newest word counts. `aside` are the people who speak as chair or
    secretariat only, since others speak for their organisation."""
    newest: dict[int, Said] = {}
    for one in sorted(said, key=lambda one: one.at):
        if one.person_id not in aside:
            newest[one.organisation_id] = one
    return Tally(
        tuple(key for key in members if key in newest and newest[key].agrees),
        tuple(key for key in members if key in newest and not newest[key].agrees),
        tuple(key for key in members if key not in newest),
    )


def reply_by(today: date, within: int, calendar: WorkingCalendar) -> date:
    """The last day on which members may say something to a note that is sent today."""
    return calendar.shift(today, within)


def reminded_from(due_on: date, calendar: WorkingCalendar) -> date:
    """The day on which whoever has not answered is reminded: one working day before the last *(ours)*."""
    return calendar.shift(due_on, -1)


def is_over(due_on: date, today: date) -> bool:
    """Whether the time to say something is over."""
    return today > due_on


def changed_headings(before: Iterable[Part], after: Iterable[Part]) -> tuple[str, ...]:
    """The headings of what was changed, added or taken out between two versions, each once, as one reader sees both."""
    old, new = ([one for one in parts if one.section is not Section.AGREEMENT] for parts in (before, after))
    marks_before, marks_after = {one.mark for one in old}, {one.mark for one in new}
    changed = [one.heading for one in new if one.mark not in marks_before]
    changed += [one.heading for one in old if one.mark not in marks_after]
    return tuple(dict.fromkeys(changed))


def has_met(starts_at: datetime, opened_at: datetime | None, now: datetime) -> bool:
    """Whether a meeting has begun by now, so that there may be something to write down."""
    return starts_at <= now or (opened_at is not None and opened_at <= now)
