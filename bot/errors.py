"""What can go wrong, said so that a person knows what to do next.

The docstring of an error *is* the sentence people see; `{words}` in it are filled from the facts it is
raised with. At most it repeats a command's words to whoever typed them; it is never logged, only its kind is.
"""

from collections.abc import Mapping


class SoundingsError(Exception):
    """Something went wrong and nothing was changed. Try again in a minute."""

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(" ".join((self.__doc__ or "").split()).format(**facts))


class Refusal(SoundingsError):
    """That cannot be done here."""


class NotEnrolled(Refusal):
    """This assistant is for people enrolled by their organisation. If you should be, ask your organisation's
    lead or the secretariat; we have let them know that you asked."""


class NotFound(Refusal):
    """There is nothing under “{what}” that you can open. Check the reference and try again."""


class GoneMeanwhile(NotFound):
    """Nothing was sent: there is nothing under “{what}” that you can open, or not any more. What you typed is still
    here; copy it if you need it."""


class OwnConcern(Refusal):
    """Your organisation raised {what}, so it does not answer it. Open it and choose “Add to it” to say more, or
    “Handling” to change who may see it."""


class NotYours(Refusal):
    """Only {who} can do that. Ask them, or ask the secretariat to help."""


class WrongState(Refusal):
    """{what} is {now}, so it cannot be {wanted} now. Open it again to see how it stands."""


class PanelHeld(Refusal):
    """A panel about {what} has been held, so this cannot be changed any more. Start a new escalation instead."""


class AlreadyAnswered(Refusal):
    """Somebody at {who} answered {what} while this form was open, so nothing was sent. Close the form and open {what}
    again: that answer is there, to be read or changed."""


class ChangedMeanwhile(Refusal):
    """Somebody else has just changed {what}. Your change was not saved: open it again to see the latest, then
    make your change."""


class NoGroup(Refusal):
    """You are not a member of any group here, so there is nowhere to send this. Ask the secretariat to add your
    organisation to a group."""


class WrongPlace(Refusal):
    """{command} works in the private channel of a group you belong to. Type it there, or name the group:
    {command} {groups}."""


class NotUnderstood(Refusal):
    """We did not understand “{words}”. Type {command} help to see what you can ask."""


class UnknownFilter(Refusal):
    """/find does not understand “{words}”. It knows from: with an organisation, about: with part of a provider’s name,
    theme: with a theme, and since: with a day such as since:2026-01-01. To look for the words, leave out the colon."""


class UnknownTheme(Refusal):
    """No theme is called “{words}”. The themes are {themes}."""


class UnknownSender(Refusal):
    """No organisation is called “{words}”. Try its short name, or leave out from: to look for the words."""


class NothingToFind(Refusal):
    """Nothing in that can be looked for. Type words that say more than “the” or “and”, a “phrase in quotation marks”
    or a reference. Type /find help for more."""


class UnknownProvider(Refusal):
    """No provider matches “{words}”. Try part of its name, a former name, its town or its code. If it is missing from
    the directory you can still raise a concern: type /concern and tell us its name."""


class Conflicted(Refusal):
    """You work at this provider, or have declared a conflict of interest about it, so nothing about it is shown to
    you. The secretariat can end a declaration."""


class CannotDecide(Refusal):
    """You work at this provider, or have declared a conflict of interest about it, so you cannot decide its level.
    {who} can."""


class MoreThanFits(Refusal):
    """There is more than fits here. Ask for less at a time, for example with a reference or a name."""


class AlreadyDestroyed(Refusal):
    """This form was sent before. What it said was kept for its time and then destroyed, so it was not saved again.
    If it matters still, raise a new concern: type /concern."""


class NoKeys(Refusal):
    """The restricted annexe is not set up here, so nothing was stored: the operator has not set SOUNDINGS_KEYS. Leave
    people and sources out, or ask the operator to set it."""


class WrongKey(Refusal):
    """The restricted annexe cannot be opened: the key it was locked with is not in SOUNDINGS_KEYS, or is not the same
    key any more. Nothing is shown. Ask the operator to put that key back."""


class KeysMissing(SoundingsError):
    """SOUNDINGS_KEYS lacks {keys}, so nothing was changed. Put what is missing back, after the newest key, and try
    again."""


class AlreadyEnrolled(Refusal):
    """{who} is already enrolled, at {organisation}, so nothing was changed. To move somebody to another organisation,
    change the network file."""


