"""A header block as its fields, in their order, with every slip of syntax noted.

Rule 1. Each byte of a block is looked at a bounded number of times; blocks never overlap.
Rule 2. A block ends at the first empty line, at a line that begins with ``--``, or where the
        lines stop looking like fields.
Rule 3. What some client takes for a MIME field is a field here, however it is misspelt.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

MAX_HEADER_BYTES = 256 << 10
"""Of one block; no honest mail comes near."""

NO_EMPTY_LINE = "no empty line after the header"
_BLANK_LINE = "a line of blanks in the header"

_LINE = re.compile(rb"([^\r\n]*)(?:\r{0,3}\n|\r|\Z)")
_FIELD = re.compile(rb"([!-9;-~]{1,200})([ \t]*):")
_BLOCK_END = re.compile(rb"\n\r{0,3}\n|\r\r(?!\n)|[\r\n]--")
_MIME_FIELD = re.compile(
    rb"(?i)[\r\n][^a-z\r\n]{0,8}content-(?:type|transfer-encoding|disposition)"
)
_NO_COLON = re.compile(
    rb"(?i)(content-(?:type|transfer-encoding|disposition))[\s\0]*[=;,\s\0][\s\0]*:?"
)
_NOT_OF_A_NAME = re.compile(rb"[^a-z0-9-]+")
_STRAY = re.compile(
    rb"(?i)[\s\0\"']{0,4}(?:boundary|filename|name|charset)[\s\0]{0,4}(?:\*\d{0,4}\*?)?="
)
"""A parameter on a line of its own: the blank that continues the field above is missing."""
# Inside a line, or indented: a field for those who take other letters for the end of a line.
_HIDDEN = re.compile(
    rb"(?i)[ \t\0\v\f](content-(?:type|transfer-encoding|disposition))[ \t\0]{0,9}:"
    rb"(?=([^\r\n]{0,998}(?:\r?\n[ \t][^\r\n]{0,998}){0,9}))"
)
MAX_HIDDEN = 20
"""Fields inside the lines of others, in one block."""
_HIDDEN_ENDS = re.compile(rb"[\0\v\f]")
_MAILBOX = (b"From ", b">From ")
"""How a mailbox file begins a message; not a field."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

