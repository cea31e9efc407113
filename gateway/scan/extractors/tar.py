"""Opens tar archives: a walk over the headers, nothing is written and no link is followed.

Goes on where common readers stop, at the end mark, because something may lie behind it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.model import Finding, Gap, Reason
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats.archives import inflate
from gateway.scan.kinds import Kind
from gateway.scan.links import Link, links_finding

_BLOCK = 512
_LONGEST_RECORD = 1 << 20
_WITHOUT_BODY = frozenset(b"123456")
"""Links, devices, folders and pipes: whatever size they state, nothing follows."""
_LINKS_AND_DEVICES = frozenset(b"12346")
_HARD_LINK, _LINK = b"12"
_LONG_NAME, _LONG_TARGET, _PAX, _SPARSE = b"LKxS"
_ABOUT_OTHERS = frozenset(b"gVMN")
"""Values for all, volume labels: bodies that are no file."""
_PAX_RECORD = re.compile(rb"\d{1,9} (path|linkpath|size|GNU\.sparse\.name)=([^\n]*)\n")


@dataclass(frozen=True, slots=True)
class _Header:
    name: str
    kind: int
    size: int
    body: int
    target: str = ""
    """Where a link leads."""

    @property
    def stop(self) -> int:
        return self.body + (0 if self.kind in _WITHOUT_BODY else self.size)

    @property
    def next(self) -> int:
        return -(-self.stop // _BLOCK) * _BLOCK

    @property
    def is_file(self) -> bool:
        about = {*_ABOUT_OTHERS, _LONG_NAME, _LONG_TARGET, _PAX}
        is_other = self.kind in {*_WITHOUT_BODY, *about}
        return not is_other and not (self.name.endswith("/") and not self.size)


class TarExtractor:
    """Opens tar of every make: V7, ustar, GNU and pax."""

    kinds = frozenset({Kind.TAR})
    broken = inflate.BROKEN

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each file inside."""
        data = artifact.data
        stop = 0
        links = []
        for header in _headers(data):
            stop = header.next
            if header.kind in _LINKS_AND_DEVICES:
                links.append(Link(header.name, header.target, header.kind == _HARD_LINK))
            if not header.is_file:
                continue
            if header.stop > len(data):
                detail = "the archive ends inside this file"
                yield Gap(Reason.DAMAGED, detail, (*artifact.lineage, header.name))
            yield Member(header.name, inflate.stored(data, header.body, header.stop))
        if links:
            yield links_finding(links, artifact.lineage)
        stop = _past_zeros(data, stop)
        if stop < len(data):
            yield Gap(Reason.DAMAGED, f"no header at byte {stop}", artifact.lineage)
            yield Member("trailing", inflate.stored(data, stop, len(data)))


def _headers(data: bytes) -> Iterator[_Header]:
    """Every header, with the names and sizes that records before it give it."""
    position = 0
    replacements: dict[str, str] = {}
    while (position := _past_zeros(data, position)) < len(data):
        header = _header(data, position)
        if header is None:
            return
        position = header.next
        body = data[header.body : min(header.stop, header.body + _LONGEST_RECORD)]
        if header.kind == _LONG_NAME:
            replacements["path"] = _text(body)
        elif header.kind == _LONG_TARGET:
            replacements["linkpath"] = _text(body)
        elif header.kind == _PAX:
            replacements |= {key.decode(): _text(value) for key, value in _PAX_RECORD.findall(body)}
        elif header.kind not in _ABOUT_OTHERS:
            header = _replaced(header, replacements)
            position = header.next
            replacements = {}
        yield header


def _replaced(header: _Header, replacements: dict[str, str]) -> _Header:
    name = replacements.get("GNU.sparse.name") or replacements.get("path") or header.name
    target = replacements.get("linkpath", header.target)
    size = replacements.get("size", "")
    is_number = size.isdecimal() and len(size) < 20
    stated = int(size) if is_number else header.size
    return replace(header, name=name, size=stated, target=target)


def _header(data: bytes, position: int) -> _Header | None:
    block = data[position : position + _BLOCK]
    if len(block) < _BLOCK or not _is_header(block):
        return None
    size = _number(block[124:136])
    if size is None:
        return None
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else ""
    body = position + _BLOCK
    if block[156] == _SPARSE:
        body = _past_sparse_map(data, body, more=bool(block[482]))
    name = f"{prefix}/{name}" if prefix else name
    target = _text(block[157:257]) if block[156] in {_HARD_LINK, _LINK} else ""
    return _Header(name, block[156], size, body, target)


def _is_header(block: bytes) -> bool:
    stated = _number(block[148:156])
    return stated == sum(block[:148]) + 8 * 0x20 + sum(block[156:])


def _past_sparse_map(data: bytes, position: int, *, more: bool) -> int:
    """Where the body of an old GNU sparse file begins: its map may need blocks of its own."""
    while more and position + _BLOCK <= len(data):
        more = bool(data[position + 504])
        position += _BLOCK
    return position


def _past_zeros(data: bytes, position: int) -> int:
    while position < len(data) and not data[position : position + _BLOCK].strip(b"\0"):
        position += _BLOCK
    return position


def _number(field: bytes) -> int | None:
    """A number in octal, or, with the first bit set, in binary (GNU)."""
    if field[0] & 0x80:
        return int.from_bytes(field[1:])
    digits = field.strip(b" \0")
    if not digits:
        return 0
    return int(digits, 8) if re.fullmatch(rb"[0-7]+", digits) else None


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")
