import gzip
import lzma
import random
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.scan import identity
from gateway.scan.identity import identify, is_polyglot
from gateway.scan.kinds import OLE_STREAM, Kind
from tests.support import files, packing

INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")

HONEST = {
    "docx": (files.docx(), Kind.OOXML),
    "odt": (files.odt(), Kind.ODF),
    "jar": (files.jar(), Kind.JAR),
    "zip": (files.zipped({"a.txt": b"a"}), Kind.ZIP),
    "empty zip": (files.zipped({}), Kind.ZIP),
    "tar": (files.tarred({"a.txt": b"a"}), Kind.TAR),
    "tar that holds a zip": (files.tarred({"a.zip": files.zipped({"a": b"a"})}), Kind.TAR),
    "7z": (files.sevenzipped({"a.txt": b"a"}), Kind.SEVENZIP),
    "compound file": (files.compound({"WordDocument": b"x"}), Kind.OLE),
    "installer": (files.compound({"Property": b"x"}, class_id=INSTALLER), Kind.MSI),
    "pdf": (files.pdf(), Kind.PDF),
    "pdf after white space": (b"\r\n" + files.pdf(), Kind.PDF),
    "pdf after junk": (b"\0\1\2\xff" * 50 + files.pdf(), Kind.PDF),
    "program": (files.program(), Kind.PE),
    "gif": (files.gif(), Kind.IMAGE),
    "dicom": (files.dicom(), Kind.DICOM),
    "dicom with a tiff preamble": (files.dicom(b"II*\0"), Kind.DICOM),
    "iso": (files.iso(), Kind.ISO),
    "rtf": (b"{\\rtf1 \\pard Bonjour\\par}", Kind.RTF),
    "html": (b"<!-- saved -->\n<HTML><body>Bonjour</body></HTML>", Kind.HTML),
    "xml": (b'<?xml version="1.0"?><ClinicalDocument/>', Kind.XML),
    "svg": (b'<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="x"/>', Kind.SVG),
    "svg without a declaration": (b"<svg><script>1</script></svg>", Kind.SVG),
    "utf-16 html": ("\ufeff<html><body>é</body></html>".encode("utf-16-le"), Kind.HTML),
    "shell script": (b"#!/bin/sh\nls\n", Kind.SCRIPT),
    "batch": (b"@echo off\r\ndir\r\n", Kind.SCRIPT),
    "vbscript": (b'Set s = CreateObject("WScript.Shell")\r\n', Kind.SCRIPT),
    "hl7": (b"MSH|^~\\&|LAB|HOSP|||20240101||ORU^R01|1|P|2.5\r", Kind.HL7),
    "pgp": (b"-----BEGIN PGP MESSAGE-----\n\nhQE=\n", Kind.PGP),
    "mail": (b"From: a@example.org\r\nSubject: x\r\n\r\nBonjour\r\n", Kind.MESSAGE),
    "mbox": (b"From a@b Mon Jan  1 10:00:00 2024\nSubject: x\nTo: c\n\nx\n", Kind.MESSAGE),
    "mail with one sure field": (b"MIME-Version: 1.0\n\nx", Kind.MESSAGE),
    "headers in utf-16": ("From: a@b\r\nSubject: c\r\n\r\n".encode("utf-16-le"), Kind.TEXT),
    "s/mime": (b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", Kind.SMIME),
    "s/mime of no stated length": (
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80",
        Kind.SMIME,
    ),
    "a key store": (b"\x30\x1a\2\1\3\x30\x15\6\x09\x2a\x86\x48\x86\xf7\x0d\1\7\1", Kind.DATA),
    "words": (b"Chere consoeur, voici le compte rendu.\n", Kind.TEXT),
    "words with a colon": (b"From: here to there\n\nnothing else", Kind.TEXT),
    "latin-1 words": ("Résultat reçu, à vérifier".encode("latin-1"), Kind.TEXT),
    "MZ as words": (b"MZ is a gene, and this is a line about it, not a program.\n", Kind.TEXT),
    "a property set of Office": (b"\xfe\xff\0\0\x06\x01\2\0" + bytes(64), Kind.DATA),
    "lz4": (packing.lz4(files.TEXT), Kind.LZ4),
    "lz4 of the first days": (packing.lz4_legacy(files.TEXT), Kind.LZ4),
    "lz4 behind what is skipped": (packing.skipped(b"x") + packing.lz4(b"x"), Kind.LZ4),
    "snappy": (packing.snappy(files.TEXT), Kind.SNAPPY),
    "alz": (packing.alz({"a.txt": files.TEXT}), Kind.ALZ),
    "numbers with an H among them": (
        b"\x08\0\0\0\1\0\0\0H\0\0\0\1\0\0\0\0\0\0\0\x16\0\0\0\x09\0D\0R\0M\0",
        Kind.DATA,
    ),
    "nothing": (b"", Kind.EMPTY),
    "noise": (random.Random(1).randbytes(300), Kind.DATA),
}  # fmt: skip

POLYGLOTS = {
    "pdf with a zip": (files.pdf() + files.zipped({"a": b"a"}), Kind.PDF, Kind.ZIP),
    "gif with a zip": (files.gif() + files.zipped({"a": b"a"}), Kind.IMAGE, Kind.ZIP),
    "gif with a jar": (files.gif() + files.jar(), Kind.IMAGE, Kind.JAR),
    "gif with a rar": (files.gif() + b"Rar!\x1a\x07\x01\x00" + bytes(9), Kind.IMAGE, Kind.RAR),
    "program that is a pdf": (files.program()[:300] + files.pdf(), Kind.PE, Kind.PDF),
    "dicom that is a program": (
        files.dicom(b"MZ" + bytes(58) + b"\x90\x00\x00\x00") + bytes(20),
        Kind.PE,
        Kind.DICOM,
    ),
    "dicom that is an elf": (files.dicom(b"\x7fELF"), Kind.ELF, Kind.DICOM),
    "html that is a pdf": (b"<html>" + files.pdf(), Kind.HTML, Kind.PDF),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_has_one_kind(name: str) -> None:
    data, kind = HONEST[name]

    assert identify(data, "") == (kind,)


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_polyglot_has_the_kind_of_its_head_first(name: str) -> None:
    data, *kinds = POLYGLOTS[name]

    assert list(identify(data, "")) == kinds
    assert is_polyglot(identify(data, ""))


def test_a_self_extracting_archive_is_two_kinds_and_honest() -> None:
    kinds = identify(files.program() + files.zipped({"setup.txt": b"x"}), "")

    assert kinds == (Kind.PE, Kind.ZIP)
    assert not is_polyglot(kinds)


@pytest.mark.parametrize(
    ("pack", "kind"),
    [(gzip.compress, Kind.GZIP), (lzma.compress, Kind.XZ), (packing.lz4, Kind.LZ4)],
)
def test_what_does_not_get_smaller_is_no_second_face_of_what_holds_it(
    pack: Callable[[bytes], bytes], kind: Kind
) -> None:
    noise = random.Random(1).randbytes(3_000)
    kinds = identify(pack(files.zipped({"a.bin": noise})), "")

    assert kinds[0] is kind
    assert not is_polyglot(kinds)


def test_a_zip_behind_junk_is_a_zip() -> None:
    assert identify(bytes(100) + files.zipped({"a": b"a"}), "") == (Kind.ZIP,)


def test_a_zip_inside_a_stream_of_a_compound_file_is_no_second_face() -> None:
    data = bytes(100) + files.zipped({"a": b"a"}) + bytes(100)

    assert identify(data, OLE_STREAM) == (Kind.DATA,)


def test_declared_mail_is_mail_whatever_it_looks_like() -> None:
    assert identify(b"no header at all", "message/rfc822") == (Kind.MESSAGE,)
    assert identify(files.pdf(), "message/rfc822") == (Kind.PDF, Kind.MESSAGE)


def test_declared_html_is_html_if_it_is_text() -> None:
    assert identify(b"just words", "text/html") == (Kind.HTML,)
    assert identify(files.gif(), "text/html") == (Kind.IMAGE,)


def test_old_tar_without_a_signature_is_told_by_its_checksum() -> None:
    plain = bytearray(files.tarred({"a.txt": b"a"}))
    plain[257:265] = bytes(8)
    plain[148:156] = b" " * 8
    plain[148:156] = b"%06o\0 " % sum(plain[:512])

    assert identify(bytes(plain), "") == (Kind.TAR,)


def test_names_decide_what_a_zip_is_in_any_case_and_with_any_slash() -> None:
    data = files.zipped({"[content_types].XML": b"", "_RELS\\.rels": b""}, zipfile.ZIP_STORED)

    assert identify(data, "") == (Kind.OOXML,)


def test_a_zip_cut_off_in_the_middle_is_told_by_its_local_headers() -> None:
    assert identify(files.docx()[:-30], "") == (Kind.OOXML,)


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        ("gz", Kind.GZIP),
        ("bz2", Kind.BZIP2),
        ("xz", Kind.XZ),
        ("lzma", Kind.LZMA),
        ("lz", Kind.LZIP),
        ("zst", Kind.ZSTD),
        ("Z", Kind.COMPRESS),
    ],
)
def test_compressed_files_are_told_apart(suffix: str, kind: Kind) -> None:
    assert identify(files.COMPRESSED[suffix], "") == (kind,)


