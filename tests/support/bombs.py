"""Small files that cost a careless reader hours or gigabytes; each is built in about a second."""

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import zstandard

from gateway.model import Reason
from tests.support import files, office

MIB = 1 << 20


def flat_zip() -> bytes:
    """A gibibyte of zeros in a megabyte."""
    packed, size = _deflated_zeros(1024), 1024 * MIB
    name = b"zeros.bin"
    sizes = struct.pack("<III", 0, len(packed), size)
    local = struct.pack("<IHHHHH", 0x04034B50, 20, 0, 8, 0, 0) + sizes
    local += struct.pack("<HH", len(name), 0) + name
    central = struct.pack("<IHHHHHH", 0x02014B50, 20, 20, 0, 8, 0, 0) + sizes
    central += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    start = len(local) + len(packed)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(central), start, 0)
    return local + packed + central + end


def _deflated_zeros(mebibytes: int) -> bytes:
    """Deflated without the work: the same block again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * (mebibytes - 1) + packer.flush(zlib.Z_FINISH)


def nested_zip() -> bytes:
    """Sixteen zips in each zip, six levels: sixteen million files of a mebibyte."""
    data = files.zipped({"zeros.bin": bytes(MIB)})
    for _ in range(6):
        data = files.zipped({f"{n}.zip": data for n in range(16)})
    return data


def many_entries(count: int, *, are_apart: bool) -> bytes:
    """A zip of so many empty files; not apart, all of them are one and the same record."""
    names = [b"%06x" % n for n in range(count)] if are_apart else [b"a" * 6] * count
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 0, 0, 0, 0, 0, 0, 6, 0)
    head = struct.pack("<IHHHHHHIIIHHHHHI", 0x02014B50, 20, 20, *[0] * 7, 6, *[0] * 5)
    records = [local + name for name in names] if are_apart else [local + names[0]]
    step = len(records[0]) if are_apart else 0
    entries = [head + struct.pack("<I", n * step) + name for n, name in enumerate(names)]
    before, central = b"".join(records), b"".join(entries)
    counted = struct.pack("<QQQQ", count, count, len(central), len(before))
    large = struct.pack("<IQHHII", 0x06064B50, 44, 45, 45, 0, 0) + counted
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(before) + len(central), 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, *[0xFFFF] * 4, *[0xFFFFFFFF] * 2, 0)
    return before + central + large + locator + end


def zeros_in_gzip() -> bytes:
    head = bytes.fromhex("1f8b08000000000000ff")
    return head + _deflated_zeros(500) + struct.pack("<II", 0, 500 * MIB)


def zeros_in_zstd() -> bytes:
    return zstandard.ZstdCompressor(level=1).compress(bytes(500 * MIB))


def deep_xml() -> bytes:
    return b'<?xml version="1.0"?>' + b"<a>" * 200_000 + b"</a>" * 200_000


def laughing_xml() -> bytes:
    """A billion laughs."""
    steps = (f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    entities = '<!ENTITY l0 "lol">' + "".join(steps)
    return f'<?xml version="1.0"?><!DOCTYPE l [{entities}]><l>&l9;</l>'.encode()


def semicolons() -> bytes:
    return _mail("Content-Type: text/plain" + ";" * 200_000)


def encoded_words() -> bytes:
    return _mail("Subject: " + "\r\n =?utf-8?q?a?=" * 20_000)


def addresses() -> bytes:
    return _mail("To: " + ",\r\n ".join(f"a{n}@b.example" for n in range(20_000)))


def brackets() -> bytes:
    return _mail("From: " + "(" * 30_000 + " a@b.example")


def fields() -> bytes:
    return _mail("\r\n".join(f"X-{n}: a" for n in range(100_000)))


def many_parts() -> bytes:
    return _multipart(b"--b\r\n\r\n\r\n" * 500_000)


def nested_messages() -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"Subject: inside\r\n\r\ntext\r\n"


def nested_multiparts() -> bytes:
    opened = (
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(2_000)
    )
    return b"".join(opened)


def boundaries() -> bytes:
    """Every line looks like a boundary, and none is one."""
    return _multipart(b"--c\r\n" * 1_000_000)


def encoded_parts() -> bytes:
    """One body under every decoder that a reader may try."""
    return _multipart(
        b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"=3D%=QQ==\r\n" * 200_000 + b"--b--"
    )


def _multipart(body: bytes) -> bytes:
    return _mail('Content-Type: multipart/mixed; boundary="b"') + body


def _mail(header: str) -> bytes:
    return f"From: a@b.example\r\n{header}\r\n\r\n".encode()


def rich_text() -> bytes:
    return files.rich_text_of("00" * (10 * MIB))


def rich_text_groups() -> bytes:
    return b"{\\rtf1" + b"{\\object{\\objdata " * 200_000


def macro_strings() -> bytes:
    lines = "".join(f'    s = s & Chr({n % 200}) & "a{n}"\n' for n in range(100_000))
    return office.presentation(office.project(f"Sub AutoOpen()\n{lines}End Sub\n"))


def pdf_objects() -> bytes:
    return b"%PDF-1.7\n" + b"1 0 obj<</A[[[[1]]]]>>endobj\n" * 300_000 + b"trailer<</Root 1 0 R>>"


def deep_pdf() -> bytes:
    return b"%PDF-1.7\n1 0 obj" + b"[" * 500_000 + b"\nendobj\ntrailer<</Root 1 0 R>>"


def deep_html() -> bytes:
    return b"<html>" + b"<div>" * 300_000


@dataclass(frozen=True)
class Bomb:
    """What it costs a reader that has limits: ``reason`` is why, or None when it costs nothing."""

    build: Callable[[], bytes]
    reason: Reason | None = None


BOMBS = {
    "flat zip": Bomb(flat_zip, Reason.TOO_BIG),
    "nested zip": Bomb(nested_zip, Reason.EXPANDS),
    "overlapping zip": Bomb(lambda: files.overlapping_zip(1_000), Reason.AMBIGUOUS),
    "400,000 names of one": Bomb(lambda: many_entries(400_000, are_apart=False), Reason.AMBIGUOUS),
    "150,000 entries": Bomb(lambda: many_entries(150_000, are_apart=True), Reason.TOO_MANY),
    "gzip": Bomb(zeros_in_gzip, Reason.TOO_BIG),
    "zstd": Bomb(zeros_in_zstd, Reason.EXPANDS),
    "bzip2": Bomb(lambda: bz2.compress(bytes(100 * MIB)), Reason.EXPANDS),
    "xz": Bomb(lambda: lzma.compress(bytes(100 * MIB), preset=0), Reason.EXPANDS),
    "gzip in gzip": Bomb(lambda: gzip.compress(zeros_in_gzip()), Reason.EXPANDS),
    "1,000 zips": Bomb(lambda: files.zipped_deep(1_000), Reason.TOO_DEEP),
    "deep xml": Bomb(deep_xml),
    "deep xml in a document": Bomb(lambda: files.zipped({"word/document.xml": deep_xml()})),
    "a billion laughs": Bomb(laughing_xml),
    "semicolons": Bomb(semicolons, Reason.TOO_MANY),
    "encoded words": Bomb(encoded_words, Reason.TOO_BIG),
    "addresses": Bomb(addresses, Reason.TOO_BIG),
    "brackets": Bomb(brackets),
    "100,000 fields": Bomb(fields, Reason.TOO_BIG),
    "500,000 parts": Bomb(many_parts, Reason.TOO_MANY),
    "1,000 messages": Bomb(nested_messages, Reason.TOO_DEEP),
    "2,000 multiparts": Bomb(nested_multiparts, Reason.TOO_MANY),
    "boundaries": Bomb(boundaries, Reason.TOO_MANY),
    "encoded parts": Bomb(encoded_parts, Reason.TOO_MANY),
    "rich text": Bomb(rich_text),
    "rich text groups": Bomb(rich_text_groups),
    "macro strings": Bomb(macro_strings),
    "pdf objects": Bomb(pdf_objects),
    "deep pdf": Bomb(deep_pdf),
    "deep html": Bomb(deep_html),
}
