"""Tells whether an Office document from before 2007 is encrypted: its streams then show nothing.

Sources: [MS-DOC] 2.5.2 FibBase, [MS-XLS] 2.4.117 FilePass, [MS-PPT] 2.3.2 CurrentUserAtom.
"""

import struct
from collections.abc import Callable, Mapping

from gateway.scan.formats.office.compound import CompoundFile

_HEAD = 64 << 10
_WORD_ENCRYPTED = 0x0100
_FILEPASS = 0x002F
_BEGIN_OF_FILE = frozenset({0x0809, 0x0409, 0x0209, 0x0009})
_RECORDS_BEFORE_FILEPASS = 20
"""In honest files it is the second or third record."""
_POWERPOINT_ENCRYPTED = 0xF3D1C4DF


def is_locked(opened: CompoundFile) -> bool:
    """True if the document opens only with a password, or with the one that Office assumes."""
    return any(
        look(opened.read(entry, min(entry.size, _HEAD)))
        for entry in opened.entries
        if (look := _LOOKS.get(entry.path))
    )


def _word(head: bytes) -> bool:
    return len(head) >= 12 and bool(struct.unpack_from("<H", head, 10)[0] & _WORD_ENCRYPTED)


def _excel(head: bytes) -> bool:
    position = 0
    for _ in range(_RECORDS_BEFORE_FILEPASS):
        if position + 4 > len(head):
            return False
        record, length = struct.unpack_from("<HH", head, position)
        if position == 0 and record not in _BEGIN_OF_FILE:
            return False
        if record == _FILEPASS:
            return True
        position += 4 + length
    return False


def _powerpoint(head: bytes) -> bool:
    return len(head) >= 16 and bool(struct.unpack_from("<I", head, 12)[0] == _POWERPOINT_ENCRYPTED)


_LOOKS: Mapping[tuple[str, ...], Callable[[bytes], bool]] = {
    ("WordDocument",): _word,
    ("Workbook",): _excel,
    ("Book",): _excel,
    ("Current User",): _powerpoint,
}
