import pytest

from quarantine.errors import NoRoomError
from quarantine.memory import MemoryBlobs
from tests.support.vault import keep


def test_memory_is_bounded() -> None:
    blobs = MemoryBlobs(capacity_bytes=10)
    keep(blobs, "one", b"123456")

    with pytest.raises(NoRoomError, match="two: 5 bytes"):
        keep(blobs, "two", b"12345")
    blobs.remove("one")
    keep(blobs, "two", b"12345")

    assert blobs.free_bytes() == 5
