"""A network with one of every kind of viewer, and one concern of every audience and marking, as plain rows."""

from datetime import date
from typing import Any

from sqlalchemy import text

from bot.domain.escalation import RungRole
from bot.domain.handling import Identity, Viewer
from bot.domain.terms import Audience, Basis, ConcernState, Marking, Role, Urgency, Wanted
from bot.store.people import viewer_of
from bot.store.tables import (
    Action,
    Addressee,
    ConcernAudience,
    Conflict,
    Escalation,
    EscalationConcern,
    LadderRung,
    Membership,
    Seat,
)
from bot.store.unit import Store, Unit
from tests.store.rows import NOW, TODAY, TOMORROW, WORKSPACE, YESTERDAY, concern, group, organisation, person, provider

Ids = dict[str, int]

# Everybody who looks, and their organisation.
PEOPLE = {
    "originator": "cqc",
    "colleague": "cqc",
    "member": "gmc",
    "other member": "hee",
    "named": "hee",
    "later joiner": "late",
    "left member": "left",
    "ended organisation": "gone",
    "retired": "gmc",
    "own staff": "trust",
    "site's staff": "clinic",
    "conflicted": "gmc",
    "conflict ended": "gmc",
    "conflict to come": "gmc",
    "conflict with a site": "gmc",
    "chair from outside": "hall",
    "former chair": "hall",
    "addressed": "nmc",
    "outsider": "else",
}
AT_THE_TIME = dict.fromkeys(("gmc", "hee", "left", "gone", "trust", "clinic"), Basis.GROUP)
CHAIRS = dict.fromkeys(("chair from outside", "former chair"), Basis.GROUP)
WHOLE_GROUP = {"cqc": Basis.ORIGIN} | AT_THE_TIME | CHAIRS
CHOSEN = {"cqc": Basis.ORIGIN} | dict.fromkeys(("gmc", "left", "gone", "trust"), Basis.CHOSEN)
NAMED = dict.fromkeys(("named", "retired", "own staff", "conflicted"), Basis.CHOSEN)

# Every concern: whom it was shared with, and what sets it apart. All are about Northgate unless they say otherwise.
CONCERNS: dict[str, tuple[dict[str, Basis], dict[str, Any]]] = {
    "group": (WHOLE_GROUP | {"nmc": Basis.ESCALATION}, {}),
    "green": (WHOLE_GROUP, {"marking": Marking.GREEN}),
    "withdrawn": (WHOLE_GROUP, {"state": ConcernState.WITHDRAWN}),
    "strange": (WHOLE_GROUP, {}),  # its marking is made one that nobody knows
    "chosen": (CHOSEN, {"audience": Audience.ORGANISATIONS}),
    "named": ({"cqc": Basis.ORIGIN} | NAMED, {"audience": Audience.PEOPLE}),
    "red": ({"originator": Basis.ORIGIN} | NAMED, {"audience": Audience.PEOPLE, "marking": Marking.RED}),
    "red for all": (CHOSEN, {"audience": Audience.ORGANISATIONS, "marking": Marking.RED}),  # no form makes this
    "asked": (
        {"cqc": Basis.ORIGIN, "named": Basis.CHOSEN, "nmc": Basis.ESCALATION},
        {"audience": Audience.PEOPLE},
    ),
    "site": (WHOLE_GROUP, {"provider": "site"}),
    "elsewhere": (WHOLE_GROUP, {"provider": "vale"}),
    "theme": (WHOLE_GROUP, {"provider": None}),
    "their own": (WHOLE_GROUP | {"cqc": Basis.GROUP, "trust": Basis.ORIGIN}, {"by": "own staff"}),
}
# Every escalation: the concern, who started it, whom it asks.
ESCALATIONS = {
    "of group": ("group", "member", "nmc"),
    "of chosen": ("chosen", "originator", "gmc"),
    "of asked": ("asked", "originator", "nmc"),
    "of withdrawn": ("withdrawn", "originator", "hee"),
}
# Every action: the group, the owner, the provider.
ACTIONS = {
    "plain": ("qsg", "other member", None),
    "about northgate": ("qsg", "other member", "northgate"),
    "about the site": ("qsg", "other member", "site"),
    "staff's own": ("qsg", "own staff", "northgate"),
    "other group's": ("far", "outsider", None),
}


async def set_scene(store: Store) -> Ids:
    """Save it all; gives the number of each row by its name."""
    ids: Ids = {}
    async with store.begin() as unit:
        await _directory(unit, ids)
        await _people(unit, ids)
        for reference, (shared, values) in CONCERNS.items():
            await _concern(unit, ids, reference, shared, **values)
        for reference, (about, by, asked) in ESCALATIONS.items():
            await _escalation(unit, ids, reference, about, by, asked)
        for reference, (where, owner, about) in ACTIONS.items():
            await _action(unit, ids, reference, where, owner, about)
        await unit.write(text("UPDATE concern SET marking = 'TLP:PURPLE' WHERE reference = 'STRANGE'"))
    return ids


