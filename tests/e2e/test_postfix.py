"""A real Postfix on both sides, swaks as client, the real gateway between, the real commands."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest

from gateway import mime
from gateway.demo.mail import SAMPLES
from gateway.model import Class
from tests.support.gateway import RunningGateway, gateway
from tests.support.ports import free_port
from tests.support.postfix import Postfix, postfix

pytestmark = pytest.mark.e2e

HONEST = next(sample for sample in SAMPLES if sample.subject == "Image DICOM")
WITHHELD = next(sample for sample in SAMPLES if sample.expected is Class.SUSPICIOUS)
INFECTED = next(sample for sample in SAMPLES if sample.subject == "Tr: facture")


@dataclass(frozen=True)
class Chain:
    """A Postfix that filters through the gateway, the gateway, and the Postfix behind it."""

    front: Postfix
    gate: RunningGateway
    behind: Postfix


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    missing = [tool for tool in ("postfix", "swaks") if not shutil.which(tool)]
    assert not missing, f"install {' and '.join(missing)} first"
    assert os.geteuid() == 0, "Postfix starts as root only"


@pytest.fixture(scope="module")
def public_folder() -> Iterator[Path]:
    """Postfix drops its rights, and must get through to its files; pytest's folders are private."""
    with tempfile.TemporaryDirectory(prefix="lazaretto-e2e-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module", params=["content_filter", "smtpd_proxy_filter"])
def chain(request: pytest.FixtureRequest, public_folder: Path) -> Iterator[Chain]:
    root, port = public_folder / request.param, free_port()
    extra, options = "", f" -o smtpd_proxy_filter=127.0.0.1:{port}"
    if request.param == "content_filter":
        extra, options = f"content_filter = smtp:[127.0.0.1]:{port}", ""
    with (
        postfix(root / "behind", name="behind.example") as behind,
        gateway(root / "gate", port=port, next_hop=behind.port) as gate,
        postfix(root / "front", name="front.example", extra=extra, options=options) as front,
    ):
        yield Chain(front, gate, behind)


