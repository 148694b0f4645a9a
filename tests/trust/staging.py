"""The scene of `tests/store/scene.py` in a file, with what agendas and summaries are made of, to be copied."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.domain.terms import Level
from bot.store.providers import index_providers
from bot.store.tables import Footprint, Meeting, Provider, SurveillanceLevel
from bot.store.unit import Store, Unit
from tests.store.rows import NOW
from tests.store.scene import Ids, set_scene


@dataclass(frozen=True)
class Scene:
    path: Path
    ids: Ids


def staged(migrated: Path, folder: Path) -> Scene:
    """The scene as a SQLite file in that folder."""
    path = folder / "scene.db"
    shutil.copyfile(migrated, path)
    return Scene(path, asyncio.run(_play(f"sqlite:///{path}")))


async def _play(url: str) -> Ids:
    store = Store(url)
    ids = await set_scene(store)
    async with store.begin() as unit:
        await _meet(unit, ids)
    await store.close()
    return ids


async def _meet(unit: Unit, ids: Ids) -> None:
    qsg = {"group_id": ids["qsg"]}
    unit.add(Meeting(slug="m1", starts_at=NOW + timedelta(days=2), **qsg))
    unit.add(*(Footprint(provider_id=ids[name], **qsg) for name in ("northgate", "site", "vale")))
    decided = {"decided_at": NOW - timedelta(days=60), "reason": "As discussed.", "level": Level.ENHANCED}
    unit.add(SurveillanceLevel(provider_id=ids["northgate"], **qsg, **decided))
    await index_providers(unit, [await unit.get(Provider, ids[name]) for name in ("northgate", "site", "vale")])
