"""A Postfix of our own in a temporary folder: real, private, and gone afterwards."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port

_MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/spool
data_directory = {root}/data
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = {name}
mydestination =
maillog_file = {root}/mail.log
maillog_file_prefixes = {root}
local_header_rewrite_clients =
alias_maps =
alias_database =
smtpd_relay_restrictions = permit_mynetworks, reject
message_size_limit = 104857600
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
# Deliver to one Maildir, whoever the recipient is.
virtual_mailbox_domains = hospital.example
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = static:box/
virtual_mailbox_limit = 0
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
{extra}
"""
_MASTER = """\
{port} inet n - n - - smtpd{options}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
flush unix n - n 1000? 0 flush
showq unix n - n - - showq
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class Postfix:
    """A running Postfix. ``port`` takes mail from loopback."""

    root: Path
    port: int

    def start(self) -> None:
        subprocess.run(
            ["postfix", "-c", self.root / "conf", "start"], check=True, capture_output=True
        )
        wait_for_port(self.port)

    def stop(self) -> None:
        subprocess.run(
            ["postfix", "-c", self.root / "conf", "stop"], check=False, capture_output=True
        )

    def mail(self) -> list[bytes]:
        """Every delivered message, in the line ends of a Maildir (LF)."""
        box = self.root / "mail" / "box" / "new"
        return [file.read_bytes() for file in sorted(box.glob("*"))]

    def with_subject(self, subject: str) -> list[bytes]:
        return [text for text in self.mail() if f"\nSubject: {subject}\n".encode() in text]

    def wait_for(self, subject: str, *, seconds: float = 20.0) -> bytes:
        """The one message with this subject, once it is there."""
        (found,) = self.wait_for_all(subject, 1, seconds=seconds)
        return found

    def wait_for_all(self, subject: str, count: int, *, seconds: float = 20.0) -> list[bytes]:
        """All messages with this subject, once so many are there."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.with_subject(subject)
            if len(found) >= count:
                return found
            time.sleep(0.05)
        log = (self.root / "mail.log").read_text()
        raise AssertionError(f"{subject!r} never arrived\n{log[-4000:]}")


@contextmanager
def postfix(root: Path, *, name: str, extra: str = "", options: str = "") -> Iterator[Postfix]:
    """A Postfix in ``root`` with these lines in its main.cf and options of its smtpd."""
    running = Postfix(root, free_port())
    for folder in ("conf", "spool", "data", "mail"):
        (root / folder).mkdir(parents=True)
    shutil.chown(root / "data", "postfix")
    shutil.chown(root / "mail", "nobody")
    (root / "conf" / "main.cf").write_text(_MAIN.format(root=root, name=name, extra=extra))
    (root / "conf" / "master.cf").write_text(_MASTER.format(port=running.port, options=options))
    running.start()
    try:
        yield running
    finally:
        running.stop()


def wait_for_port(port: int, *, seconds: float = 20.0) -> None:
    """Return once somebody listens on ``port``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nobody listens on port {port}")
