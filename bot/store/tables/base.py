"""What every table shares."""

from datetime import date
from typing import Any

from sqlalchemy.orm import declared_attr
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


class Row(SQLModel):
    """A row with a number of its own; `key` is that number once the row is in the database."""

    id: int | None = Field(default=None, primary_key=True)

    @property
    def key(self) -> int:
        if self.id is None:
            raise RuntimeError(f"{type(self).__name__} is not in the database yet")
        return self.id


class Dated(SQLModel):
    """True from `starts_on` to `ends_on`, both included; history is ended, never deleted."""

    starts_on: date = Field(default=date(2013, 1, 1))
    ends_on: date | None = Field(default=None)


class Versioned(SQLModel):
    """What people edit: two people saving at once cannot overwrite each other unseen."""

    version: int = Field(default=1, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  # SQLAlchemy calls it with the class
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]
