"""The second schema: search tokens, a chained audit instead of the bare changes, alarms."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_LENGTH_BYTES = 2


def upgrade() -> None:
    """Add the tables, and take the history over."""
    _widen_items()
    op.create_table(
        "tokens",
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("item", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("tokens_by_item", "tokens", ["item"])
    audit = op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("was", sa.Text),
        sa.Column("became", sa.Text),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("note", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary),
    )
    op.create_index("audit_by_item", "audit", ["item", "number"])
    op.create_table(
        "marks",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    _take_over(audit)
    op.drop_table("changes")


def _widen_items() -> None:
    for column in (
        sa.Column("look_by", sa.Text),
        sa.Column("seen_at", sa.Text),
        sa.Column("alarmed_at", sa.Text),
        sa.Column("legal_hold", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("approved_by", sa.Text, nullable=False, server_default=""),
        sa.Column("approved_for", sa.LargeBinary, nullable=False, server_default=""),
        sa.Column("deliveries", sa.LargeBinary),
    ):
        op.add_column("items", column)
    op.create_index("items_by_look_by", "items", ["look_by"])


def _take_over(audit: sa.Table) -> None:
    """Every change as a record without a mac: nothing vouches for what is older than the chain."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT changes.*, items.key_id FROM changes JOIN items ON items.id = changes.item "
            "ORDER BY number"
        )
    )
    for row in rows.fetchall():
        wrapped_bytes = int.from_bytes(row.note[:_LENGTH_BYTES]) + _LENGTH_BYTES
        connection.execute(
            audit.insert(),
            {
                "number": row.number,
                "at": row.at,
                "who": row.who,
                "origin": "",
                "action": row.became,
                "item": row.item,
                "was": row.was,
                "became": row.became,
                "key_id": row.key_id,
                "wrapped_key": row.note[_LENGTH_BYTES:wrapped_bytes],
                "note": row.note[wrapped_bytes:],
                "mac": None,
            },
        )
