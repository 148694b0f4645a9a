"""The field's standard terms, as closed lists. What a group may edit (themes, sources) is policy instead."""

from enum import StrEnum


class Marking(StrEnum):
    """Traffic Light Protocol 2.0; plain AMBER and CLEAR are not offered."""

    RED = "TLP:RED"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    GREEN = "TLP:GREEN"

    @classmethod
    def _missing_(cls, value: object) -> "Marking":  # noqa: ARG003  # any unknown marking is the strictest
        return cls.RED


class Audience(StrEnum):
    """Who was chosen to see a concern; resolved to a list of organisations or people when it is shared."""

    GROUP = "group"
    ORGANISATIONS = "organisations"
    PEOPLE = "people"


class Basis(StrEnum):
    """Why one line of a resolved audience is there. `OFFICER`: as secretariat or chair of a group that was asked."""

    ORIGIN = "origin"
    GROUP = "group"
    CHOSEN = "chosen"
    ESCALATION = "escalation"
    OFFICER = "officer"
    AGREED = "agreed"
    OVERRIDE = "override"


class Urgency(StrEnum):
    ROUTINE = "routine"
    SOON = "soon"
    URGENT = "urgent"


class Wanted(StrEnum):
    """What the originator asks of those who read a concern."""

    INFORMATION = "information"
    DISCUSSION = "discussion"
    ACTION = "action"


class Reliability(StrEnum):
    """How reliable the source is: the first character of the grade."""

    RELIABLE = "1"
    UNTESTED = "2"
    NOT_RELIABLE = "3"


class Directness(StrEnum):
    """How directly it is known: the letter of the grade. Only the bot sets C, indirectly and corroborated."""

    SEEN = "A"
    INDIRECT = "B"
    CORROBORATED = "C"
    NOT_KNOWN = "D"
    SUSPECTED_FALSE = "E"


class Lineage(StrEnum):
    """Where the knowledge comes from, so that one rumour told five times does not look like five voices."""

    OWN = "own"
    TOLD = "told"
    MEDIA = "media"
    MEETING = "meeting"
    SAME_AS = "same_as"
    UNKNOWN = "unknown"


class ConcernState(StrEnum):
    SUBMITTED = "submitted"
    CONSIDERED = "under consideration"
    AGENDA = "on an agenda"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"


class OrganisationKind(StrEnum):
    SYSTEM_REGULATOR = "system regulator"
    PROFESSIONAL_REGULATOR = "professional regulator"
    COMMISSIONER = "commissioner"
    OVERSIGHT = "oversight body"
    EDUCATION = "education"
    PATIENT_VOICE = "patient voice"
    LOCAL_AUTHORITY = "local authority"
    OMBUDSMAN = "ombudsman"
    INVESTIGATOR = "investigator"
    PROVIDER = "provider"


class ProtocolStatus(StrEnum):
    """An organisation's place under the emerging concerns protocol."""

    SIGNATORY = "signatory"
    SUPPORTING = "supporting"
    NONE = "none"


class Tier(StrEnum):
    LOCAL = "local"
    REGIONAL = "regional"
    NATIONAL = "national"
    OVERSIGHT = "oversight"


class Role(StrEnum):
    """A person's seat in a group."""

    CHAIR = "chair"
    SECRETARIAT = "secretariat"
    REPRESENTATIVE = "representative"
    DEPUTY = "deputy"


class Level(StrEnum):
    """Surveillance levels [003 §121]."""

    ROUTINE = "R"
    FURTHER_INFORMATION = "F"
    ENHANCED = "EN"
    RISK_SUMMIT = "RS"


class ActionState(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    CLOSED = "closed"


class MeetingState(StrEnum):
    SCHEDULED = "scheduled"
    HELD = "held"
    CANCELLED = "cancelled"


class HandlingKind(StrEnum):
    """What somebody wants changed about who may see a concern, or what they may do with it.

    The first four are one person's act; an approval by a second person is needed for the others.
    """

    NARROW = "narrow"
    TIGHTEN = "tighten"
    WITHDRAW = "withdraw"
    OVERRIDE = "override"
    WIDEN = "widen"
    LOOSEN = "loosen"
    ANNEXE = "annexe"


class ChangeState(StrEnum):
    """Where a change of handling stands. No reply is no: what nobody decides lapses."""

    ASKED = "asked"
    DONE = "done"
    DECLINED = "declined"
    LAPSED = "lapsed"


class AnnexeKind(StrEnum):
    """What a restricted annexe holds [003 §115]."""

    PEOPLE = "people involved"
    SOURCE = "identity of the source"


class EnrolmentState(StrEnum):
    """Where somebody who asked to be let in stands."""

    ASKED = "asked"
    PROPOSED = "proposed"
    ENROLLED = "enrolled"
    DECLINED = "declined"


class DisclosureKind(StrEnum):
    """Why an organisation exports what it holds."""

    FREEDOM_OF_INFORMATION = "freedom of information request"
    SUBJECT_ACCESS = "subject access request"
    OWN_RECORDS = "own records"


class Position(StrEnum):
    """What an originator says to the disclosure of what it supplied."""

    ASKED = "not answered yet"
    NO_OBJECTION = "no objection"
    OBJECTS = "objects"


class KeepReason(StrEnum):
    """Why a concern is kept longer, or is brought back: a closed list, since the journal holds nothing written."""

    UNRESOLVED = "unresolved"
    PATTERN = "pattern"
    PROCEEDINGS = "proceedings"
    OTHER = "other"


class LiftReason(StrEnum):
    """Why a hold is lifted."""

    OVER = "over"
    MISTAKE = "mistake"
    OTHER = "other"


class Misfit(StrEnum):
    """Why somebody may not be in a group's channel."""

    STRANGER = "not enrolled"
    LEFT = "no longer enrolled"
    OUTSIDE = "not of a member organisation"
    STAFF = "works at the provider"
    CONFLICT = "declared a conflict"
