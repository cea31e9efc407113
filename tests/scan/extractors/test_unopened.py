import pytest

from gateway.model import Gap, Reason
from gateway.scan.extractors.unopened import UnopenedExtractor
from tests.support.extracting import opened

HEADS = {
    "ace": b"\0" * 7 + b"**ACE**" + b"\x14\x14\x02\0",
    "alz": b"ALZ\x01\x0a\0\0\0BLZ\x01",
    "egg": b"EGGA\0\x01\0\0",
    "lz4": b"\x04\x22\x4d\x18\x64\x40\xa7",
    "zoo": b"ZOO 2.10 Archive.\x1a\0\0" + b"\xdc\xa7\xc4\xfd" + b"\0" * 20,
    "zpaq": b"7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3zPQ\x01",
}


@pytest.mark.parametrize("kind", sorted(HEADS))
def test_an_archive_that_nobody_here_opens_is_a_gap(kind: str) -> None:
    inside = opened(UnopenedExtractor(), HEADS[kind])

    assert inside.gaps == [Gap(Reason.UNSUPPORTED, f"{kind} archive", ("message",))]