async def viewer(unit: Unit, slug: str, today: date = TODAY) -> Viewer | None:
    return await viewer_of(unit, Identity("slack", WORKSPACE, f"U_{slug}"), today)


async def _directory(unit: Unit, ids: Ids) -> None:
    northgate = await provider(unit, "northgate")
    site = await provider(unit, "site", parent_id=northgate.key)
    vale = await provider(unit, "vale")
    works_at = {"trust": {"provider_id": northgate.key}, "clinic": {"provider_id": site.key}}
    for slug in ("cqc", "gmc", "hee", "late", "left", "gone", "trust", "clinic", "hall", "nmc", "else"):
        body = await organisation(unit, slug, **works_at.get(slug, {}))
        ids[slug] = body.key
        if slug == "gone":
            body.ends_on = YESTERDAY
    ids |= {row.code: row.key for row in (northgate, site, vale)}
    ids["qsg"], ids["far"] = (await group(unit, "qsg")).key, (await group(unit, "far")).key
    ends = {"left": {"ends_on": YESTERDAY}, "late": {"starts_on": TODAY}}
    for slug in ("cqc", *AT_THE_TIME, "late"):
        unit.add(Membership(group_id=ids["qsg"], organisation_id=ids[slug], **ends.get(slug, {})))
    unit.add(Membership(group_id=ids["far"], organisation_id=ids["else"]))


async def _people(unit: Unit, ids: Ids) -> None:
    for slug, body in PEOPLE.items():
        row = await person(unit, slug, ids[body])
        ids[f"person {slug}"] = row.key
        if slug == "retired":
            row.ends_on = YESTERDAY
    for slug, ends_on in (("chair from outside", None), ("former chair", YESTERDAY)):
        unit.add(Seat(group_id=ids["qsg"], person_id=ids[f"person {slug}"], role=Role.CHAIR, ends_on=ends_on))
    for slug, about, dates in (
        ("conflicted", "northgate", {}),
        ("conflict ended", "northgate", {"ends_on": YESTERDAY}),
        ("conflict to come", "northgate", {"starts_on": TOMORROW}),
        ("conflict with a site", "site", {}),
    ):
        unit.add(Conflict(person_id=ids[f"person {slug}"], provider_id=ids[about], **dates))


async def _concern(
    unit: Unit,
    ids: Ids,
    reference: str,
    shared: dict[str, Basis],
    by: str = "originator",
    provider: str | None = "northgate",
    **values: Any,
) -> None:
    own = {"raised_by_id": ids[f"person {by}"], "organisation_id": ids[PEOPLE[by]], "group_id": ids["qsg"]}
    about = ids[provider] if provider else None
    row = await concern(unit, reference.upper(), **own, provider_id=about, **values)
    ids[f"concern {reference}"] = row.key
    for name, basis in shared.items():
        to = {"organisation_id": ids[name]} if name in PEOPLE.values() else {"person_id": ids[f"person {name}"]}
        unit.add(ConcernAudience(concern_id=row.key, basis=basis, shared_at=NOW, **to))


async def _escalation(unit: Unit, ids: Ids, reference: str, about: str, by: str, asked: str) -> None:
    row = Escalation(
        reference=reference.upper(),
        submit_key=reference,
        kind="emerging_concern",
        group_id=ids["qsg"],
        category="trust",
        wanted=Wanted.ACTION,
        urgency=Urgency.ROUTINE,
        raised_by_id=ids[f"person {by}"],
        organisation_id=ids[PEOPLE[by]],
        started_at=NOW,
    )
    unit.add(row)
    await unit.flush()
    unit.add(
        EscalationConcern(
            escalation_id=row.key, concern_id=ids[f"concern {about}"], added_at=NOW, added_by_id=row.raised_by_id
        )
    )
    line = Addressee(escalation_id=row.key, organisation_id=ids[asked], added_at=NOW, position=0, next_step_at=NOW)
    unit.add(line)
    await unit.flush()
    ids[f"line {reference}"] = line.key
    reached = {"addressee_id": line.key, "position": 0, "role": RungRole.NOMINATED, "told_at": NOW}
    for slug in ("addressed", "member"):
        if PEOPLE[slug] == asked:
            unit.add(LadderRung(person_id=ids[f"person {slug}"], **reached))


async def _action(unit: Unit, ids: Ids, reference: str, where: str, owner: str, about: str | None) -> None:
    unit.add(
        Action(
            reference=reference.upper(),
            submit_key=reference,
            group_id=ids[where],
            provider_id=ids[about] if about else None,
            issue=reference,
            owner_id=ids[f"person {owner}"],
            owner_organisation_id=ids[PEOPLE[owner]],
            raised_by_id=ids[f"person {owner}"],
            raised_on=TODAY,
            due_on=TODAY,
        )
    )