_MISSPELT = frozenset(
    {b"content-type", b"content-transfer-encoding", b"content-disposition", b"mime-version"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: ``name`` in lower case, ``value`` unfolded but not decoded."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """The fields of one block."""

    fields: tuple[Field, ...]
    body: int
    """Where the body begins."""
    start: int = 0
    """Where the block begins."""
    slips: tuple[str, ...] = ()
    """What the syntax has wrong, in words."""
    is_cut: bool = False
    """True when the block is longer than we read."""
    hidden: tuple[Field, ...] = ()
    """MIME fields inside the line of another: few readers see them."""

    def all(self, name: str) -> list[bytes]:
        """Every value of one field, in order."""
        return [field.value for field in self.fields if field.name == name]

    @property
    def is_mime(self) -> bool:
        """Whether any field speaks of the content."""
        return any(field.name.startswith("content-") for field in self.fields)


def read(data: bytes, start: int) -> Header:
    """Read the block of ``data`` that begins at ``start``. Any bytes give a header."""
    return _Block(data, start).read()


class _Block:
    """The state of reading one block."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data = data
        self._start = start
        self._stop = min(len(data), start + MAX_HEADER_BYTES)
        self._at = start + 3 if data.startswith(_BYTE_ORDER_MARK, start) else start
        self._fields: list[tuple[str, list[bytes]]] = []
        self._slips: dict[str, None] = {}
        self._last_mime_field: int | None = None
        self._is_after_bare_cr = False
        self._is_after_blanks = False

    def read(self) -> Header:
        while self._at < self._stop:
            line = _LINE.match(self._data, self._at, self._stop)
            if line is None or line.end() == self._stop < len(self._data):
                self._at = self._stop
                break
            if self._is_the_end(line[1]):
                break
            if not line[1]:
                return self._header(line.end())
            self._take(line[1])
            self._is_after_blanks = not line[1].strip()
            self._at = line.end()
            self._is_after_bare_cr = self._data[line.end() - 1 : line.end()] == b"\r"
        return self._header(self._at)

    def _header(self, body: int) -> Header:
        fields = tuple(Field(name, b"".join(lines)) for name, lines in self._fields)
        is_cut = body == self._stop < len(self._data)
        hidden = tuple(self._hidden(body))
        return Header(fields, body, self._start, tuple(self._slips), is_cut, hidden)

    def _hidden(self, body: int) -> Iterator[Field]:
        for found in islice(_HIDDEN.finditer(self._data, self._start, body), MAX_HIDDEN + 1):
            value = _HIDDEN_ENDS.split(found[2].lstrip(b" \t\0"), maxsplit=1)[0]
            yield Field(found[1].decode("ascii").lower(), value)

    def _is_the_end(self, line: bytes) -> bool:
        if line.startswith(b"--"):
            self._slips[NO_EMPTY_LINE] = None
            return True
        if not line or line[:1] in b" \t" or self._name(line) is not None:
            return False
        if self._continues(line) or (not self._fields and line.startswith(_MAILBOX)):
            return False
        if self._at < self._last_mime_field_of_block():
            return False
        # Most readers take a line of blanks for an empty one where no field follows.
        slip = _BLANK_LINE if self._is_after_blanks else NO_EMPTY_LINE
        self._slips[slip] = None
        return True

    def _continues(self, line: bytes) -> bool:
        """Whether a line that should begin with a blank goes on with the MIME field above.

        Either it is a parameter, or the value that is still missing stands behind a bare CR,
        which ends no line for many.
        """
        if not self._fields or not self._fields[-1][0].startswith("content-"):
            return False
        is_missing = not b"".join(self._fields[-1][1]).strip()
        return (self._is_after_bare_cr and is_missing) or _STRAY.match(line) is not None

    def _take(self, line: bytes) -> None:
        name = self._name(line)
        if line[:1] in b" \t" and self._fields:
            self._fields[-1][1].append(line)
            if not line.strip():
                self._slips[_BLANK_LINE] = None
        elif name is not None:
            self._fields.append((name, [line[self._value_at(line) :]]))
        elif self._continues(line):
            self._fields[-1][1].append(b" " + line if self._is_after_bare_cr else b"; " + line)
            self._slips["a line that goes on with a field and is not indented"] = None
        elif not line.startswith(_MAILBOX):
            self._slips["a line in the header that is no field"] = None

    def _name(self, line: bytes) -> str | None:
        """The name of the field that ``line`` begins, in lower case; None if it begins none."""
        match = _FIELD.match(line)
        without_colon = _NO_COLON.match(line)
        if match is not None:
            name = match[1].lower()
        elif without_colon is not None:
            name = without_colon[1].lower()
        else:
            name = line[:200].partition(b":")[0].lower()
        plain = _NOT_OF_A_NAME.sub(b"", name)
        if plain in _MISSPELT and (plain != name or match is None or match[2]):
            self._slips["a misspelt field name"] = None
            return plain.decode("ascii")
        return name.decode("ascii") if match is not None else None

    def _value_at(self, line: bytes) -> int:
        without_colon = None if _FIELD.match(line) else _NO_COLON.match(line)
        return without_colon.end() if without_colon else line.find(b":") + 1

    def _last_mime_field_of_block(self) -> int:
        """Where the last MIME field before the empty line stands: until there, it is header."""
        if self._last_mime_field is None:
            end = _BLOCK_END.search(self._data, self._at, self._stop)
            stop = end.start() if end else self._stop
            found = [m.start() for m in _MIME_FIELD.finditer(self._data, self._at, stop)]
            self._last_mime_field = found[-1] if found else -1
        return self._last_mime_field
