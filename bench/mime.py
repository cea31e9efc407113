"""Megabytes a second of the MIME reader, beside the email package of the standard library.

Both give every body, decoded. Processor time, so that other work on the machine counts for little.
"""

import base64
import email
import os
import quopri
import sys
from collections.abc import Callable
from email.message import EmailMessage
from statistics import median
from time import process_time

from gateway import mime

_SIZE = 25 << 20
_RUNS = 3
_WORDS = "Compte rendu d'examen : sans particularité, à revoir dans six mois. " * 14 + "\n"


def _ours(message: bytes) -> int:
    opened = mime.read(message, ("message",)).open()
    return sum(len(seen.data) for seen in opened if isinstance(seen, mime.Payload))


def _theirs(message: bytes) -> int:
    parts = email.message_from_bytes(message).walk()
    bodies = (part.get_payload(decode=True) for part in parts if not part.is_multipart())
    return sum(len(body) for body in bodies if isinstance(body, bytes))


def _message(*files: bytes, words: str = _WORDS) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "scan"
    message.set_content(words)
    for number, data in enumerate(files):
        message.add_attachment(data, "application", "pdf", filename=f"{number}.pdf")
    return message.as_bytes().replace(b"\n", b"\r\n")


def _one_body(encoding: str, body: bytes) -> bytes:
    head = (
        "From: a@b.example",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Transfer-Encoding: {encoding}",
        "\r\n",
    )
    return "\r\n".join(head).encode() + body


def _messages() -> dict[str, bytes]:
    packed = _SIZE * 3 // 4
    words = _WORDS.encode() * (_SIZE // len(_WORDS))
    return {
        "one file": _message(os.urandom(packed)),
        "200 files": _message(*(os.urandom(packed // 200) for _ in range(200))),
        "a text of words": _one_body("8bit", words.replace(b"\n", b"\r\n")),
        "a text in base64": _one_body("base64", base64.encodebytes(words[:packed])),
        "a text in quoted-printable": _one_body("quoted-printable", quopri.encodestring(words)),
    }


def _seconds(read: Callable[[bytes], int], message: bytes) -> float:
    began = process_time()
    if read(message) < len(message) // 2:
        sys.exit("the reader did not give back the bodies of the message")
    return process_time() - began


def main() -> None:
    """Print one line for each kind of message: median of three runs."""
    for name, message in _messages().items():
        ours = median(_seconds(_ours, message) for _ in range(_RUNS))
        theirs = median(_seconds(_theirs, message) for _ in range(_RUNS))
        size = len(message) / 1e6
        print(
            f"{name:28} {size:6.1f} MB  ours {size / ours:6.0f} MB/s"
            f"  standard library {size / theirs:6.0f} MB/s  ratio {theirs / ours:5.1f}"
        )


if __name__ == "__main__":
    main()
