"""The directory of providers and systems, and the words people find them by."""

from datetime import date

from sqlalchemy import String
from sqlmodel import Field, SQLModel

from bot.store.tables.base import Row, Versioned


def plain_order(length: int) -> String:
    """Text ordered by code point on both databases, so that “starts with” is one range of an index.

    SQLite orders so by itself; PostgreSQL follows the server's language unless told otherwise.
    """
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Provider(Row, Versioned, table=True):
    """A provider, one of its sites, or a system. Sites name their provider as `parent_id`.

    After adding or renaming one, call `store.providers.index_providers`, or nobody will find it.
    """

    __tablename__ = "provider"

    code: str = Field(unique=True, max_length=40, description="ODS code, CQC location id or a local code")
    name: str = Field(max_length=200)
    folded_name: str = Field(default="", sa_type=plain_order(600), index=True, description="for ordering")
    former_names: str = Field(default="", description="separated by “; ”")
    town: str = Field(default="", max_length=100)
    postcode: str = Field(default="", max_length=10)
    sector: str = Field(default="", max_length=80)
    area: str = Field(default="", max_length=100)
    region: str = Field(default="", max_length=100)
    parent_id: int | None = Field(default=None, foreign_key="provider.id", index=True)
    host_commissioner: str = Field(default="", max_length=200, description="named person [004 5.3.4]")
    relationship_manager: str = Field(default="", max_length=200, description="[000 4.35]")
    executive_sponsor: str = Field(default="", max_length=200, description="[000 4.35]")
    ends_on: date | None = None
    successor_id: int | None = Field(default=None, foreign_key="provider.id", description="what it became")


class ProviderWord(SQLModel, table=True):
    """One word of a provider's name, former names, town, postcode or code, folded to lower case.

    The key order makes “words starting with…” one index range on both databases.
    """

    __tablename__ = "provider_word"

    word: str = Field(primary_key=True, sa_type=plain_order(60))
    provider_id: int = Field(primary_key=True, foreign_key="provider.id", index=True)


class ProviderPart(SQLModel, table=True):
    """Three letters on end of a word that some provider is found by: what a misspelt word still shares with it.

    Words that no provider has any more may stay; nothing is found by them.
    """

    __tablename__ = "provider_part"

    part: str = Field(primary_key=True, sa_type=plain_order(3))
    word: str = Field(primary_key=True, sa_type=plain_order(60))
