"""Opens rich text: the objects that are written into it in hexadecimal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from gateway.model import Finding, Gap
from gateway.scan.api import Artifact, Context, Member
from gateway.scan.formats.olepackage import unpacked
from gateway.scan.kinds import Kind

_DESTINATION = re.compile(rb"\\(objdata|datastore|themedata)(?![a-z])")
_TOKEN = re.compile(
    rb"""(?x)
      (?P<digits> [0-9a-fA-F]+ )
    | \\ (?P<destination> objdata | datastore | themedata ) (?![a-z])
    | \\bin (?P<length> [0-9]{1,10} ) [ ]?
    | (?P<open> \{ ) (?P<ignored> \\\* )?
    | (?P<close> \} )
    | \\' [0-9a-fA-F]{2} | \\ [a-zA-Z]+ -? [0-9]* [ ]? | \\ .? | [^0-9a-fA-F\\{}]+
    """,
    re.DOTALL,
)
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMBEDDED = b"\x02\x00\x00\x00"


@dataclass
class _Object:
    """An object while it is being read."""

    destination: str
    depth: int
    found: bytearray = field(default_factory=bytearray)
    digits: bytearray = field(default_factory=bytearray)
    ignored_from: int = 0
    """The depth of a group inside it that readers skip; 0 for none."""

    def enter(self, depth: int, *, is_ignored: bool) -> None:
        """A group begins."""
        if is_ignored and not self.ignored_from:
            self.ignored_from = depth

    def leave(self, depth: int) -> None:
        """A group ended, and ``depth`` are open still."""
        if self.ignored_from > depth:
            self.ignored_from = 0

    def add(self, token: re.Match[bytes], data: bytes) -> int:
        """Take what a token gives to the object; say where the next one begins."""
        if token["length"]:
            stop = token.end() + int(token["length"])
            self.found += _from_digits(self.digits) + data[token.end() : stop]
            self.digits.clear()
            return stop
        if token["digits"] and not self.ignored_from:
            self.digits += token["digits"]
        return token.end()

    @property
    def content(self) -> bytes:
        """All bytes so far."""
        return bytes(self.found) + _from_digits(self.digits)


class RtfExtractor:
    """Opens embedded objects, and the parts in which Word keeps data of its own."""

    kinds = frozenset({Kind.RTF})
    broken: tuple[type[Exception], ...] = ()

    def members(self, artifact: Artifact, _context: Context) -> Iterator[Member | Finding | Gap]:
        """Yield each object, without the wrapping of OLE 1.0."""
        for one in _objects(artifact.data):
            if content := one.content:
                yield _unwrapped(content, one.destination)


def _objects(data: bytes) -> Iterator[_Object]:
    """Every object, those inside other objects included."""
    position = 0
    while destination := _DESTINATION.search(data, position):
        position = destination.start()
        depth = 0
        stack: list[_Object] = []
        while depth >= 0 and (token := _TOKEN.match(data, position)):
            position = token.end()
            if token["destination"]:
                stack.append(_Object(token["destination"].decode(), depth))
            elif token["open"]:
                depth += 1
                stack[-1].enter(depth, is_ignored=bool(token["ignored"]))
            elif token["close"]:
                depth -= 1
                if stack[-1].depth > depth:
                    yield stack.pop()
                for one in stack[-1:]:
                    one.leave(depth)
            else:
                position = stack[-1].add(token, data)
        yield from reversed(stack)


def _from_digits(digits: bytearray) -> bytes:
    return bytes.fromhex(digits[: len(digits) & ~1].decode())


def _unwrapped(data: bytes, destination: str) -> Member:
    """The native data of an OLE 1.0 object ([MS-OLEDS] 2.2.5), or the bytes as they are."""
    position = 8
    names = []
    for _ in range(3):
        length = int.from_bytes(data[position : position + 4], "little")
        names.append(data[position + 4 : position + 4 + min(length, 256)].rstrip(b"\0"))
        position += 4 + length
    size = int.from_bytes(data[position : position + 4], "little")
    native = data[position + 4 : position + 4 + size]
    if destination != "objdata" or data[4:8] != _EMBEDDED or not native:
        start = max(0, data.find(_COMPOUND_FILE))
        return Member(destination, BytesIO(data[start:]))
    package = unpacked(native)
    if package is None:
        return Member(names[0].decode("latin-1") or destination, BytesIO(native))
    name, *others = package.names or ("object",)
    return Member(name, BytesIO(package.content), names=tuple(others))
