import random

import pytest

from gateway.model import Gap, Reason
from gateway.scan.extractors.unopened import UnopenedExtractor
from tests.support.extracting import opened

HEADS = {
    "ace": b"\0" * 7 + b"**ACE**" + b"\x14\x14\x02\0",
    "egg": b"EGGA\0\x01\0\0",
    "rare": b"DAA\0" + bytes(60),
    "zoo": b"ZOO 2.10 Archive.\x1a\0\0" + b"\xdc\xa7\xc4\xfd" + b"\0" * 20,
    "zpaq": b"7kSt\xa0\x31\x83\xd3\x8c\xb2\x28\xb0\xd3zPQ\x01",
}


VAULTS = (
    b"encrcdsa" + bytes(60),
    b"LUKS\xba\xbe\0\x02" + bytes(60),
    b"\xeb\x58\x90-FVE-FS-" + bytes(60),
    b"Salted__" + bytes(range(200, 232)),
    b"age-encryption.org/v1\n-> X25519 x\n",
    bytes.fromhex("03d9a29a67fb4bb5") + bytes(60),
)


@pytest.mark.parametrize("kind", sorted(HEADS))
def test_an_archive_that_nobody_here_opens_is_a_gap(kind: str) -> None:
    inside = opened(UnopenedExtractor(), HEADS[kind])

    assert inside.gaps == [Gap(Reason.UNSUPPORTED, f"{kind} archive", ("message",))]


@pytest.mark.parametrize("data", VAULTS)
def test_a_vault_needs_a_password(data: bytes) -> None:
    inside = opened(UnopenedExtractor(), data)

    assert inside.gaps == [Gap(Reason.ENCRYPTED, "a vault with a password", ("message",))]


@pytest.mark.parametrize("name", ["a.7z.002", "a.zip.017", "A.Z01", "a.r00"])
def test_a_later_volume_of_a_split_archive_is_a_gap(name: str) -> None:
    inside = opened(UnopenedExtractor(), random.Random(7).randbytes(300), name)

    assert [gap.reason for gap in inside.gaps] == [Reason.UNSUPPORTED]


@pytest.mark.parametrize("name", ["a.bin", "IM.001", "run.002", "a.7z", "7z.002.dat"])
def test_other_data_is_no_volume(name: str) -> None:
    assert opened(UnopenedExtractor(), random.Random(7).randbytes(300), name).is_clean
