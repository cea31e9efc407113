"""The tables of the index as this version of the program reads them; migrations lead here."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

REVISIONS = ("0001",)
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
    # Last, because it may be long: a listing does not read as far.
    Column("details", LargeBinary),
    Index("items_by_state", "state", "id"),
    Index("items_by_kind", "kind", "id"),
)

# Rows are added and never changed.
changes = Table(
    "changes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("item", Text, ForeignKey("items.id"), nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("was", Text),
    Column("became", Text, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Index("changes_by_item", "item", "number"),
    sqlite_autoincrement=True,
)