class NobodyMentioned(Refusal):
    """Say who: type /soundings invite, then @ and the person’s name so that Slack offers it, then their
    organisation."""


class NotDays(Refusal):
    """We did not understand “{words}”. Type /away today, /away until 4 December or /away 24 Dec to 2 Jan; or type
    /away alone for a form."""


class WhoIsAway(Refusal):
    """We do not know who you mean. Type /away, then @ and the person’s name so that Slack offers it, then the days;
    or type /away alone and look for them in the form."""


class FormExpired(Refusal):
    """The form took too long to open, so nothing was started. Use {command} again to open it."""


class CannotReach(Refusal):
    """{who} cannot be reached by this assistant, so nothing was saved. Choose somebody else, or ask the
    secretariat to enrol them."""


class ChannelNotReady(Refusal):
    """The assistant is not in the channel of {group}, so it could not post there. Ask the secretariat to invite
    it, then try again."""


class UnknownName(Refusal):
    """Nothing was written. {what} {problem}"""


class NotRecordsLead(Refusal):
    """{who} is not an enrolled records lead of {organisation} today, so nothing was written. The secretariat names
    records leads in the network file; they must have a chat account."""


class NothingToExport(Refusal):
    """{organisation} may see nothing that matches this, so nothing was written. Ask for more: fewer words, a longer
    period, or no provider."""


class OtherCase(Refusal):
    """Case {case} was opened for another kind of request or another provider, so nothing was written. Ask as it was
    opened, or give this request a number of its own."""


class NotBegun(Refusal):
    """Panel {what} has not begun, so there is nothing to record yet. Open it again once it has."""


class MeetingBegun(Refusal):
    """The meeting of {group} on {when} has begun, so nothing was changed. Speak to its chair or secretariat."""


class NotMetYet(Refusal):
    """The meeting of {group} on {when} has not been held, so there is nothing to write a note of."""


class NoteClosed(Refusal):
    """The time to agree this note or to comment on it ended on {when}, so nothing was sent. Speak to the chair or the
    secretariat."""


class NoteNotReady(Refusal):
    """Not every member has agreed, and there is time until {when}, so the note was not settled. It can be settled once
    all have agreed, or after that day."""


class MeetingOff(Refusal):
    """The meeting of {group} on {when} has been called off: nobody needs to come, and nothing was changed."""


class NotTheDay(Refusal):
    """The meeting of {group} is on {when}. Its record can be opened on that day, not before."""


class NothingToRun(Refusal):
    """No meeting of {group} is under way, and none is on today. Name another with its reference: /meeting run and the
    reference, which /meeting shows."""


class NoMeetingPlanned(Refusal):
    """No meeting of {group} is planned, so there is no agenda yet. Its chair or secretariat can add one with
    /meeting add."""


class OnEveryAgenda(Refusal):
    """{what} has a place on every agenda while it is under enhanced surveillance or a risk summit, so it was not taken
    off. It comes off once its level has changed."""


class NobodyToAsk(Refusal):
    """Nobody who arranges the meetings of {group} can be reached and may read {what}, so nobody was asked. Ask them
    yourself, or share it with them first."""


class FormErrors(Refusal):
    """Some answers need another look. What you typed is still there."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__()
        self.fields = dict(fields)


class Unavailable(SoundingsError):
    """Not saved: our records cannot be reached just now. What you typed is still here. Try again in a minute.
    If it goes on, give this reference to whoever runs the assistant: {reference}."""


class Broken(SoundingsError):
    """Not done: something went wrong on our side, and nothing was changed. Try again. If it goes on, give this
    reference to whoever runs the assistant: {reference}."""


class BadFile(SoundingsError):
    """{name} was not used: {count} found. Nothing was changed."""


class UnknownDatabase(SoundingsError):
    """The database was made by another version of Soundings that this one does not know, so nothing was changed.
    Run that version, or name another database in DATABASE_URL."""


class UnusableInput(SoundingsError):
    """{where}: {problem}"""


class BadSetting(SoundingsError):
    """{variable}: {problem}"""


class NotADay(Refusal):
    """We did not understand “{words}” as a day. Write it like 2026-03-01 or 1 March 2026: /provider northgate as of
    2026-03-01."""


class DayToCome(Refusal):
    """{day} has not come yet, so nothing can have been known by then. Choose today or an earlier day."""


class SeveralProviders(Refusal):
    """Several providers match “{words}”: {names}. Type more of its name, or its code."""
