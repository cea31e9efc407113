import pytest

from quarantine.errors import NoRoomError
from quarantine.memory import MemoryBlobs


def test_memory_is_bounded() -> None:
    blobs = MemoryBlobs(capacity_bytes=10)
    blobs.put("one", [b"123456"])

    with pytest.raises(NoRoomError, match="two: 5 bytes"):
        blobs.put("two", [b"12345"])
    blobs.remove("one")
    blobs.put("two", [b"12345"])

    assert blobs.free_bytes() == 5
