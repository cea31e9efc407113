"""What rules may ask about a file besides its bytes is true in a gateway that runs, and by hand."""

import json
from pathlib import Path

from gateway.demo import samples
from tests.support.commands import run
from tests.support.files import docx
from tests.support.running import letter, running

RULES = {
    "by_name": 'name contains "planning"',
    "by_extension": 'extension == ".docx"',
    "by_kind": 'kind == "ooxml" and kinds contains " ooxml "',
    "by_depth": 'depth == 2 and kind == "ooxml"',
    "by_sender": 'sender_domain == "out.example"',
    "never": 'extension == "docx" or depth > 90 or sender_domain == "example"',
}
FILE = samples.zip_of({"planning.docx": docx()})


def pack(folder: Path) -> Path:
    folder.mkdir()
    for name, condition in RULES.items():
        meta = 'description = "d" level = "suspicious"'
        text = f"rule {name} {{ meta: {meta} condition: {condition} }}"
        (folder / f"{name}.yar").write_text(text)
    return folder


async def test_a_running_gateway_answers_what_rules_ask(tmp_path: Path) -> None:
    folder = pack(tmp_path / "site")
    async with running(tmp_path, rules={"packs": [str(folder)]}) as house:
        await house.send(letter("a.zip", FILE, "application/zip"))

        (item,) = house.held
    assert set(item.reasons) == RULES.keys() - {"never"}


def test_a_scan_by_hand_knows_no_sender(tmp_path: Path) -> None:
    file, settings = tmp_path / "a.zip", tmp_path / "lazaretto.toml"
    file.write_bytes(samples.zip_of({"b.zip": FILE}))
    settings.write_text(f'[rules]\npacks = ["{pack(tmp_path / "site")}"]\n')

    done = run("scan", "--json", "--config", settings, file)

    found = {finding["rule"] for finding in json.loads(done.stdout)["findings"]}
    assert found == RULES.keys() - {"never", "by_sender"}
