import hashlib
from pathlib import Path

import pytest

from gateway.demo import samples
from tests.support.clamd import WORD, clamd
from tests.support.commands import run
from tests.support.running import letter, running

DOCM = samples.docm_with_autorun_macro()


def lists(folder: Path, kind: str, data: bytes) -> dict[str, object]:
    digest = hashlib.sha256(data).hexdigest()
    file = folder / "hashes.toml"
    file.write_text(
        f'[[{kind}]]\nsha256 = "{digest}"\nowner = "A. Martin"\nreason = "known"\n'
        "expires = 9999-12-31\n"
    )
    return {"files": [str(file)]}


async def test_what_clamd_alone_knows_is_held(tmp_path: Path) -> None:
    known = letter()
    known.set_content(WORD.decode())
    async with (
        clamd(tmp_path) as fake,
        running(tmp_path, clamd={"address": str(fake.path)}) as house,
    ):
        await house.send(letter())
        await house.send(known)

        (item,) = house.held
        assert len(house.sink.deliveries) == 1
    assert (item.kind, item.reasons) == ("malicious", ("clamd.found",))
    assert len(fake.streams) == 2


async def test_while_clamd_is_away_senders_keep_their_mail(tmp_path: Path) -> None:
    async with running(tmp_path, clamd={"address": str(tmp_path / "none.ctl")}) as house:
        reply = await house.send(letter())

        assert reply.startswith("451")
        assert not house.held
        assert not house.sink.deliveries
    assert house.event("failed")["stage"] == "clamd"


async def test_a_denied_file_is_held_wherever_it_lies(tmp_path: Path) -> None:
    text = b"an honest letter that this site does not want"
    async with running(tmp_path, hashes=lists(tmp_path, "deny", text)) as house:
        await house.send(letter("a.zip", samples.zip_of({"b.txt": text}), "application/zip"))

        (item,) = house.held
    assert (item.kind, item.reasons) == ("malicious", ("hash.denied",))


async def test_an_allowed_file_arrives_with_its_macros(tmp_path: Path) -> None:
    async with running(tmp_path, hashes=lists(tmp_path, "allow", DOCM)) as house:
        await house.send(letter("planning.docm", DOCM))

        assert len(house.sink.deliveries) == 1
        assert not house.held


def test_a_scan_by_hand_judges_as_the_gateway_does(tmp_path: Path) -> None:
    file, settings = tmp_path / "planning.docm", tmp_path / "lazaretto.toml"
    file.write_bytes(DOCM)
    settings.write_text(f"[hashes]\nfiles = {lists(tmp_path, 'allow', DOCM)['files']}\n")

    assert run("scan", file).exit_code == 1
    assert run("scan", file, "--config", settings).exit_code == 0


@pytest.mark.parametrize("command", [("config", "check"), ("scan", __file__)])
def test_a_list_that_cannot_be_used_is_one_clear_line(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    settings = tmp_path / "lazaretto.toml"
    (tmp_path / "hashes.toml").write_text('[[deny]]\nsha256 = "abc"\n')
    settings.write_text(f'[hashes]\nfiles = ["{tmp_path}/hashes.toml"]\n')

    done = run(*command, "--config", settings)

    assert done.exit_code == 2
    assert "hashes.files" in done.stderr
    assert "hashes.toml" in done.stderr
