"""protocol"""

import sqlalchemy as sa
from alembic import op

revision = '3f1c9b7e52a4'
down_revision = '08e267cb48d1'
branch_labels = None
depends_on = None


def upgrade() -> None:
    _escalations()
    _directory()
    _absences()
    _panels()


def _escalations() -> None:
    """Kinds, several concerns, answers with their history, threads."""


def _directory() -> None:
    """Hours of an organisation, and who is nominated for a region."""


def _absences() -> None:
    """Absences said in chat."""


def _panels() -> None:
    """Regulatory review panels."""
