"""What every listed extractor must do with any bytes: end, and raise nothing but ``broken``."""

import itertools
import random
import tarfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.demo import samples
from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Extractor, Member
from gateway.scan.builtin import EXTRACTORS
from tests.support import containers, files, health, packing, pdf, shortcuts, smime

_MOST_MEMBERS = 200
_MOST_BYTES = 4 << 20

GOOD = {
    "docx": files.docx(),
    "odt": files.odt(),
    "zip by hand": files.zipped_by_hand([files.Record(b"a", files.TEXT)] * 2),
    "zip with ppmd": files.sevenzipped_as_zip({"a.txt": files.TEXT}, "Ppmd"),
    "zip with lzma": files.zipped({"a.txt": files.TEXT}, 14),
    "zip with bzip2": files.zipped({"a.txt": files.TEXT}, 12),
    "overlapping zip": files.overlapping_zip(5),
    "gnu tar": files.tarred({"d/" * 80 + "a": files.TEXT}, tarfile.GNU_FORMAT),
    "pax tar": files.tarred({"d/" * 80 + "a": files.TEXT}, tarfile.PAX_FORMAT),
    "7z": files.sevenzipped({"a.txt": files.TEXT, "b.txt": files.TEXT[::-1]}),
    "compound file": files.compound(
        {"WordDocument": b"x", "\x01Ole10Native": files.ole_package("a.txt", files.TEXT)}
    ),
    "outlook item": files.compound(
        {"__substg1.0_37010102": files.TEXT, "__substg1.0_3707001F": b"a\0b\0"}
    ),
    "mail": b"From: a@b\r\nTo: c@d\r\nMIME-Version: 1.0\r\n\r\nBonjour\r\n",
    "slides": files.compound({"PowerPoint Document": files.slide_object(files.TEXT)}),
    "rich text": files.rich_text(files.ole_package("a.txt", files.TEXT)[4:], b"Package\0"),
    "iso": files.iso({"A.TXT": files.TEXT}, joliet={"a.txt": files.TEXT}),
    "winmail.dat": containers.tnef(
        *containers.tnef_attachment("a.txt", files.TEXT, containers.mapi(0x3707, 30, b"b.txt\0")),
        (0x00069003, b"\1\0\0\0" + containers.mapi(0x1009, 258, containers.HELLO)),
    ),
    "onenote": containers.onenote({"a.txt": files.TEXT}),
    "onenote of the web": containers.onenote_of_the_web(files.zipped({"a.txt": files.TEXT})),
    "picture": files.gif()[:-1] + b"\x21\xff\0;" + files.program(),
    "locked odt": containers.locked_document({"content.xml": files.TEXT}, "infected"),
    "shortcut": shortcuts.shortcut(arguments="x", tail=files.TEXT),
    "compressed mail": smime.wrapped(smime.COMPRESSED, zlib.compress(files.TEXT)),
    "dicom": samples.dicom_image() + files.TEXT,
    "pdf with a file": pdf.document(
        "", "", "<< /F (a.txt) /EF << /F 5 0 R >> >>", pdf.stream(files.TEXT)
    ),
    "activemime": containers.activemime(files.TEXT),
    "hl7": containers.hl7(files.pdf()),
    "hprim": health.HPRIM_HEAD.encode() + b"{\\rtf1 a}\r\n****FIN****\r\n" + files.program(),
    "cda": containers.cda(files.pdf()),
    "fhir": containers.fhir(files.pdf(), "application/pdf", "a.pdf"),
    "outlook bodies": containers.outlook_item({"10090102": containers.HELLO, "1000001E": b"x"}),
    "lz4": packing.lz4(files.TEXT * 9, block=900),
    "lz4 of the first days": packing.lz4_legacy(files.TEXT),
    "snappy": packing.snappy(files.TEXT),
    "alz": packing.alz({"a.txt": files.TEXT}, 1),
    "lzh": packing.lzh({"a.txt": files.TEXT}),
    **{f".{suffix}": data for suffix, data in files.COMPRESSED.items()},
}


def drain(extractor: Extractor, data: bytes) -> None:
    """Read all that comes out, up to a limit, as the engine would; broken is allowed."""
    kinds = tuple(extractor.kinds)
    for kind in kinds if len(data) < 4000 else kinds[:3]:
        artifact = Artifact(data, ("message",), ("a",), "", (kind,))
        try:
            found = extractor.members(artifact, Context())
            for seen in itertools.islice(found, _MOST_MEMBERS):
                assert isinstance(seen, Member | Finding | Gap)
                if isinstance(seen, Member):
                    read(seen, extractor)
        except extractor.broken:
            continue


def read(member: Member, extractor: Extractor) -> None:
    total = 0
    try:
        while (chunk := member.stream.read(10_000)) and total < _MOST_BYTES:
            assert len(chunk) <= 10_000
            total += len(chunk)
    except extractor.broken:
        return


def named(extractor: Extractor) -> str:
    return type(extractor).__name__


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=named)
@given(st.binary(max_size=1500))
@settings(max_examples=60, deadline=None)
def test_any_bytes_raise_nothing_but_broken(extractor: Extractor, data: bytes) -> None:
    drain(extractor, data)


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=named)
@pytest.mark.parametrize("name", sorted(GOOD))
def test_damaged_files_raise_nothing_but_broken(extractor: Extractor, name: str) -> None:
    chance = random.Random(name)
    for _ in range(40):
        drain(extractor, damaged(GOOD[name], chance))


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, some of them to the values that break arithmetic, or the end cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(changed))
        width = chance.choice((1, 1, 2, 4))
        value = chance.choice((b"\0", b"\xff", b"\x7f", chance.randbytes(1)))
        changed[at : at + width] = value * width
    return bytes(
        changed[: chance.choice((len(changed), len(changed), chance.randrange(len(data))))]
    )


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=named)
def test_an_extractor_keeps_no_state_between_files(extractor: Extractor) -> None:
    before = repr(vars(extractor))
    for data in GOOD.values():
        drain(extractor, data)

    assert repr(vars(extractor)) == before


def test_every_container_kind_has_one_extractor() -> None:
    claimed = [kind for extractor in EXTRACTORS for kind in extractor.kinds]

    assert len(claimed) == len(set(claimed))
