"""Finds in rich text what is written in groups: objects in hexadecimal, fields, the template.

A reader passes over what it does not know, in the middle of an object too, and attackers put
there whatever makes another reader lose it. So every token is read as Word reads it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.scan.formats.office.package import Package, unpacked

_DESTINATION = re.compile(rb"\\(objdata|datastore|themedata)(?![a-z])")
_TOKEN = re.compile(
    rb"""(?x)
      (?P<digits> [0-9a-fA-F]+ )
    | \\ (?P<destination> objdata | datastore | themedata ) (?![a-z])
    | \\bin (?P<length> [0-9]{1,10} ) [ ]?
    | (?P<open> \{ ) (?P<ignored> \\\* )?
    | (?P<close> \} )
    | (?P<blank> \s+ )
    | \\' [0-9a-fA-F]{2} | \\ [a-zA-Z]+ -? [0-9]* [ ]? | \\ .? | [^0-9a-fA-F\\{}\s]+
    """,
    re.DOTALL,
)
_TEXT = re.compile(
    rb"""(?x)
      (?P<open> \{ ) | (?P<close> \} )
    | \\' (?P<byte> [0-9a-fA-F]{2} )
    | \\u (?P<code> -?[0-9]{1,6} ) [ ]?
    | \\uc (?P<skipped> [0-9]{1,2} ) [ ]?
    | \\ (?P<word> [a-zA-Z]+ ) -?[0-9]* [ ]?
    | \\ (?P<escaped> [\\{}] ) | \\ .?
    | (?P<text> [^\\{}]+ )
    """,
    re.DOTALL,
)
_LONGEST_SHOWN = 40
_LONGEST_TEXT = 16 << 10
_MOST_TEXT = 8 << 20
"""Of all groups of one kind together."""
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LINKED, _EMBEDDED = b"\x01\x00\x00\x00", b"\x02\x00\x00\x00"


class TooMuchError(Exception):
    """More text in groups than is read."""


@dataclass
class Object:
    """An object, while it is being read and afterwards."""

    destination: str
    depth: int
    foreign: int = 0
    """Tokens inside it that are neither digits nor blanks, which no honest writer puts there."""
    first_foreign: bytes = b""
    _found: bytearray = field(default_factory=bytearray)
    _digits: bytearray = field(default_factory=bytearray)
    _ignored_from: int = 0
    """The depth of a group inside it that readers skip; 0 for none."""

    def _count(self, token: re.Match[bytes]) -> None:
        self.foreign += 1
        self.first_foreign = self.first_foreign or token[0][:_LONGEST_SHOWN]

    def enter(self, token: re.Match[bytes], depth: int) -> None:
        """A group begins."""
        self._count(token)
        if token["ignored"] and not self._ignored_from:
            self._ignored_from = depth

    def leave(self, depth: int) -> None:
        """A group ended, and ``depth`` are open still."""
        if self._ignored_from > depth:
            self._ignored_from = 0

    def add(self, token: re.Match[bytes], data: bytes) -> int:
        """Take what a token gives to the object; say where the next one begins."""
        if token["length"]:
            stop = token.end() + int(token["length"])
            self._found += _from_digits(self._digits) + data[token.end() : stop]
            self._digits.clear()
            return stop
        if token["digits"]:
            self._digits += b"" if self._ignored_from else token["digits"]
        elif not token["blank"]:
            self._count(token)
        return token.end()

    @property
    def content(self) -> bytes:
        """All bytes so far."""
        return bytes(self._found) + _from_digits(self._digits)


@dataclass(frozen=True, slots=True)
class Native:
    """What an object is without its wrapping of OLE 1.0 ([MS-OLEDS] 2.2.5)."""

    class_name: str
    content: bytes
    package: Package | None = None
    linked_to: str = ""
    """Where the object lies, if it is not in the document (2.2.6)."""


def objects(data: bytes) -> Iterator[Object]:
    """Every object, those inside other objects included."""
    position = 0
    while destination := _DESTINATION.search(data, position):
        position = destination.start()
        depth = 0
        stack: list[Object] = []
        while depth >= 0 and (token := _TOKEN.match(data, position)):
            position = token.end()
            if token["destination"]:
                stack.append(Object(token["destination"].decode(), depth))
            elif token["open"]:
                depth += 1
                stack[-1].enter(token, depth)
            elif token["close"]:
                depth -= 1
                if stack[-1].depth > depth:
                    yield stack.pop()
                for one in stack[-1:]:
                    one.leave(depth)
            else:
                position = stack[-1].add(token, data)
        yield from reversed(stack)


def native(one: Object) -> Native:
    """The native data of an object, or its bytes from a compound file on."""
    data = one.content
    position = 8
    names = []
    for _ in range(3):
        length = int.from_bytes(data[position : position + 4], "little")
        names.append(data[position + 4 : position + 4 + min(length, 256)].rstrip(b"\0"))
        position += 4 + length
    if one.destination == "objdata" and data[4:8] == _LINKED:
        class_name, target = (name.decode("latin-1") for name in names[:2])
        return Native(class_name, data, linked_to=target)
    size = int.from_bytes(data[position : position + 4], "little")
    content = data[position + 4 : position + 4 + size]
    if one.destination != "objdata" or data[4:8] != _EMBEDDED or not content:
        start = max(0, data.find(_COMPOUND_FILE))
        return Native("", data[start:])
    return Native(names[0].decode("latin-1"), content, unpacked(content))


def texts(data: bytes, word: str) -> Iterator[str]:
    """What stands in each group that ``word`` begins, as Word reads it. Raises TooMuchError."""
    left = _MOST_TEXT
    for found in re.finditer(rb"\\%b(?![a-z])[ ]?" % word.encode(), data):
        text, stop = _text(data, found.end())
        left -= stop - found.end()
        if left < 0:
            raise TooMuchError
        yield text


def _text(data: bytes, position: int) -> tuple[str, int]:
    """The text from ``position`` to the end of its group, and where that is."""
    kept: list[str] = []
    depth, skipped, to_skip = 0, 1, 0
    last = position + _LONGEST_TEXT
    while position < last and (token := _TEXT.match(data, position)):
        position = token.end()
        piece = ""
        if token["open"]:
            depth += 1
        elif token["close"]:
            depth -= 1
            if depth < 0:
                break
        elif token["skipped"]:
            skipped = int(token["skipped"])
        elif token["code"]:
            kept.append(chr(int(token["code"]) % 0x10000))
            to_skip = skipped
        elif token["byte"]:
            piece = bytes.fromhex(token["byte"].decode()).decode("cp1252", "replace")
        elif token["escaped"] or token["text"]:
            text = token["escaped"] or token["text"].replace(b"\r", b"").replace(b"\n", b"")
            piece = text.decode("cp1252", "replace")
        # After a character by its number stand some more for readers that do not know it.
        kept.append(piece[to_skip:])
        to_skip = max(0, to_skip - len(piece))
    return "".join(kept), position


def _from_digits(digits: bytearray) -> bytes:
    return bytes.fromhex(digits[: len(digits) & ~1].decode())
