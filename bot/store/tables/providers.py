"""The directory of providers and systems, and the words people find them by."""

from datetime import date

from sqlmodel import Field, SQLModel

from bot.store.tables.base import Row, Versioned


class Provider(Row, Versioned, table=True):
    """A provider, one of its sites, or a system. Sites name their provider as `parent_id`."""

    __tablename__ = "provider"

    code: str = Field(unique=True, max_length=40, description="ODS code, CQC location id or a local code")
    name: str = Field(max_length=200)
    former_names: str = Field(default="", description="separated by “; ”")
    town: str = Field(default="", max_length=100)
    postcode: str = Field(default="", max_length=10)
    sector: str = Field(default="", max_length=80)
    area: str = Field(default="", max_length=100)
    parent_id: int | None = Field(default=None, foreign_key="provider.id", index=True)
    host_commissioner: str = Field(default="", max_length=200, description="named person [004 5.3.4]")
    relationship_manager: str = Field(default="", max_length=200, description="[000 4.35]")
    executive_sponsor: str = Field(default="", max_length=200, description="[000 4.35]")
    ends_on: date | None = None


class ProviderWord(SQLModel, table=True):
    """One word of a provider's name, former names, town, postcode or code, folded to lower case.

    The key order makes “words starting with…” one index range on both databases.
    """

    __tablename__ = "provider_word"

    word: str = Field(primary_key=True, max_length=60)
    provider_id: int = Field(primary_key=True, foreign_key="provider.id", index=True)
