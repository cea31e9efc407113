import struct

import pytest

from gateway.model import Reason
from gateway.scan.extractors.ole import OleExtractor
from tests.support import files
from tests.support.extracting import opened


def word(*, flags: int) -> dict[str, bytes]:
    return {"WordDocument": struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, flags) + bytes(500)}


def excel(*records: int) -> dict[str, bytes]:
    begin = struct.pack("<HH", 0x0809, 16) + bytes(16)
    rest = b"".join(struct.pack("<HH", record, 6) + bytes(6) for record in records)
    return {"Workbook": begin + rest}


def powerpoint(*, token: int) -> dict[str, bytes]:
    return {
        "Current User": struct.pack("<HHIII", 0, 0x0FF6, 20, 20, token) + bytes(20),
        "PowerPoint Document": bytes(100),
    }


LOCKED = {
    "Word": word(flags=0x0100),
    "Excel": excel(0x00E1, 0x002F),
    "Excel 5": {"Book": excel(0x002F)["Workbook"]},
    "PowerPoint": powerpoint(token=0xF3D1C4DF),
}
OPEN = {
    "Word": word(flags=0x0200),
    "Excel": excel(0x00E1, 0x00C1),
    "PowerPoint": powerpoint(token=0xE391C05F),
    "a stream that only looks like one": {"Workbook": b"\x2f\x00\x06\x00" * 10},
    "a stream cut short": {"WordDocument": b"\xec\xa5", "Workbook": b"\x09"},
}


@pytest.mark.parametrize("streams", LOCKED.values(), ids=LOCKED)
def test_an_encrypted_document_is_not_seen(streams: dict[str, bytes]) -> None:
    inside = opened(OleExtractor(), files.compound(streams))

    assert [gap.reason for gap in inside.gaps] == [Reason.ENCRYPTED]


@pytest.mark.parametrize("streams", OPEN.values(), ids=OPEN)
def test_a_document_without_a_password_is_seen(streams: dict[str, bytes]) -> None:
    inside = opened(OleExtractor(), files.compound(streams))

    assert not inside.gaps
