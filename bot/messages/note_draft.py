"""The words of a note as it is drafted from the record of a meeting, part by part; people edit them after that."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from bot.domain.notes import Part, Section, Tally, packed
from bot.messages.words import Templates
from bot.store.note_record import Agreed, Came, Record, Unreached


def parts_of(words: Templates, record: Record) -> list[Part]:
    """The draft, in parts that fit into a form. Each part is about one provider at most."""
    return [piece for part in _parts(words, record) for piece in packed(part)]


def agreement(words: Templates, tally: Tally, members: Mapping[int, str]) -> Part:
    """Who agreed, who commented and who did not answer, as it is frozen with the note."""
    named = {name: [members[key] for key in keys] for name, keys in vars(tally).items()}
    return Part(_heading(words, Section.AGREEMENT), words.plain("note.agreement", **named), section=Section.AGREEMENT)


def correction(words: Templates, part: Part, reason: str) -> Part:
    """Why a part of an agreed note was corrected, to be read by whoever reads that part."""
    heading = words.plain("note.corrected", heading=part.heading)
    return packed(Part(heading, reason, part.provider, part.concern, part.section))[0]


def _parts(words: Templates, record: Record) -> Iterator[Part]:
    yield from _there(words, record)
    yield from _concluded(words, record)
    yield from _left(words, record)
    yield Part(_heading(words, Section.OTHER), words.plain("note.nothing"))


def _there(words: Templates, record: Record) -> Iterator[Part]:
    guests: defaultdict[int | None, list[Came]] = defaultdict(list)
    for one in record.came:
        guests[one.provider_id].append(one)
    ours = guests.pop(None, [])
    text = words.plain("note.there", came=ours, record=record, whole=True)
    yield Part(_heading(words, Section.THERE), text, section=Section.THERE)
    for provider, came in guests.items():
        text = words.plain("note.there", came=came, record=record, whole=False)
        yield Part(_heading(words, Section.THERE, _name(record, provider)), text, provider, section=Section.THERE)


def _concluded(words: Templates, record: Record) -> Iterator[Part]:
    """What was concluded, item by item. The actions about a provider stand with the last item about it; others after
    all items."""
    actions: defaultdict[int | None, list[Agreed]] = defaultdict(list)
    for each in record.actions:
        actions[each.action.provider_id].append(each)
    last = {one.provider_id: one for one in record.concluded if one.provider_id is not None}
    for one in record.concluded:
        about = one.provider_id
        whole = about is not None and last[about] is one
        theirs = actions.pop(about, []) if whole else []
        text = words.plain(
            "note.item", one=one, lines=one.row.text.splitlines(), actions=theirs, whole=whole, level=one.row.level
        )
        title = one.row.title
        heading = words.plain("note.item_heading", title=title, provider=_name(record, about), reference=one.reference)
        yield Part(heading, text, about, one.row.concern_id, Section.CONCLUDED)
    for provider, loose in actions.items():
        heading = _heading(words, Section.ACTIONS, _name(record, provider))
        yield Part(heading, words.plain("note.actions", actions=loose), provider, section=Section.ACTIONS)


def _left(words: Templates, record: Record) -> Iterator[Part]:
    """Each concern for itself, so that it can be taken from a reader alone; else what is of one provider together."""
    left: defaultdict[tuple[int | None, int | None], list[Unreached]] = defaultdict(list)
    for one in record.unreached:
        left[one.provider_id, one.concern_id].append(one)
    for (provider, concern), items in left.items():
        name = _name(record, provider)
        text = words.plain("note.left", items=items)
        yield Part(_heading(words, Section.LEFT, name), text, provider, concern, Section.LEFT)


def _heading(words: Templates, section: Section, provider: str = "") -> str:
    return words.plain("note.heading", section=section, provider=provider)


def _name(record: Record, provider: int | None) -> str:
    return record.providers.get(provider, "") if provider is not None else ""
