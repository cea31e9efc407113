"""What msoffcrypto locks, and what is locked by hand, is opened from its streams alone."""

import hashlib
import io
import random
import struct
import time
from functools import cache

import olefile
import pytest
from msoffcrypto.method.ecma376_agile import ECMA376Agile
from msoffcrypto.method.rc4 import DocumentRC4

from gateway.model import Reason
from gateway.scan.extractors.ole import OleExtractor
from gateway.scan.formats.office.crypt import lock_of_package, lock_of_workbook
from gateway.scan.identity import identify
from tests.support import files
from tests.support.extracting import opened, told

PASSWORD = "Xy7!q"
DOCUMENT = files.zipped(
    {"[Content_Types].xml": b"<Types/>", "word/media/a.png": random.Random(1).randbytes(9000)}
)
BEGIN = struct.pack("<HH", 0x0809, 8) + bytes(8)
SHEET = struct.pack("<HH", 0x0085, 11) + struct.pack("<I", 99) + b"\0\0\x03\0Bon"
TEXT = struct.pack("<HH", 0x00FC, 2000) + b"x" * 2000


@cache
def agile() -> bytes:
    return bytes(ECMA376Agile.encrypt(PASSWORD, io.BytesIO(DOCUMENT)))


def old_workbook(password: str = PASSWORD) -> bytes:
    """Locked as Excel 97 does it: every byte has its place in the key stream."""
    salt, verifier = bytes(range(16)), bytes(16)
    head = DocumentRC4.decrypt(
        password, salt, io.BytesIO(verifier + hashlib.md5(verifier).digest())
    ).read()
    lock = struct.pack("<HHHHH", 0x002F, 54, 1, 1, 1) + salt + head
    plain = BEGIN + lock + SHEET + TEXT
    locked = bytearray(DocumentRC4.decrypt(password, salt, io.BytesIO(plain), 1024).read())
    at = len(BEGIN) + len(lock)
    locked[:at] = plain[:at]
    locked[at : at + 8] = plain[at : at + 8]
    locked[at + len(SHEET) : at + len(SHEET) + 4] = TEXT[:4]
    return bytes(locked)


def streams_of(data: bytes) -> tuple[bytes, bytes]:
    whole = olefile.OleFileIO(data)
    return whole.openstream("EncryptionInfo").read(), whole.openstream("EncryptedPackage").read()


@pytest.mark.slow
def test_a_document_is_opened_with_the_password_that_its_message_gives_away() -> None:
    inside = opened(OleExtractor(), agile(), context=told("Mot de passe : Xy7!q"))

    assert inside.files["message"] == DOCUMENT
    assert inside.codes == ["archive.password"]
    assert inside.gaps == []


@pytest.mark.slow
def test_a_document_stays_closed_under_another_password() -> None:
    inside = opened(OleExtractor(), agile())

    assert [gap.reason for gap in inside.gaps] == [Reason.ENCRYPTED]


def test_an_old_workbook_is_opened_and_its_records_are_in_clear() -> None:
    data = files.compound({"Workbook": old_workbook("VelvetSweatshop")})
    inside = opened(OleExtractor(), data, name="a.xls")

    assert "'VelvetSweatshop', assumed by Office" in inside.findings[0].evidence
    assert SHEET + TEXT in inside.files["a.xls"]
    assert identify(inside.files["a.xls"], "") == ("ole",)


def test_a_lock_that_was_made_dear_on_purpose_is_tried_seldom_or_never() -> None:
    info, package = streams_of(agile())
    dearer = lock_of_package(info.replace(b'spinCount="100000"', b'spinCount="500000"'), package)
    dearest = lock_of_package(info.replace(b'"100000"', b'"9999999"'), package)

    assert dearer is not None
    assert dearer.most_tries == 2
    assert dearest is not None
    assert dearest.most_tries == 0


@pytest.mark.parametrize("seed", range(60))
def test_damaged_locks_raise_nothing_but_what_is_broken(seed: int) -> None:
    chance = random.Random(seed)
    info, package = streams_of(agile())
    damaged = bytearray(info.replace(b'"100000"', b'"1"'))
    for _ in range(chance.choice((1, 3, 9))):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    lock = lock_of_package(bytes(damaged), package)

    assert lock is None or lock.opens("x") in {True, False} or lock.most_tries >= 0


@pytest.mark.parametrize("seed", range(60))
def test_damaged_workbooks_raise_nothing(seed: int) -> None:
    chance = random.Random(seed)
    damaged = bytearray(old_workbook())
    for _ in range(chance.choice((1, 3, 9))):
        damaged[chance.randrange(120)] = chance.randrange(256)
    lock = lock_of_workbook(bytes(damaged[: chance.choice((len(damaged), 60))]))

    assert lock is None or len(lock.plain("x")) <= len(damaged)


@pytest.mark.slow
def test_a_workbook_of_six_megabytes_is_opened_in_seconds() -> None:
    began = time.process_time()
    data = old_workbook() + (struct.pack("<HH", 0x00FC, 0) * (5 << 18))
    lock = lock_of_workbook(data)
    assert lock is not None
    lock.plain(PASSWORD)

    assert time.process_time() - began < 10
