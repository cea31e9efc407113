import zlib

import pytest

from gateway.scan.formats.archives.inflate import DamagedError
from gateway.scan.formats.office.salvage import Salvaged
from tests.support import files

PACKED = zlib.compress(files.TEXT)


def test_what_is_whole_is_said_to_be_whole() -> None:
    stream = Salvaged(PACKED, len(files.TEXT))

    assert stream.read(1 << 20) == files.TEXT
    assert stream.is_whole


@pytest.mark.parametrize("packed", [PACKED[:-4] + b"oops", PACKED[:-8]])
def test_what_is_not_whole_is_said_not_to_be(packed: bytes) -> None:
    stream = Salvaged(packed, len(files.TEXT))

    assert files.TEXT.startswith(stream.read(1 << 20))
    assert not stream.is_whole


def test_a_stated_size_bounds_what_is_unpacked() -> None:
    stream = Salvaged(zlib.compress(bytes(10_000_000)), 700)

    assert stream.read(1 << 20) == bytes(700)
    assert stream.read(1 << 20) == b""


def test_codes_that_make_no_sense_are_damage() -> None:
    stream = Salvaged(b"\x78\x9c\xff\xff\xff", 700)

    with pytest.raises(DamagedError):
        stream.read(100)
