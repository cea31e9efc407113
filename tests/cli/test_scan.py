import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
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

    assert f"malicious  {file}  quarantine" in done.stdout
    assert "    └── test.txt  text, 68 B" in done.stdout
    assert done.stdout.count("→ What to do: Do not release.") == 1


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


@pytest.mark.parametrize("words", [("rules", "list", "--json"), ("rules", "list")])
def test_a_reader_that_has_seen_enough_ends_the_command_quietly(words: tuple[str, ...]) -> None:
    said, code = _unread(*words)

    assert (said, code) == (b"", 141)


def test_a_scan_that_nobody_reads_ends_quietly(tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(5)]
    for file in files:
        file.write_text("x")

    said, code = _unread("scan", "--json", *map(str, files))

    assert (said, code) == (b"", 141)


def _unread(*words: str) -> tuple[bytes, int]:
    """What a command says on standard error when nobody reads its output, and its exit code."""
    command = [sys.executable, "-m", "gateway.cli", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    return said, process.returncode


def test_a_scan_that_is_interrupted_ends_quietly(tmp_path: Path) -> None:
    pipe, before = tmp_path / "pipe", tmp_path / "before.txt"
    os.mkfifo(pipe)
    before.write_text("x")
    command = [sys.executable, "-m", "gateway.cli", "scan", "--json", before, pipe, pipe, pipe]

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()  # it waits for the pipe now
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()

    assert (said, process.returncode) == (b"", 130)


def test_a_name_that_is_not_utf8_stops_nothing(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(bytes(tmp_path) + b"/r\xe9sultat.txt"))
    file = tmp_path / "x.txt"
    for path in (odd, file):
        path.write_text("x")

    done = run("scan", "--json", odd, file, os.fsdecode(b"/gone\xe9"))

    names = [json.loads(line)["file"] for line in done.stdout.splitlines()]
    assert names == [f"{tmp_path}/r\\xe9sultat.txt", str(file)]
    assert done.stderr == "lazaretto: /gone\\xe9: No such file or directory\n"
    assert "r\\xe9sultat.txt" in run("scan", odd).stdout


@pytest.mark.parametrize("extra", [b"", bytes(1 << 20)])
def test_a_pipe_is_read_as_far_as_the_limit(tmp_path: Path, extra: bytes) -> None:
    pipe, config = tmp_path / "pipe", tmp_path / "x.toml"
    config.write_text('[limits]\nmessage_size = "1 MiB"\nfile_size = "1 MiB"\n')
    os.mkfifo(pipe)
    command = ["sh", "-c", 'cat > "$0" 2> /dev/null', str(pipe)]

    with subprocess.Popen(command, stdin=subprocess.PIPE) as writer:
        sending = threading.Thread(target=_send, args=(writer, samples.eicar() + extra))
        sending.start()
        done = run("scan", "--json", "--config", config, pipe)
        sending.join(10)

    if extra:
        assert done.exit_code == 2
        assert "larger than limits.message_size" in done.stderr
    else:
        assert json.loads(done.stdout)["class"] == "malicious"


def _send(writer: subprocess.Popen[bytes], data: bytes) -> None:
    assert writer.stdin is not None
    with suppress(BrokenPipeError):
        writer.stdin.write(data)
        writer.stdin.close()


def test_an_endless_device_is_read_as_far_as_the_limit() -> None:
    done = run("scan", "/dev/zero")

    assert done.exit_code == 2
    assert "larger than limits.message_size" in done.stderr


def test_a_file_that_no_worker_is_free_for_does_not_keep_others_from_being_scanned(
    tmp_path: Path,
) -> None:
    file, config = tmp_path / "x.txt", tmp_path / "x.toml"
    file.write_text("x")
    config.write_text('[workers]\nqueue = "0.000001s"\n')

    done = run("scan", "--config", config, file)

    assert done.exit_code == 1
    assert "no worker became free" in done.stderr
    assert "raise workers.queue" in done.stderr
