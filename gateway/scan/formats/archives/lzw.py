"""Decodes what the Unix program compress wrote (.Z), chunk by chunk."""

from collections.abc import Iterator

from gateway.scan.formats.archives.inflate import DamagedError

_CLEAR = 256
_CHUNK = 1 << 16


def decode(data: bytes) -> Iterator[bytes]:
    """Yield the decoded bytes in small chunks. Raises DamagedError."""
    if len(data) < 3 or data[:2] != b"\x1f\x9d":
        raise DamagedError("no compress header")
    most_bits, is_block = data[2] & 0x1F, bool(data[2] & 0x80)
    if not 9 <= most_bits <= 16:
        raise DamagedError(f"codes of {most_bits} bits")
    table = _fresh(is_block=is_block)
    last = b""
    chunk = bytearray()
    for code in _codes(data, most_bits, table):
        if is_block and code == _CLEAR:
            table[:] = _fresh(is_block=is_block)
            last = b""
            continue
        if code < len(table):
            entry = table[code]
        elif code == len(table) and last:
            entry = last + last[:1]
        else:
            raise DamagedError("a code that is not in the table yet")
        if last and len(table) < 1 << most_bits:
            table.append(last + entry[:1])
        last = entry
        chunk += entry
        if len(chunk) >= _CHUNK:
            yield bytes(chunk)
            chunk.clear()
    yield bytes(chunk)


def _fresh(*, is_block: bool) -> list[bytes]:
    table = [bytes((byte,)) for byte in range(256)]
    return [*table, b""] if is_block else table


def _codes(data: bytes, most_bits: int, table: list[bytes]) -> Iterator[int]:
    """Read codes, each as wide as ``table`` asks for when its turn comes.

    Codes are written in groups of eight; when the width changes, the rest of a group is padding.
    """
    position, bits = 3 * 8, 9
    group = position
    end = len(data) * 8
    while position + bits <= end:
        at = position >> 3
        word = int.from_bytes(data[at : at + 4], "little")
        code = (word >> (position & 7)) & ((1 << bits) - 1)
        position += bits
        size_before = len(table)
        yield code
        was_cleared = len(table) < size_before
        # The next entry is made only when the next code is read, so one more is needed by then.
        wanted = 9 if was_cleared else min(most_bits, max(bits, len(table).bit_length()))
        if wanted != bits or was_cleared:
            position += -(position - group) % (bits * 8)
            group, bits = position, wanted
