import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.demo import samples
from tests.support.commands import run
from tests.support.gateway import lazaretto

EICAR_ZIP = samples.zip_of({"a.zip": samples.zip_of({"test.txt": samples.eicar()})})
RULE = 'rule hello { strings: $a = "hello" condition: $a }'


def test_what_is_found_is_told_as_the_readme_promises(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(EICAR_ZIP)

    done = run("scan", "--json", file)

    (line,) = map(json.loads, done.stdout.splitlines())
    assert done.exit_code == 1
    assert (line["file"], line["class"], line["action"]) == (str(file), "malicious", "quarantine")
    (finding,) = line["findings"]
    assert finding["code"] == "yara.match"
    assert finding["rule"] == "test_eicar"
    assert finding["lineage"] == ["x.zip", "a.zip", "test.txt"]
    assert [listed["lineage"] for listed in line["artifacts"]] == [
        ["x.zip"],
        ["x.zip", "a.zip"],
        ["x.zip", "a.zip", "test.txt"],
    ]
    assert line["pack"]["name"] == "core"
    assert set(line) == {
        "file", "class", "action", "reasons", "findings", "gaps", "artifacts", "pack",
        "milliseconds",
    }  # fmt: skip


def test_clean_files_are_exit_code_0_in_the_order_asked_for(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(12)]
    for number, file in enumerate(files):
        file.write_text("x" * number)

    done = run("scan", "--json", *files)

    assert done.exit_code == 0
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == [*map(str, files)]


def test_a_file_that_is_not_there_does_not_keep_others_from_being_scanned(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("x")

    done = run("scan", "--json", tmp_path / "gone", tmp_path, file)

    assert done.exit_code == 2
    assert f"lazaretto: {tmp_path}/gone: No such file or directory\n" in done.stderr
    assert f"lazaretto: {tmp_path}: Is a directory\n" in done.stderr
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("name", ["mail.eml", "mail"])
def test_a_message_is_a_message_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(b"Subject: x\r\nFrom: a@b.example\r\n\r\ntext\r\n")

    done = run("scan", "--json", file)

    assert json.loads(done.stdout)["artifacts"][0]["kind"] == "message"


def test_a_rule_of_the_callers_is_used_beside_the_built_in_ones(tmp_path: Path) -> None:
    rule, file = tmp_path / "r.yar", tmp_path / "x.txt"
    rule.write_text(RULE)
    file.write_text("hello")

    done = run("scan", "--json", "--rules", rule, file)

    line = json.loads(done.stdout)
    assert (line["class"], line["findings"][0]["rule"]) == ("suspicious", "hello")
    assert line["pack"]["name"] == "core+extra"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rule x { condition: $nothing }", 'r.yar:1: undefined string "$nothing"'),
        ('include "/etc/passwd"', "r.yar:1: include"),
        (None, "r.yar: there is no such rule file"),
    ],
)
def test_a_rule_file_that_cannot_be_used_is_the_callers_mistake(
    tmp_path: Path, text: str | None, message: str
) -> None:
    rule = tmp_path / "r.yar"
    if text:
        rule.write_text(text)

    done = run("scan", "--rules", rule, rule)

    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_person_gets_the_tree_and_the_advice(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(EICAR_ZIP)

    done = run("scan", file)

    assert "malicious  " in done.stdout
    assert "        └── test.txt  text, 68 B" in done.stdout
    assert "→ " in done.stdout


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    file.write_bytes(samples.zip_of({"\x1b[2Jresult\u202efdp.exe": samples.windows_program()}))

    done = run("scan", file)

    assert not set("\x1b\u202e") & set(done.stdout)
    assert "\\u202e" in done.stdout


def test_a_file_over_the_limit_is_said_and_not_read(tmp_path: Path) -> None:
    file = tmp_path / "big"
    file.touch()
    os.truncate(file, 300 << 20)

    done = run("scan", file)

    assert done.exit_code == 2
    assert "limits.message_size" in done.stderr


def test_the_command_runs_anywhere_and_keeps_its_channels_apart(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("x")

    done = lazaretto("scan", "--json", "x.txt", "gone", cwd=str(tmp_path))

    assert done.returncode == 2
    assert json.loads(done.stdout)["file"] == "x.txt"
    assert done.stderr == "lazaretto: gone: No such file or directory\n"


def test_a_reader_that_has_seen_enough_gives_no_traceback(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("x")
    command = [sys.executable, "-m", "gateway.cli", "rules", "list", "--json"]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""
