"""The command line in this process: the same code, without the start of an interpreter."""

from pathlib import Path

from click.testing import Result
from typer.testing import CliRunner

from gateway.cli.main import commands
from quarantine import Lockbox, NewItem, create_key, load_key, open_lockbox

_SETTINGS = """\
[next_hop]
hosts = ["127.0.0.1:{port}"]
tls = "off"
[quarantine]
folder = "{folder}/quarantine"
key_file = "{folder}/quarantine.key"
disk_floor = "1 MiB"
two_persons = []
"""


def run(*words: str | Path, **options: str) -> Result:
    """``lazaretto WORDS``; ``input=`` is what the user types."""
    return CliRunner().invoke(commands, [*map(str, words)], **options)


def settings(folder: Path, port: int = 9) -> Path:
    """A settings file with a key and a quarantine below ``folder``."""
    file = folder / "lazaretto.toml"
    file.write_text(_SETTINGS.format(port=port, folder=folder))
    create_key(folder / "quarantine.key")
    return file


def lockbox(folder: Path) -> Lockbox:
    """The quarantine of ``settings``."""
    return open_lockbox(folder / "quarantine", load_key(folder / "quarantine.key"), reserve_bytes=0)


def hold(folder: Path, new: NewItem) -> str:
    """Put an item there, and give its id."""
    with lockbox(folder) as box:
        return box.hold(new).id
