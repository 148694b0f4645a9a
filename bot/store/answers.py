"""Named questions about answers to concerns, each starting from a statement of `store/visibility.py`."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import col

from bot.domain.answers import WAITING, AnswerKind
from bot.domain.handling import Viewer
from bot.domain.terms import ConcernState
from bot.errors import NotFound
from bot.store.concerns import SeenAnswer, SeenConcern, visible_by_id, visible_concern
from bot.store.tables import Concern, ConcernAnswer, Organisation
from bot.store.unit import Unit
from bot.store.visibility import answer_by_submission, answers_ever, any_answer, visible_answers


async def answers_to(
    unit: Unit, concerns: Collection[Concern], viewer: Viewer, today: date
) -> dict[int, list[SeenAnswer]]:
    """What this person may read of the answers to these concerns, by concern, newest first; in one question however
    many there are. Who answered is named where the concern names who raised it, and to their own organisation."""
    found: dict[int, list[SeenAnswer]] = {one.key: [] for one in concerns}
    if not found:
        return found
    about = visible_answers(viewer, today).where(col(ConcernAnswer.concern_id).in_(found))
    named = about.join(Organisation, col(Organisation.id) == col(ConcernAnswer.organisation_id)).add_columns(
        col(Organisation.short_name)
    )
    of = {one.key: one for one in concerns}
    for row, organisation in await unit.rows(named.order_by(col(ConcernAnswer.id).desc())):
        own = row.organisation_id == viewer.organisation_id
        voice = organisation if own or of[row.concern_id].attributed else ""
        found[row.concern_id].append(SeenAnswer(row, voice, own))
    return {key: _with_waiting(of[key], several) for key, several in found.items()}


async def visible_answer(
    unit: Unit, answer_id: int, viewer: Viewer, today: date
) -> tuple[SeenConcern, SeenAnswer] | None:
    """One answer with its concern, which has all of its answers, if this person may read them."""
    row = await unit.first(any_answer(answer_id))
    seen = await visible_by_id(unit, row.concern_id, viewer, today) if row else None
    if row is None or seen is None:
        return None
    heard = (await answers_to(unit, [seen.concern], viewer, today))[row.concern_id]
    seen = replace(seen, answers=tuple(heard))
    return next(((seen, one) for one in heard if one.answer.key == answer_id), None)


async def answer_meant(unit: Unit, named: str, viewer: Viewer, today: date) -> int:
    """The number of the answer that a button names by its concern's reference and its own mark. Raises `NotFound`. Who
    may know of it is still to be asked."""
    reference, _, mark = named.partition(".")
    seen = await visible_concern(unit, reference, viewer, today)
    rows = await unit.all(answers_ever(seen.concern.key)) if seen else []
    for row in rows:
        if row.mark == mark:
            return row.key
    raise NotFound(what=reference)


async def submitted_answer(unit: Unit, submit_key: str) -> ConcernAnswer | None:
    """The answer a form has already become."""
    return await unit.first(answer_by_submission(submit_key))


async def answer_whatever(unit: Unit, answer_id: int) -> ConcernAnswer | None:
    """One answer by its number, also one that was taken back: whoever asks has to ask who may know of it."""
    return await unit.first(any_answer(answer_id).execution_options(populate_existing=True))


def _with_waiting(concern: Concern, heard: Sequence[SeenAnswer]) -> list[SeenAnswer]:
    """A question, or a proposal to conclude, waits until the originator has added something after it."""
    added = max((one.answer.key for one in heard if one.answer.kind is AnswerKind.ADDED), default=0)
    over = concern.state is ConcernState.CONCLUDED
    return [replace(one, waits=not over and one.answer.kind in WAITING and one.answer.key > added) for one in heard]
