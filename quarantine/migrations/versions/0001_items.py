"""The first schema: items, and what became of each."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "items",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("held_at", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("pack", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary),
        sa.Column("summary", sa.LargeBinary),
        sa.Column("details", sa.LargeBinary),
    )
    op.create_index("items_by_state", "items", ["state", "id"])
    op.create_index("items_by_kind", "items", ["kind", "id"])
    op.create_table(
        "changes",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("item", sa.Text, sa.ForeignKey("items.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("was", sa.Text),
        sa.Column("became", sa.Text, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_by_item", "changes", ["item", "number"])
