"""full text of concerns, and the parts of providers' words"""

from itertools import islice

import sqlalchemy as sa
from alembic import op

revision = 'c41d7a90be25'
down_revision = '6ea0cf02777a'
branch_labels = None
depends_on = None

# Kept by the database itself, so that nothing written, changed or destroyed can be forgotten here.
SQLITE = (
    "CREATE VIRTUAL TABLE concern_text USING fts5(headline, provider_named, details, content='concern', "
    "content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER concern_text_new AFTER INSERT ON concern BEGIN "
    "INSERT INTO concern_text(rowid, headline, provider_named, details) "
    "VALUES (new.id, new.headline, new.provider_named, new.details); END",
    "CREATE TRIGGER concern_text_gone AFTER DELETE ON concern BEGIN "
    "INSERT INTO concern_text(concern_text, rowid, headline, provider_named, details) "
    "VALUES ('delete', old.id, old.headline, old.provider_named, old.details); END",
    "CREATE TRIGGER concern_text_changed AFTER UPDATE OF headline, provider_named, details ON concern BEGIN "
    "INSERT INTO concern_text(concern_text, rowid, headline, provider_named, details) "
    "VALUES ('delete', old.id, old.headline, old.provider_named, old.details); "
    "INSERT INTO concern_text(rowid, headline, provider_named, details) "
    "VALUES (new.id, new.headline, new.provider_named, new.details); END",
    "INSERT INTO concern_text(concern_text) VALUES ('rebuild')",
)
# Words without accents, divided by all punctuation, as SQLite divides them: otherwise an address would be one word.
POSTGRES = (
    "CREATE TABLE concern_text (concern_id INTEGER PRIMARY KEY REFERENCES concern (id) ON DELETE CASCADE, "
    "words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_concern_text_words ON concern_text USING GIN (words)",
    "CREATE FUNCTION concern_words(said TEXT) RETURNS TSVECTOR LANGUAGE sql IMMUTABLE AS $$ "
    "SELECT to_tsvector('english', regexp_replace(regexp_replace(normalize(said, NFKD), "
    r"'[\u0300-\u036f]', '', 'g'), '[!-/:-@\[-`{-~\u2010-\u2027]', ' ', 'g')) $$",
    "CREATE FUNCTION concern_text_keep() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO concern_text VALUES (NEW.id, setweight(concern_words(NEW.headline), 'A') || "
    "setweight(concern_words(NEW.provider_named), 'B') || setweight(concern_words(NEW.details), 'D')) "
    "ON CONFLICT (concern_id) DO UPDATE SET words = EXCLUDED.words; RETURN NULL; END $$",
    "CREATE TRIGGER concern_text_kept AFTER INSERT OR UPDATE OF headline, provider_named, details ON concern "
    "FOR EACH ROW EXECUTE FUNCTION concern_text_keep()",
    "UPDATE concern SET headline = headline",
)


def upgrade() -> None:
    op.create_table('provider_part',
    sa.Column('part', sa.String(length=3).with_variant(sa.String(length=3, collation='C'), 'postgresql'), nullable=False),
    sa.Column('word', sa.String(length=60).with_variant(sa.String(length=60, collation='C'), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('part', 'word', name=op.f('pk_provider_part'))
    )
    connection = op.get_bind()
    for statement in POSTGRES if connection.dialect.name == 'postgresql' else SQLITE:
        connection.exec_driver_sql(statement)
    take_apart(connection)


def take_apart(connection: sa.Connection) -> None:
    """The parts of the words there are."""
    words = connection.execute(sa.text("SELECT DISTINCT word FROM provider_word")).scalars().all()
    parts = (
        {'part': part, 'word': word}
        for word in words
        if word.isalpha() and len(word) >= 4
        for part in sorted({f" {word}"[at : at + 3] for at in range(len(word) - 1)})
    )
    while some := list(islice(parts, 10_000)):
        connection.execute(sa.text("INSERT INTO provider_part (part, word) VALUES (:part, :word)"), some)
