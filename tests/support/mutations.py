"""Good files, and what becomes of them when somebody damages them."""

import random

from gateway.demo import samples
from gateway.demo.mail import SAMPLES
from tests.support.corpus import CORPUS

_BIGGEST = 256 << 10


def seeds() -> list[bytes]:
    """Good files to damage: look-alikes of ours, and small ones of a corpus where there is one."""
    ours = [sample.message() for sample in SAMPLES]
    ours += [samples.docm_with_autorun_macro(), samples.laboratory_pdf(), samples.dicom_image()]
    ours += [samples.encrypted_zip("a", b"a" * 99, b"x"), samples.zip_of({"a": samples.eicar()})]
    found = [path for path in (CORPUS / "files").rglob("*") if path.is_file()]
    return ours + [p.read_bytes() for p in sorted(found) if 0 < p.stat().st_size < _BIGGEST]


def damaged(chance: random.Random, good: bytes, other: bytes) -> bytes:
    """``good`` with bytes changed, cut out, doubled, or with a piece of ``other`` in it."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 12)):
        place, length = chance.randrange(len(data) or 1), chance.randint(1, 64)
        match chance.randrange(5):
            case 0:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[place : place + length]
            case 2:
                data[place:place] = data[place : place + length]
            case 3:
                begin = chance.randrange(len(other) or 1)
                data[place : place + length] = other[begin : begin + length]
            case _:
                data[place : place + 4] = chance.choice((b"\0" * 4, b"\xff" * 4, b"\x7f\xff\0\0"))
    return bytes(data)
