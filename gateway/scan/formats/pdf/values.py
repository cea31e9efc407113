"""Reads the values of PDF syntax (ISO 32000-1, 7.2 and 7.3) where they stand, however damaged."""

import re
from dataclasses import dataclass
from typing import TypeAlias

_DEEPEST = 40
_BYTES_AS_A_VALUE = 64
_SPACE = rb" \t\r\n\0\f"
_ENDS_NAME = _SPACE + rb"/<>\[\](){}%"

_BETWEEN = re.compile(rb"(?:[%b]|%%[^\r\n]*)*" % _SPACE)
_NAME = re.compile(rb"/([^%b]*)" % _ENDS_NAME)
_WORD = re.compile(rb"[^%b]+" % _ENDS_NAME)
_NUMBER = re.compile(rb"[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})")
_REFERENCE = re.compile(rb"(\d{1,10})[%b]{1,9}\d{1,5}[%b]{1,9}R(?![a-zA-Z])" % (_SPACE, _SPACE))
_HEX_STRING = re.compile(rb"<([0-9a-fA-F%b]*)>?" % _SPACE)
_NOT_HEX = re.compile(rb"[^0-9a-fA-F]")
_PARENTHESIS = re.compile(rb"[()\\]")
_ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|\r\n|([\s\S]))")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\r": b"", b"\n": b""}
_HASH = re.compile(rb"#([0-9a-fA-F]{2})")


class Name(str):
    """A name, without its slash and with its ``#xx`` undone."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """What stands elsewhere in the file, under a number."""

    number: int


Value: TypeAlias = "Name | Reference | bytes | float | list[Value] | dict[str, Value] | None"


def spelled(*names: str) -> re.Pattern[bytes]:
    """A pattern for any of ``names``, whichever of their letters stand as ``#xx``."""
    either = "|".join(
        "".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names
    )
    return re.compile(b"/(?:%b)(?![^%b])" % (either.encode(), _ENDS_NAME))


def undone(name: bytes) -> str:
    """A name without its ``#xx``."""
    return _HASH.sub(lambda found: bytes([int(found[1], 16)]), name).decode("latin-1")


def from_hex(digits: bytes) -> bytes:
    """What ``digits`` stand for; a missing last one is a zero (7.3.4.3)."""
    digits = _NOT_HEX.sub(b"", digits)
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


class Parser:
    """Reads one value after the other; what makes no sense is passed over."""

    def __init__(self, data: bytes, position: int, values_left: int) -> None:
        self._data = data
        self._position = position
        self.values_left = values_left
        """It reads no more than so many."""

    def skip(self) -> int:
        """Where the next token begins."""
        found = _BETWEEN.match(self._data, self._position)
        if found is not None:
            self._pay(found.end())
            self._position = found.end()
        return self._position

    def _pay(self, position: int) -> None:
        """A byte that is passed over again and again, object by object, costs something too."""
        self.values_left -= (position - self._position) // _BYTES_AS_A_VALUE

    def value(self, depth: int = 0) -> Value:
        """The next value; None for what is none, and when no more may be read."""
        data, position = self._data, self.skip()
        self.values_left -= 1
        if self.values_left < 0 or depth > _DEEPEST:
            self._position = len(data)
            return None
        found: Value
        match data[position : position + 1]:
            case b"/":
                found = self._name()
            case b"(":
                found = self._string()
            case b"<" if data.startswith(b"<<", position):
                found = self._dictionary(depth)
            case b"<":
                found = self._hex_string()
            case b"[":
                found = self._array(depth)
            case _:
                found = self._word()
        return found

    def _dictionary(self, depth: int) -> Value:
        found: dict[str, Value] = {}
        data = self._data
        self._position += 2
        while (position := self.skip()) < len(data) and self.values_left > 0:
            if data.startswith(b">>", position):
                self._position += 2
                break
            if data.startswith((b"endobj", b"stream", b"endstream"), position):
                break
            if not data.startswith(b"/", position):
                self._step()
                continue
            key = self._name()
            if not data.startswith(b">>", self.skip()):
                # Of two equal keys some readers take the first and some the last.
                found[f"{key} again" if key in found else key] = self.value(depth + 1)
        return found

    def _array(self, depth: int) -> Value:
        found: list[Value] = []
        data = self._data
        self._position += 1
        while (position := self.skip()) < len(data) and self.values_left > 0:
            if data.startswith(b"]", position):
                self._position += 1
                break
            if data.startswith((b">>", b"endobj"), position):
                break
            found.append(self.value(depth + 1))
        return found

    def _name(self) -> Name:
        found = _NAME.match(self._data, self._position)
        if found is None:
            self._step()
            return Name()
        self._position = found.end()
        return Name(undone(found[1]))

    def _word(self) -> Value:
        reference = _REFERENCE.match(self._data, self._position)
        if reference is not None:
            self._position = reference.end()
            return Reference(int(reference[1]))
        number = _NUMBER.match(self._data, self._position)
        if number is not None:
            self._position = number.end()
            return float(number[0])
        self._step()
        return None

    def _step(self) -> None:
        word = _WORD.match(self._data, self._position)
        self._position = word.end() if word else self._position + 1

    def _hex_string(self) -> bytes:
        found = _HEX_STRING.match(self._data, self._position)
        if found is None:
            self._step()
            return b""
        self._position = found.end()
        return from_hex(found[1])

    def _string(self) -> bytes:
        data, start = self._data, self._position + 1
        position, depth = start, 1
        while depth and (found := _PARENTHESIS.search(data, position)):
            position = found.end()
            match found[0]:
                case b"(":
                    depth += 1
                case b")":
                    depth -= 1
                case _:
                    position += 1
        self._pay(position if not depth else len(data))
        # Without an end it is no string: what follows is read as if nothing had begun.
        self._position = start if depth else position
        return b"" if depth else _ESCAPED.sub(_unescaped, data[start : position - 1])


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 8) & 0xFF])
    return _ESCAPES.get(found[2], found[2]) if found[2] else b""
