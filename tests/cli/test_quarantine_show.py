import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from gateway.cleaning import COPY_SENT
from gateway.demo.mail import SAMPLES
from gateway.model import Class
from tests.support.commands import hold, lockbox, run, settings
from tests.support.gateway import lazaretto
from tests.support.held import ITEM
from tests.support.house import MESSAGE
from tests.support.mail import lines

MAIL = lines(
    "From: Lab <lab@out.example>",
    "Subject: =?utf-8?q?R=C3=A9sultat?=",
    "X-Nasty: \x1b[2Jgone",
    "MIME-Version: 1.0",
    "Content-Type: multipart/alternative; boundary=b",
    "",
    "--b",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Cliquez sur https://evil.example/login\x1b[31m",
    "",
    "voilà",
    "--b",
    "Content-Type: text/html",
    "",
    "<html><style>p { color: red }</style><script>steal()</script>",
    "<p>Bonjour&nbsp;<b>docteur</b></p>",
    "--b--",
)


def shown(tmp_path: Path, message: bytes, *words: str) -> str:
    config = settings(tmp_path)
    item = hold(tmp_path, replace(ITEM, message=message))
    done = run("quarantine", "show", item, *words, "--config", config)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_words_of_a_message_are_shown_and_can_do_no_harm(tmp_path: Path) -> None:
    text = shown(tmp_path, MAIL, "--text")

    assert "subject: Résultat" in text
    assert "Cliquez sur hxxps://evil[.]example/login" in text
    assert "voilà" in text
    assert "Bonjour docteur" in " ".join(text.split())
    assert "steal()" not in text
    assert "color: red" not in text
    assert "\x1b" not in text
    assert "https://" not in text


def test_programs_get_the_words_of_a_message_too(tmp_path: Path) -> None:
    told = json.loads(shown(tmp_path, MAIL, "--text", "--json"))

    text = "\n".join(told["text"])
    assert "Cliquez sur hxxps://evil[.]example/login" in text
    assert "\x1b" not in text
    assert told["needs_two_persons"] is False


def test_the_source_of_a_macro_is_shown(tmp_path: Path) -> None:
    macro = next(sample for sample in SAMPLES if sample.expected is Class.MALICIOUS)

    text = shown(tmp_path, macro.message(), "--text")

    assert "Macro of" in text


def test_a_raw_message_goes_to_a_pipe_and_that_is_recorded(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    command = [sys.executable, "-m", "gateway.cli", "quarantine", "show", item, "--raw"]

    done = subprocess.run(
        [*command, "--reason", "the sender asks", "--config", config],
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert done.stdout == MESSAGE
    with lockbox(tmp_path) as box:
        record = box.item(item).records[-1]
    assert (record.action, record.why) == ("exported", "the sender asks")


def test_a_raw_message_never_goes_to_a_terminal(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)
    command = f"{sys.executable} -m gateway.cli quarantine show {item} --raw --config {config}"

    done = subprocess.run(
        ["script", "-qec", command, "/dev/null"], capture_output=True, check=False, timeout=60
    )

    assert b"a hostile message could steer your terminal" in done.stdout
    assert MESSAGE not in done.stdout
    with lockbox(tmp_path) as box:
        assert [record.action for record in box.item(item).records] == ["held"]


def test_a_look_is_recorded_with_its_reason_before_anything_is_shown(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)

    run("quarantine", "show", item, "--reason", "the ward called", "--config", config)

    with lockbox(tmp_path) as box:
        details = box.item(item)
    assert (details.records[-1].action, details.records[-1].why) == ("viewed", "the ward called")
    assert details.item.seen_at is not None
    assert "@" in details.records[-1].origin


def test_a_person_behind_sudo_is_named(tmp_path: Path) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, ITEM)

    done = lazaretto(
        "quarantine", "show", item, "--json", "--config", str(config),
        env={"SUDO_USER": "alice", "PATH": ""},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    with lockbox(tmp_path) as box:
        assert box.item(item).records[-1].who == "alice"


def test_of_a_withheld_message_it_is_said_who_has_the_rest_once_that_is_known(
    tmp_path: Path,
) -> None:
    config = settings(tmp_path)
    item = hold(tmp_path, replace(ITEM, kind="suspicious", action="withhold"))
    listed = run("quarantine", "list", "--config", config).stdout
    before = run("quarantine", "show", item, "--config", config).stdout
    with lockbox(tmp_path) as box:
        told = "250 2.0.0 kept; to dr@hospital.example"
        box.record(COPY_SENT, who="intake", why=told, typed=item)
    after = run("quarantine", "show", item, "--config", config).stdout

    assert "suspicious (withheld)" in listed
    assert "held, nobody knows whether its recipients have all but the withheld" in before
    assert "held, its recipients have all but the withheld files" in after
    assert f"copy-sent by intake ({told})" in after
