import hashlib
import json
from pathlib import Path

import msgspec
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from quarantine.item import Field, Query, State
from quarantine.keys import new_data_key
from quarantine.schema import REVISIONS, metadata
from quarantine.sealing import seal
from quarantine.sqlite import SQLiteIndex
from tests.support.vault import KEY, by_subject, open_box


def test_the_steps_lead_to_the_schema_that_the_program_reads(tmp_path: Path) -> None:
    index = SQLiteIndex(tmp_path / "index.sqlite")
    with index._database.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    index.close()

    assert differences == []


def test_the_program_knows_every_step_in_order() -> None:
    scripts = ScriptDirectory("quarantine/migrations")

    assert tuple(reversed([s.revision for s in scripts.walk_revisions()])) == REVISIONS


_ITEM = "1m85camppy74qyzv"
_MESSAGE = b"Subject: x\r\n\r\nx\r\n"


def _folder_of_the_first_schema(folder: Path) -> None:
    """A lockbox as the first version of this program left it: an item that is held and released."""
    (folder / "messages").mkdir(parents=True)
    engine = create_engine(f"sqlite:///{folder}/index.sqlite")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "quarantine:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        key = new_data_key()
        details = {"envelope": b"{}", "report": b"{}", "sha256": _digest()}
        connection.execute(
            text(
                "INSERT INTO items VALUES (:id, '2026-03-04T05:06:07.000+00:00', 'malicious', "
                "'quarantine', 'released', 18, '[]', 'core 1', :key_id, :wrapped, "
                ":summary, :details)"
            ),
            {
                "id": _ITEM,
                "key_id": KEY.id,
                "wrapped": KEY.wrap(key, f"key of item {_ITEM}"),
                "summary": _sealed(key, "summary", json.dumps({"subject": "Résultat"}).encode()),
                "details": _sealed(key, "details", msgspec.msgpack.encode(details)),
            },
        )
        for was, became in ((None, "held"), ("held", "releasing"), ("releasing", "released")):
            connection.execute(
                text(
                    "INSERT INTO changes (item, at, who, was, became, note) VALUES "
                    "(:id, '2026-03-04T05:06:07.000+00:00', 'alice', :was, :became, :note)"
                ),
                {"id": _ITEM, "was": was, "became": became, "note": _note(f"why {became}")},
            )
    engine.dispose()
    (folder / "messages" / _ITEM).write_bytes(_sealed(key, "message", _MESSAGE))


def _digest() -> str:
    return hashlib.sha256(_MESSAGE).hexdigest()


def _sealed(key: bytes, purpose: str, plain: bytes) -> bytes:
    return b"".join(seal(key, f"{purpose} of item {_ITEM}", plain))


def _note(words: str) -> bytes:
    key, label = new_data_key(), f"note of item {_ITEM}"
    wrapped = KEY.wrap(key, label)
    return len(wrapped).to_bytes(2) + wrapped + b"".join(seal(key, label, words.encode()))


def test_what_the_first_version_held_is_all_there(tmp_path: Path) -> None:
    _folder_of_the_first_schema(tmp_path)

    with open_box(tmp_path) as box:
        details = box.item(_ITEM[:5])
        assert details.item.state is State.RELEASED
        assert details.item.summary == {"subject": "Résultat"}
        assert details.sha256 == _digest()
        assert [(c.who, c.became, c.why) for c in details.changes] == [
            ("alice", State.HELD, "why held"),
            ("alice", State.RELEASING, "why releasing"),
            ("alice", State.RELEASED, "why released"),
        ]
        assert box.message(_ITEM) == _MESSAGE
        assert list(box.fsck()) == []


def test_the_history_from_before_the_chain_is_counted_and_the_chain_goes_on_from_there(
    tmp_path: Path,
) -> None:
    _folder_of_the_first_schema(tmp_path)

    with open_box(tmp_path) as box:
        box.view(_ITEM, who="bob")
        verdict = box.audit.verify()
        assert (verdict.older, verdict.records, verdict.broken) == (3, 2, None)
        box.delete(_ITEM, who="bob", why="spam")
        assert list(box.fsck()) == []


def test_what_the_first_version_held_is_found_by_its_words_once_it_is_reindexed(
    tmp_path: Path,
) -> None:
    _folder_of_the_first_schema(tmp_path)
    wanted = Query(terms=((Field.SUBJECT, "resultat"),))

    with open_box(tmp_path) as box:
        assert list(box.items(wanted)) == []
        assert list(box.reindexing.run(by_subject, who="alice")) == [(_ITEM, "")]
        assert [item.id for item in box.items(wanted)] == [_ITEM]
        assert list(box.fsck()) == []
