"""Brings the index to the schema of this program, by the steps in ``migrations``."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run the missing steps in the transaction of ``connection``: all of them, or none."""
    config = Config()
    config.set_main_option("script_location", "quarantine:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
