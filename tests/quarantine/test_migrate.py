from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from quarantine.schema import REVISIONS, metadata
from quarantine.sqlite import SQLiteIndex


def test_the_steps_lead_to_the_schema_that_the_program_reads(tmp_path: Path) -> None:
    index = SQLiteIndex(tmp_path / "index.sqlite")
    with index._reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    index.close()

    assert differences == []


def test_the_program_knows_every_step_in_order() -> None:
    scripts = ScriptDirectory("quarantine/migrations")

    assert tuple(reversed([s.revision for s in scripts.walk_revisions()])) == REVISIONS
