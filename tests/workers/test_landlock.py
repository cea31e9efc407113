import struct

import pytest

from gateway.workers.landlock import ruleset


@pytest.mark.parametrize(
    ("version", "fields"),
    [
        (1, (0x1FFF,)),
        (2, (0x3FFF,)),
        (3, (0x7FFF,)),
        (4, (0x7FFF, 3)),
        (5, (0xFFFF, 3)),
        (6, (0xFFFF, 3, 3)),
        (99, (0xFFFF, 3, 3)),
    ],
)
def test_an_old_kernel_is_asked_only_for_what_it_knows(
    version: int, fields: tuple[int, ...]
) -> None:
    assert struct.unpack(f"={len(fields)}Q", ruleset(version)) == fields