@given(st.binary(max_size=2000), st.sampled_from(["", "message/rfc822", "text/html"]))
def test_any_bytes_have_at_least_one_kind(data: bytes, declared_type: str) -> None:
    assert identify(data, declared_type)


@given(st.sampled_from(sorted(HONEST)), st.integers(0, 600), st.binary(min_size=1, max_size=4))
def test_damaged_files_have_at_least_one_kind(name: str, at: int, patch: bytes) -> None:
    data, _ = HONEST[name]

    assert identify(data[:at] + patch + data[at + len(patch) :], "")


def test_long_runs_of_comments_are_read_in_linear_time() -> None:
    data = b"<!---->" * 9000 + b"<" * 2000

    assert identify(data, "") == (Kind.XML,)


def test_gzip_is_one_kind_even_with_a_zip_inside() -> None:
    assert identify(gzip.compress(files.zipped({"a": b"a"})), "") == (Kind.GZIP,)


def test_a_page_behind_rubbish_is_a_page_as_a_browser_would_have_it() -> None:
    rubbish = random.Random(7).randbytes(300)

    assert identify(rubbish + b"<Script>alert(1)</Script>", "") == (Kind.HTML,)
    assert identify(rubbish + b"<htmlx", "") == (Kind.DATA,)


def test_every_signature_is_looked_for() -> None:
    assert {*identity._FURTHER_IN}.union(*identity._AT_THE_HEAD.values()) == {*identity._SIGNATURES}


def test_a_file_of_no_kind_that_counts_is_no_polyglot() -> None:
    assert not is_polyglot(())
