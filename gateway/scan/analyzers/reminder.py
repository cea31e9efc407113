"""Sees an appointment or a task of Outlook whose reminder plays a sound from another machine.

Outlook fetches it when the reminder is due, unasked, and tells that machine a proof of the user's
password (CVE-2023-23397). No calendar puts a share of another house there.
"""

import struct
from collections.abc import Iterator

from gateway.model import Finding, Gap, Level
from gateway.scan.api import Artifact, Context
from gateway.scan.evidence import quote
from gateway.scan.formats import addresses
from gateway.scan.formats.archives.inflate import BROKEN
from gateway.scan.formats.office.compound import CompoundFile
from gateway.scan.kinds import Kind
from gateway.scan.signs import Sign, findings

_SOUND = 0x851F
"""PidLidReminderFileParameter ([MS-OXPROPS] 2.222)."""
_NUMBERS = ("__nameid_version1.0", "__substg1.0_00030102")
_LIST_NAME = _NUMBERS[0].encode("utf-16-le")
_FIRST_NAMED = 0x8000
_MOST_NUMBERS = 64 << 10
_LONGEST = 1024
# In a winmail.dat: a name that is a number, this number, one value, its length.
_PACKED = struct.pack("<III", 0, _SOUND, 1)


class ReminderAnalyzer:
    """Looks at Outlook items, and at what Outlook packs into a winmail.dat."""

    kinds = frozenset({Kind.OLE, Kind.TNEF})
    broken = BROKEN

    def analyze(self, artifact: Artifact, _context: Context) -> Iterator[Finding | Gap]:
        """Yield where the sound comes from."""
        is_item = Kind.OLE in artifact.kinds
        sounds = _of_item(artifact.data) if is_item else _of_packed(artifact.data)
        summary = "A reminder plays a sound from another machine, which learns who asks"
        yield from findings(
            artifact,
            (
                Sign("office.remote-object", Level.MALICIOUS, summary, quote(sound))
                for sound in sounds
                if addresses.is_remote(sound)
            ),
        )


def _of_item(data: bytes) -> Iterator[str]:
    """The property has a number of its own in each item; a list says which ([MS-OXMSG] 2.2.3)."""
    if _LIST_NAME not in data:
        return
    opened = CompoundFile(data)
    listed = next((entry for entry in opened.entries if entry.path == _NUMBERS), None)
    if listed is None:
        return
    numbers = opened.read(listed, min(listed.size, _MOST_NUMBERS))
    tags = {
        f"__substg1.0_{_FIRST_NAMED + index:04X}001{kind}"
        for number, flags, index in struct.iter_unpack("<IHH", numbers[: len(numbers) & ~7])
        if number == _SOUND and not flags & 1 and index < _FIRST_NAMED
        for kind in "EF"
    }
    for entry in opened.entries:
        if entry.name in tags:
            encoding = "utf-16-le" if entry.name.endswith("F") else "cp1252"
            yield opened.read(entry, min(entry.size, _LONGEST)).decode(encoding, "replace")


def _of_packed(data: bytes) -> Iterator[str]:
    at = data.find(_PACKED)
    while at >= 0:
        start = at + len(_PACKED) + 4
        length = int.from_bytes(data[start - 4 : start], "little")
        text = data[start : start + min(length, _LONGEST)]
        yield text.decode("utf-16-le" if text[1:2] == b"\0" else "cp1252", "replace")
        at = data.find(_PACKED, start)