def swaks(port: int, message: bytes, folder: Path) -> str:
    """Send ``message`` with swaks, and give back its transcript."""
    file = folder / "message.eml"
    file.write_bytes(message.removesuffix(b"\r\n"))  # swaks ends the last line itself
    done = subprocess.run(
        ["swaks", "--server", f"127.0.0.1:{port}", "--from", "lab@out.example",
         "--to", "dr@hospital.example", "--helo", "client.example", "--data", f"@{file}"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.stdout


def named(message: bytes, subject: str) -> bytes:
    """The same message under a subject of its own."""
    lines = [
        f"Subject: {subject}".encode() if line.startswith(b"Subject: ") else line
        for line in message.split(b"\r\n")
    ]
    # The first Subject is the message's own; an attached message keeps its.
    return b"\r\n".join(lines)


def digest_of_end(arrived: bytes, sent: bytes) -> str:
    """The hash of the last bytes that arrived, as many as were sent, as sent on the wire."""
    wire = arrived.replace(b"\n", b"\r\n")
    return hashlib.sha256(wire[-len(sent) :]).hexdigest()


def test_honest_mail_arrives_byte_for_byte_below_the_trace_headers(
    chain: Chain, tmp_path: Path
) -> None:
    sent = named(HONEST.message(), "honest")

    transcript = swaks(chain.front.port, sent, tmp_path)

    arrived = chain.behind.wait_for("honest")
    assert "250 2.0.0" in transcript
    assert digest_of_end(arrived, sent) == hashlib.sha256(sent).hexdigest()
    assert b"\nX-Lazaretto: clean; id=" in arrived


def test_infected_mail_is_held_looked_at_and_released(chain: Chain, tmp_path: Path) -> None:
    sent = named(INFECTED.message(), "infected")

    swaks(chain.front.port, sent, tmp_path)

    wait_until_decided(chain, "malicious")
    assert not chain.behind.with_subject("infected")
    item = chain.gate.held("infected")
    shown = chain.gate.command("quarantine", "show", item["id"])
    assert "facture.docm" in shown.stdout
    assert "malicious: A macro starts by itself" in shown.stdout

    released = chain.gate.command(
        "quarantine", "release", item["id"], "--reason", "the sender called"
    )

    assert released.returncode == 0, released.stderr
    arrived = chain.behind.wait_for("infected")
    assert digest_of_end(arrived, sent) == hashlib.sha256(sent).hexdigest()
    again = chain.gate.command("quarantine", "release", item["id"], "--reason", "x")
    assert again.returncode == 2
    assert "already released" in again.stderr


def test_a_suspicious_file_is_withheld_and_the_letter_arrives_without_it(
    chain: Chain, tmp_path: Path
) -> None:
    sent = named(WITHHELD.message(), "planning")

    transcript = swaks(chain.front.port, sent, tmp_path)

    arrived = chain.behind.wait_for("planning")
    item = chain.gate.held("planning")
    assert "250 2.0.0" in transcript
    letter, report, notice = message_from_bytes(arrived, policy=default).iter_parts()  # type: ignore[attr-defined]
    honest = list(message_from_bytes(sent, policy=default).iter_parts())  # type: ignore[attr-defined]
    assert letter.get_content() == honest[0].get_content().replace("\r\n", "\n")
    assert report.get_content() == honest[1].get_content()
    for words in ("planning.docm", item["id"]):
        assert words in notice.get_content()
    assert mime.read(arrived.replace(b"\n", b"\r\n"), ()).is_undisputed
    shown = chain.gate.command("quarantine", "show", item["id"])
    assert "its recipients have all but the withheld files" in shown.stdout

    chain.gate.command("quarantine", "release", item["id"], "--reason", "a colleague's")

    both = {digest_of_end(text, sent) for text in chain.behind.wait_for_all("planning", 2)}
    assert hashlib.sha256(sent).hexdigest() in both


def test_while_the_next_hop_is_down_nothing_is_lost(chain: Chain, tmp_path: Path) -> None:
    sent = named(HONEST.message(), "patient")
    chain.behind.stop()

    transcript = swaks(chain.front.port, sent, tmp_path)

    assert not chain.behind.with_subject("patient")
    assert chain.gate.command("quarantine", "list", "--json").stdout.count("patient") == 0
    chain.behind.start()
    # Before the queue the client keeps the message and tries again, behind it the Postfix does.
    for _ in range(40):
        if "250 2.0.0" in transcript:
            break
        assert "451 4.4.1" in transcript
        time.sleep(1)
        transcript = swaks(chain.front.port, sent, tmp_path)
    arrived = chain.behind.wait_for("patient", seconds=40)
    assert digest_of_end(arrived, sent) == hashlib.sha256(sent).hexdigest()


def test_the_log_names_nobody(chain: Chain, tmp_path: Path) -> None:
    swaks(chain.gate.port, named(HONEST.message(), "private words"), tmp_path)
    chain.behind.wait_for("private words")

    log = (chain.gate.root / "events.jsonl").read_text()

    for word in ("lab@out.example", "dr@hospital.example", "private words", "IM000001"):
        assert word not in log


def test_a_large_attachment_goes_through_whole(chain: Chain, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@out.example", "dr@x.example", "large"
    message["Date"], message["Message-ID"] = "Mon, 23 Nov 2026 08:15:00 +0100", "<1@out.example>"
    message.set_content("scan")
    message.add_attachment(
        os.urandom(12 << 20), maintype="application", subtype="octet-stream", filename="eeg.dat"
    )  # fmt: skip
    sent = message.as_bytes(policy=SMTP)

    swaks(chain.front.port, sent, tmp_path)

    arrived = chain.behind.wait_for("large", seconds=60)
    assert digest_of_end(arrived, sent) == hashlib.sha256(sent).hexdigest()


def wait_until_decided(chain: Chain, kind: str) -> None:
    for _ in range(400):
        if any(event.get("class") == kind for event in chain.gate.events()):
            return
        time.sleep(0.05)
    raise AssertionError(json.dumps(chain.gate.events()))
