"""The tables of the index as this version of the program reads them; migrations lead here."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, false

REVISIONS = ("0001", "0002")
"""Every version of the schema that this program knows, oldest first."""

metadata = MetaData()

# Clear columns are what a listing filters by, and hold nothing of the sender's words.
items = Table(
    "items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("held_at", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("wrapped_key", LargeBinary),
    Column("summary", LargeBinary),
    Column("look_by", Text),
    Column("seen_at", Text),
    Column("alarmed_at", Text),
    Column("legal_hold", Boolean, nullable=False, server_default=false()),
    Column("approved_by", Text, nullable=False, server_default=""),
    Column("approved_for", LargeBinary, nullable=False, server_default=""),
    Column("deliveries", LargeBinary),
    # Last, because it may be long: a listing does not read as far.
    Column("details", LargeBinary),
    Index("items_by_state", "state", "id"),
    Index("items_by_kind", "kind", "id"),
    Index("items_by_look_by", "look_by"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("token", LargeBinary, primary_key=True),
    Column("item", Text, primary_key=True),
    Index("tokens_by_item", "item"),
    sqlite_with_rowid=False,
)

# Rows are added; of a row only the key of its note is ever changed.
audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("was", Text),
    Column("became", Text),
    Column("key_id", Text, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("mac", LargeBinary),
    Index("audit_by_item", "item", "number"),
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
